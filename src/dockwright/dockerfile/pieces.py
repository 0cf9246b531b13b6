"""What a lexer collects: the text of a word, and the words in it."""

from __future__ import annotations

import re
from functools import cache

from dockwright.dockerfile.gotext import SPACE
from dockwright.finding import UNKNOWN, Answer

Value = str | Answer  # a text, or UNKNOWN
LONGEST = 1 << 20  # characters of a result


class ExpandError(ValueError):
    """BuildKit refuses the word; the message is BuildKit's."""


@cache
def _spaces() -> re.Pattern[str]:
    return re.compile(f"[{SPACE}]+")


class Text:
    """Pieces of a result; one unknown piece makes the whole unknown."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.unknown = False

    def add(self, piece: Value) -> None:
        if not isinstance(piece, str):
            self.unknown = True
        elif piece:
            self.pieces.append(piece)
            self.length += len(piece)
            if self.length > LONGEST:
                raise ExpandError("the result is too long")

    def value(self) -> Value:
        return UNKNOWN if self.unknown else "".join(self.pieces)


class Words:
    """Splits at white space, except where it was quoted or escaped. An empty quoted word vanishes, as in BuildKit."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, int]] = []
        self.pieces: list[str] = []
        self.start = self.end = 0

    def add(self, piece: str, start: int, end: int, splits: bool, literal: bool) -> None:
        """`literal` pieces are as written, so that offsets within them are known."""
        if not splits:
            self._raw(piece, start, end)
            return
        at = 0
        for gap in _spaces().finditer(piece):
            self._part(piece, at, gap.start(), (start, end), literal)
            self.finish()
            at = gap.end()
        self._part(piece, at, len(piece), (start, end), literal)

    def _part(self, piece: str, start: int, end: int, span: tuple[int, int], literal: bool) -> None:
        first, last = (span[0] + start, span[0] + end) if literal else span
        self._raw(piece[start:end], first, last)

    def _raw(self, piece: str, start: int, end: int) -> None:
        if not piece:
            return
        if not self.pieces:
            self.start = start
        self.pieces.append(piece)
        self.end = end

    def finish(self) -> list[tuple[str, int, int]]:
        if self.pieces:
            self.found.append(("".join(self.pieces), self.start, self.end))
            self.pieces = []
        return self.found
