"""The command line: one module a verb, imported when it is called. Only this package prints, exits and writes files."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # typing takes longer to import than --version may take
if TYPE_CHECKING:
    from types import ModuleType

VERBS = ("check", "explain", "mend", "plan", "prefetch", "build", "status", "history", "cause")


def main() -> None:
    """Entry point. `--version` answers before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from dockwright import __version__

        print(f"dockwright {__version__}")
        return
    # A run makes many small values and no cycles worth looking for; to look takes a twentieth of a check.
    gc.set_threshold(100_000)
    from dockwright.cli import finder
    from dockwright.cli.lightly import import_msgspec

    finder.install()
    import_msgspec()
    from dockwright.cli.run import run

    _leave(run(sys.argv[1:]))


def _leave(code: int) -> None:
    """Leave without taking every module apart, which takes a tenth of a check: what must be closed is closed where it is used."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)
    os._exit(code)


def verb(name: str) -> ModuleType:
    """The module of a verb; the function in it that has the verb's name runs it."""
    from importlib import import_module

    return import_module(f"dockwright.cli.{name}")
