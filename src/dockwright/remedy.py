"""Edits that remedies are made of: each is the smallest that a careful engineer would make, in the file's own style."""

from __future__ import annotations

from collections.abc import Iterable

from dockwright.finding import Place, Remedy, Safety
from dockwright.source import Edit, Patch, Source, Span


def safe(title: str, *edits: Edit) -> Remedy:
    """The same image, but it builds."""
    return Remedy(title, Safety.SAFE, Patch(edits))


def risky(title: str, *edits: Edit) -> Remedy:
    """Changes what runs."""
    return Remedy(title, Safety.RISKY, Patch(edits))


def advice(title: str) -> Remedy:
    """Words, no edit."""
    return Remedy(title, Safety.ADVICE)


def swap(place: Place, text: str) -> Edit:
    """Put a text in the place of what is there."""
    return Edit(place.source.name, place.span, text)


def swap_span(source: Source, span: Span, text: str) -> Edit:
    return Edit(source.name, span, text)


def line_before(source: Source, offset: int, text: str) -> Edit:
    """Insert whole lines above the line that holds `offset`."""
    start = source.line_span(source.line(offset)).start
    return Edit(source.name, Span(start, start), text.rstrip("\n") + line_break(source))


def line_after(source: Source, offset: int, text: str) -> Edit:
    """Insert whole lines below the line that holds `offset`."""
    end = source.line_span(source.line(offset)).end
    gap = "" if source.text[:end].endswith("\n") else line_break(source)
    return Edit(source.name, Span(end, end), gap + text.rstrip("\n") + line_break(source))


def without_lines(source: Source, span: Span) -> Edit:
    """Take away the whole lines that the span touches."""
    start = source.line_span(source.line(span.start)).start
    end = source.line_span(source.line(max(span.start, span.end - 1))).end
    return Edit(source.name, Span(start, end), "")


def new_file(name: str, lines: Iterable[str]) -> Edit:
    return Edit(name, Span(0, 0), "\n".join(lines) + "\n")


def line_break(source: Source) -> str:
    """The line break that the file uses."""
    first = source.text.find("\n")
    return "\r\n" if first > 0 and source.text[first - 1] == "\r" else "\n"
