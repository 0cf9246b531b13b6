"""apk of Alpine (apk-tools 2.10 to 3.0): what it adds is known by name only, so absence is no proof afterwards."""

from __future__ import annotations

import re

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.debian import root_only
from dockwright.rehearse.image import Look

NAMES = ("apk",)
VALUES = frozenset(
    [
        "-t",
        "--virtual",
        "-X",
        "--repository",
        "-p",
        "--root",
        "--arch",
        "--cache-dir",
        "--keys-dir",
        "--repositories-file",
        "--wait",
        "--cache-max-age",
        "--progress-fd",
        "--timeout",
    ]
)


def run(call: Call) -> Answer:
    options, operands = call.options(VALUES)
    action = str(operands[0].value) if operands else ""
    if action not in ("add", "del", "update", "upgrade", "fix", "cache"):
        return UNKNOWN
    root_only(call, "/lib/apk/db")
    if action == "update" or options.keys() & {"-U", "--update-cache", "--update", "--no-cache"}:
        call.image.lists = Look(YES)
    if action == "add":
        _add(call, [str(word.value) for word in operands[1:] if word.value is not UNKNOWN])
        call.image.closed = False
    if action == "del":
        _del(call, [str(word.value) for word in operands[1:]])
    return call.done(UNKNOWN)


def _add(call: Call, names: list[str]) -> None:
    from dockwright.rehearse.python import Python

    says = call.says("installs it")
    for word in names:
        name = re.split(r"[<>=~@]", word, maxsplit=1)[0]
        call.image.packages[name] = says
        if name == "python3" and "/usr" not in call.image.pythons:
            call.image.pythons["/usr"] = Python(
                "/usr", UNKNOWN, ("python3",), managed=UNKNOWN, made=says, complete=False
            )


def _del(call: Call, names: list[str]) -> None:
    for name in names:
        call.image.packages.pop(name, None)
    call.image.closed = False
    call.image.packages.setdefault("what apk leaves", call.says("removes packages"))
