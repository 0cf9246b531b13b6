"""CPython and its distributions: releases, the standard library by version, removals, import names, what sdists
compile with.

Data: python.toml, distributions.toml, and json/stdlib.json, which the interpreters themselves tell
(`python -m tools.refresh_facts stdlib`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from dockwright.facts.tables import table
from dockwright.finding import NO, UNKNOWN, Answer


class Removal(Struct, frozen=True):
    """A module or name that CPython no longer has from `version` on."""

    name: str
    version: str
    instead: str = ""  # what the standard library offers in its place
    distribution: str = ""  # what the package index offers in its place


class Broke(Struct, frozen=True):
    """Releases of a distribution before `good` fail on Python `python` and later; `good` is empty when none is
    known."""

    distribution: str
    python: str
    good: str
    why: str


class BuildNeeds(Struct, frozen=True):
    """What compiling the sdist of a distribution needs in the image."""

    distribution: str
    commands: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    pkgconfig: tuple[str, ...] = ()


def normal(name: str) -> str:
    """Normalised distribution name (PyPA name normalization)."""
    result = name.lower().replace("_", "-").replace(".", "-")
    while "--" in result:
        result = result.replace("--", "-")
    return result


def key(version: str) -> tuple[int, ...]:
    """`3.11` -> (3, 11)."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def released(version: str) -> date | None:
    return _date(version, "released")


def end_of_life(version: str) -> date | None:
    """The day after which CPython X.Y gets no fixes."""
    return _date(version, "end_of_life")


def _date(version: str, field: str) -> date | None:
    row = table("python")["release"].get(".".join(version.split(".")[:2]))
    return date.fromisoformat(row[field]) if row else None


def in_stdlib(module: str, version: str) -> Answer:
    """Is the top-level module of a dotted name part of CPython X.Y's standard library on Linux?"""
    top, minor = module.split(".")[0], ".".join(version.split(".")[:2])
    known: dict[str, list[str]] = table("stdlib")["modules"]
    if minor in known:
        return Answer.of(top in known[minor])
    removal = removed_module(top)
    if removal is not None and key(minor) >= key(removal.version):
        return NO
    newest = max(known, key=key)
    if key(minor) > key(newest) and top not in set().union(*known.values()):
        return UNKNOWN if top.startswith("_") else NO
    return UNKNOWN


def removed_module(module: str) -> Removal | None:
    """`distutils.core` -> distutils, gone since 3.12."""
    top = module.split(".")[0]
    row = table("python")["removed"]["modules"].get(top)
    return Removal(top, **row) if row else None


def removed_name(name: str) -> Removal | None:
    """`collections.Mapping`: gone since 3.10."""
    row = table("python")["removed"]["names"].get(name)
    return Removal(name, **row) if row else None


def removed_by(version: str) -> tuple[Removal, ...]:
    """All modules and names that CPython X.Y lacks and some earlier version had."""
    removed = table("python")["removed"]
    rows = [Removal(name, **row) for kind in ("modules", "names") for name, row in removed[kind].items()]
    return tuple(row for row in rows if key(row.version) <= key(version))


def broken(distribution: str, python: str) -> tuple[Broke, ...]:
    """What is known to be broken in old releases of the distribution on this Python, strictest first."""
    rows = [Broke(**row) for row in table("python")["broke"] if row["distribution"] == normal(distribution)]
    found = [row for row in rows if key(row.python) <= key(python)]
    return tuple(sorted(found, key=lambda row: key(row.python), reverse=True))


def distribution_of(module: str) -> str | None:
    """The distribution to install for an import name: cv2 -> opencv-python; None when not known or not on the index."""
    imports = table("distributions")["imports"]
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        name = ".".join(parts[:count])
        if name in imports:
            return imports[name] or None
    return None


def build_needs(distribution: str) -> BuildNeeds | None:
    row = table("distributions")["build"].get(normal(distribution))
    if row is None:
        return None
    return BuildNeeds(
        normal(distribution), *(tuple(row.get(name, ())) for name in ("commands", "headers", "libraries", "pkgconfig"))
    )


def runtime_libraries(distribution: str) -> tuple[str, ...]:
    """Shared libraries that importing it needs and its wheels do not carry."""
    return tuple(table("distributions")["runtime"].get(normal(distribution), ()))


def distributions_with_builds() -> Iterable[str]:
    return tuple(table("distributions")["build"])
