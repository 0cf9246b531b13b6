"""apk of Alpine (apk-tools 2.10 to 3.0): what it adds is known by name only, so absence is no proof afterwards."""

from __future__ import annotations

import re

from dockwright.finding import UNKNOWN, YES, Answer, Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.debian import root_only
from dockwright.rehearse.commands.sources import laid_over
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Look, Value

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
    from dockwright.rehearse.python import Installed, Python

    says, pythons = call.says("installs it"), call.image.pythons
    for word in names:
        name = re.split(r"[<>=~@]", word, maxsplit=1)[0]
        call.image.packages[name] = says
        if name in ("python3", "py3-pip") and "/usr" not in pythons:
            version, managed = _python(call)
            names3 = ("python3", f"python{version}") if version is not UNKNOWN else ("python3",)
            pythons["/usr"] = Python("/usr", version, names3, managed=managed, made=says, complete=False)
        if name == "py3-pip" and "/usr" in pythons:
            pythons["/usr"] = pythons["/usr"].with_({"pip": Installed(installer="apk")})


# python3 of releases that mark it as their own, as all do from 3.19 on (PEP 668; Alpine 3.19's release notes).
PYTHONS = {"3.19": "3.11", "3.20": "3.12", "3.21": "3.12", "3.22": "3.12"}


def _python(call: Call) -> tuple[Value, Answer]:
    """Version of the release's python3, and whether pip may not install into it."""
    os = call.image.base.os if call.image.base is not None else None
    if os is None or os.id != "alpine" or os.key < (3, 19):
        return UNKNOWN, UNKNOWN
    return PYTHONS.get(os.version, UNKNOWN), YES


def _del(call: Call, names: list[str]) -> None:
    for name in names:
        call.image.packages.pop(name, None)
    call.image.closed = False
    call.image.packages.setdefault("what apk leaves", call.says("removes packages"))
