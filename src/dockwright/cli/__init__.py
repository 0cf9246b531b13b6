"""The command line: one module a verb, imported when it is called. Only this package prints, exits and writes files."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing takes longer to import than --version may take
if TYPE_CHECKING:
    from types import ModuleType

VERBS = ("check", "explain", "mend", "plan", "cause")


def main() -> None:
    """Entry point. `--version` answers before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from dockwright import __version__

        print(f"dockwright {__version__}")
        return
    from dockwright.cli.run import run

    sys.exit(run(sys.argv[1:]))


def verb(name: str) -> ModuleType:
    """The module of a verb; the function in it that has the verb's name runs it."""
    from importlib import import_module

    return import_module(f"dockwright.cli.{name}")
