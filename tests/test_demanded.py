"""Variables that a program reads at its start and compose does not give it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dockwright.checking import check
from dockwright.project import Project

CLASS = "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n"
PLAIN = "services:\n  web:\n    build: .\n"
DOCKERFILE = 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nCMD ["python", "main.py"]\n'


def missing(files: dict[str, str], compose: str = PLAIN, dockerfile: str = DOCKERFILE) -> list[str]:
    project = Project.of({"Dockerfile": dockerfile, "compose.yaml": compose, **files}, name="demanded")
    findings = [finding for target in check(project).targets for finding in target.findings]
    return [finding.facts.name for finding in findings if finding.cause == "runtime/config-missing"]  # type: ignore[attr-defined]


READS = [
    'import os\nA = os.environ["A_B"]\n',
    'from os import environ\nA = int(environ["A_B"])\n',
    'import os\nprint(os.environ["A_B"])\n',
    'import os\nA: str = "x" + os.environ["A_B"].strip()\n',
    'import os\nA = {"x": [os.environ["A_B"]]}\n',
]
READS_NOT = [
    'import os\nA = os.environ.get("A_B")\n',
    'import os\ndef f():\n    return os.environ["A_B"]\n',
    'import os\ntry:\n    A = os.environ["A_B"]\nexcept KeyError:\n    A = ""\n',
    'import os\nif "A_B" in os.environ:\n    A = os.environ["A_B"]\n',
    'import os\nA = "x" or os.environ["A_B"]\n',
    'import os\nA = os.environ["A_B"] if False else ""\n',
    'import os\nos.environ["A_B"] = "1"\nA = os.environ["A_B"]\n',
    'import os\nos.environ.setdefault("A_B", "1")\nA = os.environ["A_B"]\n',
    'import os\nf = lambda: os.environ["A_B"]\n',
    "A = 'os.environ[\"A_B\"]'\n",
]


@pytest.mark.parametrize("text", READS)
def test_what_is_read_at_the_top_is_demanded(text: str, tmp_path: Path) -> None:
    assert ends(text, tmp_path) != 0
    assert missing({"main.py": text}) == ["A_B"]


@pytest.mark.parametrize("text", READS_NOT)
def test_what_may_be_missing_is_not(text: str, tmp_path: Path) -> None:
    assert ends(text, tmp_path) == 0
    assert missing({"main.py": text}) == []


def ends(text: str, folder: Path) -> int:
    """Exit status of Python itself, with an empty environment."""
    (folder / "main.py").write_text(text)
    return subprocess.run([sys.executable, "main.py"], cwd=folder, env={}, capture_output=True, timeout=30).returncode


@pytest.mark.parametrize(
    ("compose", "files"),
    [
        (PLAIN + "    environment: {A_B: x}\n", {}),
        (PLAIN + "    environment: [A_B]\n", {}),
        (PLAIN + "    environment: ['A_B=${A_B}']\n", {}),
        (PLAIN + "    env_file: web.env\n", {"web.env": "A_B=1\n"}),
        (PLAIN + "    env_file: elsewhere.env\n", {}),
        (PLAIN + "    command: [python, other.py]\n", {"other.py": ""}),
        (PLAIN, {"main.py": 'from dotenv import load_dotenv\nload_dotenv()\nimport os\nA = os.environ["A_B"]\n'}),
        (PLAIN, {"main.py": "import x\n", "x.py": "from dotenv import load_dotenv\n" + READS[0]}),
    ],
)
def test_what_is_given_or_may_be(compose: str, files: dict[str, str]) -> None:
    assert missing({"main.py": READS[0], **files}, compose) == []


def test_the_image_gives_it() -> None:
    assert missing({"main.py": READS[0]}, dockerfile=DOCKERFILE.replace("COPY", "ENV A_B=1\nCOPY")) == []


def test_without_compose_the_command_line_may_give_it() -> None:
    project = Project.of({"Dockerfile": DOCKERFILE, "main.py": READS[0]}, name="demanded")
    assert [finding for target in check(project).targets for finding in target.findings] == []


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("    database_url: str\n    debug: bool = False\nsettings = Settings()\n", ["DATABASE_URL"]),
        ("    key: str\n    model_config = SettingsConfigDict(env_prefix='APP_')\nS = Settings()\n", ["APP_KEY"]),
        ("    key: str\n    class Config:\n        env_prefix = 'APP_'\nS = Settings()\n", ["APP_KEY"]),
        ("    key: str\n    model_config = SettingsConfigDict(env_file='none')\nS = Settings()\n", ["KEY"]),
        ("    key: str\n    model_config = SettingsConfigDict(env_file='there')\nS = Settings()\n", []),
        ("    key: str\n    model_config = SettingsConfigDict(secrets_dir='/run/secrets')\nS = Settings()\n", []),
        ("    key: str | None\nS = Settings()\n", []),
        ("    key: str\nS = Settings(key='x')\n", []),
        ("    key: str\ndef get():\n    return Settings()\n", []),
        ("    key: str = Field(alias='K')\nS = Settings()\n", []),
    ],
)
def test_fields_of_settings(body: str, names: list[str]) -> None:
    assert missing({"main.py": CLASS + body, "there": ""}) == names


def test_django_settings_of_a_server() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/settings.py": 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]\n',
        "shop/wsgi.py": (
            "import os\nfrom django.core.wsgi import get_wsgi_application\n"
            'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n'
        ),
    }
    dockerfile = (
        "FROM python:3.12-slim\nWORKDIR /srv\nRUN pip install django gunicorn\nCOPY . .\n"
        'CMD ["gunicorn", "shop.wsgi:application"]\n'
    )
    assert missing(files, dockerfile=dockerfile) == ["SECRET_KEY"]


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("#!/bin/sh\necho ${A_B:?is not set}\n", ["A_B"]),
        ("#!/bin/sh\n: ${A_B:=x}\necho ${A_B:?is not set}\n", []),
        ("#!/bin/sh\nif [ -e /x/y ]; then echo ${A_B:?}; fi\n", []),
        ("#!/bin/sh\n. /srv/vars\necho ${A_B:?}\n", []),
    ],
)
def test_an_entrypoint_that_demands_it(script: str, names: list[str]) -> None:
    dockerfile = 'FROM python:3.12-slim\nCOPY --chmod=755 go.sh /go.sh\nENTRYPOINT ["/go.sh"]\n'
    assert missing({"go.sh": script}, dockerfile=dockerfile) == names
