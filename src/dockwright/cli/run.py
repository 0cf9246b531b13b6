"""Runs a command line. Whatever happens ends in one sentence and an exit code, never in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dockwright.cli import VERBS, verb
from dockwright.cli.quick import read
from dockwright.errors import ToolError

BUG = 4
INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run the command line; answers the exit code."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except ToolError as error:
        print(f"dockwright: {_printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("dockwright: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of our output is gone: nothing is left to say to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _bug(error, arguments)


def _run(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in VERBS and "_DOCKWRIGHT_COMPLETE" not in os.environ:
        module = verb(arguments[0])
        if hasattr(module, "OPTIONS"):
            values = read(arguments[1:], module.OPTIONS, module.ARGUMENT)
            if values is not None:
                code = getattr(module, arguments[0])(**values)
                return code if isinstance(code, int) else 0
    from dockwright.cli import root

    return root.run(arguments)


def _printable(text: str) -> str:
    """File names are the user's or an attacker's: they must not drive the terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    """Our own mistake: a report that can be pasted into an issue; it holds no file contents and no environment."""
    import platform
    import tempfile
    import traceback

    from dockwright import __version__

    text = f"dockwright {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
    text += f"arguments: {' '.join(arguments)}\n\n{''.join(traceback.format_exception(error))}"
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", errors="backslashreplace", prefix="dockwright-bug-", suffix=".txt", delete=False
    ) as file:
        file.write(text)
    print(f"dockwright: this is a bug of dockwright ({type(error).__name__}: {error})", file=sys.stderr)
    print(f"dockwright: please report it with {file.name}", file=sys.stderr)
    return BUG
