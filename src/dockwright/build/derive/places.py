"""Would a step's own commands run into a mount? `rm -rf ~/.cache` fails where a mount lies below."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import UNKNOWN
from dockwright.rehearse.journal import normal
from dockwright.rehearse.step import Executed, Step

# Commands that fail at a mount that is busy or read only, or that would take its files for the image's.
DISTURBED = frozenset(
    "rm rmdir unlink mv find chown chgrp chmod cp rsync tar du ls ln mount umount shred truncate tee".split()
)
HARMLESS = frozenset(["ls", "du"])


def disturbs(step: Step, target: str, *, unsure: bool) -> bool:
    """Does a command of the step work on the mount's place or on a folder above it?

    `unsure`: is an operand that is not known taken for such a folder.
    """
    return any(unsure if path is None else _holds(path, target) for path in _worked_on(step))


def _worked_on(step: Step) -> Iterator[str | None]:
    for ran in step.executed:
        name = posixpath.basename(str(ran.arguments[0].value))
        if name in DISTURBED and name not in HARMLESS:
            yield from _operands(ran)


def _operands(ran: Executed) -> Iterator[str | None]:
    for argument in ran.arguments[1:]:
        text = argument.value
        if text is UNKNOWN:
            yield None
        elif not str(text).startswith("-"):
            path = str(text)
            if not path.startswith("/") and ran.cwd is UNKNOWN:
                yield None
                continue
            yield _folder(normal(posixpath.join(str(ran.cwd), path)))


def _folder(path: str) -> str:
    """`/root/.cache/*` is about all that is below /root/.cache."""
    parts = []
    for part in path.split("/"):
        if set(part) & set("*?["):
            break
        parts.append(part)
    return "/".join(parts) or "/"


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def mounted(step: Step, target: str, workdir: str) -> bool:
    """Does the step mount something there, above it or below it already?"""
    for mount in step.instruction.mounts:
        if mount.target is None:  # a secret's is below /run/secrets
            continue
        if "$" in mount.target:
            return True
        there = normal(posixpath.join(workdir, mount.target))
        if _holds(there, target) or _holds(target, there):
            return True
    return False
