"""A version of pip, Poetry, pipenv, virtualenv or uv that does not know this option or command.

The tools drop options: `poetry lock --no-update` and `poetry install --no-dev` went with Poetry 2.0, which also left `export`
to a plug-in; pip lost `--process-dependency-links`, `--build` and `--install-option`. An image that installs the newest tool
gets the change on the day it appears.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright import remedy
from dockwright.causes.edits import command_start, inserted
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    command: str = ""
    option: str = ""
    version: str = ""
    instead: str = ""


TITLE = "[{command} ][{version} ]does not know {option}"
WHY = "This version of the tool has dropped it[; {instead} takes its place]."
EXPLAINS = ("system/option-unsupported",)

TOOLS = ("pip", "pip3", "poetry", "pipenv", "uv", "virtualenv", "pdm", "setuptools", "venv")

SIGNATURES = (
    # The option "--no-update" does not exist
    sign('The option "', r'The option "(?P<option>--?[\w-]+)" does not exist', sure=0.97, command="poetry"),
    # no recorded log yet: The "--no-dev" option does not exist.
    sign('" option does not exist', r'The "(?P<option>--?[\w-]+)" option does not exist', sure=0.96, command="poetry"),
    # The requested command export does not exist.
    sign("The requested command ", r"The requested command (?P<option>\S+) does not exist", sure=0.97, command="poetry"),
    # Since Poetry (2.0.0), the shell command is not installed by default.
    sign("command is not installed by default", r"the (?P<option>\S+) command is not installed by default", sure=0.97, command="poetry"),
    # no such option: --process-dependency-links
    sign("no such option: -", r"^\s*no such option: (?P<option>-\S+)", sure=0.94, command="pip"),
    # option --use-feature: invalid choice: '2020-resolver' (choose from 'fast-deps', …)
    sign(": invalid choice: '", r"option (?P<option>--use-\w+): invalid choice: '(?P<instead>[^']*)'", sure=0.95, command="pip"),
    # ERROR: unknown command "bundle"
    sign('ERROR: unknown command "', r'ERROR: unknown command "(?P<option>[^"]+)"', sure=0.92, command="pip"),
    # virtualenv: error: unrecognized arguments: --no-site-packages
    sign("error: unrecognized arguments: ", r"(?P<command>virtualenv|pipenv|pip|pdm|poetry)(?:\.py)?: error: unrecognized arguments: (?P<option>\S+)", sure=0.96),
    # no recorded log yet: Error: no such option: --three (pipenv with click)
    sign("Error: No such option", r"Error: No such option:? '?(?P<option>--?[\w-]+)", sure=0.7, also="pipenv", command="pipenv"),
    # error: pip's `--user` is unsupported (use a virtual environment instead)
    sign("error: pip's `", r"pip's `(?P<option>[^`]+)` is unsupported", sure=0.97, command="uv"),
    # error: unexpected argument '--no-cach' found
    sign("error: unexpected argument '", r"unexpected argument '(?P<option>[^']+)' found", sure=0.85, also="Usage: uv", command="uv"),
    # error: unrecognized subcommand 'installl'
    sign("error: unrecognized subcommand '", r"unrecognized subcommand '(?P<option>[^']+)'", sure=0.85, also="Usage: uv", command="uv"),
    # /bin/sh: 1: pyvenv: not found
    sign("pyvenv", r"(?P<option>pyvenv(?:-[\d.]+)?): (?:command )?not found", sure=0.96, command="python"),
    # ERROR: Can not perform a '--user' install. User site-packages are not visible in this virtualenv.
    sign("Can not perform a '--user' install", sure=0.85, command="pip", option="--user"),
    # ERROR: You must give at least one requirement to install is ours; DEPRECATION: --no-python-version-warning
    # npm ERR! As of npm@5, the npm cache self-heals from corruption issues …
    sign("As of npm@5, the npm cache self-heals", sure=0.95, command="npm", option="cache clean without --force", instead="npm cache clean --force"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Option):
        if need.command.split()[0] in TOOLS:
            yield found(unmet, Facts(need.command, need.option, need.version, need.instead))


# What took the place of an option (the tools' own change logs); an empty text: it may be left out.
INSTEAD = {
    ("pip", "--process-dependency-links"): "", ("pip", "--allow-all-external"): "", ("pip", "--no-use-wheel"): "--no-binary :all:",
    ("pip", "--egg"): "", ("pip", "--download-cache"): "--cache-dir", ("virtualenv", "--no-site-packages"): "",
    ("virtualenv", "--distribute"): "", ("virtualenv", "--setuptools"): "", ("python", "pyvenv"): "python3 -m venv",
    ("poetry", "--no-dev"): "--only main", ("poetry", "--no-update"): "", ("poetry", "export"): "poetry-plugin-export",
    ("poetry", "shell"): "poetry-plugin-shell", ("pipenv", "--three"): "", ("pipenv", "--keep-outdated"): "",
    ("pip", "--use-feature"): "",
}  # fmt: skip
CHANGES = ("--process-dependency-links", "--allow-all-external", "--egg")  # what is installed may change without these


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    tool = facts.command.split()[0] if facts.command else ""
    instead = facts.instead or INSTEAD.get((tool, facts.option), "" if facts.version else None)
    span = _option(where, facts.option) if where is not None and facts.option else None
    if where is not None and span is not None and instead is not None:
        yield from _edit(structs.replace(where, span=span), facts.option, instead)
    if (tool, facts.option) in INSTEAD and instead is not None:
        yield remedy.advice(f"Write `{instead}` for {facts.option}." if instead else f"Leave `{facts.option}` out.")
    yield remedy.advice(
        f"Write {facts.instead or 'the command as this version has it'}, or pin the version of {tool or 'the tool'}."
    )


def _option(where: Place, option: str) -> Span | None:
    """Where the instruction has the option: the place itself, or the only word of it that is the option."""
    if where.source[where.span].startswith(option):
        return where.span
    found = list(re.finditer(rf"(?<![\w./-]){re.escape(option)}(?![\w./-])", where.source[where.span]))
    return Span(where.span.start + found[0].start(), where.span.start + found[0].end()) if len(found) == 1 else None


def _edit(where: Place, option: str, instead: str) -> Iterator[Remedy]:
    if instead.startswith("poetry-plugin-"):
        start = command_start(where, "poetry")
        if start is not None:
            add = inserted(where.source, start, f"poetry self add {instead} && ")
            yield remedy.safe(f"`poetry self add {instead}` first: the plug-in has the command now", add)
    elif instead:
        value = where.source[where.span].removeprefix(option)
        yield remedy.safe(f"Write `{instead}`", remedy.swap_span(where.source, where.span, instead + value))
    else:
        blanks = re.match(r".*?(\s*)$", where.source.text[: where.span.start][-200:], re.S)
        gap = 1 if blanks is not None and blanks[1] else 0
        span = Span(where.span.start - gap, where.span.end)
        grade = remedy.risky if option in CHANGES else remedy.safe
        yield grade(f"Leave `{option}` out", remedy.swap_span(where.source, span, ""))


CASES = (
    r"""
poetry lock --no-update
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml ./
# found: command="poetry lock" option=--no-update version=2.2.1
RUN poetry lock --no-update
-- pyproject.toml --
[tool.poetry]
name = "app"
version = "0.1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.11"
-- build.log --
#9 [5/5] RUN poetry lock --no-update
#9 7.793 Creating virtualenv app-9TtSrW0h-py3.12 in /root/.cache/pypoetry/virtualenvs
#9 13.46
>>#9 13.46 The option "--no-update" does not exist
#9 ERROR: process "/bin/sh -c poetry lock --no-update" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml ./
RUN poetry lock
""",
    r"""
poetry install --no-dev, with the newest Poetry
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry
WORKDIR /app
COPY pyproject.toml ./
# found: option=--no-dev
RUN poetry install --no-root --no-dev
-- pyproject.toml --
[tool.poetry]
name = "app"
version = "0.1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.11"
-- build.log --
#9 [5/5] RUN poetry install --no-root --no-dev
#9 8.327 Creating virtualenv app-9TtSrW0h-py3.12 in /root/.cache/pypoetry/virtualenvs
#9 12.02
>>#9 12.03 The option "--no-dev" does not exist
#9 ERROR: process "/bin/sh -c poetry install --no-root --no-dev" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
RUN pip install poetry
WORKDIR /app
COPY pyproject.toml ./
RUN poetry install --no-root --only main
""",
    r"""
Poetry 1.8 knows both
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==1.8.5
WORKDIR /app
COPY pyproject.toml ./
RUN poetry lock --no-update && poetry install --no-root --no-dev
-- pyproject.toml --
[tool.poetry]
name = "app"
version = "0.1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.11"
""",
)
