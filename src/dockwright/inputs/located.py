"""A requirement that is a URL or a path instead of a name (pip-install(1), PEP 508)."""

from __future__ import annotations

from dockwright.inputs.markers import checked
from dockwright.inputs.requirement import Requirement
from dockwright.source import Span


def located(text: str, at: int, is_url: bool) -> Requirement:
    """A URL ends at ` ;`, for a bare semicolon may be part of it; a path ends at the first."""
    place, mark, marker = text.partition(" ;" if is_url else ";")
    if is_url and not mark:
        place, mark, marker = text.partition("; ")
    place = place.strip()
    extras: tuple[str, ...] = ()
    if not is_url and place.endswith("]") and "[" in place:
        place, _, inside = place[:-1].partition("[")
        extras = tuple(part.strip() for part in inside.split(",") if part.strip())
    return Requirement(
        text=text,
        span=Span(at, at + len(text)),
        name=_egg(place) if is_url else None,
        extras=extras,
        marker=checked(text, len(text) - len(marker)) if mark else None,
        url=place if is_url else None,
        path=None if is_url else place,
    )


def _egg(url: str) -> str | None:
    """`#egg=name`, or the name in a wheel's file name."""
    fragment = url.partition("#")[2]
    for part in fragment.split("&"):
        if part.startswith("egg="):
            return part[4:].partition("[")[0] or None
    file = url.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return file.partition("-")[0] if file.endswith(".whl") else None
