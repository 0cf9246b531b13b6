"""`dockwright prefetch`: load what the builds will download, so that a bad network can't defeat them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from dockwright.cli import spec
from dockwright.cli.config import config_of
from dockwright.cli.options import read_projects
from dockwright.cli.output import say, show
from dockwright.cli.wheelhouse import OPTIONS as WHEELHOUSE
from dockwright.cli.wheelhouse import mirrors_of, store_of
from dockwright.errors import ToolError

if TYPE_CHECKING:
    from dockwright.wheels.prefetch import Prefetched
    from dockwright.wheels.store import Store

TRANSIENT = 75
INTERRUPTED = 130
ARGUMENT = spec.Argument("paths", "[PATH]…", many=True)
OPTIONS = (
    *spec.PROJECT,
    *WHEELHOUSE,
    spec.Option(("--patience",), "patience", "Minutes to go on without any progress; 10 if not given.", "MINUTES"),
    spec.Option(("--clean",), "clean", "Load nothing; empty the wheelhouse, but for what a running build needs."),
    *spec.output("terminal", "json"),
)


def prefetch(
    paths: tuple[str, ...],
    wheelhouse: str | None,
    limit: str | None,
    mirrors: tuple[str, ...],
    patience: str | None,
    clean: bool,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> int:
    """Load every wheel and source archive that the builds under PATH (default: this folder) will download.

    Each is loaded once for all targets and projects, continued where a connection was cut, and checked by its hash.
    Interrupted or killed, the next run loads only what is missing. With --offline it is only said what is missing.
    """
    config = config_of(paths[0] if paths else ".")
    store = store_of(config, wheelhouse, limit)
    if clean:
        return _clean(store, form)
    projects = read_projects(paths, **given)
    if not any(project.targets for project in projects):
        where = ", ".join(paths) or "this folder"
        raise ToolError("no-target", f"no Dockerfile or build target under {where}", hint="name one with -f FILE")
    found = _load(projects, store, mirrors_of(config, mirrors), patience, quiet, color)
    if found is None:
        return INTERRUPTED
    from dockwright.report.prefetch import encode, show_prefetched

    show(encode(found) if form == "json" else show_prefetched(found, quiet=quiet, verbose=verbose))
    found.store.evict()
    found.lease.close()
    return _code(found)


def _load(
    projects: list[Any], store: Store, mirrors: tuple[str, ...], patience: str | None, quiet: bool, color: str
) -> Prefetched | None:
    """None when interrupted."""
    from dockwright.cli.signals import end_as_interrupted
    from dockwright.cli.transfers import Display
    from dockwright.wheels.patience import Patience
    from dockwright.wheels.prefetch import load
    from dockwright.wheels.wanted import PLANNING, wanted

    allowed = Patience(budget=_minutes(patience) * 60) if patience is not None else Patience()
    budget = min(PLANNING, allowed.budget)
    planned = [each for project in projects for each in wanted(project, budget=budget, say=None if quiet else say)]
    end_as_interrupted()
    display = Display((each for target in planned for each in target.artefacts), quiet=quiet, color=color)
    try:
        with display:
            return load(projects[0], planned, display.tell, store=store, mirrors=mirrors, patience=allowed)
    except KeyboardInterrupt:
        say("interrupted; what was downloaded is kept, and the same command goes on from there")
        sys.stderr.flush()
        return None


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if not 0 <= minutes < 1e6:
        raise ToolError("patience-invalid", f"--patience {text} is no number of minutes")
    return minutes


def _clean(store: Store, form: str) -> int:
    from dockwright.report.prefetch import cleaned, encode_cleaned

    evicted = store.clear()
    show(encode_cleaned(store.root, evicted) if form == "json" else cleaned(store.root, evicted))
    return 0


def _code(found: Prefetched) -> int:
    """Transient only where nothing else stands in the way."""
    failed = found.fetched.failed
    if found.missing and not (failed and all(each.transient for each in failed)):
        return 1
    return TRANSIENT if failed or any(target.unreached for target in found.wanted) else 0
