"""The functions for other Python programs; the command line is made of the same ones."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import IO

from dockwright.checking import check as check_project
from dockwright.diagnose import Diagnosis, diagnose
from dockwright.finding import Report, Safety
from dockwright.inputs.native import native
from dockwright.log import read
from dockwright.mending import Mended
from dockwright.mending import mend as mend_project
from dockwright.project import Project

TYPE_CHECKING = False

if TYPE_CHECKING:
    from dockwright.planning import Plan


def _project(
    path: str | os.PathLike[str] | Project,
    files: Sequence[str] = (),
    context: str | None = None,
    target: str | None = None,
    build_args: Mapping[str, str | None] | None = None,
    platform: str | None = None,
    as_of: str | None = None,
    offline: bool = False,
) -> Project:
    if isinstance(path, Project):
        return path
    return Project.read(
        os.fspath(path),
        files=files,
        context=context,
        target=target,
        build_args=build_args,
        platform=platform,
        native=native(os.environ),
        as_of=as_of,
        offline=offline,
    )


def check(
    path: str | os.PathLike[str] | Project = ".",
    *,
    files: Sequence[str] = (),
    context: str | None = None,
    target: str | None = None,
    build_args: Mapping[str, str | None] | None = None,
    platform: str | None = None,
    as_of: str | None = None,
    offline: bool = False,
) -> Report:
    """Rehearse the build targets found under `path`. Nothing of the project is run.

    `files` are Dockerfiles and `context` their build context; `as_of` is a day (ISO 8601) whose world is rehearsed.
    Raises ToolError for a path that is not there.
    """
    return check_project(_project(path, files, context, target, build_args, platform, as_of, offline))


def explain(
    log: str | bytes | IO[bytes] | IO[str], project: Project | str | os.PathLike[str] | None = None, *, name: str = "-"
) -> Diagnosis:
    """Ranked root causes of a build or run log, given as text, bytes or an open file; with the project's files when given."""
    known = None if project is None else _project(project)
    return diagnose(read(log, name=name), known)


def mend(
    path: str | os.PathLike[str] | Project = ".",
    *,
    allowed: Sequence[Safety] = (Safety.SAFE, Safety.RISKY),
    files: Sequence[str] = (),
    context: str | None = None,
    offline: bool = False,
) -> Mended:
    """The smallest edits after which the rehearsal is quiet; nothing is written."""
    return mend_project(_project(path, files, context, offline=offline), tuple(allowed))


def plan(
    path: str | os.PathLike[str] | Project = ".",
    *,
    files: Sequence[str] = (),
    context: str | None = None,
    target: str | None = None,
    build_args: Mapping[str, str | None] | None = None,
    platform: str | None = None,
    as_of: str | None = None,
    offline: bool = False,
) -> Plan:
    """What the builds found under `path` will download and install: distributions, sizes, what compiles, conflicts.

    Asks the package index, or with `offline` the answers of earlier days alone. Nothing is built or installed.
    """
    from dockwright.planning import plan as plan_project

    return plan_project(_project(path, files, context, target, build_args, platform, as_of, offline))
