"""Paths that a command may make because it names them: `gcc -o /out/app x.c`, `su -c 'mkdir /out'`, GOBIN=/out go install.

What a family does not know of its command's options is found here: a path that is named and was not there may be there
afterwards, and so may anything in a folder that an option names.
"""

from __future__ import annotations

import posixpath
import re

from dockwright.finding import NO, UNKNOWN
from dockwright.rehearse.call import Call

# Families that say themselves what their commands make, or that make nothing.
OWN = frozenset("adduser apt archives builtins copies download files owners usermod users".split())
READERS = frozenset(["quiet", "texts"])
MAKING = frozenset(
    ["find", "sort", "awk", "sed", "mktemp", "update-alternatives"]
)  # of those families, the commands that can make files
NAMED = 40  # paths of one command, and variables of an image, that are looked at
PATH = r"(?<![\w.:/$}~-])/[A-Za-z0-9_][\w./@+-]*"  # not the end of an address, nor of a path with a variable in it


def named(call: Call, family: str) -> None:
    """What the command's words name that it may have made."""
    if (family in OWN or family in READERS) and call.name not in MAKING:
        return
    after_option = False
    for argument in call.rest[:NAMED]:
        text = "" if argument.value is UNKNOWN else str(argument.value)[:4000]
        option = text.startswith("-")
        words = text[2:] if option and not text.startswith("--") else text
        for found in _paths(words)[:NAMED]:
            _may_be(call, found, folder_too=option or after_option)
        after_option = option and "=" not in text
    for name in list(call.image.env)[:NAMED]:
        value = call.image.env[name]
        if name != "PATH" and isinstance(value, str) and _is_path(value):
            _may_be(call, value, folder_too=False)


def given(call: Call, values: list[object]) -> None:
    """What the assignments before a command name: `GOBIN=/out go install`."""
    for value in values:
        if isinstance(value, str) and _is_path(value):
            _may_be(call, value, folder_too=True)


def _is_path(text: str) -> bool:
    """re.fullmatch(PATH, text), without the time that it takes to compile."""
    return (
        text[:1] == "/"
        and text[1:2].isascii()
        and (text[1:2].isalnum() or text[1:2] == "_")
        and all(letter.isalnum() or letter in "_./@+-" for letter in text)
    )


def _paths(text: str) -> list[str]:
    if "/" not in text:
        return []
    head, _, tail = text.partition("=")
    text = text if "/" in head else tail  # `--prefix=/opt`
    return [text] if _is_path(text) else re.findall(PATH, text)


def _may_be(call: Call, path: str, folder_too: bool) -> None:
    look = call.image.find(path)
    while look.answer is NO and (above := call.image.find(posixpath.dirname(path))).answer is NO:
        path, look = posixpath.dirname(path), above  # the folders above it are made along
    if look.answer is NO or (folder_too and look.node is not None and look.node.kind == "dir"):
        call.image.blur(path, call.says("may be made here"))
