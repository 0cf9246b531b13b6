"""The command line: one module a verb, imported when it is called. Only this package prints, exits and writes files."""

from __future__ import annotations

import sys

VERBS = ("check", "explain", "mend", "cause")


def main() -> None:
    """Entry point. `--version` answers before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from dockwright import __version__

        print(f"dockwright {__version__}")
        return
    from dockwright.cli.root import run

    sys.exit(run(sys.argv[1:]))
