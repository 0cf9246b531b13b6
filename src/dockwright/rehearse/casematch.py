"""Patterns of `case` (POSIX, Shell Command Language, 2.13): what is quoted in one stands for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile.shell import Text
from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse.expansion import expand_value

if TYPE_CHECKING:
    from dockwright.dockerfile.shell import Word
    from dockwright.rehearse.expansion import Scope
    from dockwright.rehearse.journal import Value


def matches(value: Value, patterns: tuple[Word, ...], scope: Scope) -> Answer:
    """Does the value match one of the patterns?"""
    answer = NO
    for pattern in patterns:
        answer = answer | _match(value, _text(pattern, scope))
    return answer


def _match(value: Value, pattern: Value) -> Answer:
    import fnmatch

    if pattern == "*":
        return Answer.YES
    if value is UNKNOWN or pattern is UNKNOWN or "[:" in pattern or "[^" in pattern or "[." in pattern:
        return UNKNOWN
    return Answer.of(fnmatch.fnmatchcase(str(value), str(pattern)))


def _text(pattern: Word, scope: Scope) -> Value:
    """The pattern as fnmatch reads it."""
    from msgspec.structs import replace

    if all(isinstance(part, Text) and not part.quoted for part in pattern.parts):
        return expand_value(pattern, scope)
    pieces: list[str] = []
    for part in pattern.parts:
        piece = expand_value(replace(pattern, parts=(part,)), scope)
        if piece is UNKNOWN:
            return UNKNOWN
        quoted = getattr(part, "quoted", True)
        pieces.append("".join(f"[{each}]" if each in "*?[" else each for each in piece) if quoted else piece)
    return "".join(pieces)
