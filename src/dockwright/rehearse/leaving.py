"""What leaves the commands that are being run: exit, return, break, continue, and a failure under `set -e`.

POSIX, Shell Command Language, 2.14 (set -e, and the special built-ins). A way that certainly ends the step with a failure is `dead`: the
build does not go on with what it left, so only the other ways count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile import shell as tree
from dockwright.finding import NO, UNKNOWN, YES, Answer

if TYPE_CHECKING:
    from dockwright.rehearse.shell import Shell


def leave(shell: Shell, kind: str, status: Answer) -> Answer:
    """Leave a loop, a function or the shell."""
    shell.exited, shell.leaves, shell.status = YES, frozenset({kind}), status
    shell.dead = shell.dead or (kind == "exit" and status is NO and shell.fatal)
    return status


def stop(shell: Shell, *kinds: str) -> None:
    """What is left by these ends here: a function by `return`, a loop by `break`."""
    if shell.exited is NO or not shell.leaves & set(kinds):
        return
    shell.leaves -= set(kinds)
    shell.exited = UNKNOWN if shell.leaves else NO


def perhaps(shell: Shell, command: tree.Command) -> Answer:
    """Run a command that an exit on one of the ways before it may have left out."""
    other = shell.fork()
    shell.exited, shell.leaves = NO, frozenset()
    answer = shell.maybe(command)
    shell.merge(other)
    return answer if answer is other.status else UNKNOWN


# After a compound command, only the commands in it have been looked at (bash manual, set -e).
LOOKED_AT = frozenset(["Simple", "Declaration", "Subshell", "Condition", "ArithmeticCommand"])


def looked_at(command: tree.Command) -> bool:
    """Does `set -e` look at this command's own success?"""
    return type(command).__name__ in LOOKED_AT or (isinstance(command, tree.Pipeline) and not command.negated)


def errexit(shell: Shell, command: tree.Command, answer: Answer) -> None:
    """A command failed, or may have, and `set -e` is on."""
    if not looked_at(command) or shell.exited is not NO:
        return
    if answer is NO:
        leave(shell, "exit", NO)
    elif not shell.fatal:  # else what goes on is where it succeeded
        shell.exited, shell.leaves, shell.status = UNKNOWN, frozenset({"exit"}), NO


def refused(shell: Shell) -> None:
    """A special built-in could not be run: dash and ash end there."""
    from dockwright.rehearse.dialect import implementation

    name = implementation(shell)
    if name in ("dash", "ash"):
        leave(shell, "exit", NO)
    elif name is None:
        shell.exited, shell.leaves, shell.status = UNKNOWN, frozenset({"exit"}), NO


def enclosed(shell: Shell, live: bool) -> Shell:
    """A process of its own that runs on the same image: a subshell, a side of a pipe."""
    inner = shell.fork()
    inner.fatal, inner.loose = shell.fatal and live, False
    return inner


def returned(shell: Shell, inner: Shell) -> None:
    """Go on after a process that `enclosed` made."""
    shell.image = inner.image
