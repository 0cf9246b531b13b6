"""YAML as most people write it, read without libyaml, whose import alone takes a quarter of the time that a check may take.

Block mappings and sequences of scalars on one line, lists in brackets, comments. Whatever is more than that (anchors,
tags, escapes, texts over several lines, a mistake) is left to libyaml: `read` answers None. Where it answers, it
answers what libyaml would (a property test holds the two together).
"""

from __future__ import annotations

from dockwright.inputs.yamltext import Mapping, Node, Scalar, Sequence
from dockwright.source import Span

LONGEST = 900  # characters of a line; a key may have 1,024
DEEPEST = 40


class _Unusual(Exception):
    """Left to libyaml."""


def read(text: str) -> Node | None:
    try:
        return _Reader(text).document()
    except _Unusual:
        return None


class _Reader:
    """`lines` are those with content: (indentation, start, end without the spaces behind)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[tuple[int, int, int]] = []
        self.depth = 0
        start = 0
        for line in text.split("\n"):
            stripped = line.strip(" ")
            if stripped and not (line.isprintable() and len(line) < LONGEST):
                raise _Unusual
            if stripped and stripped[0] != "#":
                indent = len(line) - len(line.lstrip(" "))
                self.lines.append((indent, start + indent, start + indent + len(stripped)))
            start += len(line) + 1

    def document(self) -> Node:
        if not self.lines or self.lines[0][0]:
            raise _Unusual
        node, at = self._block(0)
        if at != len(self.lines):
            raise _Unusual
        return node

    def _block(self, at: int) -> tuple[Node, int]:
        indent, start, end = self.lines[at]
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Unusual
        listed = self._dash(start, end)
        node, at = self._sequence(at, indent) if listed else self._mapping(at, indent, start)
        self.depth -= 1
        return node, at

    def _dash(self, start: int, end: int) -> bool:
        return self.text[start] == "-" and (start + 1 == end or self.text[start + 1] == " ")

    def _sequence(self, at: int, indent: int) -> tuple[Node, int]:
        items: list[Node] = []
        begin = self.lines[at][1]
        while at < len(self.lines) and self.lines[at][0] == indent and self._dash(*self.lines[at][1:]):
            _, start, end = self.lines[at]
            inside = self._skip(start + 1, end)
            if inside == end or self._dash(inside, end):
                raise _Unusual
            if self.text[inside] not in "\"'[{" and self._colon(inside, end) >= 0:
                node, at = self._mapping(at, indent + inside - start, inside)
            else:
                node, at = self._value(inside, end), at + 1
                self._ends(at, indent)
            items.append(node)
        return Sequence(tuple(items), Span(begin, items[-1].span.end)), at

    def _mapping(self, at: int, indent: int, begin: int) -> tuple[Node, int]:
        """`begin`: where the first key is, which may stand behind a dash."""
        pairs: dict[str, tuple[Scalar, Node]] = {}
        last, key_at = begin, begin
        while True:
            end = self.lines[at][2]
            colon = self._colon(key_at, end)
            name = self.text[key_at:colon] if colon > 0 else ""
            if not name.isascii() or not name.translate(_IN_NAMES).isalnum() or name[0] in "-." or name in pairs:
                raise _Unusual
            key = Scalar(name, Span(key_at, colon), True)
            node, at = self._of_key(at, indent, colon + 1, end)
            pairs[name] = (key, node)
            last = node.span.end
            if at == len(self.lines) or self.lines[at][0] != indent or self._dash(*self.lines[at][1:]):
                break
            key_at = self.lines[at][1]
        self._ends(at, indent)
        return Mapping(tuple(pairs.values()), Span(begin, last)), at

    def _of_key(self, at: int, indent: int, start: int, end: int) -> tuple[Node, int]:
        inside = self._skip(start, end)
        at += 1
        if inside < end:
            node = self._value(inside, end)
            self._ends(at, indent)
            return node, at
        below = self.lines[at][0] if at < len(self.lines) else -1
        if below > indent or (below == indent and self._dash(*self.lines[at][1:])):
            return self._block(at)
        return Scalar("", Span(start, start), True), at

    def _ends(self, at: int, indent: int) -> None:
        """What goes on in a line further in would belong to the value before."""
        if at < len(self.lines) and self.lines[at][0] > indent:
            raise _Unusual

    def _skip(self, start: int, end: int) -> int:
        """Past spaces, and to the end where only a comment is left."""
        at = start
        while at < end and self.text[at] == " ":
            at += 1
        if at < end and self.text[at] == "#":
            if at == start:
                raise _Unusual
            return end
        return at

    def _colon(self, start: int, end: int) -> int:
        """Where the key that begins here ends; -1: this is no key."""
        at = self.text.find(": ", start, end)
        if at < 0 and self.text[end - 1] == ":":
            at = end - 1
        comment = self.text.find(" #", start, end)
        if at < 0 or 0 <= comment < at:
            if comment >= 0 and self.text[start:comment].rstrip(" ").endswith(":"):
                raise _Unusual
            return -1
        return at

    def _value(self, start: int, end: int) -> Node:
        first = self.text[start]
        if first == "[":
            return self._list(start, end)
        if first in "\"'":
            node = self._quoted(start, end)
            if self._skip(node.span.end, end) != end:
                raise _Unusual
            return node
        if first in "?:,]{}#&*!|>%@`" or (first == "-" and self._dash(start, end)):
            raise _Unusual
        comment = self.text.find(" #", start, end)
        text = self.text[start : comment if comment >= 0 else end].rstrip(" ")
        if ": " in text or text[-1] == ":" or text in ("---", "..."):
            raise _Unusual
        return Scalar(text, Span(start, start + len(text)), True)

    def _quoted(self, start: int, end: int) -> Scalar:
        quote = self.text[start]
        close = self.text.find(quote, start + 1, end)
        text = self.text[start + 1 : close]
        if close < 0 or "\\" in text or self.text[close + 1 : close + 2] == quote:
            raise _Unusual
        return Scalar(text, Span(start, close + 1))

    def _list(self, start: int, end: int) -> Node:
        """`[a, "b"]`; a list within it is unusual."""
        items: list[Node] = []
        at = self._skip(start + 1, end)
        while at < end and self.text[at] != "]":
            if self.text[at] in "\"'":
                item = self._quoted(at, end)
            else:
                text = self.text[at : self._stop(at, end)].rstrip(" ")
                if (
                    not text
                    or (text[0] == "-" and text[1:2] in ("", " "))
                    or not text.isascii()
                    or not text.translate(_IN_ITEMS).isalnum()
                ):
                    raise _Unusual
                item = Scalar(text, Span(at, at + len(text)), True)
            items.append(item)
            at = self._skip(item.span.end, end)
            if at < end and self.text[at] == ",":
                at = self._skip(at + 1, end)
                if at < end and self.text[at] == "]":
                    raise _Unusual
            elif at < end and self.text[at] != "]":
                raise _Unusual
        if at >= end or self._skip(at + 1, end) != end:
            raise _Unusual
        return Sequence(tuple(items), Span(start, items[-1].span.end if items else at + 1))

    def _stop(self, start: int, end: int) -> int:
        places = [place for place in (self.text.find(mark, start, end) for mark in ",]") if place >= 0]
        if not places:
            raise _Unusual
        return min(places)


# What may stand beside letters and digits, taken out.
_IN_NAMES = {ord(mark): None for mark in "_-./"}
_IN_ITEMS = {ord(mark): None for mark in "_-./=$+ "}
