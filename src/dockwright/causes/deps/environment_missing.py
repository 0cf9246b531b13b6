"""uv finds no environment to install into.

`uv pip` changes a virtual environment: the active one, or `.venv` in the working directory or above. The system's Python
is changed with `--system` or UV_SYSTEM_PYTHON=1 alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import inserted
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    asked_by: str = "uv"


TITLE = "{asked_by} finds no virtual environment to install into"
WHY = "It installs into the system's Python only when --system or UV_SYSTEM_PYTHON=1 says so."

SIGNATURES = (
    # error: No virtual environment found; run `uv venv` to create an environment, or pass `--system` to install into a non-virtual environment
    sign("error: No virtual environment found", sure=0.97),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "no-environment":
            yield found(unmet, Facts(need.asked_by))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    where = finding.where
    match = (
        re.search(r"\buv\s+pip\s+(install|sync|uninstall)\b", where.source[where.span]) if where is not None else None
    )
    if where is not None and match is not None:
        at = where.span.start + match.end()
        yield remedy.safe("Install into the image's own Python (--system)", inserted(where.source, at, " --system"))
    yield remedy.advice("Add --system, or make an environment with uv venv and set VIRTUAL_ENV.")


CASES = (
    r"""
no environment and no --system
-- Dockerfile --
FROM python:3.12-slim
RUN pip install uv==0.9.5
# found:
RUN uv pip install idna==3.6
-- build.log --
#6 [3/3] RUN uv pip install idna==3.6
>>#6 0.777 error: No virtual environment found; run `uv venv` to create an environment, or pass `--system` to install into a non-virtual environment
#6 ERROR: process "/bin/sh -c uv pip install idna==3.6" did not complete successfully: exit code: 2
-- mended --
FROM python:3.12-slim
RUN pip install uv==0.9.5
RUN uv pip install --system idna==3.6
""",
    r"""
an environment beside the project
-- Dockerfile --
FROM python:3.12-slim
RUN pip install uv==0.9.5
WORKDIR /app
RUN uv venv && uv pip install idna==3.6
""",
)
