"""The lines of one instruction, put together (parser/parser.go: trimContinuationCharacter)."""

from __future__ import annotations

from dockwright.dockerfile.nodes import Joined, Part, PartKind
from dockwright.source import Span


class Lines:
    """Collects the text of an instruction and the parts that its lines are made of."""

    def __init__(self, escape: str) -> None:
        self.escape = escape
        self.parts: list[Part] = []
        self.texts: list[str] = []
        self.pieces: list[tuple[int, int]] = []
        self.length = 0
        self.anchor = 0  # where an empty text would be

    def part(self, kind: PartKind, start: int, end: int) -> None:
        if end <= start:
            return
        if kind == "blank" and self.parts and self.parts[-1].kind == kind:
            start = self.parts.pop().span.start  # blank lines below each other are one part
        self.parts.append(Part(kind, Span(start, end)))

    def add(self, line: str, start: int, end: int) -> bool:
        """Adds a line that begins at `start`; its line break ends at `end`. Whether the next line continues it."""
        bare = line.rstrip(" \t")
        # An escape before the last one makes it an ordinary character, however many there are before that.
        goes_on = bare.endswith(self.escape) and bare[-2:-1] != self.escape
        text = bare[:-1] if goes_on else line
        middle = start + len(text)
        if text:
            self.pieces.append((self.length, start))
            self.texts.append(text)
            self.length += len(text)
            self.part("text", start, middle)
        self.part("continuation" if goes_on else "break", middle, end)
        if not self.pieces:
            self.anchor = start
        return goes_on

    def joined(self) -> Joined:
        return Joined("".join(self.texts), tuple(self.pieces) or ((0, self.anchor),))
