"""The syntax tree of a Dockerfile: what was written, where, and how BuildKit reads it.

The nodes of a Dockerfile tile its text: `whole` of each begins where that of the one before ends, and the parts of an
instruction tile its `whole` in turn. Joining the parts gives the text back, whatever the text was.

None of them can be part of a cycle, so the garbage collector need not look at them (`gc=False`).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal, TypeAlias

from msgspec import Struct

from dockwright.source import Source, Span


class Word(Struct, frozen=True, gc=False):
    """One argument, quotes and variables as written (after line joining); items of an exec form are decoded."""

    text: str
    span: Span


class Flag(Struct, frozen=True, gc=False):
    """`--name=value` before the arguments, quotes removed as BuildKit does; `value` is None without an equals sign."""

    name: str
    value: str | None
    span: Span


class Pair(Struct, frozen=True, gc=False):
    """`key=value` of ENV, LABEL and ARG; only ARG may lack a value."""

    key: Word
    value: Word | None


class Mount(Struct, frozen=True, gc=False):
    """RUN --mount with BuildKit's defaults filled in; texts are unexpanded, so a value may hold variables."""

    type: str
    span: Span
    source: str | None = None
    target: str | None = None
    from_: str | None = None
    id: str | None = None
    required: bool = False
    readonly: bool = True
    mode: str | None = None
    uid: str | None = None
    gid: str | None = None
    sharing: str | None = None
    env: str | None = None
    size: str | None = None


class Joined(Struct, frozen=True, gc=False):
    """Text put together from several lines, as BuildKit hands it to the shell: continuations joined, comments dropped.

    `pieces` says for ascending offsets of the whole joined line at which offset of the source each piece begins;
    `base` is where `text` begins in that line.
    """

    text: str
    pieces: tuple[tuple[int, int], ...]
    base: int = 0

    def offset(self, at: int) -> int:
        """Source offset of the character at `at`."""
        at += self.base
        joined, source = self.pieces[bisect_right(self.pieces, at, key=_first) - 1]
        return source + at - joined

    def span(self, start: int, end: int) -> Span:
        """Source span of text[start:end]; it may hold line breaks and comments that the text does not."""
        if len(self.pieces) == 1:
            shift = self.base + self.pieces[0][1] - self.pieces[0][0]
            return Span(start + shift, max(start, end) + shift)
        first = self.offset(start)
        return Span(first, self.offset(end - 1) + 1 if end > start else first)

    def word(self, start: int, end: int) -> Word:
        return Word(self.text[start:end], self.span(start, end))

    def slice(self, start: int, end: int) -> Joined:
        return Joined(self.text[start:end], self.pieces, self.base + start)


def _first(piece: tuple[int, int]) -> int:
    return piece[0]


class Heredoc(Struct, frozen=True, gc=False):
    """`<<name`: `span` is that word, `body` the lines as written, without the terminator."""

    name: str
    span: Span
    body: str
    body_span: Span
    expand: bool
    chomp: bool
    fd: int

    @property
    def content(self) -> str:
        """The body as it is used: `<<-` removes the tabs that begin a line."""
        if not self.chomp:
            return self.body
        return "\n".join(line.lstrip("\t") for line in self.body.split("\n"))


PartKind: TypeAlias = """Literal[
    "indent",  # white space before the keyword, and a byte-order mark
    "text",
    "continuation",  # the escape character, what is behind it, and the line break
    "comment",  # a whole line between continued lines
    "blank",
    "break",
    "heredoc",
    "terminator",
]"""


class Part(Struct, frozen=True, gc=False):
    kind: PartKind
    span: Span


# When BuildKit reports an error: all of an earlier phase come before any of a later one.
Phase: TypeAlias = """Literal[
    "parse",  # reading lines
    "instruction",  # arguments and flags
    "stage",  # before the first FROM; met together with those of "instruction"
    "build",  # stages and mounts; mounts only where the target needs the stage
]"""
_RANK = {"parse": 0, "instruction": 1, "stage": 1, "build": 2}


class ParseError(Struct, frozen=True, gc=False):
    """`message` in BuildKit's words; `line` is the first of the instruction, as BuildKit counts."""

    span: Span
    message: str
    line: int
    phase: Phase = "instruction"

    def __str__(self) -> str:
        if self.phase == "instruction":
            return f"dockerfile parse error on line {self.line}: {self.message}"
        return self.message


class ParseWarning(Struct, frozen=True, gc=False):
    """`rule` is the name of BuildKit's check, where it has one."""

    span: Span
    message: str
    line: int
    rule: str


class Blank(Struct, frozen=True, gc=False):
    whole: Span


class Comment(Struct, frozen=True, gc=False):
    """A comment line of its own; `text` is without the number sign and the white space around it."""

    span: Span
    whole: Span
    text: str


class Directive(Struct, frozen=True, gc=False):
    """`# name=value` at the very top: syntax, escape or check; the name is lower case."""

    name: str
    value: str
    span: Span
    value_span: Span
    whole: Span


class Instruction(Struct, frozen=True, gc=False):
    """`span` goes from the keyword to the end of the last line, heredocs included; `whole` has the line breaks too.

    `words` are the arguments as BuildKit counts them: one for RUN, CMD, ENTRYPOINT in shell form, the items in exec
    form, split at white space for FROM, COPY, ADD, EXPOSE, VOLUME. `heredocs` of ONBUILD are its trigger's.
    """

    keyword: str
    written: str  # the keyword in its own case
    keyword_span: Span
    span: Span
    whole: Span
    text: str
    line: int
    end_line: int
    flags: tuple[Flag, ...]
    rest: Joined
    words: tuple[Word, ...] = ()
    exec_form: tuple[Word, ...] | None = None
    pairs: tuple[Pair, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    onbuild: Instruction | None = None
    mounts: tuple[Mount, ...] = ()
    parts: tuple[Part, ...] = ()

    def flag(self, name: str) -> str | None:
        """Value of a flag; a flag without a value gives the empty string."""
        for flag in self.flags:
            if flag.name == name:
                return flag.value or ""
        return None


Node = Instruction | Comment | Directive | Blank


class Stage(Struct, frozen=True, gc=False):
    """`name` is lower case, as BuildKit keeps it; `instructions` begin with FROM."""

    index: int
    name: str | None
    base: Word
    platform: str | None
    instructions: tuple[Instruction, ...]
    span: Span


class Dockerfile(Struct, frozen=True):
    source: Source
    nodes: tuple[Node, ...]
    escape: str
    stages: tuple[Stage, ...]
    global_args: tuple[Instruction, ...]
    errors: tuple[ParseError, ...]
    warnings: tuple[ParseWarning, ...]
    syntax: str | None  # the frontend asked for, also in the forms `//syntax=` and `{"syntax": …}`

    def __str__(self) -> str:
        text = self.source.text
        return "".join(text[span.start : span.end] for node in self.nodes for span in _spans(node))

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Instruction))

    @property
    def directives(self) -> tuple[Directive, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Directive))

    @property
    def first_error(self) -> ParseError | None:
        """The error that BuildKit stops at; `errors` are in the order of the file."""
        return min(self.errors, key=lambda error: _RANK[error.phase], default=None)

    def stage(self, ref: str) -> Stage | None:
        """A stage by name, whatever its case, or by number; of two with one name the last, as BuildKit has it."""
        for stage in reversed(self.stages):
            if stage.name == ref.lower():
                return stage
        if ref.isascii() and ref.isdigit() and len(ref) < 10 and int(ref) < len(self.stages):
            return self.stages[int(ref)]
        return None


def _spans(node: Node) -> tuple[Span, ...]:
    return tuple(part.span for part in node.parts) if isinstance(node, Instruction) else (node.whole,)
