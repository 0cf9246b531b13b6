"""Options and output that several verbs share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from dockwright.errors import ToolError
from dockwright.project import Project

F = TypeVar("F", bound=Callable[..., Any])


def project_options(function: F) -> F:
    """-f, --context, --target, --build-arg, --platform, --context-list, --offline, --as-of."""
    for option in reversed((
        click.option("-f", "--file", "files", multiple=True, metavar="FILE", help="A Dockerfile; may be repeated."),
        click.option("--context", metavar="FOLDER", help="The build context of the Dockerfiles given."),
        click.option("--target", metavar="STAGE", help="The stage, or the target's name in a compose or bake file."),
        click.option("--build-arg", "build_args", multiple=True, metavar="NAME[=VALUE]", help="As for docker build."),
        click.option("--platform", metavar="OS/ARCH", help="Such as linux/arm64."),
        click.option("--context-list", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE",
                     help="The context as a list of paths, one a line; what the files hold is not known then."),
        click.option("--offline", is_flag=True, help="Ask no package index."),
        click.option("--as-of", metavar="YYYY-MM-DD", help="Rehearse the world of that day."),
    )):  # fmt: skip
        function = option(function)
    return function


def output_options(*formats: str) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed((
            click.option("--format", "form", type=click.Choice(formats), default="terminal", show_default=True, help="Form of the output."),
            click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="NO_COLOR is honoured."),
            click.option("-q", "--quiet", is_flag=True, help="Only failures."),
            click.option("-v", "--verbose", is_flag=True, help="Also what could not be followed, and everything that is known."),
        )):  # fmt: skip
            function = option(function)
        return function

    return decorate


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
    listed = None if context_list is None else _lines(context_list)
    given = dict(_argument(text) for text in build_args)
    if as_of is not None:
        _date(as_of)
    starts = paths or ((".",) if context is None or not files else (context,))
    return [
        Project.read(
            path,
            files=files,
            context=context,
            target=target,
            build_args=given,
            platform=platform,
            context_list=listed,
            as_of=as_of,
            offline=offline,
        )
        for path in starts
    ]


def _lines(path: str) -> list[str]:
    with click.open_file(path, encoding="utf-8", errors="surrogateescape") as file:
        return [line.rstrip("\r\n") for line in file]


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


def coloured(color: str) -> bool:
    if color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return color == "always"


def write_files(project: Project, files: Mapping[str, str]) -> list[str]:
    """Write new texts into the project: each file whole or not at all, its permissions kept."""
    import tempfile
    from pathlib import Path

    written = []
    for name in sorted(files):
        path = (Path(project.root) / name).resolve()
        if not path.is_relative_to(Path(project.root).resolve()):
            raise ToolError("outside-project", f"{name} lies outside of the project", hint="nothing was written there")
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(files[name].encode("utf-8", "surrogateescape"))
        Path(file.name).chmod(mode)
        Path(file.name).replace(path)
        written.append(name)
    return written
