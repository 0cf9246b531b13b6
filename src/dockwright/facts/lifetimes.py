"""Packages that a release is known not to have, where its own index is not in facts.sqlite (lifetimes.toml)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct

from dockwright.facts.release import OsRelease
from dockwright.facts.tables import table

ROLLING = frozenset({"sid", "testing"})


class Absent(Struct, frozen=True):
    """`instead`: what the release has in its place. `since`: from that day on no repository at all has it."""

    instead: str = ""
    since: date | None = None


@lru_cache(maxsize=4096)
def absent(os: OsRelease, name: str) -> Absent | None:
    """None where nothing is known, and where the release has the package."""
    if not os.key:
        return None
    return _spanned(os, name) or _versioned(os, name)


# -- names without a version ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _spans() -> tuple[dict[str, list[dict[str, Any]]], list[tuple[str, dict[str, Any]]]]:
    exact: dict[str, list[dict[str, Any]]] = {}
    open_: list[tuple[str, dict[str, Any]]] = []
    for rule in table("lifetimes")["span"]:
        for word in rule["names"]:
            if word.endswith("*"):
                open_.append((word[:-1], rule))
            else:
                exact.setdefault(word, []).append(rule)
    return exact, open_


def _spanned(os: OsRelease, name: str) -> Absent | None:
    exact, open_ = _spans()
    rules = exact.get(name, []) + [rule for stem, rule in open_ if name.startswith(stem)]
    for rule in rules:
        if os.id in rule and not _inside(os.key, rule[os.id]):
            since = rule.get("gone")
            return Absent(_instead(rule.get("instead", ""), name), date.fromisoformat(since) if since else None)
    return None


def _inside(key: tuple[int, ...], pairs: list[str]) -> bool:
    return any(
        first != "none" and (not first or _key(first) <= key) and (not last or key <= _key(last))
        for first, last in zip(pairs[::2], pairs[1::2], strict=True)
    )


@lru_cache(maxsize=256)
def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _instead(template: str, name: str) -> str:
    """Empty where the rule has nothing for this name: a list may hold names of other kinds."""
    if template == "{python3}":
        new = re.sub(r"^(python|py)2?(?=-|$)", r"\g<1>3", name)
        return new if new != name else ""
    return template.replace("{0}", name)


# -- names that carry one -------------------------------------------------------------------------------------------


def _versioned(os: OsRelease, name: str) -> Absent | None:
    for rule in table("lifetimes")["versions"]:
        if not name.startswith(tuple(rule["stems"])) or os.id not in rule:
            continue
        match = re.fullmatch(rule["names"], name)
        carried = _carried(os, rule[os.id]) if match else None
        if match is None or carried is None or _has(os, match[1], carried):
            continue
        given = carried[-1] if carried else ""
        renamed = name[: match.start(1)] + given + name[match.end(1) :] if given else ""
        return Absent("" if os.codename in ROLLING else rule.get("instead", "") or renamed)
    return None


def _carried(os: OsRelease, rows: dict[str, list[str]]) -> list[str] | None:
    if os.codename in ROLLING:  # what it has is somewhere between the last release and the next
        before = rows.get(str(os.key[0] - 1))
        return before or None
    return rows.get(os.version)


def _has(os: OsRelease, version: str, carried: list[str]) -> bool:
    if os.codename in ROLLING:
        return _key(version) >= min(map(_key, carried))
    return version in carried
