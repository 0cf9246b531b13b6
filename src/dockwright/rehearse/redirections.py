"""Redirections: the files that they make, what a command reads from one, what a command is known to print into one."""

from __future__ import annotations

import posixpath
import re

from msgspec.structs import replace

from dockwright.dockerfile import shell as tree
from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument, expand_value
from dockwright.rehearse.journal import Node, Value
from dockwright.rehearse.shell import Shell

WRITE = (">", ">>", ">|", "&>", "&>>")


def redirect(
    shell: Shell, redirects: tuple[tree.Redirect, ...], arguments: list[Argument] | None = None, *, live: bool = True
) -> Answer:
    """Open the files from left to right: `>` and `>>` make one in a folder that is there and writable, `<` needs it there.

    Where one can't be opened, the shell stops; `live` goes on as if it had been mended.
    """
    answer = YES
    for item in redirects:
        answer = answer & _open(shell, item, arguments, live)
        if answer is NO and not live:
            break
    return answer


def _open(shell: Shell, item: tree.Redirect, arguments: list[Argument] | None, live: bool) -> Answer:
    if item.operator not in (*WRITE, "<", "<>") or item.target is None or item.heredoc is not None:
        return YES
    value = expand_value(item.target, shell.scope())
    call = Call(shell, [Argument("sh", item.span), Argument(value, item.target.span)], item.span)
    path = call.path(value)
    if value == "":
        return NO
    if path is UNKNOWN:
        if item.operator != "<":
            call.somewhere(item.target.span, "may be written here")
        return UNKNOWN
    if str(path).startswith("/dev/"):
        return YES
    old = call.image.find(str(path))
    folder = old.node is not None and old.node.kind == "dir"
    if item.operator == "<":
        return call.wants(needs.File(str(path)), item.target.span) & (UNKNOWN if folder else YES)
    if folder:
        return NO
    if item.operator == "<>" and old.answer is YES:
        return YES
    return _write(call, str(path), item, arguments, live)


def written(shell: Shell, redirects: tuple[tree.Redirect, ...]) -> list[str]:
    """The files that these open for writing."""
    paths: list[str] = []
    for item in redirects:
        if item.operator in (*WRITE, "<>") and item.target is not None:
            value = expand_value(item.target, shell.scope())
            call = Call(shell, [Argument("sh", item.span)], item.span)
            path = call.path(value)
            paths += [path] if isinstance(path, str) else []
    return paths


def blank(shell: Shell, paths: list[str]) -> None:
    """What commands printed into these files is not known."""
    for path in paths:
        node = shell.image.find(path).node
        if node is not None and node.kind != "dir" and (node.text is not UNKNOWN or node.added):
            shell.image.put(path, replace(node, content=UNKNOWN, added=""))


def reads(redirects: tuple[tree.Redirect, ...]) -> bool:
    """Does one of these say where the standard input comes from?"""
    return any(item.operator.startswith("<") and item.fd in (None, 0) for item in redirects)


def _write(call: Call, path: str, item: tree.Redirect, arguments: list[Argument] | None, live: bool) -> Answer:
    folder = posixpath.dirname(path)
    if call.wants(needs.File(folder, "directory"), item.span) is not NO and isinstance(call.user, str):
        call.wants(needs.Writable(path, call.user, "a redirection"), item.span)
    if call.failed is YES and not live:
        return NO
    if path in ("/etc/passwd", "/etc/group"):  # accounts written by hand
        call.make(path, why="written here")
        return call.done()
    text = printed(arguments) if item.operator in (">", ">|") and item.fd in (None, 1) else UNKNOWN
    old = call.image.find(path).node
    if item.operator == ">>" and (old is None or old.text is UNKNOWN):
        _append(call, path, old, printed(arguments))
    elif old is None:
        call.make(path, text=text, why="written here")
    elif item.operator == ">>":
        added = printed(arguments) if item.fd in (None, 1) else UNKNOWN
        call.image.put(path, replace(old, content=UNKNOWN if added is UNKNOWN else f"{old.text}{added}"))
    else:
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


def read(shell: Shell, redirects: tuple[tree.Redirect, ...], stdin: Value | None) -> Value | None:
    """What the command reads on its standard input: a here-document, a file, else what a pipe gives it."""
    for item in redirects:
        if item.heredoc is not None or item.operator == "<<<":
            stdin = _here(shell, item)
        elif item.operator == "<" and item.target is not None:
            stdin = _input(shell, item)
    return stdin


def _here(shell: Shell, item: tree.Redirect) -> Value:
    if item.heredoc is None:
        return UNKNOWN if item.target is None else expand_value(item.target, shell.scope())
    expands = item.heredoc_expands and re.search(r"[$`\\]", item.heredoc)
    return UNKNOWN if expands else item.heredoc


def _input(shell: Shell, item: tree.Redirect) -> Value:
    assert item.target is not None
    call = Call(shell, [Argument("sh", item.span)], item.span)
    path = call.path(expand_value(item.target, shell.scope()))
    node = None if path is UNKNOWN else call.image.find(str(path)).node
    return UNKNOWN if node is None else node.text
