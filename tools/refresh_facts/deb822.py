"""Reads Debian's index formats: Packages and Sources (stanzas), Contents (path, packages).

Formats: Debian Policy chapter 5 (control files), 7 (relationships); Debian wiki RepositoryFormat (Contents indices).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

RELATION = re.compile(
    r"\s*([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9]+)?\s*(?:\(\s*([<>=]+)\s*([^)]+)\))?\s*(?:\[([^\]]*)\])?\s*(<.*>)?\s*$"
)


class Relation(NamedTuple):
    """One alternative of a dependency: a package, perhaps bound to versions."""

    name: str
    operator: str
    version: str


def stanzas(lines: Iterable[str], wanted: frozenset[str]) -> Iterator[dict[str, str]]:
    """Paragraphs as dictionaries; only the fields `wanted` are kept, continuation lines joined by a space."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if line in ("\n", ""):
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t":
            if name:
                fields[name] += " " + line.strip()
        else:
            key, _, value = line.partition(":")
            name = key if key in wanted else ""
            if name:
                fields[name] = value.strip()
    if fields:
        yield fields


def relations(field: str, architecture: str = "amd64") -> list[list[Relation]]:
    """`a (>= 1) | b, c` -> [[a, b], [c]]; alternatives of another architecture and build profiles are left out."""
    groups = []
    for group in field.split(","):
        found = [relation for part in group.split("|") if (relation := _relation(part, architecture))]
        if found:
            groups.append(found)
    return groups


def _relation(text: str, architecture: str) -> Relation | None:
    match = RELATION.match(text)
    if not match:
        return None
    name, operator, version, architectures, profiles = match.groups()
    if profiles and "!nocheck" not in profiles and "!" not in profiles:
        return None
    if architectures and not _built_for(architectures.split(), architecture):
        return None
    return Relation(name, operator or "", (version or "").strip())


def _built_for(architectures: list[str], architecture: str) -> bool:
    names = {architecture, "any", "linux-any", f"any-{architecture}"}
    if architectures[0].startswith("!"):
        return not any(name[1:] in names for name in architectures)
    return any(name in names for name in architectures)


def contents(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """(path, names of the packages that hold it); the section in front of a name is dropped."""
    for line in lines:
        path, _, owners = line.rstrip("\n").rpartition(" ")
        yield path.rstrip(), [owner.rpartition("/")[2] for owner in owners.split(",")]
