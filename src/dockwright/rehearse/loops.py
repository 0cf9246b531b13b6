"""`for`, `while` and `until` (POSIX, Shell Command Language, 2.9.4): round for round where it is known which there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile import shell as tree
from dockwright.dockerfile import shell_blocks as blocks
from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse.compound import either, swallowed, tested
from dockwright.rehearse.expansion import expand_words
from dockwright.rehearse.leaving import stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from dockwright.rehearse.journal import Value
    from dockwright.rehearse.shell import Shell

LOOPS = 40  # rounds of a `for` that are followed
ROUNDS = 3  # of a loop of which it is not known how often it turns: what differs after one more is UNKNOWN by then


def run_for(shell: Shell, command: blocks.For, live: bool) -> Answer:
    shell.loops += 1
    answer = _for(shell, command, live)
    shell.loops -= 1
    return answer


def _for(shell: Shell, command: blocks.For, live: bool) -> Answer:
    values = _values(shell, command)
    if values is None or len(values) > LOOPS:
        return _unsure(shell, lambda way: _unknown_round(way, command))
    answer = YES
    for at, value in enumerate(values):
        shell.variables[command.name] = value
        last = at == len(values) - 1
        answer = _round(shell, command.body, live, last)
        if shell.gone:
            return _ended(shell)
    stop(shell, "break", "continue")
    return answer


def _values(shell: Shell, command: blocks.For) -> tuple[Value, ...] | None:
    if command.words is None:
        return None if shell.positional is None or UNKNOWN in shell.positional else shell.positional
    words = expand_words(command.words, shell.scope())
    if any(word.value is UNKNOWN or word.glob for word in words):
        return None
    return tuple(word.value for word in words)


def _unknown_round(shell: Shell, command: blocks.For) -> Answer:
    shell.variables[command.name] = UNKNOWN
    answer = shell.maybe(command.body)
    stop(shell, "continue")
    return answer


def _round(shell: Shell, body: tree.Command, live: bool, last: bool) -> Answer:
    """One round; only the last one's success is the loop's own, but under `set -e` each counts."""
    if last:
        answer = shell.run(body, live)
    elif live and shell.strict:
        outer, shell.loose = shell.loose, True
        answer = shell.run(body, True)
        shell.loose = outer
    else:
        swallowed(shell, body)
        answer = YES
    stop(shell, "continue")
    return answer


def _ended(shell: Shell) -> Answer:
    """After `break`, exit or return."""
    answer = YES if "break" in shell.leaves else shell.status
    stop(shell, "break")
    return answer


def run_while(shell: Shell, command: blocks.While, live: bool) -> Answer:
    shell.loops += 1
    answer = _while(shell, command, live)
    shell.loops -= 1
    return answer


def _while(shell: Shell, command: blocks.While, live: bool) -> Answer:
    answer = YES
    for _ in range(LOOPS):
        goes_on = tested(shell, command.condition)
        if shell.gone:
            return _ended(shell)
        goes_on = ~goes_on if command.until else goes_on
        if goes_on is NO:
            stop(shell, "break", "continue")
            return answer
        if goes_on is UNKNOWN:
            return _unsure(shell, lambda way: _another(way, command)) & UNKNOWN
        answer = _round(shell, command.body, live, last=False)
        if shell.gone:
            return _ended(shell)
    return shell.unfollowed("a loop that does not end", command)


def _another(shell: Shell, command: blocks.While) -> Answer:
    shell.maybe(command.body)
    stop(shell, "continue")
    tested(shell, command.condition)
    return UNKNOWN


def _unsure(shell: Shell, turn: Callable[[Shell], Answer]) -> Answer:
    """A loop that turns any number of times, or not at all."""
    answer = YES
    for turned in range(ROUNDS):
        mark = len(shell.recorder.unmet)
        answer = either(shell, turn, lambda way: YES) & answer
        if turned:
            shell.take(mark)  # the same as in the first round, on less that is known
        stop(shell, "break", "continue")
    return answer
