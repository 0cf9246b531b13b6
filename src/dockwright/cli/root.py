"""The group of verbs for click: help, usage errors, abbreviations and shell completion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from dockwright import __version__
from dockwright.cli import VERBS, verb
from dockwright.cli.spec import Argument, Option

INTERRUPTED = 130


class Lazy(click.Group):
    """Imports a verb's module when the verb is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return command(name) if name in VERBS else None


def command(name: str) -> click.Command:
    """The verb as click's command, from the options it declares; a verb may also be a click command itself."""
    module = verb(name)
    function: Callable[..., Any] = getattr(module, name)
    if isinstance(function, click.Command):
        return function
    parameters: list[click.Parameter] = [_option(option) for option in module.OPTIONS]
    if module.ARGUMENT is not None:
        parameters.insert(0, _argument(module.ARGUMENT))
    return click.Command(name, callback=function, params=parameters, help=function.__doc__)


def _option(option: Option) -> click.Option:
    return click.Option(
        [*option.names, option.key],
        type=click.Choice(option.choices) if option.choices else None,
        is_flag=option.flag,
        multiple=option.many,
        metavar=option.metavar or None,
        default=option.default if option.default is not None else False if option.flag else None,
        show_default=bool(option.choices),
        help=option.help,
    )


def _argument(argument: Argument) -> click.Argument:
    return click.Argument(
        [argument.key],
        nargs=-1 if argument.many else 1,
        required=False,
        metavar=argument.metavar,
        default=argument.default,
    )


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="dockwright %(version)s")
def dockwright() -> None:
    """Rehearses, explains and mends Python container builds.

    \b
    dockwright check          what will fail, before anything is built
    dockwright explain LOG    the root cause of a failed build
    dockwright mend           the smallest edit, proven by rehearsal or by building
    dockwright build          builds through a bad network, and explains what fails

    Exit codes: 0 fine, 1 findings or a failed build, 2 usage or configuration, 3 a prerequisite is missing,
    4 a bug of dockwright, 75 transient: try again, 130 interrupted.
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line with click; answers the exit code."""
    try:
        code = dockwright.main(list(arguments), prog_name="dockwright", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return code if isinstance(code, int) else 0
