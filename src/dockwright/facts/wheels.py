"""Which releases with compiled code have wheels: json/wheels.json (`python -m tools.refresh_wheels`)."""

from __future__ import annotations

from dockwright.facts.tables import table
from dockwright.finding import UNKNOWN, Answer
from dockwright.inputs import versions

PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "x86_64": ("linux/amd64", "glibc"),
    "aarch64": ("linux/arm64", "glibc"),
    "x86_64 musl": ("linux/amd64", "musl"),
    "aarch64 musl": ("linux/arm64", "musl"),
}


def first_wheel(name: str, python: str, platform: str, libc: str, after: str = "") -> str:
    """The first release with a wheel for CPython X.Y there, not older than `after`; empty when none is known."""
    row = table("wheels")["wheels"].get(name, {})
    place = next((place for place, value in PLATFORMS.items() if value == (platform, libc)), "")
    firsts = [first for first, _ in row.get(f"{python} {place}", ())]
    try:
        fitting = [first for first in firsts if not after or not versions.older(first, after)]
    except versions.InvalidVersion:
        return ""
    return fitting[0] if fitting else ""


def has_wheel(name: str, version: str, python: str, platform: str, libc: str) -> Answer:
    """Does this release have a wheel for CPython X.Y there? UNKNOWN for what the table does not cover."""
    row = table("wheels")["wheels"].get(name)
    place = next((place for place, value in PLATFORMS.items() if value == (platform, libc)), None)
    if row is None or place is None or python not in PYTHONS:
        return UNKNOWN
    try:
        wanted = versions.version(version)
    except versions.InvalidVersion:
        return UNKNOWN
    if wanted.early or wanted.local or wanted.key > versions.version(row["newest"]).key:
        return UNKNOWN
    spans = row.get(f"{python} {place}", ())
    return Answer.of(any(versions.within(version, first, last) for first, last in spans))
