"""Edits of FROM that name another Python of the same official image."""

from __future__ import annotations

import re
from datetime import date

from dockwright.facts.python import end_of_life, key, released
from dockwright.facts.tables import table
from dockwright.finding import Place, Remedy
from dockwright.patterns import pattern
from dockwright.project import Project
from dockwright.remedy import risky, swap_span
from dockwright.remedy_packages import around
from dockwright.source import Span

# python:2.7-slim · docker.io/library/python:3.12-alpine · python:latest; a tag of one suite or one day stays as it is
IMAGE = pattern(
    r"(?:docker\.io/)?(?:library/)?python(?::(?P<version>\d+(?:\.\d+){0,2}|latest))?(?P<rest>(?:-slim|-alpine)?(?:3\.\d+)?(?:-(?:stretch|buster|bullseye|bookworm))?)"
)
# The oldest and the newest X.Y of the official images on a Debian release.
SUITES = {
    "stretch": ("3.5", "3.9"),
    "buster": ("3.5", "3.12"),
    "bullseye": ("3.6", "3.13"),
    "bookworm": ("3.8", "3.14"),
}


def python_image(place: Place) -> tuple[Span, str, str] | None:
    """(span of FROM's image, its version or "latest", what follows the version) of an official Python image."""
    spot = around(place)
    if spot is None:
        return None
    stage = spot.stage
    named = {each.name: each for each in spot.dockerfile.stages[: stage.index] if each.name}
    while stage.base.text.lower() in named:
        stage = named.pop(stage.base.text.lower())
    text = place.source[stage.base.span]
    match = IMAGE.fullmatch(text)
    return (stage.base.span, match["version"] or "latest", match["rest"]) if match is not None else None


def with_python(place: Place, version: str, why: str) -> Remedy | None:
    """The same official image with another Python, which changes what runs."""
    found = python_image(place)
    if found is None or not version:
        return None
    span, old, rest = found
    suite = next((suite for suite in SUITES if rest.endswith(suite)), "")
    low, high = SUITES.get(suite, ("2.7", "9.9"))
    if old == version or not key(low) <= key(version) <= key(high):
        return None
    if rest[-1:].isdigit():
        return None  # of one release of Alpine, which has few Pythons
    text = place.source[span]
    head = text[: text.rindex("python") + len("python")]
    return risky(f"Use `{head}:{version}{rest}`: {why}", swap_span(place.source, span, f"{head}:{version}{rest}"))


def slim(place: Place, why: str) -> Remedy | None:
    """The same Python on Debian instead of Alpine, where the stage asks nothing of Alpine itself."""
    found, spot = python_image(place), around(place)
    if found is None or spot is None or "-alpine" not in found[2]:
        return None
    if any(re.search(r"(?<![\w-])apk(?![\w-])", each.text) for each in spot.stage.instructions):
        return None
    span = found[0]
    text = place.source[span]
    name = text[: text.index("-alpine")] + "-slim"
    return risky(f"Use `{name}`: {why}", swap_span(place.source, span, name))


def least(wants: str) -> str:
    """The lowest X.Y of `>=3.8,<4`, `3.6 or newer`, `>= 3.6`; empty when there is none."""
    match = re.match(r"(?:>=?|~=|\^)?\s*v?(?P<version>3\.\d+)", wants.strip())
    return match["version"] if match is not None else ""


def supported(project: Project, least: str = "3.0") -> str:
    """The second oldest Python that gets fixes on the day that is rehearsed: old pins know it, and it has years to live."""
    day = date.fromisoformat((project.as_of or table("base")["meta"]["date"])[:10])
    living = [version for version in table("python")["release"] if key(version) >= (3,) and _lives(version, day)]
    fitting = sorted((version for version in living if key(version) >= key(least)), key=key)
    later = [version for version in fitting if version != min(living, key=key)]
    return later[0] if later else ""


def _lives(version: str, day: date) -> bool:
    born, dies = released(version), end_of_life(version)
    return born is not None and dies is not None and born <= day <= dies
