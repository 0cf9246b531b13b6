"""`dockwright mend`: mend a project until it builds, prove it, and show every attempt and the final diff."""

from __future__ import annotations

import sys
from typing import Any

import click

from dockwright.cli.options import output_options, project_options, read_projects, write_files
from dockwright.finding import Safety
from dockwright.mending import Mended
from dockwright.mending import mend as mend_project
from dockwright.project import Project
from dockwright.report.mended import show_mended, show_proven


@click.command()
@click.argument("path", default=".")
@project_options
@click.option("--verify", type=click.Choice(["rehearse", "build"]), default="rehearse", show_default=True, help="How a mend is proven.")
@click.option("--engine", metavar="NAME", help="docker, podman or buildah; found automatically.")
@click.option("--safe-only", is_flag=True, help="Only fixes that keep the image the same.")
@click.option("--apply", "write", is_flag=True, help="Write the mended files into the project.")
@output_options("terminal", "json")
def mend(
    path: str, verify: str, engine: str | None, safe_only: bool, write: bool, form: str, color: str, quiet: bool, verbose: bool, **given: Any
) -> int:
    """Find what fails, patch a copy, and prove it by rehearsal or by real builds; prints every attempt and the final diff.

    The project is written to only with --apply. A remedy that brings a new failure is rejected.
    """
    project = read_projects((path,), **given)[0]
    allowed = (Safety.SAFE,) if safe_only else (Safety.SAFE, Safety.RISKY)
    if verify == "build":
        return _by_building(project, engine, allowed, write, form, verbose)
    result = mend_project(project, allowed)
    click.echo(show_mended(result, form), nl=False)
    _write(project, result.files, write)
    return _code(result)


def _code(result: Mended) -> int:
    return 1 if result.outcome == "persists" else 0


def _by_building(project: Project, engine: str | None, allowed: tuple[Safety, ...], write: bool, form: str, verbose: bool) -> int:
    from dockwright.engine.run import find_engine
    from dockwright.verify_build import prove

    name = find_engine(engine)
    result = prove(project, name, allowed, watch=sys.stderr.write if verbose else None)
    click.echo(show_proven(result, form, name), nl=False)
    if result.outcome == "built":
        _write(project, result.files, write)
        return 0
    return 75 if result.outcome == "transient" else 1


def _write(project: Project, files: dict[str, str], write: bool) -> None:
    if write and files:
        for name in write_files(project, files):
            print(f"mended {name}", file=sys.stderr)
    elif files:
        print("dockwright: nothing is written; add --apply to write these files", file=sys.stderr)
