"""Images that a registry is known not to have (registry.toml)."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from dockwright.facts.reference import Reference, parse
from dockwright.facts.tables import table


class Absent(Struct, frozen=True):
    """`since`: empty for what never was there; `instead`: the reference that stands for it."""

    since: str
    instead: str = ""


def absent(reference: str, day: str) -> Absent | None:
    parsed = parse(reference)
    if parsed is None or (parsed.digest and not parsed.tag):
        return None
    facts = table("registry")
    fact = facts["images"].get(parsed.name)
    if fact is not None and fact["since"] <= day:
        known, tags = fact.get("known"), fact.get("tags")
        if not re.fullmatch(known, parsed.tag) if known else tags is None or re.fullmatch(tags, parsed.tag):
            return Absent(fact["since"], _instead(fact, parsed.tag))
    found = _of_tags(facts["tags"], parsed, day)
    if found is not None:
        return found
    owner, _, rest = parsed.name.partition("/")
    fact = facts["organisations"].get(owner)
    if fact is not None and rest and fact["since"] <= day and re.fullmatch(fact["tags"], parsed.tag):
        return Absent(fact["since"], f"{fact['instead']}/{rest}:{parsed.tag}")
    return None


def _of_tags(rows: list[dict[str, Any]], parsed: Reference, day: str) -> Absent | None:
    for row in rows:
        match = re.fullmatch(row["tags"], parsed.tag) if parsed.name in row["names"] and row["since"] <= day else None
        if match is not None:
            return Absent(row["since"], f"{parsed.name}:{match.expand(row['becomes'])}" if row["becomes"] else "")
    return None


def _instead(fact: dict[str, str], tag: str) -> str:
    return f"{fact['instead']}:{tag}" if fact.get("instead") and not fact.get("tags") else fact.get("instead", "")


def malformed(reference: str) -> bool:
    """A repository's name with a capital letter (the first part may be a registry's host)."""
    name = reference.partition("@")[0]
    head, _, tag = name.rpartition(":")
    name = head if head and "/" not in tag else name
    first, slash, rest = name.partition("/")
    path = rest if slash and ("." in first or ":" in first or first == "localhost") else name
    return any("A" <= char <= "Z" for char in path)
