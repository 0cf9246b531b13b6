"""`dockwright explain`: the root cause of a failed build or start, from its log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import click

from dockwright.cli.options import coloured, output_options, project_options, read_projects
from dockwright.diagnose import Diagnosis, diagnose
from dockwright.errors import ToolError
from dockwright.log import BuildLog, read
from dockwright.project import Project


@click.command()
@click.argument("logs", nargs=-1, metavar="[LOG]…")
@project_options
@output_options("terminal", "json")
def explain(logs: tuple[str, ...], form: str, color: str, quiet: bool, verbose: bool, **given: Any) -> int:
    """Name the root cause of a failed build or start, with the lines that prove it.

    LOG is a file, several, a folder of logs, or - for standard input (the default). With -f or --context the project's
    files join in: then a missing file is told from an ignored one, and the line that is to blame is named.
    """
    project = _project(given)
    names = list(_names(logs or ("-",)))
    failed = False
    for name in names:
        started = time.perf_counter()
        found = diagnose(_read(name), project)
        failed = failed or found.log.outcome == "failed" or bool(found.ranked)
        _show(found, project, form, color, started)
    return 1 if failed else 0


def _project(given: dict[str, Any]) -> Project | None:
    """The project's files, when they are asked for."""
    if not given["files"] and given["context"] is None and given["context_list"] is None:
        return None
    return read_projects((), **given)[0]


def _names(logs: tuple[str, ...]) -> Iterator[str]:
    for log in logs:
        if log != "-" and os.path.isdir(log):  # noqa: PTH112
            yield from sorted(entry.path for entry in os.scandir(log) if entry.is_file())
        else:
            yield log


def _read(name: str) -> BuildLog:
    if name == "-":
        if sys.stdin.isatty():
            print("dockwright: reading the log from standard input; end it with Ctrl-D", file=sys.stderr)
        return read(sys.stdin.buffer, name="-")
    try:
        with open(name, "rb") as file:  # noqa: PTH123
            return read(file, name=name)
    except OSError as error:
        raise ToolError("log-unreadable", f"{name}: {error.strerror}", hint="give a log file, a folder, or -") from None


def _show(found: Diagnosis, project: Project | None, form: str, color: str, started: float) -> None:
    from dockwright.report.formats import texts_of

    elapsed = int((time.perf_counter() - started) * 1000)
    if form == "json":
        from dockwright.report import data

        texts = texts_of(project) if project is not None else lambda name: None
        click.echo(data.encode(data.diagnosis(found, texts, elapsed)), nl=False)
        return
    from dockwright.report.diagnosis import show_diagnosis

    click.echo(show_diagnosis(found, colour=coloured(color)), nl=False, color=True)
