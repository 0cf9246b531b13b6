"""The group of verbs, and what happens to errors: one sentence and an exit code, never a traceback."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from dockwright import __version__
from dockwright.cli import VERBS
from dockwright.errors import ToolError

BUG = 4
INTERRUPTED = 130


class Lazy(click.Group):
    """Imports a verb's module when the verb is asked for; its command is the function named like the verb."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(f"dockwright.cli.{name}"), name)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="dockwright %(version)s")
def dockwright() -> None:
    """Rehearses, explains and mends Python container builds.

    \b
    dockwright check          what will fail, before anything is built
    dockwright explain LOG    the root cause of a failed build
    dockwright mend           the smallest edit, proven by rehearsal or by building

    Exit codes: 0 fine, 1 findings or a failed build, 2 usage or configuration, 3 a prerequisite is missing,
    4 a bug of dockwright, 75 transient: try again, 130 interrupted.
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line; answers the exit code."""
    try:
        code = dockwright.main(list(arguments), prog_name="dockwright", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except ToolError as error:
        print(f"dockwright: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # the reader of our output is gone: nothing is left to say to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _bug(error, arguments)


def _bug(error: Exception, arguments: Sequence[str]) -> int:
    """Our own mistake: a report that can be pasted into an issue; it holds no file contents and no environment."""
    import platform
    import tempfile
    import traceback

    text = f"dockwright {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
    text += f"arguments: {' '.join(arguments)}\n\n{''.join(traceback.format_exception(error))}"
    with tempfile.NamedTemporaryFile("w", prefix="dockwright-bug-", suffix=".txt", delete=False) as file:
        file.write(text)
    print(f"dockwright: this is a bug of dockwright ({type(error).__name__}: {error})", file=sys.stderr)
    print(f"dockwright: please report it with {file.name}", file=sys.stderr)
    return BUG
