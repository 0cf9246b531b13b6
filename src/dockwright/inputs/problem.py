"""What an input file has wrong with itself: data, for a cause or the command line to word."""

from __future__ import annotations

from msgspec import Struct

from dockwright.finding import Place
from dockwright.source import Source, Span


class Problem(Struct, frozen=True):
    """`code` is kebab-case (`yaml-syntax`, `compose-extends-missing`); `message` is one clause without a full stop.

    `unsure`: what only the surroundings of the person who runs it can tell may make it right.
    """

    code: str
    message: str
    place: Place | None = None
    unsure: bool = False


def problem(
    code: str, message: str, source: Source | None = None, span: Span | None = None, *, unsure: bool = False
) -> Problem:
    """A problem at a span of a source; without a span, at its beginning."""
    if source is None:
        return Problem(code, message, unsure=unsure)
    return Problem(code, message, Place(source, span or Span(0, min(1, len(source.text)))), unsure)
