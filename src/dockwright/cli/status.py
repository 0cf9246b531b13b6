"""`dockwright status`: what runs right now, as the terminal shows it in which it was started."""

from __future__ import annotations

import time

from dockwright.cli import spec
from dockwright.cli.output import coloured, show

ARGUMENT = None
OPTIONS = (
    spec.Option(("--watch",), "watch", "Show it anew each second until all is over."),
    *spec.output("terminal", "json"),
)


def status(watch: bool, form: str, color: str, quiet: bool, verbose: bool) -> int:
    """Show the builds that run now: services, steps, downloads, time left. Of a run that was killed, that it is gone."""
    from dockwright.history.past import runs
    from dockwright.history.store import History
    from dockwright.report.runs import encode_runs, show_running

    history = History.open()
    while True:
        found = runs(history, 20)
        running = [run for run in found if run.outcome == "running"]
        shown = running or found[:1]
        show(encode_runs(shown) if form == "json" else show_running(shown, _width(), colour=coloured(color)))
        if not watch or not running:
            return 0
        time.sleep(1)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns
