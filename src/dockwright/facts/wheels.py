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
