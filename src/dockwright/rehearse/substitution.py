"""Command substitution: what `$(…)` and backquotes stand for, where that is plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile import shell as tree
from dockwright.finding import UNKNOWN

if TYPE_CHECKING:
    from dockwright.rehearse.journal import Value
    from dockwright.rehearse.shell import Shell


def output(shell: Shell, script: tree.Script) -> Value:
    """What a command substitution prints, where that is plain."""
    command = script.body
    if isinstance(command, tree.Simple) and not command.redirects:
        words = tuple(word.literal for word in command.words)
        if words == ("pwd",):
            return shell.cwd
        if words == ("whoami",):
            return shell.user
        if words in (
            ("lsb_release", "-cs"),
            ("lsb_release", "-sc"),
            ("lsb_release", "-c", "-s"),
            ("lsb_release", "-s", "-c"),
        ):
            base = shell.image.base
            return base.os.codename if base is not None and base.os is not None and base.os.codename else UNKNOWN
    return UNKNOWN
