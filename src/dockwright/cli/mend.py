"""`dockwright mend`: mend a project until it builds, prove it, and show every attempt and the final diff."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dockwright.cli import spec
from dockwright.cli.options import read_projects
from dockwright.cli.output import say, show
from dockwright.cli.writing import write_files
from dockwright.errors import USAGE, ToolError
from dockwright.finding import Safety
from dockwright.mending import Mended
from dockwright.mending import mend as mend_project
from dockwright.project import Project
from dockwright.report.mended import show_attempt, show_mended, show_proven, show_rehearsed

if TYPE_CHECKING:
    from dockwright.engine.events import Event
    from dockwright.verify_build import BuildAttempt, Proven

ARGUMENT = spec.Argument("path", "[PATH]", default=".")
OPTIONS = (
    *spec.PROJECT,
    spec.Option(("--verify",), "verify", "How a mend is proven.", choices=("rehearse", "build"), default="rehearse"),
    spec.Option(("--engine",), "engine", "docker, docker-classic, podman or buildah; found automatically.", "NAME"),
    spec.Option(("--attempts",), "attempts", "Builds of one target at most, with --verify build.", "N", default="10"),
    spec.Option(
        ("--start",), "starting", "Also start what was built, with --verify build; what ends it at once is mended too."
    ),
    spec.Option(("--safe-only",), "safe_only", "Only fixes that keep the image the same."),
    spec.Option(("--apply",), "write", "Write the mended files into the project."),
    spec.Option(
        ("--pr",), "message", "Print a commit message: what failed, what was changed and why, how it was proven."
    ),
    *spec.output("terminal", "json"),
)


def mend(
    path: str,
    verify: str,
    engine: str | None,
    attempts: str,
    starting: bool,
    safe_only: bool,
    write: bool,
    message: bool,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> int:
    """Find what fails, patch a copy, and prove it by rehearsal or by real builds; prints every attempt and the diff.

    The project is written to only with --apply. A remedy that brings a new failure is rejected.
    """
    tries = _count(attempts)
    project = read_projects((path,), **given)[0]
    allowed = (Safety.SAFE,) if safe_only else (Safety.SAFE, Safety.RISKY)
    if verify == "build":
        said = "message" if message else form
        result = _by_building(project, engine, allowed, tries, starting, said, verbose)
        if result.outcome != "built":
            return 75 if result.outcome == "transient" else 1
        _write(project, result.files, write)
        return 0
    rehearsed = mend_project(project, allowed)
    if message:
        from dockwright.report.commit import commit_of_rehearsal

        show(commit_of_rehearsal(rehearsed))
    else:
        show(show_mended(rehearsed, form))
    _write(project, rehearsed.files, write)
    return _code(rehearsed)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise ToolError("bad-count", f"--attempts {text}", hint="a number from 1 to 100", exit_code=USAGE)
    return int(text)


def _code(result: Mended) -> int:
    return 1 if result.outcome == "persists" else 0


def _by_building(
    project: Project,
    wanted: str | None,
    allowed: tuple[Safety, ...],
    tries: int,
    starting: bool,
    form: str,
    verbose: bool,
) -> Proven:
    from dockwright.cli.signals import end_as_interrupted
    from dockwright.engine.run import find_engine
    from dockwright.history.redact import secret_values
    from dockwright.history.store import History
    from dockwright.verify_build import prove

    end_as_interrupted()
    engine = find_engine(wanted, say)
    arguments = {name: value for target in project.targets for name, value in target.build_args.items()}
    history = History.open()

    def tell(attempt: BuildAttempt) -> None:
        if form == "terminal":
            show(show_attempt(attempt, engine))
        elif form == "message":
            sys.stderr.write(show_attempt(attempt, engine))

    with history.run(
        "mend", project.root or os.getcwd(), sys.argv, engine=engine, secrets=secret_values(arguments)
    ) as run:
        result = prove(
            project, engine, allowed, tries=tries, starting=starting, watch=_watch if verbose else None, tell=tell, run=run,
            foreseen=lambda attempts: show(show_rehearsed(attempts)) if form == "terminal" else None,
        )  # fmt: skip
        run.finish(
            "built" if result.outcome == "built" else "failed",
            0 if result.outcome == "built" else 75 if result.outcome == "transient" else 1,
        )
    if history.broken:
        say(f"the history is not written: {history.broken}")
    history.close()
    _show(result, form, engine)
    return result


def _show(result: Proven, form: str, engine: str) -> None:
    if form != "message":
        show(show_proven(result, form, engine))
        return
    from dockwright.report.commit import commit_of_build

    show(commit_of_build(result, engine))


def _watch(event: Event) -> None:
    from dockwright.engine.events import plain

    line = plain(event)
    if line:
        sys.stderr.write(line + "\n")


def _write(project: Project, files: dict[str, str], write: bool) -> None:
    if write and files:
        for name in write_files(project, files):
            say(f"mended {name}")
    elif files:
        say("nothing is written; add --apply to write these files")
