"""Commands made of commands: `a; b`, groups, if, for, while, case, functions; and what bash alone reads as a command.

POSIX, Shell Command Language, 2.9.3 to 2.9.5; bash manual, 3.2.5 and `declare`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockwright.dockerfile import shell as tree
from dockwright.dockerfile import shell_blocks as blocks
from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument, expand_value, expand_words
from dockwright.rehearse.redirections import redirect
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.shell import Shell

LOOPS = 40  # rounds of a `for` that are followed


def _sequence(shell: Shell, command: tree.Sequence, live: bool) -> Answer:
    answer = YES
    *others, last = command.commands
    for item in others:
        answer = shell.run(item, live) if "errexit" in shell.options else _swallowed(shell, item)
        if shell.exited is YES or ("errexit" in shell.options and answer is NO and not live):
            return answer
    errexit = "errexit" in shell.options
    return (answer if errexit and answer is not YES else YES) & shell.run(last, live)


def _swallowed(shell: Shell, command: tree.Command) -> Answer:
    """Run a command whose success the shell ignores: `a` in `a; b`, `a | b`, `a &`."""
    before, mark = shell.fork(), len(shell.recorder.unmet)
    answer = shell.run(command, False)
    shell.mask(shell.take(mark), command, before)
    if answer is UNKNOWN:
        shell.merge(before)
    return answer


def _pipeline(shell: Shell, command: tree.Pipeline, live: bool) -> Answer:
    from dockwright.rehearse.pipes import pipeline

    if not command.negated:
        return pipeline(shell, command, live)
    mark = len(shell.recorder.unmet)
    answer = ~pipeline(shell, command, False)
    shell.take(mark)  # `! git --version`: what fails is meant to
    return answer


def _background(shell: Shell, command: blocks.Background, live: bool) -> Answer:
    _swallowed(shell, command.command)
    return YES


def _group(shell: Shell, command: blocks.Group, live: bool) -> Answer:
    answer = shell.run(command.body, live)
    return answer & redirect(shell, command.redirects)


def _subshell(shell: Shell, command: blocks.Subshell, live: bool) -> Answer:
    inner = shell.fork()
    inner.recorder = shell.recorder
    answer = inner.run(command.body, live)
    shell.image = inner.image
    return answer & redirect(shell, command.redirects)


# -- ways that may be gone, or not ---------------------------------------------------------------------------------------


def _if(shell: Shell, command: blocks.If, live: bool) -> Answer:
    return _branch(shell, list(command.branches), command.otherwise, live)


def _branch(
    shell: Shell, branches: list[tuple[tree.Command, tree.Command]], otherwise: tree.Command | None, live: bool
) -> Answer:
    if not branches:
        return shell.run(otherwise, live)
    (condition, body), *rest = branches
    answer = _test(shell, condition)
    if answer is YES:
        return shell.run(body, live)
    if answer is NO:
        return _branch(shell, rest, otherwise, live)
    return _either(shell, lambda way: way.maybe(body), lambda way: _unsure_branch(way, rest, otherwise))


def _unsure_branch(
    shell: Shell, branches: list[tuple[tree.Command, tree.Command]], otherwise: tree.Command | None
) -> Answer:
    outer, shell.conditional = shell.conditional, True
    answer = _branch(shell, branches, otherwise, False)
    shell.conditional = outer
    return answer


def _for(shell: Shell, command: blocks.For, live: bool) -> Answer:
    words = None if command.words is None else expand_words(command.words, shell.scope())
    if words is None or len(words) > LOOPS or any(word.value is UNKNOWN or word.glob for word in words):
        shell.variables[command.name] = UNKNOWN
        return _either(shell, lambda way: way.maybe(command.body), lambda way: YES)
    answer = YES
    for at, word in enumerate(words):
        shell.variables[command.name] = word.value
        strict = "errexit" in shell.options or at == len(words) - 1
        answer = shell.run(command.body, live) if strict else _swallowed(shell, command.body)
    return answer & redirect(shell, command.redirects)


def _while(shell: Shell, command: blocks.While, live: bool) -> Answer:
    _test(shell, command.condition)
    return _either(shell, lambda way: way.maybe(command.body), lambda way: YES)


def _case(shell: Shell, command: blocks.Case, live: bool) -> Answer:
    import fnmatch

    value = expand_value(command.word, shell.scope())
    for patterns, body in command.items:
        texts = [expand_value(pattern, shell.scope()) for pattern in patterns]
        if value is UNKNOWN or UNKNOWN in texts:
            return _any_of(shell, [body for _, body in command.items])
        if any(fnmatch.fnmatchcase(str(value), str(text)) for text in texts):
            return shell.run(body, live)
    return YES


def _any_of(shell: Shell, bodies: list[tree.Command | None]) -> Answer:
    if not bodies:
        return YES
    return _either(shell, lambda way: way.maybe(bodies[0]), lambda way: _any_of(way, bodies[1:]))


def _test(shell: Shell, command: tree.Command) -> Answer:
    """Run a condition: its failures are answers, not failures."""
    mark = len(shell.recorder.unmet)
    answer = shell.run(command, False)
    shell.take(mark)
    return answer


def _either(shell: Shell, one: Callable[[Shell], Answer], two: Callable[[Shell], Answer]) -> Answer:
    """Both ways are possible: run each on its own copy and keep what is equal."""
    other = shell.fork()
    first, second = one(shell), two(other)
    shell.merge(other)
    return first if first is second else UNKNOWN


# -- functions -----------------------------------------------------------------------------------------------------------


def _define(shell: Shell, command: blocks.Function, live: bool) -> Answer:
    shell.functions[command.name] = command.body
    return YES


def call_function(shell: Shell, arguments: list[Argument], live: bool) -> Answer:
    outer, shell.positional = shell.positional, tuple(argument.value for argument in arguments[1:])
    shell.depth += 1
    answer = shell.run(shell.functions[str(arguments[0].value)], live)
    shell.depth -= 1
    shell.positional = outer
    return answer


# -- bash's own ----------------------------------------------------------------------------------------------------------


def _declare(shell: Shell, command: tree.Declaration, live: bool) -> Answer:
    if command.keyword in ("declare", "typeset") and _lacking(shell, command.keyword, command.span) and not live:
        return NO
    for item in command.assignments:
        shell.variables[item.name] = (
            UNKNOWN if item.array else expand_value(item.value, shell.scope()) if item.value else ""
        )
        if command.keyword == "export":
            shell.exported.add(item.name)
    return YES


def _condition(shell: Shell, command: blocks.Condition, live: bool) -> Answer:
    from dockwright.rehearse.conditions import evaluate

    if _lacking(shell, "double-bracket", command.span) and not live:
        return NO
    arguments = [Argument(expand_value(word, shell.scope()), word.span) for word in command.words]
    return evaluate(Call(shell, [Argument("[[", command.span), *arguments], command.span), arguments)


def _lacking(shell: Shell, feature: str, span: Span) -> bool:
    from dockwright.rehearse.dialect import missing

    return missing(Call(shell, [Argument(feature, span)], span), feature, span)


def _arithmetic(shell: Shell, command: blocks.ArithmeticCommand, live: bool) -> Answer:
    return UNKNOWN


def _unread(shell: Shell, command: tree.Unfollowed, live: bool) -> Answer:
    return shell.unfollowed(command.reason, command)


RUNNERS: dict[type, Callable[[Shell, Any, bool], Answer]] = {
    tree.Sequence: _sequence,
    tree.Pipeline: _pipeline,
    blocks.Background: _background,
    blocks.Group: _group,
    blocks.Subshell: _subshell,
    blocks.If: _if,
    blocks.For: _for,
    blocks.While: _while,
    blocks.Case: _case,
    blocks.Function: _define,
    tree.Declaration: _declare,
    blocks.Condition: _condition,
    blocks.ArithmeticCommand: _arithmetic,
    tree.Unfollowed: _unread,
}
