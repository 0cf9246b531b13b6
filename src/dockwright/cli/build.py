"""`dockwright build`: check, fetch what will be downloaded, build; try again what may pass; explain what does not."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockwright.cli import spec
from dockwright.cli.options import read_projects
from dockwright.cli.output import coloured, say, show
from dockwright.cli.wheelhouse import OPTIONS as WHEELHOUSE
from dockwright.errors import ToolError

if TYPE_CHECKING:
    from dockwright.build.prepare import Prepared
    from dockwright.build.result import Built
    from dockwright.build.shelf import Shelf
    from dockwright.finding import Report
    from dockwright.project import Project

ARGUMENT = spec.Argument("words", "[TARGET]…", many=True)
PROJECT = tuple(option for option in spec.PROJECT if option.key not in ("context_list", "as_of"))
OPTIONS = (
    *PROJECT,
    spec.Option(("-t", "--tag"), "tag", "Name of the image, where one is built.", "NAME"),
    spec.Option(("--engine",), "engine", "docker, podman, buildah or docker-classic; found automatically.", "NAME"),
    spec.Option(("--builder",), "builder", "Another instance of buildx.", "NAME"),
    spec.Option(("--push",), "push", "Push the images to their registry instead of keeping them here."),
    spec.Option(("--pull",), "pull", "Look for newer base images."),
    spec.Option(("--no-cache",), "no_cache", "Take no step from the engine's cache."),
    spec.Option(("--secret",), "secrets", "As for docker build.", "id=NAME[,src=FILE]", many=True),
    spec.Option(("--ssh",), "ssh", "As for docker build.", "default|ID", many=True),
    spec.Option(("--jobs",), "jobs", "Images at once; what processors and memory allow if not given.", "NUMBER"),
    spec.Option(("--budget",), "budget", "How long to try again what may pass.", "TIME", default="15m"),
    spec.Option(("--no-prefetch",), "no_prefetch", "Let each build download for itself."),
    spec.Option(("--no-derive",), "no_derive", "Send the Dockerfile as it is; the wheelhouse is not used."),
    spec.Option(("--show-derived",), "show_derived", "Print the Dockerfiles that would be sent; build nothing."),
    spec.Option(("--force",), "force", "Build though a failure is certain."),
    spec.Option(("--fix",), "fix", "Mend what the preflight finds, where that is safe."),
    *WHEELHOUSE,
    *spec.output("terminal", "json"),
)


def build(
    words: tuple[str, ...],
    tag: str | None,
    engine: str | None,
    jobs: str | None,
    budget: str,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> int:
    """Build images so that a bad network can't defeat it.

    TARGET is a service, a bake target, a Dockerfile or the project's folder; without one, all that the compose or bake
    file builds, else all Dockerfiles found. What is downloaded comes once into the wheelhouse and is given to every build;
    failures that may pass are tried again; the others are explained. Ctrl-C keeps what is there, and the next run goes on
    from it.
    """
    from dockwright.build.prepare import Asked, prepare
    from dockwright.cli.signals import end_as_interrupted

    project, words = _project(words, given)
    asked = Asked(
        words=words, tag=tag, engine=engine, jobs=_number(jobs), budget=_seconds(budget), verbose=verbose,
        prefetch=not given["no_prefetch"], derive=not given["no_derive"], force=given["force"], fix=given["fix"],
        builder=given["builder"], push=given["push"], pull=given["pull"], no_cache=given["no_cache"],
        secrets=given["secrets"], ssh=given["ssh"], shelf=_shelf(project, given),
    )  # fmt: skip
    end_as_interrupted()
    prepared = prepare(project, asked, os.environ, say)
    if given["show_derived"]:
        show(prepared.derived())
        return 0
    return _run(prepared, form, color, quiet)


def _run(prepared: Prepared, form: str, color: str, quiet: bool) -> int:
    from dockwright.build.result import Refused
    from dockwright.cli.display import display
    from dockwright.report.formats import texts_of

    try:
        with display(color, quiet) as shown:
            built = prepared.run(shown.line, shown.tick, sys.argv)
    except Refused as refused:
        return _refused(refused.report, prepared.project, form, color)
    except KeyboardInterrupt:
        say("what was fetched and built is kept: the same command goes on from here")
        raise
    if form == "json":
        from dockwright.report.built import encode_built

        show(encode_built(built, texts_of(prepared.project)))
    else:
        from dockwright.report.built import show_built

        show(show_built(built, colour=coloured(color), quiet=quiet))
    _last_word(built)
    return built.exit_code


def _refused(report: Report, project: Project, form: str, color: str) -> int:
    """Shown as `check` shows it."""
    if form == "json":
        from dockwright.report.built import encode_refused
        from dockwright.report.formats import texts_of

        show(encode_refused(report, texts_of(project)))
    else:
        from dockwright.report.terminal import show_reports

        show(show_reports([report], colour=coloured(color), quiet=True))
    say("nothing was built, since that is certain to fail; --force builds all the same")
    return 1


def _last_word(built: Built) -> None:
    if built.outcome == "transient":
        say("what failed may pass later: the same command goes on from here")


def _project(words: tuple[str, ...], given: Mapping[str, Any]) -> tuple[Project, tuple[str, ...]]:
    """The project and the targets that are named: one word may be the project's folder, as in `docker build .`."""
    named = {option.key: given[option.key] for option in PROJECT}
    paths = tuple(word for word in words if os.path.isdir(word) and len(words) == 1)
    project = read_projects((), **named, context_list=None, as_of=None)[0]
    if paths and words[0] not in {target.name for target in project.targets}:
        project, words = read_projects(paths, **named, context_list=None, as_of=None)[0], ()
    if not project.targets:
        raise ToolError("no-target", "no Dockerfile or build target here", hint="name a Dockerfile with -f FILE")
    return project, words


def _shelf(project: Project, given: Mapping[str, Any]) -> Shelf:
    from dockwright.build.shelf import Shelf
    from dockwright.cli.config import config_of
    from dockwright.cli.wheelhouse import mirrors_of, store_of

    config = config_of(project.root or ".")
    return Shelf(store_of(config, given["wheelhouse"], given["limit"]), mirrors_of(config, given["mirrors"]))


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1000:
        raise ToolError("jobs-invalid", f"--jobs {text} is no number of images", hint="such as 2")
    return int(text)


def _seconds(text: str) -> float:
    from dockwright.build.retry import seconds

    found = seconds(text)
    if found is None:
        raise ToolError("budget-invalid", f"--budget {text} is no time", hint="write it like 90s, 15m or 1h")
    return found
