"""`dockwright mend`: mend a project until it builds, prove it, and show every attempt and the final diff."""

from __future__ import annotations

import sys
from typing import Any

from dockwright.cli import spec
from dockwright.cli.options import read_projects, write_files
from dockwright.cli.output import say, show
from dockwright.engine.events import Event, plain
from dockwright.finding import Safety
from dockwright.mending import Mended
from dockwright.mending import mend as mend_project
from dockwright.project import Project
from dockwright.report.mended import show_mended, show_proven

ARGUMENT = spec.Argument("path", "[PATH]", default=".")
OPTIONS = (
    *spec.PROJECT,
    spec.Option(("--verify",), "verify", "How a mend is proven.", choices=("rehearse", "build"), default="rehearse"),
    spec.Option(("--engine",), "engine", "docker, podman or buildah; found automatically.", "NAME"),
    spec.Option(("--safe-only",), "safe_only", "Only fixes that keep the image the same."),
    spec.Option(("--apply",), "write", "Write the mended files into the project."),
    *spec.output("terminal", "json"),
)


def mend(
    path: str,
    verify: str,
    engine: str | None,
    safe_only: bool,
    write: bool,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> int:
    """Find what fails, patch a copy, and prove it by rehearsal or by real builds; prints every attempt and the diff.

    The project is written to only with --apply. A remedy that brings a new failure is rejected.
    """
    project = read_projects((path,), **given)[0]
    allowed = (Safety.SAFE,) if safe_only else (Safety.SAFE, Safety.RISKY)
    if verify == "build":
        return _by_building(project, engine, allowed, write, form, verbose)
    result = mend_project(project, allowed)
    show(show_mended(result, form))
    _write(project, result.files, write)
    return _code(result)


def _code(result: Mended) -> int:
    return 1 if result.outcome == "persists" else 0


def _by_building(
    project: Project, engine: str | None, allowed: tuple[Safety, ...], write: bool, form: str, verbose: bool
) -> int:
    from dockwright.engine.run import find_engine
    from dockwright.verify_build import prove

    name = find_engine(engine)
    result = prove(project, name, allowed, watch=_watch if verbose else None)
    show(show_proven(result, form, name))
    if result.outcome == "built":
        _write(project, result.files, write)
        return 0
    return 75 if result.outcome == "transient" else 1


def _watch(event: Event) -> None:
    line = plain(event)
    if line:
        sys.stderr.write(line + "\n")


def _write(project: Project, files: dict[str, str], write: bool) -> None:
    if write and files:
        for name in write_files(project, files):
            say(f"mended {name}")
    elif files:
        say("nothing is written; add --apply to write these files")
