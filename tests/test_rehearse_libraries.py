"""Shared libraries that an imported distribution loads."""

from __future__ import annotations

from dockwright.checking import check
from dockwright.project import Project

BASE = "FROM python:3.12-slim-bookworm\nWORKDIR /srv\n"
CV2 = "RUN pip install --no-cache-dir opencv-python==4.10.0.84\n"
APT = "RUN apt-get update && apt-get install -y --no-install-recommends libgl1 libglib2.0-0\n"
SERVE = 'COPY app.py .\nCMD ["python", "app.py"]\n'


def found(text: str, app: str = "import os\nimport cv2\n", **files: str) -> list[str]:
    report = check(Project.of({"Dockerfile": text, "app.py": app, **files}))
    return [
        f"{each.cause} {getattr(each.facts, 'library', '')} {each.certainty.value}"
        for target in report.targets
        for each in target.findings
    ]


MISSING = [
    "system/runtime-library-missing libGL.so.1 likely",
    "system/runtime-library-missing libgthread-2.0.so.0 likely",
]


def test_a_library_that_an_import_loads() -> None:
    assert found(BASE + CV2 + SERVE) == MISSING
    assert found(BASE + CV2 + 'RUN python -c "import cv2"\n') == MISSING


def test_the_package_is_there() -> None:
    assert found(BASE + APT + CV2 + SERVE) == []
    assert found((BASE + CV2 + SERVE).replace("3.12-slim-bookworm", "3.12-bookworm")) == MISSING[:1]


def test_an_import_that_may_not_happen() -> None:
    assert found(BASE + CV2 + SERVE, "try:\n    import cv2\nexcept ImportError:\n    cv2 = None\n") == []
    assert found(BASE + CV2 + SERVE, "def read():\n    import cv2\n") == []


def test_what_may_have_brought_it() -> None:
    assert found(BASE + CV2 + "COPY --from=example.org/libs /usr/lib /usr/lib\n" + SERVE) == []
    assert (
        found(
            BASE + CV2 + "COPY libGL.so.1 /usr/local/lib/\n" + SERVE, **{"libGL.so.1": "", "libgthread-2.0.so.0": ""}
        )[1:]
        == []
    )
    assert found(BASE + CV2 + "ENV LD_LIBRARY_PATH=/opt/lib\n" + SERVE) == []
    assert found(BASE + CV2 + "COPY strange .\nRUN python strange\n" + SERVE, strange="") == []


def test_two_distributions_with_the_same_files() -> None:
    both = CV2.replace("RUN pip install", "RUN pip install opencv-python-headless==4.10.0.84")
    assert found(BASE + both + SERVE) == []
    assert found(BASE + both.replace(" opencv-python==4.10.0.84", "") + SERVE) == []


def test_the_remedy_installs_the_package() -> None:
    report = check(Project.of({"Dockerfile": BASE + CV2 + SERVE, "app.py": "import cv2\n"}))
    titles = [remedy.title for each in report.targets[0].findings for remedy in each.remedies]
    assert "Install libgl1" in titles and "Install libglib2.0-0" in titles
