"""An installer refuses to change the system's own Python, which its package manager manages (PEP 668).

Debian 12, Ubuntu 23.04 and later mark their interpreter with a file EXTERNALLY-MANAGED. pip and uv then install into
virtual environments only, so that no package of the distribution breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, inserted, instruction_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Edit, Source

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    python: str = ""
    asked_by: str = ""


TITLE = "The system's Python[ {python}] takes no packages[ from {asked_by}]"
WHY = "The distribution marks it as externally managed: only its own package manager may change it."

SIGNATURES = (
    # error: externally-managed-environment
    sign("error: externally-managed-environment", sure=0.98),
    # × This environment is externally managed
    sign("This environment is externally managed", sure=0.98),
    # no recorded log yet: error: The interpreter at /usr is externally managed, and indicates the following:
    sign("is externally managed, and indicates the following", sure=0.98, asked_by="uv"),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "externally-managed":
            yield found(unmet, Facts(need.installed, need.asked_by))


VENV = "RUN python3 -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH"
UV_VENV = "RUN uv venv /opt/venv\nENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH"


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    """A virtual environment above the line; python3-venv comes with the line that brings Python."""
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and (found_in := instruction_of(where)) is not None:
        lines = above(where, VENV)
        package = _with_venv(where.source, found_in.span.start)
        if package is not None:
            yield remedy.risky("Install into a virtual environment", package, lines)
        yield remedy.risky("Install into a virtual environment", lines)
    yield remedy.advice("Make a virtual environment with python3 -m venv and put its bin folder first on PATH.")


def _with_venv(source: Source, before: int) -> Edit | None:
    """python3-venv beside python3-pip or python3 in the last apt line above."""
    head = source.text[:before]
    if re.search(r"python3(\.\d+)?-(venv|full)\b", head):
        return None
    for name in ("python3-pip", "python3-dev", "python3"):
        matches = list(re.finditer(rf"(?<![\w./-]){re.escape(name)}(?![\w./-])", head))
        if matches and "install" in head[: matches[-1].start()]:
            return inserted(source, matches[-1].end(), " python3-venv")
    return None


CASES = (
    r"""
pip on Debian 12
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*
# found: python=3.11 asked_by=pip
RUN pip install idna==3.6
-- build.log --
#6 [3/3] RUN pip install idna==3.6
>>#6 5.098 error: externally-managed-environment
#6 5.098
>>#6 5.098 × This environment is externally managed
#6 5.098 ╰─> To install Python packages system-wide, try apt install
#6 5.098     python3-xyz, where xyz is the package you are trying to
#6 ERROR: process "/bin/sh -c pip install idna==3.6" did not complete successfully: exit code: 1
-- mended --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip python3-venv && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
RUN pip install idna==3.6
""",
    r"""
a virtual environment is not managed
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip python3-venv && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install idna==3.6
""",
    r"""
the mark is taken away
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*
RUN rm /usr/lib/python3.11/EXTERNALLY-MANAGED && pip install idna==3.6
""",
)
