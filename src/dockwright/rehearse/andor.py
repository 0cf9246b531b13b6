"""Lists of commands that hang on each other's success: `a && b || c` (POSIX, Shell Command Language, 2.9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile import shell as tree
from dockwright.finding import NO, UNKNOWN, YES, Answer

if TYPE_CHECKING:
    from dockwright.rehearse.needs import Unmet
    from dockwright.rehearse.shell import Shell


def and_or(shell: Shell, command: tree.AndOr, live: bool) -> Answer:
    return _and(shell, command, live) if command.operator == "&&" else _or(shell, command, live)


def _and(shell: Shell, command: tree.AndOr, live: bool) -> Answer:
    *first, last = _members(command)
    if live and not shell.loose:
        # The step fails unless all of them succeed: each runs in every build that goes on.
        answer = YES
        for item in first:
            answer = answer & shell.forgiven(item, True)
        return answer & shell.run(last, True)
    before, mark = shell.fork() if live else shell, len(shell.recorder.unmet)
    answer = shell.forgiven(first[0])
    for item in first[1:]:
        outer, shell.lenient = shell.lenient, True
        answer = _then(shell, item, answer, False)
        shell.lenient = outer
    if live:  # `set -e; a && b; c` goes on where a fails
        shell.mask(shell.take(mark), command.left, before)
    return _then(shell, last, answer, live)


def _then(shell: Shell, command: tree.Command, answer: Answer, live: bool) -> Answer:
    """`&& command`, after what came before it answered so."""
    if answer is NO:
        return NO
    if answer is YES:
        return shell.run(command, live)
    other = shell.fork()
    answer = shell.maybe(command) & UNKNOWN
    shell.merge(other)
    return answer


def _or(shell: Shell, command: tree.AndOr, live: bool) -> Answer:
    before, mark = shell.fork(), len(shell.recorder.unmet)
    left = shell.forgiven(command.left)
    failures = shell.take(mark)
    if shell.gone:
        shell.recorder.unmet += failures
        return left
    if left is YES:
        return YES
    taken = shell.fork()  # as if the left side had succeeded
    if left is UNKNOWN:
        shell.adopt(before.fork())
        if not isinstance(command.left, tree.Simple):
            shell.merge(taken)  # one of its commands failed, the others did what they do
    mark = len(shell.recorder.unmet)
    right = shell.run(command.right, live) if left is NO else shell.maybe(command.right)
    rescue = shell.take(mark)
    if right is NO or shell.gone:
        return _both_failed(shell, command, live, left, (before, taken), (failures, rescue))
    shell.recorder.unmet += rescue
    if left is NO:
        if _does_nothing(command.right):
            shell.mask(failures, command.left, before)  # anything else is a second way to the same end
        return right
    shell.merge(taken)
    return YES & right


def _both_failed(
    shell: Shell,
    command: tree.AndOr,
    live: bool,
    left: Answer,
    states: tuple[Shell, Shell],
    failures: tuple[list[Unmet], list[Unmet]],
) -> Answer:
    """`a || exit 1`: the left side decides."""
    before, taken = states
    if shell.gone and shell.status is YES:
        shell.recorder.unmet += failures[1]
        if left is UNKNOWN:
            shell.merge(taken)
        return left if left is UNKNOWN else YES
    if live and not (shell.gone and shell.leaves & {"break", "continue"}):
        if left is NO:
            shell.adopt(before)
            return shell.forgiven(command.left, True)
        shell.adopt(taken)
        return UNKNOWN
    if left is UNKNOWN:
        shell.merge(taken)
        return UNKNOWN
    shell.recorder.unmet += failures[0]
    return shell.status if shell.gone else left


def _members(command: tree.AndOr) -> list[tree.Command]:
    """The members of `a && b && c`, which nests to the left and may be long."""
    members: list[tree.Command] = []
    left: tree.Command = command
    while isinstance(left, tree.AndOr) and left.operator == "&&":
        members.append(left.right)
        left = left.left
    return [left, *reversed(members)]


def _does_nothing(command: tree.Command) -> bool:
    """`|| true`, `|| :`, `|| echo …`: what only hides that the left side failed."""
    return (
        isinstance(command, tree.Simple)
        and bool(command.words)
        and command.words[0].literal in ("true", ":", "echo", "printf")
    )
