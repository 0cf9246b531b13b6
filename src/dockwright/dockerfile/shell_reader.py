"""The place of reading in a shell text, shared by the functions that read words, parameters and commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import force_setattr

from dockwright.dockerfile.shell import Command, Feature, Part, Redirect
from dockwright.patterns import pattern
from dockwright.source import Span

if TYPE_CHECKING:
    ToSpan = Callable[[int, int], Span]

DEEPEST = 40  # levels of nesting; what people write has fewer than ten

KEYWORDS = frozenset(
    "if then elif else fi for while until do done case esac in function select coproc time { } ! [[".split()
)
CLOSERS = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))
_LONGEST_KEYWORD = max(map(len, KEYWORDS))
_AFTER_KEYWORD = frozenset(" \t\n;&|<>()\\")

_BLANK = pattern(r"[ \t]*(?:\\\n[ \t]*)*(?:#[^\n]*)?")


class Syntax(Exception):
    """Every shell reports a syntax error here."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(message)
        self.span = span
        self.message = message


class Beyond(Exception):
    """Something that is not followed, or that some shell takes and another refuses."""


class Grammar(Struct, frozen=True):
    """The functions that call one another in circles, across modules."""

    commands: Callable[[Reader], Command | None]
    command: Callable[[Reader], Command]
    dollar: Callable[[Reader, list[Part], bool], bool]
    backquote: Callable[[Reader, list[Part], bool], bool]


class Reader:
    """A place in a text, and what has been met on the way there."""

    __slots__ = ("at", "depth", "end", "features", "grammar", "open_heredoc", "pending", "span", "text")

    def __init__(self, text: str, span: ToSpan, grammar: Grammar, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)
        self.span = span
        self.grammar = grammar
        self.depth = depth
        self.features: list[Feature] = []
        self.pending: list[tuple[Redirect, str]] = []  # here-documents that begin after the next line break
        self.open_heredoc = False  # one ran to the end of the text, and may have swallowed what closes a command

    def error(self, start: int, end: int, message: str) -> Syntax | Beyond:
        """The exception to raise for wrong text."""
        return Beyond(message) if self.open_heredoc else Syntax(self.span(start, min(end, self.end)), message)

    def unexpected(self, after: str = "") -> Syntax | Beyond:
        """The exception for text that can't stand here."""
        where = f" after `{after}`" if after else ""
        if self.at >= self.end:
            start = max(0, self.text.rfind(after) if after else self.end - 1)
            return self.error(start, self.end, f"the text ends{where}")
        token = _TOKEN.match(self.text, self.at)
        shown = token.group() if token else self.text[self.at]
        name = "line break" if shown == "\n" else f"`{shown}`"
        return self.error(self.at, self.at + len(shown), f"unexpected {name}{where}")

    def feature(self, name: str, start: int, end: int) -> None:
        self.features.append(Feature(name, self.span(start, end)))

    def keyword(self, start: int | None = None) -> str:
        """The reserved word here: one that a blank, an operator or a continued line ends; empty when there is none."""
        start = self.at if start is None else start
        at = start
        while at < self.end and self.text[at] not in _AFTER_KEYWORD and at - start <= _LONGEST_KEYWORD:
            at += 1
        word = self.text[start:at]
        if word not in KEYWORDS or (self.text.startswith("\\", at) and not self.text.startswith("\n", at + 1)):
            return ""
        return word

    def deeper(self) -> None:
        """One level down; the caller comes up again by `depth -= 1`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Beyond("nested too deeply")

    def skip(self) -> bool:
        """Past blanks and a comment; is there more text."""
        at = self.at
        while at < self.end and self.text[at] in " \t":
            at += 1
        self.at = at
        if at < self.end and self.text[at] in "\\#":
            match = _BLANK.match(self.text, at)
            self.at = at = match.end() if match else at
        return at < self.end

    def newlines(self) -> None:
        """Past line breaks, comments, and the here-documents that begin on a new line."""
        while self.skip() and self.text[self.at] == "\n":
            self.at += 1
            while self.pending:
                self._heredoc(*self.pending.pop(0))

    def _heredoc(self, redirect: Redirect, delimiter: str) -> None:
        text, start, at = self.text, self.at, self.at
        tabs = redirect.operator == "<<-"
        lines: list[str] = []
        while at < self.end:
            newline = text.find("\n", at)
            stop = newline if newline >= 0 else self.end
            line = text[at:stop].lstrip("\t") if tabs else text[at:stop]
            if line == delimiter:
                break
            lines.append(text[at : stop + 1] if not tabs else line + text[stop : stop + 1])
            at = stop + 1
        else:
            stop = at = self.end
            self.open_heredoc = True
        self.at = min(stop + 1, self.end)
        force_setattr(redirect, "heredoc", "".join(lines))
        force_setattr(redirect, "heredoc_span", self.span(start, at))


_TOKEN = pattern(r"&&|\|\||;;|[^\w]|\w+")
