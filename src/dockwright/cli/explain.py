"""`dockwright explain`: the root cause of a failed build or start, from its log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from dockwright.cli import spec
from dockwright.cli.options import read_projects
from dockwright.cli.output import coloured, say, show
from dockwright.diagnose import Diagnosis, diagnose
from dockwright.errors import ToolError
from dockwright.log import BuildLog, read
from dockwright.project import Project

ARGUMENT = spec.Argument("logs", "[LOG]…", many=True)
OPTIONS = (*spec.PROJECT, *spec.output("terminal", "json", "markdown"))


def explain(logs: tuple[str, ...], form: str, color: str, quiet: bool, verbose: bool, **given: Any) -> int:
    """Name the root cause of a failed build or start, with the lines that prove it.

    LOG is a file, several, a folder of logs, or - for standard input (the default). With -f or --context the project's
    files join in: then a missing file is told from an ignored one, and the line that is to blame is named.
    """
    project = _project(given)
    failed = False
    for name in _names(logs or ("-",)):
        started = time.perf_counter()
        found = diagnose(_read(name), project)
        fails = found.log.outcome == "failed" or bool(found.ranked)
        failed = failed or fails
        if fails or not quiet:
            _show(found, project, form, color, started)
    return 1 if failed else 0


def _project(given: dict[str, Any]) -> Project | None:
    """The project's files, when they are asked for."""
    if not given["files"] and given["context"] is None and given["context_list"] is None:
        return None
    return read_projects((), **given)[0]


def _names(logs: tuple[str, ...]) -> Iterator[str]:
    for log in logs:
        if log != "-" and os.path.isdir(log):
            yield from sorted(entry.path for entry in os.scandir(log) if entry.is_file())
        else:
            yield log


def _read(name: str) -> BuildLog:
    if name == "-":
        if sys.stdin.isatty():
            say("reading the log from standard input; end it with Ctrl-D")
        return read(sys.stdin.buffer, name="-")
    try:
        with open(name, "rb") as file:
            return read(file, name=name)
    except OSError as error:
        raise ToolError("log-unreadable", f"{name}: {error.strerror}", hint="give a log file, a folder, or -") from None


def _show(found: Diagnosis, project: Project | None, form: str, color: str, started: float) -> None:
    elapsed = int((time.perf_counter() - started) * 1000)
    if form == "json":
        from dockwright.report import data
        from dockwright.report.formats import texts_of

        show(data.encode(data.diagnosis(found, texts_of(project), elapsed)))
        return
    if form == "markdown":
        from dockwright.report.formats import texts_of
        from dockwright.report.markdown import diagnosis_page

        show(diagnosis_page(found, texts_of(project)))
        return
    from dockwright.report.diagnosis import show_diagnosis

    show(show_diagnosis(found, colour=coloured(color)))
