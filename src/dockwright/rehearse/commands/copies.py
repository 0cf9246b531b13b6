"""Commands that copy and move files (GNU coreutils 9 and BusyBox 1.36 alike)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import moved, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.files import plain, remove_pattern
from dockwright.rehearse.commands.owners import fixed, known, octal
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def _cp(call: Call) -> Answer:
    options, operands = call.options({"-t", "--target-directory", "-S", "--suffix"})
    operands, into = _aimed(options, operands)
    if len(operands) < 2:
        return UNKNOWN
    *sources, last = operands
    recursive = options.keys() & {"-r", "-R", "-a", "--recursive", "--archive"} != set()
    keeps = options.keys() & {"-a", "-p", "--archive", "--preserve"} != set() and call.user in ("root", "0")
    if len(sources) > 1:
        last = Argument(UNKNOWN if last.value is UNKNOWN else str(last.value).rstrip("/") or "/", last.span, last.glob)
    for source in sources:
        _copy_one(call, source, last, into, recursive, keeps)
    return call.done()


def _copy_one(call: Call, source: Argument, last: Argument, into: bool, recursive: bool, keeps: bool = False) -> None:
    """`keeps`: owners stay, as cp -a and mv leave them to root."""
    path, dest = call.path(source.value), call.path(last.value)
    if path is UNKNOWN or dest is UNKNOWN or source.glob or last.glob:
        if dest is not UNKNOWN:
            call.image.blur(fixed(str(dest)), call.says("copies there"))
        return
    answer = call.wants(needs.File(str(path), "copy"), source.span)
    node = call.image.find(str(path)).node
    says = call.says("copied here")
    content = re.search(r"(?:^|/)\.\.?/*$", str(source.value)) is not None  # `folder/.`: what is in it
    made = recursive and not (into and _several(call, last)) and node is not None and node.kind == "dir"
    target = str(dest) if content else _destination(call, str(path), str(dest), last, into, made)
    if node is None or node.kind != "file":
        there = call.image.find(str(dest))
        plain = there.answer is NO or (there.node is not None and there.node.kind == "dir")
        known = node is not None and node.kind == "dir" and recursive and plain
        if not known or not moved.lay(call.image, str(path), target, says, None if keeps else call.user):
            call.make(target, UNKNOWN, why="copied here")
            call.image.blur(target, says)
        return
    if answer is not NO:
        owned = node if keeps else replace(node, owner=call.user, group=call.user)
        call.image.put(target, replace(owned, made=says, changed=None))


def _several(call: Call, last: Argument) -> bool:
    """More than one source: the target must be a folder that is there."""
    return not str(last.value).endswith("/")


def _destination(call: Call, path: str, dest: str, last: Argument, into: bool, made: bool) -> str:
    """`made`: a folder copied or moved to a name that is not there takes that name, slash or not."""
    look = call.image.find(dest)
    folder = look.node is not None and look.node.kind == "dir"
    if into and look.answer is NO and not made:
        call.wants(needs.File(dest, "directory"), last.span)
    elif look.answer is NO:
        call.wants(needs.File(posixpath.dirname(dest), "directory"), last.span)
    call.writes(dest, last.span)
    if made and look.answer is NO:
        return dest
    return posixpath.join(dest, posixpath.basename(path)) if into or folder else dest


def _mv(call: Call) -> Answer:
    options, operands = call.options({"-t", "--target-directory", "-S", "--suffix"})
    operands, into = _aimed(options, operands)
    if len(operands) < 2:
        return UNKNOWN
    *sources, last = operands
    for source in sources:
        _copy_one(call, source, last, into, True, True)
        path = call.path(source.value)
        if path is not UNKNOWN and source.glob:
            remove_pattern(call, str(path), call.says("moves it away", source.span))
        if path is not UNKNOWN and not source.glob:
            call.image.remove(str(path), call.says("moves it away", source.span))
    return call.done()


INSTALL = {"-m", "--mode", "-o", "--owner", "-g", "--group", "-t", "--target-directory", "-S", "--suffix"}


def _install(call: Call) -> Answer:
    """install(1): -d makes folders, else it copies files: with the mode 755, and with -D into folders that it makes."""
    options, operands = call.options(INSTALL)
    given = options.get("-m") or options.get("--mode")
    mode = octal(given.value) if given is not None else 0o755
    if not options.keys() & {"-d", "--directory"}:
        return _install_files(call, options, operands, mode)
    for operand in operands:
        for path in plain(call, operand):
            _installed_folder(call, operand, path, mode)
            _given(call, path, options)
    return call.done()


def _install_files(
    call: Call, options: dict[str, Argument | None], operands: list[Argument], mode: int | None
) -> Answer:
    operands, into = _aimed(options, operands)
    if len(operands) < 2:
        return UNKNOWN
    *sources, last = operands
    dest = call.path(last.value)
    if "-D" in options and dest is not UNKNOWN and not last.glob:
        folder = str(dest) if into else posixpath.dirname(str(dest))
        if call.image.find(folder).answer is not YES:
            call.writes(folder, last.span)
            call.make(folder, "dir", why="made here")
    for source in sources:
        _copy_one(call, source, last, into, False)
        if dest is not UNKNOWN and source.value is not UNKNOWN and not source.glob and not last.glob:
            node = call.image.find(str(dest)).node
            inside = into or (node is not None and node.kind == "dir")
            path = posixpath.join(str(dest), posixpath.basename(str(source.value))) if inside else str(dest)
            call.image.permit(path, call.says("sets its mode"), UNKNOWN if mode is None else mode, False)
            _given(call, path, options)
    return call.done()


def _aimed(options: dict[str, Argument | None], operands: list[Argument]) -> tuple[list[Argument], bool]:
    """The operands with the target as the last; whether it is a folder that things go into."""
    target = options.get("-t") or options.get("--target-directory")
    if target is not None:
        return [*operands, target], True
    return operands, len(operands) > 2 or (bool(operands) and str(operands[-1].value).endswith("/"))


def _installed_folder(call: Call, operand: Argument, path: str, mode: int | None) -> None:
    if call.image.find(path).answer is YES:
        call.image.permit(path, call.says("changes its mode"), UNKNOWN if mode is None else mode, False)
        return
    call.writes(path, operand.span)
    call.make(path, "dir", mode=UNKNOWN if mode is None else mode, why="made here")


def _given(call: Call, path: str, options: dict[str, Argument | None]) -> None:
    """install -o owner -g group."""
    names: list[Value | None] = []
    for short, long, kind in (("-o", "--owner", "user"), ("-g", "--group", "group")):
        word = options.get(short) or options.get(long)
        names.append(
            None if word is None else UNKNOWN if word.value is UNKNOWN else known(call, str(word.value), kind, word)
        )
    if names != [None, None]:
        call.image.own(path, call.says("gives it to that owner"), names[0], names[1], False)


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {"cp": _cp, "mv": _mv, "install": _install}
