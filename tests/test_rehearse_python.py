"""What the rehearsal sees of Python's tools: needs that are unmet, environments afterwards."""

from __future__ import annotations

import pytest

from dockwright.finding import Certainty
from dockwright.project import Project
from dockwright.rehearse.image import Image
from dockwright.rehearse.imports import imported
from dockwright.rehearse.needs import Need, Unmet
from dockwright.rehearse.run import Rehearsal, rehearse

BASE = "FROM python:3.12-slim\nWORKDIR /app\n"


def rehearsed(dockerfile: str, **files: str) -> Rehearsal:
    texts = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in files.items()}
    project = Project.of({"Dockerfile": dockerfile, **texts})
    return rehearse(project, project.targets[0])


def unmet(dockerfile: str, **files: str) -> list[Unmet]:
    return [each for step in rehearsed(dockerfile, **files).steps for each in step.live]


def lacking(dockerfile: str, **files: str) -> list[str]:
    return [described(each.need) for each in unmet(dockerfile, **files) if each.certainty is not Certainty.POSSIBLE]


def described(need: Need) -> str:
    what = getattr(need, "name", "") or getattr(need, "path", "") or getattr(need, "option", "")
    return f"{type(need).__name__} {what}"


def final(dockerfile: str, **files: str) -> Image:
    run = rehearsed(dockerfile, **files)
    return run.steps[-1].after


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("RUN pip install -r requirements.txt", ["File /app/requirements.txt"]),
        ("RUN pip install idna -c constraints.txt", ["File /app/constraints.txt"]),
        ("RUN pip --no-cache-dir install --requirement=requirements.txt", ["File /app/requirements.txt"]),
        ("RUN python -m pip install -e .", ["File /app"]),
        ("RUN python3.12 -m pip install ./lib", ["File /app/lib"]),
        ("RUN PIP_CONSTRAINT=c.txt pip install idna", ["File /app/c.txt"]),
        ("RUN pip install git+https://example.org/x.git#egg=x", ["Command git"]),
        ("RUN pip install --install-option=x idna", ["Option --install-option"]),
        ("RUN pip uninstall idna", ["Confirmation "]),
        ("RUN pip install --no-index --find-links=/wheels idna", ["File /wheels"]),
        ("RUN python setup.py install", ["File /app"]),
        ("RUN python manage.py migrate", ["File /app/manage.py"]),
        ("RUN pip install uv && uv pip install idna", ["Distribution "]),
        ("RUN pip install uv && uv sync", ["File /app"]),
        ("RUN pip install pipenv && pipenv install --system --deploy", ["File /app"]),
        ("RUN pip install --user uv\nRUN uv --version", ["Command uv"]),
    ],
)
def test_unmet_needs(line: str, expected: list[str]) -> None:
    assert [each.strip() for each in lacking(BASE + line)] == [each.strip() for each in expected]


@pytest.mark.parametrize(
    "lines",
    [
        "RUN pip install --upgrade pip && pip install idna",
        "RUN pip install -r https://example.org/requirements.txt",
        "RUN pip install gunicorn\nRUN gunicorn --version",
        "RUN python -m venv /venv && /venv/bin/pip install idna && /venv/bin/python -c 'import idna'",
        "RUN python -m venv venv && . venv/bin/activate && pip install idna",
        "RUN pip install --user uv\nENV PATH=/root/.local/bin:$PATH\nRUN uv --version",
        "RUN pip install uv && uv venv && uv pip install idna",
        "RUN pip install uv && UV_SYSTEM_PYTHON=1 uv pip install idna",
        "RUN useradd -m app\nUSER app\nRUN pip install idna",
        "RUN python -c 'import json, urllib.request'",
        "RUN pip install --no-index --find-links=/wheels --find-links=/app idna",
    ],
)
def test_nothing_to_complain_about(lines: str) -> None:
    assert lacking(BASE + lines) == []


def test_a_user_without_a_home_has_nowhere_to_install_to() -> None:
    lines = "RUN useradd -r -d /nonexistent app\nUSER app\nRUN pip install idna"
    assert lacking(BASE + lines) == ["Writable /nonexistent"]


def test_an_environment_comes_along_with_its_folder() -> None:
    dockerfile = (
        "FROM python:3.12-slim AS build\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install gunicorn\n"
        "FROM python:3.12-slim\nCOPY --from=build /opt/venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nRUN gunicorn --version"
    )
    assert lacking(dockerfile) == []
    assert "gunicorn" in final(dockerfile).pythons["/opt/venv"].distributions


def test_where_a_command_off_path_is() -> None:
    found = unmet(BASE + "RUN pip install --user uv\nRUN uv --version")
    assert [proof.says for proof in found[0].evidence] == ["uv is in /root/.local/bin, which is not on PATH"]


def test_a_served_module_of_the_project_must_be_importable() -> None:
    start = 'COPY backend/ backend/\nRUN pip install uvicorn\nCMD ["uvicorn", "shop.main:app"]\n'
    files = {"backend__shop____init___DOT_py": "", "backend__shop__main_DOT_py": "app = 1\n"}
    texts = {"Dockerfile": BASE + start, "backend/shop/__init__.py": "", "backend/shop/main.py": "app = 1\n"}
    project = Project.of(texts)
    needs = [described(each.need) for step in rehearse(project, project.targets[0]).steps for each in step.live]
    assert needs == ["Module shop.main"] and files
    inside = texts | {"Dockerfile": BASE + start.replace("backend/ backend/", "backend/ ./")}
    project = Project.of(inside)
    assert not [each for step in rehearse(project, project.targets[0]).steps for each in step.live]


def test_top_level_imports_are_read_and_never_run() -> None:
    text = "import os, shop.main\nfrom . import x\ntry:\n    import maybe\nexcept ImportError:\n    pass\nfrom a.b import c\n"
    assert imported(text) == ("os", "shop.main", "a.b")
    assert imported("this is no Python") == ()
    assert imported("(" * 5_000) == ()


@pytest.mark.parametrize("line", ["uv build", "uv build --wheel -o dist", "poetry build", "poetry build --output dist"])
def test_a_build_makes_its_folder_of_distributions(line: str) -> None:
    manifest = '[project]\nname = "one"\nversion = "1"\n[tool.poetry]\n'
    dockerfile = (
        "FROM python:3.12 AS made\nRUN pip install uv poetry\nWORKDIR /app\nCOPY . .\n"
        f"RUN rm -rf dist && {line}\nRUN mv dist/one-*.whl dist/one.whl\nFROM python:3.12\nCOPY --from=made /app/dist /dist\n"
    )
    assert lacking(dockerfile, pyproject_DOT_toml=manifest, one____init___DOT_py="") == []


def test_options_behind_poetry_run_belong_to_its_program() -> None:
    manifest = '[tool.poetry]\nname = "one"\nversion = "1"\ndescription = ""\nauthors = []\n'
    lines = "RUN pip install poetry==1.7.1\nCOPY . .\nRUN poetry run python manage.py check --no-input -C docs\n"
    assert lacking(BASE + lines, pyproject_DOT_toml=manifest, manage_DOT_py="") == []


@pytest.mark.parametrize(
    "line",
    [
        "uv export --no-hashes -o locked.txt && uv pip install --system -r locked.txt",
        "uv export --frozen --output-file=locked.txt && pip install -r locked.txt",
        "uv pip compile pyproject.toml -o locked.txt && uv pip sync --system locked.txt",
        "uv pip install --system -r pyproject.toml --extra web",
    ],
)
def test_uv_reads_manifests_and_writes_requirements(line: str) -> None:
    manifest = '[project]\nname = "one"\nversion = "1"\n[project.optional-dependencies]\nweb = ["idna"]\n'
    lock = 'version = 1\nrequires-python = ">=3.12"\n'
    lines = f"RUN pip install uv\nCOPY . .\nRUN {line}\n"
    assert lacking(BASE + lines, pyproject_DOT_toml=manifest, uv_DOT_lock=lock) == []
