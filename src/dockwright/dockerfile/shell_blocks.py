"""Commands around commands, as a tree: POSIX.1-2017 XCU 2.9.3 to 2.9.5, bash manual 3.2.5. `shell` has the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from dockwright.dockerfile.shell import Command, Redirect, Word
    from dockwright.source import Span


class Background(Struct, frozen=True):
    command: Command
    span: Span


class Group(Struct, frozen=True):
    """`{ …; }`, or a command without redirects of its own (such as `[[ … ]]`) that has some."""

    body: Command
    redirects: tuple[Redirect, ...]
    span: Span


class Subshell(Struct, frozen=True):
    body: Command
    redirects: tuple[Redirect, ...]
    span: Span


class If(Struct, frozen=True):
    branches: tuple[tuple[Command, Command], ...]  # (condition, body), for `if` and each `elif`
    otherwise: Command | None
    redirects: tuple[Redirect, ...]
    span: Span


class For(Struct, frozen=True):
    name: str
    words: tuple[Word, ...] | None  # None: no `in`, so "$@"
    body: Command
    redirects: tuple[Redirect, ...]
    span: Span


class While(Struct, frozen=True):
    condition: Command
    body: Command
    until: bool
    redirects: tuple[Redirect, ...]
    span: Span


class Case(Struct, frozen=True):
    word: Word
    items: tuple[tuple[tuple[Word, ...], Command | None], ...]  # (patterns, body)
    redirects: tuple[Redirect, ...]
    span: Span


class Function(Struct, frozen=True):
    name: str
    body: Command
    span: Span


class Condition(Struct, frozen=True):
    """`[[ … ]]`: operands and operators as one flat row, the brackets left out."""

    words: tuple[Word, ...]
    span: Span


class ArithmeticCommand(Struct, frozen=True):
    """`((…))`; `text` is the expression as written."""

    text: str
    span: Span
