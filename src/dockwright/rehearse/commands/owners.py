"""Commands that change owners and modes (GNU coreutils 9 and BusyBox 1.36 alike)."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def _chown(call: Call) -> Answer:
    options, operands = call.options({"--from", "--reference"})
    if "--reference" in options or len(operands) < 2:
        return UNKNOWN
    who, *paths = operands
    owner, group = _accounts(call, who)
    recursive = "-R" in options or "--recursive" in options
    _root_only(call, paths)
    for argument in paths:
        path = call.path(argument.value)
        if path is not UNKNOWN and argument.glob:
            call.image.own(fixed(str(path)), call.says("may change its owner"), UNKNOWN, UNKNOWN, True)
        if path is UNKNOWN or argument.glob:
            continue
        call.wants(needs.File(str(path), "own"), argument.span)
        call.image.own(str(path), call.says("changes its owner"), owner, group, recursive)
    return call.done()


def _root_only(call: Call, paths: list[Argument]) -> None:
    """Only root may give files away (chown(2))."""
    if isinstance(call.user, str) and call.user not in ("root", "0") and paths:
        path = call.path(paths[0].value)
        if path is not UNKNOWN and call.image.writable(str(path), call.user)[0] is NO:
            call.writes(str(path), paths[0].span)


def _accounts(call: Call, argument: Argument) -> tuple[Value | None, Value | None]:
    if argument.value is UNKNOWN:
        return UNKNOWN, UNKNOWN
    text = str(argument.value)
    if call.name == "chgrp":
        return None, known(call, text, "group", argument)
    user, colon, group = text.partition(":") if ":" in text else text.partition(".")
    owner = known(call, user, "user", argument) if user else None
    if colon and not group:
        return owner, UNKNOWN  # `chown app:` means the login group, whatever its name
    return owner, (known(call, group, "group", argument) if group else None)


def known(call: Call, name: str, kind: str, argument: Argument) -> Value:
    if not name.isdigit() and name != "root":
        call.wants(needs.User(name, kind), argument.span)
    return name


def fixed(pattern: str) -> str:
    """The folder above the first component that holds pattern characters."""
    kept: list[str] = []
    for part in pattern.split("/"):
        if any(char in part for char in "*?["):
            break
        kept.append(part)
    return "/".join(kept) or "/"


def octal(value: Value) -> int | None:
    return int(str(value), 8) if value is not UNKNOWN and re.fullmatch(r"[0-7]{3,4}", str(value)) else None


def _chmod(call: Call) -> Answer:
    words = [
        argument
        for argument in call.rest
        if argument.value is UNKNOWN or not re.fullmatch(r"-[RfvcH]+|--\w+", str(argument.value))
    ]
    recursive = any(re.fullmatch(r"-\w*R\w*|--recursive", str(argument.value)) for argument in call.rest)
    if len(words) < 2:
        return UNKNOWN
    given, *paths = words
    for argument in paths:
        path = call.path(argument.value)
        if path is not UNKNOWN and argument.glob:
            call.image.permit(fixed(str(path)), call.says("may change its mode"), UNKNOWN, True)
        if path is UNKNOWN or argument.glob:
            continue
        call.wants(needs.File(str(path), "permit"), argument.span)
        _permit(call, str(path), given.value, recursive)
    return call.done()


def _permit(call: Call, path: str, given: Value, recursive: bool) -> None:
    node = call.image.find(path).node
    mode = octal(given)
    if mode is None and given is not UNKNOWN and node is not None and isinstance(node.mode, int):
        mode = symbolic(str(given), node.mode, node.kind == "dir")
    symbolic_plus = given is not UNKNOWN and re.fullmatch(r"[ugoa]*\+[rwxXst]+", str(given))
    if mode is None and symbolic_plus and "x" in str(given) and not recursive:
        mode = 0o755  # unknown before, executable after
    call.image.permit(path, call.says("changes its mode"), UNKNOWN if mode is None else mode, recursive)


def symbolic(text: str, mode: int, folder: bool) -> int | None:
    """A symbolic mode (chmod(1)) applied to a known one; None for a form that is not read."""
    for clause in text.split(","):
        match = re.fullmatch(r"([ugoa]*)([+=-])([rwxX]*)", clause)
        if match is None:
            return None
        who = match[1].replace("a", "ugo") or "ugo"
        bits = sum(
            {"r": 4, "w": 2, "x": 1, "X": 1 if folder or mode & 0o111 else 0}[letter] for letter in set(match[3])
        )
        for shift in (6 if w == "u" else 3 if w == "g" else 0 for w in set(who)):
            if match[2] == "+":
                mode |= bits << shift
            elif match[2] == "-":
                mode &= ~(bits << shift)
            else:
                mode = mode & ~(7 << shift) | bits << shift
    return mode


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {"chown": _chown, "chgrp": _chown, "chmod": _chmod}
