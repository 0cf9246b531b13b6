"""Shell texts as a tree: what RUN, CMD and ENTRYPOINT in shell form, and scripts, ask the shell to do.

Names follow the grammar of POSIX.1-2017 XCU 2 (Shell Command Language) and the bash manual. Every span is a span of the
Source that the text came from. The tree is what the shell reads, before any expansion: quotes and escapes are gone from
`Text`, everything else (variables, substitutions, globs, braces) is still to be expanded by whoever runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.dockerfile.shell_blocks import (
        ArithmeticCommand,
        Background,
        Case,
        Condition,
        For,
        Function,
        Group,
        If,
        Subshell,
        While,
    )


class Text(Struct, frozen=True):
    """Characters that stand for themselves. Unquoted ones may still be glob characters, a tilde or braces."""

    text: str
    quoted: bool = False


class Parameter(Struct, frozen=True):
    """`$name` or `${name operator argument}`.

    `operator` "length" is `${#name}`, "indirect" `${!name}`, ":" a substring, "index" `${name[i]}…` and "bad" what no
    shell expands (`name` is its text); any other is as written: ":-", "##", "//", "^^", … An argument that is a pattern
    has unquoted Text even inside double quotes, since the shell matches it.
    """

    name: str
    operator: str | None = None
    argument: Word | None = None
    quoted: bool = False


class Substitution(Struct, frozen=True):
    """`$(…)` or backquotes."""

    script: Script
    quoted: bool = False


class Arithmetic(Struct, frozen=True):
    """`$((…))`; `text` is the expression as written."""

    text: str
    quoted: bool = False


class ProcessSubstitution(Struct, frozen=True):
    """`<(…)` or `>(…)`."""

    script: Script
    output: bool = False


Part: TypeAlias = Text | Parameter | Substitution | Arithmetic | ProcessSubstitution


class Word(Struct, frozen=True):
    """One word; `text` is as written. Without parts it is the empty value of `A=` (`""` has one, empty and quoted)."""

    parts: tuple[Part, ...]
    span: Span
    text: str = ""

    @property
    def literal(self) -> str | None:
        """The word's value when nothing in it needs expansion of parameters or commands; globs are left in it."""
        parts = self.parts
        if len(parts) == 1:
            return parts[0].text if type(parts[0]) is Text else None
        texts = [part.text for part in parts if type(part) is Text]
        return "".join(texts) if len(texts) == len(parts) else None

    @property
    def quoted(self) -> bool:
        """Is any of it quoted (so that an empty value is still an argument, a keyword is not one)."""
        return any(not isinstance(part, ProcessSubstitution) and part.quoted for part in self.parts)


class Assignment(Struct, frozen=True):
    """`name=value`, `name+=value` (append), `name=(…)` (array: `value` is None, the elements are not followed)."""

    name: str
    value: Word | None
    span: Span
    append: bool = False
    array: bool = False


class Redirect(Struct, frozen=True):
    """`fd operator target`; `fd` None is the operator's default. For `<<` and `<<-`, `target` is the delimiter and
    `heredoc` the body (without its leading tabs for `<<-`); `heredoc_expands` says that the delimiter was not quoted.
    """

    fd: int | None
    operator: str
    target: Word | None
    span: Span
    heredoc: str | None = None
    heredoc_expands: bool = False
    heredoc_span: Span | None = None


class Simple(Struct, frozen=True):
    """`A=1 name argument … >file`: no words is a command of assignments or redirections alone."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    span: Span


class Declaration(Struct, frozen=True):
    """export, readonly, local, declare, typeset: assignments among its arguments are not split into fields (bash)."""

    keyword: str
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]  # options and names without a value
    span: Span
    redirects: tuple[Redirect, ...] = ()


class Pipeline(Struct, frozen=True):
    """`a | b`, or one command after `!`. After `|&` the left command has a redirect 2>&1 as its last."""

    commands: tuple[Command, ...]
    negated: bool
    span: Span


class AndOr(Struct, frozen=True):
    left: Command
    operator: str  # "&&" or "||", equal in rank and left-associative
    right: Command
    span: Span

    @property
    def links(self) -> tuple[tuple[str, Command], ...]:
        """The whole chain from left to right, each command with the operator before it ("" for the first)."""
        found: list[tuple[str, Command]] = []
        at: Command = self
        while isinstance(at, AndOr):
            found.append((at.operator, at.right))
            at = at.left
        found.append(("", at))
        return tuple(reversed(found))


class Sequence(Struct, frozen=True):
    """Commands parted by `;`, `&` or a line break."""

    commands: tuple[Command, ...]
    span: Span


class Unfollowed(Struct, frozen=True):
    """Text that this reader does not follow: it may do anything."""

    text: str
    reason: str
    span: Span


Command: TypeAlias = """(
    Simple
    | Declaration
    | Pipeline
    | AndOr
    | Sequence
    | Background
    | Group
    | Subshell
    | If
    | For
    | While
    | Case
    | Function
    | Condition
    | ArithmeticCommand
    | Unfollowed
)"""


class ShellError(Struct, frozen=True):
    """A syntax error that every shell reports, at what is wrong."""

    span: Span
    message: str


class Feature(Struct, frozen=True):
    """A construct beyond POSIX sh, by its name in `shell_features`."""

    name: str
    span: Span


class Script(Struct, frozen=True):
    """`features` and `errors` hold those of nested substitutions too, in the order of the text.

    The one exception: an error between backquotes stays in that Substitution's own script (with an Unfollowed body),
    since bash meets it only when it runs that, says so, and goes on; dash refuses the whole text.
    """

    body: Command | None
    errors: tuple[ShellError, ...] = ()
    features: tuple[Feature, ...] = ()
