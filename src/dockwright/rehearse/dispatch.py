"""Simple commands: expand the words, find the command, hand it to its family."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from dockwright.dockerfile import shell as tree
from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import commands, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument, expand_value, expand_words
from dockwright.rehearse.journal import Value
from dockwright.rehearse.outputs import given as made
from dockwright.rehearse.outputs import named
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.shell import Shell


def simple(shell: Shell, command: tree.Simple, live: bool, stdin: Value | None = None) -> Answer:
    """Run one simple command on the shell's image."""
    outer = {item.name: shell.variables.get(item.name) for item in command.assignments}
    given = _assignments(shell, command)
    arguments = expand_words(command.words, shell.scope()) if command.words else []
    if not arguments:
        return _nothing(shell, command, live)
    stdin = shell.stdin if stdin is None else stdin
    if command.redirects:
        from dockwright.rehearse.redirections import read

        stdin = read(shell, command.redirects, stdin)
    unopened, cwd = shell.image, shell.cwd
    if not live:
        shell.image = unopened.fork()
    mark = len(shell.recorder.unmet)
    opened = _redirect(shell, command, arguments, live)
    if opened is NO and not live:
        restore(shell, outer)
        _refused(shell, arguments)
        return NO
    before = unopened
    if command.redirects and not live:
        before, shell.image = shell.image, shell.image.fork()
    shell.living = live
    answer = opened & execute(shell, arguments, command.span, live, stdin)
    if given:
        made(Call(shell, arguments, command.span), list(given.values()))
        _settle(shell, arguments, outer)
    if live and shell.image.args and not shell.started:
        from dockwright.rehearse.emptiness import judge_words

        judge_words(shell, command, answer)
    if live:
        shell.image.assumed |= {unmet.need for unmet in shell.recorder.unmet[mark:]}
    elif answer is NO and arguments[0].value not in KEEPING and arguments[0].value not in shell.functions:
        shell.image, shell.cwd = before, cwd
    if opened is UNKNOWN and not live and not (shell.strict and shell.fatal):
        from dockwright.rehearse.join import join

        shell.image = join(shell.image, unopened)  # nothing ran where a file can't be opened
    return answer


KEEPING = frozenset([".", "source", "eval"])  # what commands in these did before one failed stays


def _nothing(shell: Shell, command: tree.Simple, live: bool) -> Answer:
    """Assignments, redirections and words that expand to nothing: the last substitution's success is the command's."""
    opened = _redirect(shell, command, None, live)
    texts = [item.value for item in command.assignments if item.value is not None] + list(command.words)
    runs = any(isinstance(part, tree.Substitution) for word in texts for part in word.parts)
    return opened & (UNKNOWN if runs else YES)


def _refused(shell: Shell, arguments: list[Argument]) -> None:
    """dash ends where a file of a special built-in can't be opened; bash goes on."""
    if arguments[0].value in SPECIAL:
        from dockwright.rehearse.leaving import refused

        refused(shell)


# Special built-ins (POSIX, Shell Command Language, 2.14).
SPECIAL = frozenset(". : break continue eval exec exit export readonly return set shift times trap unset".split())


def _settle(shell: Shell, arguments: list[Argument], outer: dict[str, Value | None]) -> None:
    """Assignments before a command are gone after it; those before a special built-in stay, but not in bash."""
    name = arguments[0].value
    if name in ("export", "."):
        return
    if name in SPECIAL and shell.dialect != "bash":
        shell.variables.update(dict.fromkeys(outer, UNKNOWN))
    else:
        restore(shell, outer)


def _redirect(shell: Shell, command: tree.Simple, arguments: list[Argument] | None, live: bool) -> Answer:
    if not command.redirects:
        return YES
    from dockwright.rehearse.redirections import redirect

    return redirect(shell, command.redirects, arguments, live=live)


def restore(shell: Shell, outer: dict[str, Value | None]) -> None:
    """Give variables the values that they had before."""
    for name, value in outer.items():
        if value is None:
            shell.variables.pop(name, None)
        else:
            shell.variables[name] = value


def _assignments(shell: Shell, command: tree.Simple) -> dict[str, Value]:
    given: dict[str, Value] = {}
    for item in command.assignments:
        value: Value = UNKNOWN if item.array else expand_value(item.value, shell.scope()) if item.value else ""
        if item.append and value is not UNKNOWN:
            old = shell.value(item.name)
            value = UNKNOWN if old is UNKNOWN else f"{old}{value}"
        given[item.name] = shell.variables[item.name] = value
    return given


def execute(
    shell: Shell, arguments: list[Argument], span: Span, live: bool, stdin: Value | None = None, *, direct: bool = False
) -> Answer:
    """Run an argument vector. `direct`: no shell looks at it (exec form, env, xargs), so no functions and builtins."""
    name = arguments[0].value
    if name is UNKNOWN:
        return unfollowed(shell, "its name is not known", span)
    if not direct and name in shell.functions:
        from dockwright.rehearse.compound import call_function

        return call_function(shell, arguments, live)
    shell.recorder.executes(shell, arguments)
    call = Call(shell, arguments, span, stdin)
    family = commands.family(posixpath.basename(str(name)) if "/" in str(name) else str(name))
    builtin = not direct and name in commands.BUILTINS
    if not direct and foreign(call, str(name)) and not live:
        return NO
    if not builtin and _find(call) is NO and not live:
        return NO
    if family is None:
        from dockwright.rehearse.commands.scripts import follow

        return follow(call)  # a script of the context is read and followed, anything else may do anything
    answer = call.done(_known(call, family.run))
    named(call, family.__name__.rpartition(".")[2])
    return answer


def _known(call: Call, run: Callable[[Call], Answer]) -> Answer:
    """Our own mistake in a family makes this one command UNKNOWN; under DOCKWRIGHT_STRICT it is raised."""
    try:
        return run(call)
    except Exception as error:
        if os.environ.get("DOCKWRIGHT_STRICT"):
            raise
        return unfollowed(
            call.shell, f"dockwright could not follow {call.name}: {type(error).__name__}: {error}", call.span
        )


def _find(call: Call) -> Answer:
    """Is the command there, and may it be executed?"""
    name = str(call.arguments[0].value)
    need = needs.Command(call.path(name) if "/" in name and call.path(name) is not UNKNOWN else name)  # type: ignore[arg-type]
    if "/" not in name:
        return call.wants(need, call.arguments[0].span, by="")
    path = call.path(name)
    if path is UNKNOWN:
        return UNKNOWN
    if call.wants(needs.Command(str(path)), call.arguments[0].span) is not YES:
        return NO if call.failed is YES else UNKNOWN
    from dockwright.rehearse.executables import executable

    return executable(call, str(path), call.arguments[0].span)


def unfollowed(shell: Shell, why: str, span: Span) -> Answer:
    shell.recorder.unknown.append(why)
    shell.image.cloud(shell.recorder.says(f"may have changed anything ({why})", span))
    return UNKNOWN


# Built-ins of bash under the names that `Script.features` has for them.
FOREIGN = frozenset(["source", "let", "pushd", "popd", "shopt", "mapfile", "readarray", "declare", "typeset"])


def foreign(call: Call, name: str) -> bool:
    """A built-in that this image's shell does not have; the missing one is recorded."""
    if name not in FOREIGN:
        return False
    from dockwright.rehearse.dialect import missing

    return missing(call, name, call.arguments[0].span)
