"""Simple commands: expand the words, find the command, hand it to its family, follow redirections and pipes."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dockwright.dockerfile import shell as tree
from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import commands, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument, expand_value, expand_words
from dockwright.rehearse.image import Node, Value
from dockwright.rehearse.outputs import given as made
from dockwright.rehearse.outputs import named
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.shell import Shell


def simple(shell: Shell, command: tree.Simple, live: bool, stdin: Value | None = None) -> Answer:
    """Run one simple command on the shell's image."""
    given = _assignments(shell, command)
    if not command.words:
        shell.variables.update(given)
        return redirect(shell, command.redirects)
    arguments = expand_words(command.words, shell.scope())
    if not arguments:
        return YES
    for item in command.redirects:
        if item.heredoc is not None or item.operator == "<<<":
            stdin = _here(shell, item)
        elif item.operator == "<" and item.target is not None:
            stdin = _input(shell, item)
    before, cwd = shell.image, shell.cwd
    if not live:
        shell.image = before.fork()
    outer = {name: shell.variables.get(name) for name in given}
    shell.variables.update(given)
    mark = len(shell.recorder.unmet)
    answer = redirect(shell, command.redirects, arguments) & execute(shell, arguments, command.span, live, stdin)
    if given:
        made(Call(shell, arguments, command.span), list(given.values()))
    if arguments[0].value not in ("export", "."):
        _restore(shell, outer)
    if live and shell.image.args and not shell.started:
        from dockwright.rehearse.emptiness import judge_words

        judge_words(shell, command, answer)
    if live:
        shell.image.assumed |= {unmet.need for unmet in shell.recorder.unmet[mark:]}
    elif answer is NO:
        shell.image, shell.cwd = before, cwd
    return answer


def _restore(shell: Shell, outer: dict[str, Value | None]) -> None:
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
        given[item.name] = value
    return given


def execute(
    shell: Shell, arguments: list[Argument], span: Span, live: bool, stdin: Value | None = None, *, direct: bool = False
) -> Answer:
    """Run an argument vector. `direct`: no shell looks at it (exec form, env, xargs), so no functions and builtins."""
    name = arguments[0].value
    if name is UNKNOWN:
        return unfollowed(shell, "its name is not known", span)
    if not direct and name in shell.functions:
        return _function(shell, arguments, live)
    shell.recorder.executes(shell, arguments)
    call = Call(shell, arguments, span, stdin)
    family = commands.family(posixpath.basename(str(name)) if "/" in str(name) else str(name))
    builtin = not direct and name in commands.BUILTINS
    if not direct and foreign(call, str(name)) and not live:
        return NO
    if not builtin and _find(call) is NO and not live:
        return NO
    if family is None:
        return _stranger(call)
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
    return executable(call, str(path), call.arguments[0].span)


def executable(call: Call, path: str, span: Span) -> Answer:
    """May this file be executed: its mode, line ends and interpreter (execve(2))."""
    node = call.image.find(path).node
    if node is None or node.kind == "dir":
        return UNKNOWN
    evidence: tuple[Evidence, ...] = tuple(proof for proof in (node.changed or node.made,) if proof is not None)
    if node.mode is not UNKNOWN and not node.mode & 0o111:
        return call.lacks(needs.Executable(path, "mode"), span, evidence)
    if node.text is UNKNOWN or not str(node.text).startswith("#!"):
        return UNKNOWN
    line = str(node.text).split("\n", 1)[0]
    words = line[2:].split()
    if line.endswith("\r"):
        return call.lacks(needs.Executable(path, "crlf", words[0] if words else ""), span, evidence)
    if words and not words[0].endswith("/env") and call.image.find(words[0]).answer is NO:
        return call.lacks(needs.Executable(path, "interpreter", words[0]), span, evidence)
    return YES


def _stranger(call: Call) -> Answer:
    """A command of no known family: a script of the context is read and followed, anything else may do anything."""
    from dockwright.rehearse.commands.scripts import follow

    return follow(call)


def _function(shell: Shell, arguments: list[Argument], live: bool) -> Answer:
    outer, shell.positional = shell.positional, tuple(argument.value for argument in arguments[1:])
    shell.depth += 1
    answer = shell.run(shell.functions[str(arguments[0].value)], live)
    shell.depth -= 1
    shell.positional = outer
    return answer


def unfollowed(shell: Shell, why: str, span: Span) -> Answer:
    shell.recorder.unknown.append(why)
    shell.image.cloud(shell.recorder.says(f"may have changed anything ({why})", span))
    return UNKNOWN


# -- redirections and pipes -------------------------------------------------------------------------------------------


def redirect(shell: Shell, redirects: tuple[tree.Redirect, ...], arguments: list[Argument] | None = None) -> Answer:
    """Files that redirections make: `>` and `>>` need a folder that is there and writable."""
    answer = YES
    for item in redirects:
        if item.operator not in (">", ">>", ">|", "&>", "&>>") or item.target is None:
            continue
        value = expand_value(item.target, shell.scope())
        call = Call(shell, [Argument("sh", item.span), Argument(value, item.target.span)], item.span)
        path = call.path(value)
        if path is UNKNOWN:
            call.somewhere(item.target.span, "may be written here")
            continue
        if str(path).startswith("/dev/"):
            continue
        answer = answer & _write(call, str(path), item, arguments)
    return answer


def _write(call: Call, path: str, item: tree.Redirect, arguments: list[Argument] | None) -> Answer:
    folder = posixpath.dirname(path)
    if call.wants(needs.File(folder, "directory"), item.span) is not NO and isinstance(call.user, str):
        call.wants(needs.Writable(path, call.user, "a redirection"), item.span)
    if path in ("/etc/passwd", "/etc/group"):  # accounts written by hand
        call.make(path, why="written here")
        return call.done()
    text = printed(arguments) if item.operator in (">", ">|") and item.fd in (None, 1) else UNKNOWN
    old = call.image.find(path).node
    if item.operator == ">>" and (old is None or old.text is UNKNOWN):
        _append(call, path, old, printed(arguments))
    elif old is None:
        call.make(path, text=text, why="written here")
    elif item.operator in (">", ">|"):
        call.image.put(path, replace(old, content=text, added=""))
    return call.done()


def _append(call: Call, path: str, old: Node | None, text: Value) -> None:
    """`>>`: what a file of the base image holds is not known, what is added to it may be."""
    if old is None:
        fresh = call.image.find(path).answer is NO or path.startswith("/etc/apt/sources.list.d/")
        call.make(path, text=text if fresh else UNKNOWN, why="written here")
        if not fresh and text is not UNKNOWN:
            call.image.put(path, replace(call.image.find(path).node or Node(), added=str(text)))
    elif old.added and old.changed is None:
        call.image.put(path, replace(old, added="" if text is UNKNOWN else f"{old.added}{text}"))


def printed(arguments: list[Argument] | None) -> Value:
    """What a plain echo or printf prints."""
    if not arguments or any(argument.value is UNKNOWN for argument in arguments):
        return UNKNOWN
    name, *rest = [str(argument.value) for argument in arguments]
    if name == "echo" and not (rest and rest[0].startswith("-")) and "\\" not in "".join(rest):
        return " ".join(rest) + "\n"
    if name == "printf" and len(rest) == 1 and "%" not in rest[0]:
        return rest[0].replace("\\n", "\n").replace("\\t", "\t")
    return UNKNOWN


def _here(shell: Shell, item: tree.Redirect) -> Value:
    if item.heredoc is None:
        return UNKNOWN if item.target is None else expand_value(item.target, shell.scope())
    expands = item.heredoc_expands and re.search(r"[$`\\]", item.heredoc)
    return UNKNOWN if expands else item.heredoc


def _input(shell: Shell, item: tree.Redirect) -> Value:
    assert item.target is not None
    call = Call(shell, [Argument("sh", item.span)], item.span)
    path = call.path(expand_value(item.target, shell.scope()))
    if path is UNKNOWN or call.wants(needs.File(str(path)), item.target.span) is not YES:
        return UNKNOWN
    node = call.image.find(str(path)).node
    return UNKNOWN if node is None else node.text


def pipeline(shell: Shell, command: tree.Pipeline, live: bool) -> Answer:
    """`a | b`: without pipefail only the last one's success counts."""
    *first, last = command.commands
    strict, answer, stdin = "pipefail" in shell.options, YES, None
    mark = len(shell.recorder.masked)
    for item in first:
        answer = answer & (_piped(shell, item, live, stdin) if strict else _swallow(shell, item, stdin))
        stdin = _output(shell, item)
    if len(shell.recorder.masked) > mark and live:
        from dockwright.rehearse.addresses import surfaced

        surfaced(shell.recorder, mark, last)
    tail = _piped(shell, last, live, stdin if first else None)
    return answer & tail if strict else tail


def _swallow(shell: Shell, item: tree.Command, stdin: Value | None) -> Answer:
    before, mark = shell.fork(), len(shell.recorder.unmet)
    answer = _piped(shell, item, False, stdin)
    shell.mask(shell.take(mark), item, before)
    return answer


def _piped(shell: Shell, item: tree.Command, live: bool, stdin: Value | None) -> Answer:
    if isinstance(item, tree.Simple) and stdin is not None:
        return simple(shell, item, live, stdin)
    return shell.run(item, live)


def _output(shell: Shell, item: tree.Command) -> Value:
    if not isinstance(item, tree.Simple) or not item.words:
        return UNKNOWN
    arguments = expand_words(item.words, shell.scope())
    if arguments and arguments[0].value == "yes":
        return "y\n" * 20 if len(arguments) == 1 else UNKNOWN
    if arguments and arguments[0].value in ("curl", "wget"):
        from dockwright.rehearse.installers import printed as installer

        base = shell.image.base
        codename = base.os.codename if base is not None and base.os is not None else ""
        return installer((argument.value for argument in arguments), codename) or UNKNOWN
    return printed(arguments)


# -- declarations and conditions, and other built-ins of bash alone ----------------------------------------------------


def declare(shell: Shell, command: tree.Declaration, live: bool) -> Answer:
    if command.keyword in ("declare", "typeset") and _lacking(shell, command.keyword, command.span) and not live:
        return NO
    for item in command.assignments:
        shell.variables[item.name] = (
            UNKNOWN if item.array else expand_value(item.value, shell.scope()) if item.value else ""
        )
        if command.keyword == "export":
            shell.exported.add(item.name)
    return YES


def condition(shell: Shell, command: tree.Condition, live: bool) -> Answer:
    from dockwright.rehearse.commands.builtins import evaluate

    if _lacking(shell, "double-bracket", command.span) and not live:
        return NO
    arguments = [Argument(expand_value(word, shell.scope()), word.span) for word in command.words]
    return evaluate(Call(shell, [Argument("[[", command.span), *arguments], command.span), arguments)


# Built-ins of bash under the names that `Script.features` has for them.
FOREIGN = frozenset(["source", "let", "pushd", "popd", "shopt", "mapfile", "readarray", "declare", "typeset"])


def foreign(call: Call, name: str) -> bool:
    """A built-in that this image's shell does not have; the missing one is recorded."""
    if name not in FOREIGN:
        return False
    from dockwright.rehearse.dialect import missing

    return missing(call, name, call.arguments[0].span)


def _lacking(shell: Shell, feature: str, span: Span) -> bool:
    from dockwright.rehearse.dialect import missing

    return missing(Call(shell, [Argument(feature, span)], span), feature, span)
