"""Commands that make and remove files (GNU coreutils 9 and BusyBox 1.36 alike)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Literal

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Look, Node


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def _mkdir(call: Call) -> Answer:
    options, operands = call.options({"-m", "--mode"})
    parents = "-p" in options or "--parents" in options
    mode = options.get("-m") or options.get("--mode")
    for operand in operands:
        if operand.value is UNKNOWN:
            call.somewhere(operand.span)
        for path in plain(call, operand):
            _folder(call, operand, path, parents, _mode(mode))
    return call.done()


def _mode(given: Argument | None) -> int | None:
    if given is None:
        return None
    from dockwright.rehearse.commands.owners import octal

    return octal(given.value)


def plain(call: Call, operand: Argument) -> list[str]:
    path = call.path(operand.value)
    return [] if path is UNKNOWN or operand.glob else [str(path)]


def _folder(call: Call, operand: Argument, path: str, parents: bool, mode: int | None) -> None:
    if not parents:
        call.wants(needs.Absent(path), operand.span)
        call.wants(needs.File(posixpath.dirname(path), "directory"), operand.span)
    look = call.image.find(path)
    if parents and look.answer is YES:
        return
    call.writes(path, operand.span)
    call.make(path, "dir", mode=mode, why="made here")


def _touch(call: Call) -> Answer:
    _, operands = call.options({"-t", "-d", "-r", "--date", "--reference"})
    for operand in operands:
        path = call.path(operand.value)
        if path is UNKNOWN or operand.glob:
            call.somewhere(operand.span)
            continue
        call.wants(needs.File(posixpath.dirname(str(path)), "directory"), operand.span)
        known = call.image.find(str(path)).answer
        if known is not YES:
            call.writes(str(path), operand.span)
            call.make(path, text="" if known is NO else UNKNOWN, why="made here")
    return call.done()


def _ln(call: Call) -> Answer:
    options, operands = call.options({"-S", "-t", "--target-directory"})
    if len(operands) != 2 or any(operand.value is UNKNOWN or operand.glob for operand in operands):
        return UNKNOWN
    target, path = str(operands[0].value), str(call.path(operands[1].value))
    look = call.image.find(path)
    if look.node is not None and look.node.kind == "dir" and "-n" not in options and "-T" not in options:
        path = posixpath.join(path, posixpath.basename(target.rstrip("/")))
    if "-f" not in options and "--force" not in options:
        call.wants(needs.Absent(path), operands[1].span)
    says = call.says("linked here")
    kind: Literal["link", "file"] = "link" if "-s" in options or "--symbolic" in options else "file"
    call.image.put(path, Node(kind, says, call.user, call.user, 0o777, UNKNOWN, target if kind == "link" else ""))
    return call.done()


# -- removing -----------------------------------------------------------------------------------------------------------


def _rm(call: Call) -> Answer:
    options, operands = call.options(set())
    force = "-f" in options or "--force" in options
    for operand in operands:
        path = call.path(operand.value)
        if path is UNKNOWN:
            _lost_somewhere(call, operand)
            continue
        _remove(call, operand, str(path), force)
    return call.done()


def _lost_somewhere(call: Call, operand: Argument) -> None:
    """`rm $X`: anything may be gone, but what lines made explicitly is taken to stay."""
    call.image.blur(
        str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", call.says("may remove it", operand.span)
    )


def _remove(call: Call, operand: Argument, path: str, force: bool) -> None:
    says = call.says("removes it", operand.span)
    if operand.glob:
        remove_pattern(call, path, says)
        return
    look = call.image.look(path)
    if not force:
        call.wants(needs.File(path, "remove"), operand.span)
    if look.answer is YES and isinstance(call.user, str) and not _own_folder(call, path):
        call.wants(needs.Writable(posixpath.dirname(path), call.user, "rm"), operand.span)
    call.image.remove(path, says)
    _forget_lists(call, path, says)


def _own_folder(call: Call, path: str) -> bool:
    return posixpath.dirname(path) == path


def remove_pattern(call: Call, path: str, says: Evidence) -> None:
    """`folder/*`: all that is directly in the folder; other patterns: those of its children that match."""
    folder, pattern = posixpath.split(path)
    if any(char in folder for char in "*?["):
        call.image.blur(folder.split("*")[0].rsplit("/", 1)[0] or "/", says)
        return
    if pattern == "*":
        for name in call.image.children(folder):
            if not name.startswith("."):
                call.image.remove(posixpath.join(folder, name), says)
        call.image.blur(folder, says)
        _forget_lists(call, path, says)
        return
    import fnmatch

    for name in call.image.children(folder):
        if fnmatch.fnmatchcase(name, pattern):
            call.image.remove(posixpath.join(folder, name), says)


def _forget_lists(call: Call, path: str, says: Evidence) -> None:
    """apt's package lists (apt-get(8)): without them no package can be located."""
    if path.rstrip("/*") in ("/var/lib/apt/lists", "/var/lib/apt", "/var/lib"):
        call.image.lists = Look(NO, gone=says)


def _find(call: Call) -> Answer:
    """find: with -delete or -exec it may remove or change what is below its starting points."""
    words = [str(argument.value) for argument in call.rest]
    changes = any(word in ("-delete", "-exec", "-execdir", "-ok") for word in words)
    for argument in call.rest:
        if argument.value is UNKNOWN or str(argument.value).startswith(("-", "(", "!", "\\")):
            break
        path = call.path(argument.value)
        if path is UNKNOWN or argument.glob:
            continue
        if changes and not _caches(words):
            call.image.blur(str(path), call.says("find may change it"))
    return UNKNOWN


def _caches(words: list[str]) -> bool:
    """Clean-ups of bytecode and archives touch nothing that a later line names."""
    names = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-name", "-iname")]
    return bool(names) and all(
        name in ("__pycache__", "*.pyc", "*.pyo", "*.a", "*.so.debug", "test", "tests") for name in names
    )


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {
    "mkdir": _mkdir, "touch": _touch, "ln": _ln, "rm": _rm, "rmdir": _rm, "unlink": _rm, "find": _find,
}  # fmt: skip
