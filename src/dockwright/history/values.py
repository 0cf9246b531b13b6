"""What the history is told and tells: without the database, whose library takes a third of a second to import."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

NUMBER = re.compile(r"^\[[^\]]{1,200}\]\s*")
MOUNT = re.compile(r"--mount=\S+\s*")


class Why(Struct, frozen=True):
    """Why an attempt failed and what was then done; all of it may be unknown."""

    cause: str = ""
    title: str = ""
    confidence: float | None = None
    transient: bool = False
    evidence: str = ""
    place: str = ""
    remedy: str = ""
    diff: str = ""
    exit_code: int | None = None


class Past(Struct, frozen=True):
    """Seconds that a step took: the median, the least and the most of so many runs."""

    median: float
    least: float
    most: float
    runs: int


def key(project: str, target: str, name: str) -> str:
    """Of a step: the same for the same instruction of a target, wherever it stands and whatever is mounted for it."""
    text = MOUNT.sub("", NUMBER.sub("", name)).strip()
    return hashlib.sha256("\0".join((project, target, text)).encode("utf-8", "surrogateescape")).hexdigest()
