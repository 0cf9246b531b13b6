"""Text kept byte for byte: sources, spans in them, edits to them.

Offsets count characters of `Source.text`. Files are decoded as UTF-8 with surrogateescape, so writing a text back gives
the same bytes, whatever was in the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from msgspec import Struct

from dockwright.errors import ToolError


class Span(Struct, frozen=True, order=True, gc=False):
    """Half-open range of offsets in one Source."""

    start: int
    end: int

    def cover(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Source(Struct, frozen=True, dict=True):
    """A text and the name to show for it: a path relative to the project, with forward slashes."""

    name: str
    text: str

    @property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin; a line ends with LF alone (CR stays in the line)."""
        starts = self.__dict__.get("_starts")
        if starts is None:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self.__dict__["_starts"] = starts
        return starts

    def line(self, offset: int) -> int:
        """1-based line of an offset."""
        return bisect_right(self.line_starts, offset)

    def column(self, offset: int) -> int:
        """1-based column of an offset, in characters."""
        return offset - self.line_starts[self.line(offset) - 1] + 1

    def line_span(self, line: int) -> Span:
        """Span of a 1-based line, its line break included."""
        starts = self.line_starts
        end = starts[line] if line < len(starts) else len(self.text)
        return Span(starts[line - 1], end)

    def line_text(self, line: int) -> str:
        span = self.line_span(line)
        return self.text[span.start : span.end].rstrip("\r\n")

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]


class Edit(Struct, frozen=True, order=True):
    """Replace `span` of the file `file` by `text`. A file that does not exist is an empty text."""

    file: str
    span: Span
    text: str


class Patch(Struct, frozen=True):
    """Edits over several files, meant to be applied together."""

    edits: tuple[Edit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.edits)

    def files(self) -> tuple[str, ...]:
        return tuple(sorted({edit.file for edit in self.edits}))

    def join(self, other: Patch) -> Patch:
        """Both patches; an edit that both hold counts once."""
        return Patch(tuple(dict.fromkeys(self.edits + other.edits)))

    def apply(self, texts: Mapping[str, str]) -> dict[str, str]:
        """New text of every file that the patch touches. Raises ToolError when two edits overlap."""
        return {file: _apply(texts.get(file, ""), file, self.edits) for file in self.files()}

    def diff(self, texts: Mapping[str, str]) -> str:
        """Unified diff, as `git apply` and `patch -p1` read it."""
        changed = self.apply(texts)
        return "".join(unified(file, texts.get(file), changed[file]) for file in self.files())


def _apply(text: str, file: str, edits: Iterable[Edit]) -> str:
    pieces, at = [], 0
    for edit in sorted(edit for edit in edits if edit.file == file):
        if edit.span.start < at or edit.span.end > len(text):
            raise ToolError("edits-overlap", f"two edits of {file} overlap", hint="apply one of them, then check again")
        pieces += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join(pieces) + text[at:]


def unified(file: str, old: str | None, new: str) -> str:
    """Unified diff of one file; `old` is None for a file that is created."""
    if old == new:
        return ""
    import difflib

    head = "/dev/null" if old is None else f"a/{file}"
    lines = difflib.unified_diff(_lines(old or ""), _lines(new), head, f"b/{file}")
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines split at LF alone, as diff and patch do; str.splitlines would also split at form feeds."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
