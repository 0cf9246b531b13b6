"""apk of Alpine (apk-tools 2.10 to 3.0): what it adds is known by name only, so absence is no proof afterwards."""

from __future__ import annotations

import re

from dockwright.finding import UNKNOWN, YES, Answer, Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.debian import root_only
from dockwright.rehearse.commands.sources import laid_over
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Look

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
        if not options.keys() & {"-X", "--repository", "--repositories-file", "--allow-untrusted", "-p", "--root"}:
            _missing(call, operands[1:])
        _add(call, [str(word.value) for word in operands[1:] if word.value is not UNKNOWN])
        call.image.closed = False
    if action == "del":
        _del(call, [str(word.value) for word in operands[1:]])
    return call.done(UNKNOWN)


def _missing(call: Call, words: list[Argument]) -> None:
    """Names that the release is known not to have, as long as no other repository was added."""
    from dockwright.facts.lifetimes import absent

    base, image = call.image.base, call.image
    if base is None or base.os is None or base.os.id != "alpine" or image.opaque is not None:
        return
    if any(path.startswith("/etc/apk/") for path in image.paths) or laid_over(image, "/etc/apk/repositories"):
        return
    for word in words:
        name = re.split(r"[<>=~]", str(word.value), maxsplit=1)[0]
        known = (
            absent(base.os, name)
            if word.value is not UNKNOWN and "@" not in name and name not in image.packages
            else None
        )
        if known is not None:
            need = needs.Package(name, "apk", "missing", f"Alpine {base.os.version}", known.instead)
            call.lacks(need, word.span, certainty=Certainty.LIKELY)


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
