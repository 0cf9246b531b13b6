"""`dockwright check`: rehearse every build target, show what will fail, and mend it when asked to."""

from __future__ import annotations

import time
from typing import Any

from dockwright.checking import check as rehearse_project
from dockwright.cli import spec
from dockwright.cli.config import FAIL_ON, config_of
from dockwright.cli.judge import code_of, unreadable, without_ignored
from dockwright.cli.options import read_projects
from dockwright.cli.output import coloured, say, show, show_diff
from dockwright.errors import ToolError
from dockwright.finding import Report, Safety
from dockwright.project import Project

ARGUMENT = spec.Argument("paths", "[PATH]…", many=True)
OPTIONS = (
    *spec.PROJECT,
    spec.Option(("--fix",), "fix", "Apply the fixes that keep the image the same."),
    spec.Option(("--unsafe-fixes",), "unsafe_fixes", "Apply those that change what runs as well."),
    spec.Option(("--diff",), "diff", "Print the patch of all fixes instead; nothing is written."),
    spec.Option(("--fail-on",), "fail_on", "What makes the exit code 1 (default: likely).", choices=FAIL_ON),
    *spec.output("terminal", "json", "sarif", "junit", "github", "markdown"),
)


def check(
    paths: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    fail_on: str | None,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> int:
    """Rehearse the build targets found under PATH (default: this folder) and say what will fail, before any build.

    Targets are read from compose and bake files, render.yaml, fly.toml, workflows and the like, else from the
    Dockerfiles found. Nothing of the project is run and nothing is written without --fix.
    """
    started = time.perf_counter()
    projects = read_projects(paths, **given)
    if not any(project.targets or project.problems for project in projects):
        where = ", ".join(paths) or "this folder"
        raise ToolError("no-target", f"no Dockerfile or build target under {where}", hint="name one with -f FILE")
    configs = [config_of(path) for path in (paths or (".",) * len(projects))]
    allowed = (Safety.SAFE, Safety.RISKY) if unsafe_fixes or diff else (Safety.SAFE,)
    if diff:
        return _print_diff(projects, allowed)
    pairs = [(project, rehearse_project(project)) for project in projects]
    if fix or unsafe_fixes:
        pairs = [_mended(project, report, allowed) for project, report in pairs]
    pairs = [
        (project, without_ignored(report, project, config))
        for (project, report), config in zip(pairs, configs, strict=True)
    ]
    _show(pairs, form, color, quiet, verbose, int((time.perf_counter() - started) * 1000))
    closed = [sentence for project in projects for sentence in unreadable(project)]
    for sentence in closed:
        say(sentence)
    code = max(code_of(report, fail_on or config.fail_on) for (_, report), config in zip(pairs, configs, strict=True))
    return code or (2 if closed else 0)


def _print_diff(projects: list[Project], allowed: tuple[Safety, ...]) -> int:
    from dockwright.mending import mend

    left = False
    for project in projects:
        result = mend(project, allowed)
        show_diff(result.diff)
        for finding in result.left:
            left = True
            at = f"{finding.where.source.name}:{finding.where.line}: " if finding.where else ""
            say(f"{at}{finding.cause}: no fix is known that can be applied: {finding.title}")
    return 1 if left else 0


def _mended(project: Project, report: Report, allowed: tuple[Safety, ...]) -> tuple[Project, Report]:
    from dockwright.cli.writing import write_files
    from dockwright.mending import mend

    result = mend(project, allowed, report)
    for name in write_files(project, result.files):
        say(f"mended {name}")
    return project.patched(result.files) if result.files else project, result.report


def _show(pairs: list[tuple[Project, Report]], form: str, color: str, quiet: bool, verbose: bool, elapsed: int) -> None:
    if form == "terminal":
        from dockwright.report.terminal import show_reports

        show(show_reports([report for _, report in pairs], colour=coloured(color), quiet=quiet, verbose=verbose))
        return
    from dockwright.report.formats import write_report

    show(write_report(form, [(target, project) for project, report in pairs for target in report.targets], elapsed))
