"""What commands on files do to the image, and scripts that a shell can't read."""

from __future__ import annotations

import pytest

from dockwright.checking import check
from dockwright.finding import UNKNOWN
from dockwright.project import Project
from dockwright.rehearse.carriage import fails

BASE = "FROM debian:bookworm-slim\nWORKDIR /srv\n"


def found(text: str, **files: str) -> list[str]:
    names = {
        name.replace("__", "/").replace("_sh", ".sh").replace("_txt", ".txt"): body for name, body in files.items()
    }
    report = check(Project.of({"Dockerfile": text, **names}))
    return [finding.cause for target in report.targets for finding in target.findings]


@pytest.mark.parametrize(
    ("text", "sh", "bash"),
    [
        ("#!/bin/sh\nset -e\necho a\n", "yes", "unknown"),
        ("\n# why\nset -eux\necho a\n", "yes", "unknown"),
        ("set -euo pipefail\necho a\n", "yes", "yes"),
        ("set -uo pipefail\necho a\n", "unknown", "unknown"),
        ("if true; then\n echo a\nfi\n", "yes", "yes"),
        ("for a in 1 2; do\n echo a\ndone\n", "yes", "yes"),
        ("case x in\n x) echo a;;\nesac\n", "yes", "yes"),
        ("exit 0\nif true; then\n echo a\nfi\n", "unknown", "unknown"),
        ("echo a\necho b\n", "unknown", "unknown"),
        ("cat <<X\nthen\nX\n", "unknown", "unknown"),
        ("cd /tmp\necho a\n", "unknown", "unknown"),
    ],
)
def test_where_a_shell_fails_at_windows_line_ends(text: str, sh: str, bash: str) -> None:
    windows = text.replace("\n", "\r\n")
    assert [fails(windows, shell).name.lower() for shell in ("sh", "bash")] == [sh, bash]
    assert fails(text, "sh") is UNKNOWN


def test_a_script_run_by_a_shell_with_windows_line_ends() -> None:
    windows = "#!/bin/sh\r\nset -e\r\nmkdir /data\r\n"
    text = BASE + "COPY run.sh .\nRUN sh run.sh\nRUN touch /data/x\n"
    assert found(text, run_sh=windows) == ["runtime/line-endings"]
    assert found(text.replace("sh run.sh", "bash run.sh"), run_sh=windows) == []
    mended = text.replace("RUN sh", "RUN sed -i 's/\\r$//' run.sh && sh")
    assert found(mended, run_sh=windows) == []
    assert found(BASE + 'COPY run.sh .\nCMD ["sh", "run.sh"]\n', run_sh=windows) == ["runtime/line-endings"]
