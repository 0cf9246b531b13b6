"""`dockwright check`: rehearse every build target, show what will fail, and mend it when asked to."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from dockwright.checking import check as rehearse_project
from dockwright.cli.options import coloured, output_options, project_options, read_projects, write_files
from dockwright.errors import ToolError
from dockwright.finding import Report, Safety
from dockwright.mending import Mended, mend
from dockwright.project import Project


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@project_options
@click.option("--fix", is_flag=True, help="Apply the fixes that keep the image the same.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply those that change what runs as well.")
@click.option("--diff", is_flag=True, help="Print the patch of all fixes instead; nothing is written.")
@output_options("terminal", "json", "sarif", "junit", "github", "markdown")
def check(
    paths: tuple[str, ...], fix: bool, unsafe_fixes: bool, diff: bool, form: str, color: str, quiet: bool, verbose: bool, **given: Any
) -> int:
    """Rehearse the build targets found under PATH (default: this folder) and say what will fail, before any build.

    Targets are read from compose and bake files, render.yaml, fly.toml, workflows and the like, else from the Dockerfiles
    found. Nothing of the project is run and nothing is written without --fix.
    """
    started = time.perf_counter()
    projects = read_projects(paths, **given)
    if not any(project.targets for project in projects):
        where = ", ".join(paths) or "this folder"
        raise ToolError("no-target", f"no Dockerfile or build target under {where}", hint="name one with -f FILE")
    allowed = (Safety.SAFE, Safety.RISKY) if unsafe_fixes or diff else (Safety.SAFE,)
    if diff:
        return _print_diff(projects, allowed)
    pairs = [(project, rehearse_project(project)) for project in projects]
    if fix or unsafe_fixes:
        pairs = [_apply(project, mend(project, allowed, report)) for project, report in pairs]
    elapsed = int((time.perf_counter() - started) * 1000)
    _show(pairs, form, color, quiet, verbose, elapsed)
    return 1 if any(report.fails for _, report in pairs) else 0


def _print_diff(projects: list[Project], allowed: tuple[Safety, ...]) -> int:
    left = False
    for project in projects:
        result = mend(project, allowed)
        sys.stdout.write(result.diff)
        for finding in result.left:
            left = True
            at = f"{finding.where.source.name}:{finding.where.line}: " if finding.where else ""
            print(f"{at}{finding.cause}: no fix is known that can be applied: {finding.title}", file=sys.stderr)
    return 1 if left else 0


def _apply(project: Project, result: Mended) -> tuple[Project, Report]:
    for name in write_files(project, result.files):
        print(f"mended {name}", file=sys.stderr)
    return project.patched(result.files) if result.files else project, result.report


def _show(pairs: list[tuple[Project, Report]], form: str, color: str, quiet: bool, verbose: bool, elapsed: int) -> None:
    if form == "terminal":
        from dockwright.report.terminal import show_report

        for _, report in pairs:
            click.echo(show_report(report, colour=coloured(color), quiet=quiet, verbose=verbose), nl=False, color=True)
        return
    from dockwright.report.formats import write_report

    targets = [(target, project) for project, report in pairs for target in report.targets]
    click.echo(write_report(form, targets, elapsed), nl=False)
