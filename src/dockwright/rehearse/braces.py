"""Brace expansion (bash manual, 3.5.1): `{a,b}` and `{1..3}`, before every other expansion. POSIX shells have none."""

from __future__ import annotations

import re
from typing import TypeAlias

from msgspec.structs import replace

from dockwright.dockerfile.shell import Part, Text, Word

LIMIT = 64  # words that one word may become
GROUPS = 16  # opening braces in one word

Item: TypeAlias = Part | str  # an unquoted character, or a part that is taken whole


def expanded(word: Word) -> list[Word] | None:
    """The words that it becomes; the word itself when there is nothing to expand, None when they are too many."""
    items: list[Item] = []
    for part in word.parts:
        items += list(part.text) if isinstance(part, Text) and not part.quoted else [part]
    count = sum(1 for item in items if item == "{")
    if not count:
        return [word]
    ways = _ways(items) if count <= GROUPS else None
    if ways is None:
        return None
    return [word] if len(ways) == 1 else [replace(word, parts=_parts(way)) for way in ways]


def _ways(items: list[Item]) -> list[list[Item]] | None:
    for at, item in enumerate(items):
        found = _group(items, at) if item == "{" else None
        if found is None:
            continue
        end, options = found
        rest = _ways(items[end + 1 :])
        ways: list[list[Item]] = []
        for option in options:
            inner = _ways(option)
            if inner is None or rest is None or len(ways) + len(inner) * len(rest) > LIMIT:
                return None
            ways += [items[:at] + one + two for one in inner for two in rest]
        return ways
    return [items]


def _group(items: list[Item], start: int) -> tuple[int, list[list[Item]]] | None:
    """Where the group that begins at `start` ends, and its alternatives; None when it is none."""
    depth, cuts = 0, [start]
    for at in range(start, len(items)):
        depth += int(items[at] == "{") - int(items[at] == "}")
        if items[at] == "," and depth == 1:
            cuts.append(at)
        if depth == 0:
            if len(cuts) > 1:
                return at, [items[one + 1 : two] for one, two in zip(cuts, [*cuts[1:], at], strict=True)]
            series = _series(items[start + 1 : at])
            return None if series is None else (at, series)
    return None


def _series(items: list[Item]) -> list[list[Item]] | None:
    text = "".join(item if isinstance(item, str) else "\0" for item in items)
    match = re.fullmatch(r"(-?\d{1,6})\.\.(-?\d{1,6})(?:\.\.(-?\d{1,6}))?|([a-z])\.\.([a-z])|([A-Z])\.\.([A-Z])", text)
    if match is None:
        return None
    if match[1] is None:
        first, last = (match[4], match[5]) if match[4] else (match[6], match[7])
        return [[chr(code)] for code in _range(ord(first), ord(last), 1)]
    padded = any(each.lstrip("-").startswith("0") and len(each.lstrip("-")) > 1 for each in (match[1], match[2]))
    width = max(len(match[1]), len(match[2])) if padded else 0
    return [list(f"{number:0{width}d}") for number in _range(int(match[1]), int(match[2]), int(match[3] or 1))]


def _range(first: int, last: int, step: int) -> range:
    step = abs(step) or 1
    return range(first, last + 1, step)[: LIMIT + 1] if first <= last else range(first, last - 1, -step)[: LIMIT + 1]


def _parts(items: list[Item]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for item in items:
        if not isinstance(item, str):
            parts.append(item)
        elif parts and isinstance(parts[-1], Text) and not parts[-1].quoted:
            parts[-1] = Text(parts[-1].text + item)
        else:
            parts.append(Text(item))
    return tuple(parts)
