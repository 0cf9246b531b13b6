"""`dockwright history`: past runs, newest first."""

from __future__ import annotations

from dockwright.cli import spec
from dockwright.cli.output import coloured, show
from dockwright.errors import ToolError

ARGUMENT = None
OPTIONS = (
    spec.Option(("-n", "--last"), "last", "How many runs.", "NUMBER", default="20"),
    *spec.output("terminal", "json"),
)


def history(last: str, form: str, color: str, quiet: bool, verbose: bool) -> int:
    """List past runs: when, what, how long, how it ended, and why targets failed."""
    from dockwright.history.past import runs
    from dockwright.history.store import History
    from dockwright.report.runs import encode_runs, show_runs

    if not last.isascii() or not last.isdigit() or len(last) > 9:
        raise ToolError("last-invalid", f"--last {last} is no number", hint="such as 20")
    found = runs(History.open(), int(last))
    show(encode_runs(found) if form == "json" else show_runs(found, colour=coloured(color)))
    return 0
