"""Reads a Dockerfile as BuildKit's frontend does (parser/parser.go), keeping every character. Never raises."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from msgspec.structs import replace

from dockwright.dockerfile.checks import check
from dockwright.dockerfile.directives import Directives, syntax
from dockwright.dockerfile.gotext import SPACE
from dockwright.dockerfile.instructions import KEYWORDS, Problem, read_instruction
from dockwright.dockerfile.lines import Lines
from dockwright.dockerfile.nodes import (
    Blank,
    Comment,
    Directive,
    Dockerfile,
    Heredoc,
    Instruction,
    Joined,
    Node,
    ParseError,
    ParseWarning,
)
from dockwright.dockerfile.pieces import ExpandError
from dockwright.dockerfile.stages import arrange
from dockwright.source import Source, Span

_LONGEST = 65535  # bytes of a line, its LF not counted: bufio.MaxScanTokenSize - 1


@lru_cache(maxsize=16)  # several targets are built from one file
def parse(text: str, name: str = "Dockerfile") -> Dockerfile:
    """The tree of a Dockerfile. Malformed instructions are in it too, and one error each in `errors`."""
    reader = _Reader(Source(name, text))
    while reader.line < reader.count:
        reader.nodes.append(reader.node())
    arranged = arrange(reader.nodes, reader.source)
    return Dockerfile(
        source=reader.source,
        nodes=tuple(reader.nodes),
        escape=reader.directives.escape,
        stages=arranged.stages,
        global_args=arranged.global_args,
        errors=tuple(sorted([*reader.errors, *arranged.errors], key=_start)),
        warnings=tuple(sorted([*reader.warnings, *arranged.warnings], key=_start)),
        syntax=syntax(text),
    )


def _start(found: ParseError | ParseWarning) -> int:
    return found.span.start


class _Reader:
    """Goes over the lines once; `line` is the 0-based index of the next."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.starts = [*source.line_starts]
        if self.starts[-1] != len(self.text):
            self.starts.append(len(self.text))
        self.count = len(self.starts) - 1
        self.line = 0
        self.directives = Directives()
        self.nodes: list[Node] = []
        self.errors: list[ParseError] = []
        self.warnings: list[ParseWarning] = []
        self.terminators: dict[bool, dict[str, list[int]]] = {}

    def next_line(self) -> tuple[int, int, str]:
        """Start, end and text of the next line, without CR and LF at its end."""
        start, end = self.starts[self.line], self.starts[self.line + 1]
        self.line += 1
        text = self.text[start:end].rstrip("\r\n")
        if len(text) * 4 > _LONGEST:
            self.measure(start, end)
        return start, end, text

    def measure(self, start: int, end: int) -> None:
        """BuildKit counts bytes, and stops at a line that is too long."""
        if len(self.text[start:end].removesuffix("\n").encode("utf-8", "replace")) > _LONGEST:
            message = f"dockerfile line greater than max allowed size of {_LONGEST}"
            self.errors.append(ParseError(Span(start, end), message, self.line, "parse"))

    def node(self) -> Node:
        first = self.line
        start, end, line = self.next_line()
        stop = start + len(line)
        body = (line.removeprefix("\ufeff") if first == 0 else line).lstrip(SPACE)
        at = stop - len(body)
        directive = self.directive(body, at, Span(start, end))
        if directive is not None:
            return directive
        if not body:
            return Blank(Span(start, end))
        if body[0] == "#":
            return Comment(Span(at, at + len(body)), Span(start, end), body[1:].strip(SPACE))
        return self.instruction(first, body, at, end)

    def directive(self, body: str, at: int, whole: Span) -> Directive | None:
        if self.directives.done:
            return None
        try:
            return self.directives.read(body, at, whole)
        except ValueError as error:
            self.errors.append(ParseError(Span(at, at + len(body)), str(error), self.line, "parse"))
            return None

    def instruction(self, first: int, body: str, at: int, end: int) -> Instruction:
        lines = Lines(self.directives.escape)
        lines.part("indent", self.starts[first], at)
        more, empty = lines.add(body, at, end), False
        while more and self.line < self.count:
            start, end, line = self.next_line()
            bare = line.lstrip(SPACE)
            if not bare:
                empty = True
                lines.part("blank", start, end)
            elif bare[0] == "#":
                lines.part("comment", start, end)
            else:
                more = lines.add(line, start, end)
        joined = lines.joined()
        if empty:
            self.warn_of_empty_line(joined, at, end)
        read, problem = read_instruction(joined, self.directives.escape)
        found: tuple[Heredoc, ...] = ()
        if problem is None and _takes_heredocs(read) and "<<" in joined.text:
            found, problem = self.heredocs(joined, lines, read)
        placed = self.placed(read, first, at, lines, found)
        self.judge(placed, problem)
        return placed

    def warn_of_empty_line(self, joined: Joined, at: int, end: int) -> None:
        message = f"Empty continuation line found in: {joined.text}"
        self.warnings.append(ParseWarning(Span(at, end), message, self.line, "NoEmptyContinuation"))

    def heredocs(self, joined: Joined, lines: Lines, read: Instruction) -> tuple[tuple[Heredoc, ...], Problem | None]:
        """The heredocs of an instruction, read from the lines below it, and what is wrong with them."""
        from dockwright.dockerfile.heredocs import in_line

        try:
            marks = in_line(joined)
        except ExpandError as error:
            return (), Problem(str(error), read.keyword_span)
        found: list[Heredoc] = []
        for mark in marks:
            stop = self.terminator(mark.name, mark.chomp)
            first, last = self.line, self.recovery() if stop is None else stop
            body = Span(self.starts[first], self.starts[last])
            lines.part("heredoc", body.start, body.end)
            found.append(mark.with_body(self.text[body.start : body.end], body))
            self.line = last
            if stop is None:
                return tuple(found), Problem("unterminated heredoc", mark.span)
            self.line += 1
            lines.part("terminator", self.starts[last], self.starts[last + 1])
        return tuple(found), None

    def terminator(self, name: str, chomp: bool) -> int | None:
        """Index of the next line that is this name: looked up, not searched, so many heredocs cost as much as one."""
        index = self.terminators.get(chomp)
        if index is None:
            index = self.terminators[chomp] = {}
            for line in range(self.count):
                text = self.text[self.starts[line] : self.starts[line + 1]].rstrip("\r\n")
                index.setdefault(text.lstrip("\t") if chomp else text, []).append(line)
        lines = index.get(name, [])
        at = bisect_left(lines, self.line)
        return lines[at] if at < len(lines) else None

    def recovery(self) -> int:
        """Where to read on after a heredoc without an end: the next line that begins like an instruction."""
        for line in range(self.line, self.count):
            start = self.starts[line]
            word, _, rest = self.text[start : min(start + 13, self.starts[line + 1])].partition(" ")
            if rest and word in KEYWORDS:
                return line
        return self.count

    def placed(self, read: Instruction, first: int, at: int, lines: Lines, found: tuple[Heredoc, ...]) -> Instruction:
        """The instruction with all that depends on where it is."""
        end = self.starts[self.line]
        span = Span(at, max(at, end - len(_line_break(self.text, self.starts[self.line - 1], end))))
        place = {"span": span, "text": self.text[span.start : span.end], "line": first + 1, "end_line": self.line}
        if read.onbuild is not None:
            inner = Span(read.onbuild.keyword_span.start, span.end)
            text = self.text[inner.start : inner.end]
            trigger = replace(
                read.onbuild, **{**place, "span": inner, "whole": inner, "text": text}, heredocs=found, onbuild=None
            )
            read = replace(read, onbuild=trigger)
        whole = Span(self.starts[first], end)
        return replace(read, **place, whole=whole, parts=tuple(lines.parts), heredocs=found)

    def judge(self, placed: Instruction, problem: Problem | None) -> None:
        """Adds the one error of an instruction, and what will fail in the build that a trigger is meant for."""
        if problem is not None:
            self.errors.append(ParseError(problem.span, problem.message, placed.line, "parse"))
        elif refused := check(placed, self.directives.escape):
            self.errors.append(ParseError(refused[0].span, refused[0].message, placed.line, refused[1]))
        elif placed.onbuild is not None and (refused := check(placed.onbuild, self.directives.escape)):
            self.warnings.append(ParseWarning(refused[0].span, refused[0].message, placed.line, "OnbuildTrigger"))


def _takes_heredocs(instruction: Instruction) -> bool:
    inner = instruction.onbuild or instruction
    return inner.keyword in ("RUN", "COPY", "ADD") and inner.exec_form is None


def _line_break(text: str, start: int, end: int) -> str:
    line = text[start:end]
    return line[len(line.rstrip("\r\n")) :]
