"""A requirement is added where the stage that runs gets its distributions from, and only a well-known one."""

from __future__ import annotations

import pytest

from dockwright.finding import Place
from dockwright.project import Project
from dockwright.remedy_require import distribution_of_module, distribution_of_program, require

START = 'CMD ["gunicorn", "a:app"]\n'


def required(dockerfile: str, name: str = "flask", **files: str) -> dict[str, str]:
    texts = {"Dockerfile": dockerfile, **{key.replace("_txt", ".txt"): text for key, text in files.items()}}
    project = Project.of(texts)
    source = project.source("Dockerfile")
    assert source is not None
    span = source.line_span(source.text.count("\n"))
    for remedy in require(Place(source, span), project, project.targets[0], name):
        return remedy.patch.apply(texts)
    return {}


def test_into_the_requirements_file_that_is_copied() -> None:
    dockerfile = (
        f"FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n{START}"
    )
    assert required(dockerfile, requirements_txt="gunicorn==23.0.0\n") == {
        "requirements.txt": "gunicorn==23.0.0\nflask\n"
    }
    assert required(dockerfile, requirements_txt="gunicorn==23.0.0") == {
        "requirements.txt": "gunicorn==23.0.0\nflask\n"
    }
    assert required(dockerfile, requirements_txt="a==1 --hash=sha256:0\n") == {}


def test_into_the_stage_that_is_copied_from() -> None:
    dockerfile = f"FROM python:3.12 AS build\nRUN pip install --user gunicorn\nFROM python:3.12-slim\nCOPY --from=build /root/.local /root/.local\n{START}"
    assert "pip install --user gunicorn flask\n" in required(dockerfile)["Dockerfile"]


def test_nowhere_when_nothing_installs() -> None:
    assert required(f"FROM python:3.12-slim\nRUN pip install .\n{START}") == {}
    assert required(f"FROM python:3.12-slim\n{START}") == {}


@pytest.mark.parametrize(
    ("module", "name"), [("yaml", "PyYAML"), ("flask.views", "flask"), ("sentry_sdk", "sentry-sdk"), ("utils", None)]
)
def test_only_well_known_names(module: str, name: str | None) -> None:
    assert distribution_of_module(module) == name


def test_programs() -> None:
    assert distribution_of_program("/usr/local/bin/uvicorn") == "uvicorn"
    assert distribution_of_program("start-all") is None
