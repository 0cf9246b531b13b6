"""From what the command line and the configuration say to projects."""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
import os
import sys

from msgspec import structs

from dockwright.cli.config import Config, config_of
from dockwright.errors import ToolError
from dockwright.inputs.native import native
from dockwright.project import Project


def read_projects(
    paths: tuple[str, ...],
    files: tuple[str, ...],
    context: str | None,
    target: str | None,
    build_args: tuple[str, ...],
    platform: str | None,
    context_list: str | None,
    offline: bool,
    as_of: str | None,
) -> list[Project]:
    """A project for each path; what the command line says wins over the configuration found there."""
    listed = None if context_list is None else _lines(context_list)
    given = dict(_argument(text) for text in build_args)
    if as_of is not None:
        _date(as_of)
    projects = []
    for path in paths or ((".",) if context is None or not files else (context,)):
        config = config_of(path)
        project = Project.read(
            path,
            files=[_named(file) for file in files] or _configured(config, path),
            context=_folder(context),
            target=target,
            build_args={**config.build_args, **given},
            platform=platform or config.platform,
            native=native(os.environ),
            context_list=listed,
            as_of=as_of,
            offline=offline or config.offline,
        )
        projects.append(_without(project, config))
    return projects


def _named(file: str) -> str:
    if not os.path.lexists(file):
        raise ToolError("file-missing", f"{file} does not exist", hint="-f names a Dockerfile")
    if os.path.isdir(file):
        raise ToolError(
            "file-is-folder", f"{file} is a folder", hint="-f names a Dockerfile; a folder is given without -f"
        )
    return file


def _folder(context: str | None) -> str | None:
    if context is not None and "://" not in context and not os.path.isdir(context):
        raise ToolError("context-missing", f"the build context {context} is no folder", hint="--context names one")
    return context


def _configured(config: Config, path: str) -> list[str]:
    """The configuration's files hold for a folder, not where a Dockerfile is named."""
    return [os.path.join(config.folder, file) for file in config.files] if os.path.isdir(path) else []


def _without(project: Project, config: Config) -> Project:
    """The project without the targets that the configuration excludes."""
    if not config.exclude:
        return project
    kept = [each for each in project.targets if not config.excludes(os.path.join(project.root, each.dockerfile))]
    return structs.replace(project, targets=tuple(kept))


def _lines(path: str) -> list[str]:
    if path == "-":
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape").splitlines()
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return [line.rstrip("\r\n") for line in file]
    except OSError as error:
        raise ToolError(
            "context-list-unreadable", f"{path}: {error.strerror}", hint="--context-list names a file, or -"
        ) from None


def _argument(text: str) -> tuple[str, str | None]:
    """NAME alone takes the value of the environment, as docker build does."""
    name, has, value = text.partition("=")
    return name, value if has else os.environ.get(name)


def _date(text: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        raise ToolError("date-invalid", f"--as-of {text} is no date", hint="write it like 2026-11-21") from None
