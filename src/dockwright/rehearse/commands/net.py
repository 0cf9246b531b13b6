"""git: what it clones, and where it goes. Whether the other side answers is not known.

Source of the rules: git-clone(1) 2.39.
"""

from __future__ import annotations

import posixpath

from dockwright.finding import UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call

CLONE = frozenset(
    [
        "-b",
        "--branch",
        "--depth",
        "-o",
        "--origin",
        "-u",
        "--upload-pack",
        "--reference",
        "-c",
        "--config",
        "-j",
        "--jobs",
        "--filter",
        "--template",
    ]
)
GLOBAL = frozenset({"-C", "-c", "--git-dir", "--work-tree"})


def _somewhere(call: Call) -> None:
    cwd = call.shell.cwd
    call.image.blur(cwd if isinstance(cwd, str) else "/", call.says("downloads something"))


def run(call: Call) -> Answer:
    words = list(call.rest)
    at = 0
    while at < len(words) and str(words[at].value).startswith("-"):
        at += 2 if words[at].value in GLOBAL else 1
    action = words[at].value if at < len(words) else ""
    moved = any(word.value in GLOBAL for word in words[:at])
    if action == "clone" and not moved:
        return _clone(call, at + 2)
    _somewhere(call) if not moved else call.image.blur("/", call.says("git changes files"))
    return UNKNOWN


def _clone(call: Call, start: int) -> Answer:
    _, operands = call.options(CLONE, start)
    url = operands[0].value if operands else UNKNOWN
    named = operands[1].value if len(operands) > 1 else UNKNOWN
    if len(operands) < 2 and url is not UNKNOWN:
        named = posixpath.basename(str(url).rstrip("/")).removesuffix(".git")
    if operands:
        from dockwright.rehearse.addresses import judge
        from dockwright.rehearse.authorities import judge as trusts

        judge(call, operands[0])
        trusts(call, operands[0])
    path = call.path(named)
    if path is UNKNOWN:
        _somewhere(call)
        return UNKNOWN
    if isinstance(call.user, str):
        call.wants(needs.Writable(str(path), call.user, "git"), call.span)
    call.make(path, "dir", why="cloned here")
    call.image.blur(str(path), call.says("cloned here"))
    return call.done(UNKNOWN)
