"""Versions of languages other than Python: in images, in releases of distributions, and what tools want (languages.toml)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dockwright.facts.reference import parse
from dockwright.facts.tables import table


def key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def older(version: str, wanted: str) -> bool:
    """Is `version` below `wanted`, as far as both are written out?"""
    have, want = key(version), key(wanted)
    return have[: len(want)] < want[: len(have)]


def of_image(reference: str, language: str, day: str) -> str:
    """The version of the language that an image of this name and tag has; empty when that is not known."""
    parsed = parse(reference)
    facts = table("languages")
    if parsed is None or parsed.digest or facts["images"].get(parsed.name) != language:
        return ""
    tag = parsed.tag
    inside = re.search(r"php(\d+\.\d+)", tag) if parsed.name == "wordpress" else None
    if parsed.name in ("wordpress", "rails"):
        return inside[1] if inside else ""
    number = re.match(r"v?(\d+(?:\.\d+)*)(?![\w.]*(?:rc|beta|alpha))", tag)
    if number is not None:
        return _newest(language, number[1], day)
    word = tag.split("-")[0]
    if word in facts["names"].get(language, {}):
        return str(facts["names"][language][word])
    if word == "lts" and language in facts["lts"]:
        return _at(facts["lts"][language], day)
    plain = re.fullmatch(
        r"(latest|alpine|slim|stretch|buster|bullseye|bookworm|trixie|onbuild|current|cli|fpm|apache)[\w.-]*", tag
    )
    return _newest(language, "", day) if plain else ""


def _newest(language: str, start: str, day: str) -> str:
    """`1` is the newest 1.x of the day; a tag that names more than that is taken as it is."""
    released = table("languages")["released"][language]
    if start and any(key(start)[: len(key(name))] == key(name) for name in released):
        return start
    known = [name for name, since in released.items() if since <= day and key(name)[: len(key(start))] == key(start)]
    return max(known, key=key) if known else start


def of_release(distribution: str, version: str, language: str) -> str:
    """What the distribution's own package gives: of_release("ubuntu", "14.04", "ruby") is 1.9.3."""
    return str(table("languages")["distributions"].get(distribution, {}).get(version, {}).get(language, ""))


def brought_by(package: str) -> tuple[str, str]:
    """(language, version) that a package of a distribution brings: ruby2.3 -> ("ruby", "2.3"), nodejs -> ("node", "")."""
    language = table("languages")["packages"].get(package)
    if language:
        return language, ""
    match = re.fullmatch(r"(ruby|golang-|php)(\d\.\d+)(?:\.\d)?(?:-(?:dev|go|cli|fpm))?", package)
    return ({"golang-": "go"}.get(match[1], match[1]), match[2]) if match else ("", "")


def wanted(kind: str, package: str, day: str) -> str:
    """What the newest release of a gem or a PECL extension wants of the language on that day; empty when not known."""
    return _at(table("languages")[kind].get(package, ()), day)


def _at(steps: Sequence[Any], day: str) -> str:
    return next((str(value) for since, value in reversed(steps) if since <= day), "")


def unsupported_since(version: str, day: str) -> int:
    """Days since a version of Go has had no support, which ends when the second newer one appears; 0 when it has some."""
    from datetime import date

    released = table("languages")["released"]["go"]
    newer = sorted(since for name, since in released.items() if key(name)[:2] > key(version)[:2])
    if len(newer) < 2 or newer[1] > day:
        return 0
    return (date.fromisoformat(day) - date.fromisoformat(newer[1])).days
