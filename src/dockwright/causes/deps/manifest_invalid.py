"""A project file does not parse: pyproject.toml, setup.cfg, Pipfile, a lock file.

The tool stops before it looks at a single dependency. Usual reasons: a missing bracket or quote, the marks of an unfinished
merge, a required key (name, version) left out, a lock file written by a newer tool.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    text: str = ""


TITLE = "{path} can't be read"
WHY = "It is not valid[, from the line {text} on]."

SIGNATURES = (
    # /app/pyproject.toml is not a valid TOML file.
    sign("is not a valid TOML file", r"(?P<path>\S+) is not a valid TOML file", sure=0.97),
    # error: Failed to parse: `pyproject.toml`
    sign("error: Failed to parse", r"Failed to parse:? `(?P<path>[^`]+)`", sure=0.96),
    # The Poetry configuration is invalid:
    sign("The Poetry configuration is invalid", sure=0.96, path="pyproject.toml"),
    # ValueError: invalid pyproject.toml config: `project`.
    sign("invalid pyproject.toml config", sure=0.95, path="pyproject.toml"),
    # tomllib.TOMLDecodeError: Expected ']' at the end of a table declaration (at line 1, column 9)
    sign("TOMLDecodeError: ", sure=0.85, path="a TOML file"),
    # pipenv.vendor.tomlkit.exceptions.UnexpectedCharError: Unexpected character: '\n' at line 1 col 9
    sign("tomlkit.exceptions.", r"tomlkit\.exceptions\.\w+(?:Error|Key|Name): ", sure=0.8, path="a TOML file"),
    # [TOMLKitError] / Invalid statement (at line 1, column 1)
    sign("Invalid statement (at line", sure=0.75, path="a TOML file"),
    # no recorded log yet: Unable to read the lock file (Invalid statement (at line 1, column 1)).
    sign("Unable to read the lock file", sure=0.95, path="poetry.lock"),
    # no recorded log yet: The lock file is not compatible with the current version of Poetry.
    sign("lock file is not compatible with the current version of Poetry", sure=0.9, path="poetry.lock"),
    # no recorded log yet: json.decoder.JSONDecodeError in Pipfile.lock: ERROR: Pipfile.lock is corrupted
    sign("Pipfile.lock is corrupted", sure=0.95, path="Pipfile.lock"),
    # no recorded log yet: error in Twisted setup command: 'extras_require' must be a dictionary whose values are strings or lists of strings containing valid project/version requirement specifiers.
    sign("configparser.ParsingError", sure=0.6, path="setup.cfg"),
    # no recorded log yet: yaml.scanner.ScannerError: while scanning a simple key … in "environment.yml"
    sign('in "environment.y', sure=0.6, path="environment.yml", also="ScannerError"),
    # require-dev.mikey179/vfsStream is invalid, it should not contain uppercase characters.
    sign("it should not contain uppercase characters", sure=0.95, path="composer.json"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Manifest):
        if need.problem in ("syntax", "unreadable") and posixpath.basename(need.path) not in (
            "package.json",
            "package-lock.json",
        ):
            yield found(unmet, Facts(need.path, need.name))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(
        f"Correct {posixpath.basename(facts.path) or 'the file'}; python -m tomllib, or the tool's own check, reads it without a build."
    )


CASES = (
    r"""
a bracket is missing
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml ./
# found: path=/app/pyproject.toml
RUN poetry install
-- pyproject.toml --
[project
name = "shop"
-- build.log --
#9 [5/5] RUN poetry install
#9 2.350
>>#9 2.350 /app/pyproject.toml is not a valid TOML file.
>>#9 2.350 TOMLDecodeError: Expected ']' at the end of a table declaration (at line 1, column 9)
#9 ERROR: process "/bin/sh -c poetry install" did not complete successfully: exit code: 1
""",
    r"""
a valid file
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install .
-- pyproject.toml --
[project]
name = "shop"
version = "0.1.0"
-- shop.py --
""",
)
