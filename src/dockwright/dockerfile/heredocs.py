"""Heredocs of RUN, COPY and ADD (parser/parser.go: heredocsFromLine, heredocFromMatch)."""

from __future__ import annotations

import re

from msgspec import Struct

from dockwright.dockerfile.lexer import Lexer
from dockwright.dockerfile.nodes import Heredoc, Joined
from dockwright.dockerfile.pieces import ExpandError
from dockwright.source import Span

_MARK = r"([0-9]*+)<<(-?)[\t\n\f\r ]*+([^<]*+)"


class Mark(Struct, frozen=True):
    """The word that announces a heredoc."""

    name: str
    span: Span
    expand: bool
    chomp: bool
    fd: int

    def with_body(self, body: str, span: Span) -> Heredoc:
        return Heredoc(self.name, self.span, body, span, self.expand, self.chomp, self.fd)


def mark(word: str, span: Span) -> Mark | None:
    """A word such as `3<<-'EOF'`. Raises ExpandError when its quotes don't match."""
    match = re.fullmatch(_MARK, word)
    if match is None or not match[3]:
        return None
    fd = min(int(match[1][:20] or "0"), (1 << 64) - 1)
    if match[3].isalnum():
        return Mark(match[3], span, True, match[2] == "-", fd)
    words = Lexer(match[3], skip_unset=True).words()
    if len(words) != 1:
        return None
    raw = Lexer(match[3], skip_unset=True, raw_quotes=True).words()
    if len(raw) != 1:
        raise ExpandError(f"internal lexing of heredoc produced inconsistent results: {match[3]}")
    name, quoted = words[0][0], raw[0][0]
    return Mark(name, span, _quotes(name) == _quotes(quoted), match[2] == "-", fd)


def is_mark(word: str) -> bool:
    """Whether an argument of COPY or ADD stands for a heredoc."""
    if "<<" not in word:
        return False
    try:
        return mark(word, Span(0, 0)) is not None
    except ExpandError:
        return False


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def in_line(line: Joined) -> list[Mark]:
    """Every heredoc that an instruction announces, in order. Raises ExpandError."""
    try:
        words = Lexer(line.text, skip_unset=True, raw_quotes=True, raw_escapes=True).words()
    except ExpandError:
        return []  # a quote without its partner: BuildKit looks no further
    found = []
    for text, start, end in words:
        if "<<" in text and (announced := mark(text, line.span(start, end))):
            found.append(announced)
    return found
