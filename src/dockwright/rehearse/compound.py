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
from dockwright.rehearse.dispatch import restore
from dockwright.rehearse.expansion import Argument, expand_value
from dockwright.rehearse.journal import Value
from dockwright.rehearse.leaving import enclosed, looked_at, returned, stop
from dockwright.rehearse.redirections import blank, reads, redirect, written
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.shell import Shell


def _sequence(shell: Shell, command: tree.Sequence, live: bool) -> Answer:
    answer = YES
    *others, last = command.commands
    for item in others:
        if live and shell.strict:
            answer = answer & _strict(shell, item)
        elif shell.strict and looked_at(item):
            shell.run(item, False)  # where it fails, the rest is not run
        else:
            swallowed(shell, item)
        if shell.exited is YES:
            return shell.status
    return answer & shell.run(last, live)


def _strict(shell: Shell, command: tree.Command) -> Answer:
    """`set -e; command; …`: its failure ends the shell, unless it is of a kind that errexit does not look at."""
    outer, shell.loose = shell.loose, True
    answer = shell.run(command, True)
    shell.loose = outer
    return answer if looked_at(command) else YES


def swallowed(shell: Shell, command: tree.Command) -> Answer:
    """Run a command whose success the shell ignores: `a` in `a; b`, `a &`."""
    before, mark = shell.fork(), len(shell.recorder.unmet)
    answer = shell.run(command, False)
    shell.mask(shell.take(mark), command, before)
    if answer is UNKNOWN and shell.exited is NO:
        shell.merge(before)
    return answer


def _pipeline(shell: Shell, command: tree.Pipeline, live: bool) -> Answer:
    from dockwright.rehearse.pipes import pipeline

    if not command.negated:
        return pipeline(shell, command, live)
    mark, outer = len(shell.recorder.unmet), shell.lenient
    shell.lenient = True
    answer = pipeline(shell, command, False)
    shell.lenient = outer
    shell.take(mark)  # `! git --version`: what fails is meant to
    return answer if shell.exited is YES else ~answer


def _background(shell: Shell, command: blocks.Background, live: bool) -> Answer:
    inner = enclosed(shell, False)
    swallowed(inner, command.command)
    returned(shell, inner)
    return YES


def _group(shell: Shell, command: blocks.Group, live: bool) -> Answer:
    return shell.run(command.body, live)


def _subshell(shell: Shell, command: blocks.Subshell, live: bool) -> Answer:
    inner = enclosed(shell, live)
    answer = inner.run(command.body, live)
    returned(shell, inner)
    return answer


def _redirected(run: Callable[[Shell, Any, bool], Answer]) -> Callable[[Shell, Any, bool], Answer]:
    """A compound command with what stands behind it: `if …; fi > file`, `while read line; do …; done < file`."""

    def both(shell: Shell, command: Any, live: bool) -> Answer:
        return _around(shell, command, live, run) if command.redirects else run(shell, command, live)

    return both


def _around(shell: Shell, command: Any, live: bool, run: Callable[[Shell, Any, bool], Answer]) -> Answer:
    """The files are opened before the first command inside runs; where one can't be, none does."""
    mark, unopened = len(shell.recorder.unmet), shell if live else shell.fork()
    opened = redirect(shell, command.redirects, live=live)
    if live:
        shell.image.assumed |= {unmet.need for unmet in shell.recorder.unmet[mark:]}
    elif opened is NO:
        return NO
    if opened is UNKNOWN and not live:
        answer = _inside(shell, command, False, run)
        shell.merge(unopened)
        return answer & UNKNOWN
    return opened & _inside(shell, command, live, run)


def _inside(shell: Shell, command: Any, live: bool, run: Callable[[Shell, Any, bool], Answer]) -> Answer:
    paths = written(shell, command.redirects)
    outer = shell.stdin
    if reads(command.redirects):
        shell.stdin = UNKNOWN  # each command inside takes its part of it
    answer = run(shell, command, live)
    shell.stdin = outer
    blank(shell, paths)
    return answer


# -- ways that may be gone, or not ---------------------------------------------------------------------------------------


def _if(shell: Shell, command: blocks.If, live: bool) -> Answer:
    return _branch(shell, list(command.branches), command.otherwise, live)


def _branch(
    shell: Shell, branches: list[tuple[tree.Command, tree.Command]], otherwise: tree.Command | None, live: bool
) -> Answer:
    if not branches:
        return shell.run(otherwise, live)
    (condition, body), *rest = branches
    answer = tested(shell, condition)
    if answer is YES or shell.exited is YES:
        return shell.run(body, live)
    if answer is NO:
        return _branch(shell, rest, otherwise, live)
    return either(shell, lambda way: way.maybe(body), lambda way: _unsure_branch(way, rest, otherwise))


def _unsure_branch(
    shell: Shell, branches: list[tuple[tree.Command, tree.Command]], otherwise: tree.Command | None
) -> Answer:
    outer, shell.conditional = shell.conditional, True
    answer = _branch(shell, branches, otherwise, False)
    shell.conditional = outer
    return answer


def _case(shell: Shell, command: blocks.Case, live: bool) -> Answer:
    from dockwright.rehearse.casematch import matches

    value = expand_value(command.word, shell.scope())
    for at, (patterns, body) in enumerate(command.items):
        answer = matches(value, patterns, shell.scope())
        if answer is YES:
            return shell.run(body, live)
        if answer is UNKNOWN:
            return _any_of(shell, value, command.items[at:])
    return YES


def _any_of(shell: Shell, value: Value, items: tuple[Any, ...]) -> Answer:
    """The first item that matches, of which it is not known which it is; none, where there is no `*)`."""
    from dockwright.rehearse.casematch import matches

    while items and (answer := matches(value, items[0][0], shell.scope())) is NO:
        items = items[1:]
    if not items:
        return YES
    if answer is YES:
        return shell.maybe(items[0][1])
    return either(shell, lambda way: way.maybe(items[0][1]), lambda way: _any_of(way, value, items[1:]))


def _for(shell: Shell, command: blocks.For, live: bool) -> Answer:
    from dockwright.rehearse.loops import run_for

    return run_for(shell, command, live)


def _while(shell: Shell, command: blocks.While, live: bool) -> Answer:
    from dockwright.rehearse.loops import run_while

    return run_while(shell, command, live)


def tested(shell: Shell, command: tree.Command) -> Answer:
    """Run a condition: its failures are answers, not failures."""
    mark = len(shell.recorder.unmet)
    answer = shell.forgiven(command)
    shell.take(mark)
    return answer


def either(shell: Shell, one: Callable[[Shell], Answer], two: Callable[[Shell], Answer]) -> Answer:
    """Both ways are possible: run each on its own copy and keep what is equal."""
    other = shell.fork()
    first, second = one(shell), two(other)
    dead = shell.dead, other.dead
    shell.merge(other)
    if dead[0] is not dead[1]:
        return second if dead[0] else first  # the build goes on one way only
    return first if first is second else UNKNOWN


# -- functions -----------------------------------------------------------------------------------------------------------


def _define(shell: Shell, command: blocks.Function, live: bool) -> Answer:
    shell.functions[command.name] = command.body
    return YES


def call_function(shell: Shell, arguments: list[Argument], live: bool) -> Answer:
    outer, hidden = shell.positional, shell.hidden
    shell.positional, shell.hidden = tuple(argument.value for argument in arguments[1:]), {}
    shell.depth += 1
    shell.calls += 1
    loops, shell.loops = shell.loops, 0
    answer = shell.run(shell.functions[str(arguments[0].value)], live)
    stop(shell, "return")
    shell.depth -= 1
    shell.calls -= 1
    shell.loops = loops
    restore(shell, shell.hidden)
    shell.positional, shell.hidden = outer, hidden
    return answer


# -- bash's own ----------------------------------------------------------------------------------------------------------


def _declare(shell: Shell, command: tree.Declaration, live: bool) -> Answer:
    if command.keyword in ("declare", "typeset") and _lacking(shell, command.keyword, command.span) and not live:
        return NO
    if command.keyword == "local" and not shell.calls:
        from dockwright.rehearse.leaving import refused

        refused(shell)
        return NO
    for item in command.assignments:
        if shell.calls and command.keyword in ("local", "declare", "typeset"):
            shell.hidden.setdefault(item.name, shell.variables.get(item.name))
        shell.variables[item.name] = (
            UNKNOWN if item.array else expand_value(item.value, shell.scope()) if item.value else ""
        )
        if command.keyword == "export":
            shell.exported.add(item.name)
    return redirect(shell, command.redirects, live=live)


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
    from dockwright.rehearse.expansion import assigned

    shell.variables.update(dict.fromkeys(assigned(command.text), UNKNOWN))
    return UNKNOWN


def _unread(shell: Shell, command: tree.Unfollowed, live: bool) -> Answer:
    return shell.unfollowed(command.reason, command)


RUNNERS: dict[type, Callable[[Shell, Any, bool], Answer]] = {
    tree.Sequence: _sequence,
    tree.Pipeline: _pipeline,
    blocks.Background: _background,
    blocks.Group: _redirected(_group),
    blocks.Subshell: _redirected(_subshell),
    blocks.If: _redirected(_if),
    blocks.For: _redirected(_for),
    blocks.While: _redirected(_while),
    blocks.Case: _redirected(_case),
    blocks.Function: _define,
    tree.Declaration: _declare,
    blocks.Condition: _condition,
    blocks.ArithmeticCommand: _arithmetic,
    tree.Unfollowed: _unread,
}
