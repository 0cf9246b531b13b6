"""An install without an index finds nothing that fits in its folder of wheels.

With `--no-index` packages come from `--find-links` alone. The folder is empty or is not there (the path of another
stage, a COPY that puts it elsewhere), or its wheels are for another Python, platform or version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.journal import Node
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    folder: str = ""
    lies: str = ""
    name: str = ""


TITLE = "No fitting wheel[ of {name}] is found[ in {folder}]"
WHY = "The package index is switched off, and the folder of wheels is not there[; wheels are in {lies}]."
EXPLAINS = ("deps/no-matching-version", "deps/python-incompatible", "deps/platform-wheel-missing")

SIGNATURES = (
    # WARNING: Location '/wheels' is ignored: it is either a non-existing path or lacks a specific scheme.
    sign("is ignored: it is either a non-existing path", r"Location '(?P<folder>[^']+)' is ignored", sure=0.96, also="No matching distribution found"),
    # ERROR: Could not find a version that satisfies the requirement idna (from versions: none), after: Looking in links: /wheels
    sign("Could not find a version that satisfies the requirement", r"requirement (?P<name>[\w.-]+)\S* .*\(from versions: none\)", sure=0.95, also="Looking in links: /", unless="Looking in indexes"),
    #   cause: Because idna was not found in the provided package locations and you require idna, we can conclude that your requirements are unsatisfiable.
    sign("was not found in the provided package locations", r"[Bb]ecause (?P<name>[\w.-]+) was not found in the provided package locations", sure=0.96),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        if need.purpose == "wheelhouse" and unmet.deleted is None:
            yield found(unmet, Facts(need.path, _wheels(step, need.path)))


def _wheels(step: Step, path: str) -> str:
    """A folder that holds wheels, as its maker or its name says."""
    folders = {
        at: node.made.says
        for at, (_, node) in step.before.paths.items()
        if isinstance(node, Node) and node.kind == "dir" and node.made is not None
    }
    named = [
        at
        for at, says in folders.items()
        if at != path and ("wheel" in at.rsplit("/", 1)[-1].lower() or "wheels" in says)
    ]
    return named[0] if len(named) == 1 else ""


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.lies:
        written = where.source[where.span]
        head = written[: written.find(facts.folder.rsplit("/", 1)[-1])] if written.startswith("-") else ""
        head = head.rstrip("/")
        yield remedy.safe(f"Look in {facts.lies}", remedy.swap_span(where.source, where.span, head + facts.lies))
    yield remedy.advice("Copy the wheels to the folder that --find-links names, made for the same Python and platform.")


CASES = (
    r"""
uv, an empty folder of wheels
-- from --
recorded with uv, 2026-11
-- build.log --
Using Python 3.12.1 environment at: p24
error: No solution found when resolving dependencies
>>  cause: Because idna was not found in the provided package locations and you require idna, we can conclude that your requirements are unsatisfiable.
""",
    r"""
the wheels were copied to another folder
-- Dockerfile --
FROM python:3.12-slim AS build
COPY requirements.txt /
RUN pip wheel --wheel-dir=/build/wheels -r /requirements.txt
FROM python:3.12-slim
COPY --from=build /build/wheels /opt/wheels
COPY requirements.txt /
# found: folder=/wheels lies=/opt/wheels
RUN pip install --no-index --find-links=/wheels -r /requirements.txt
-- requirements.txt --
idna==3.6
-- build.log --
#10 [stage-1 4/4] RUN pip install --no-index --find-links=/wheels -r /requirements.txt
#10 13.41 Looking in links: /wheels
>>#10 13.41 WARNING: Location '/wheels' is ignored: it is either a non-existing path or lacks a specific scheme.
>>#10 13.49 ERROR: Could not find a version that satisfies the requirement idna==3.6 (from versions: none)
#10 13.50 ERROR: No matching distribution found for idna==3.6
#10 ERROR: process "/bin/sh -c pip install --no-index --find-links=/wheels -r /requirements.txt" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim AS build
COPY requirements.txt /
RUN pip wheel --wheel-dir=/build/wheels -r /requirements.txt
FROM python:3.12-slim
COPY --from=build /build/wheels /opt/wheels
COPY requirements.txt /
RUN pip install --no-index --find-links=/opt/wheels -r /requirements.txt
""",
    r"""
both stages name the same folder
-- Dockerfile --
FROM python:3.12-slim AS build
COPY requirements.txt /
RUN pip wheel --wheel-dir=/wheels -r /requirements.txt
FROM python:3.12-slim
COPY --from=build /wheels /wheels
COPY --from=build /requirements.txt /
RUN pip install --no-index --find-links=/wheels -r /requirements.txt
-- requirements.txt --
idna==3.6
""",
)
