"""Reads a shell text into the tree of `shell`: POSIX.1-2017 XCU 2.9 and 2.10, and what bash adds.

Everything is read with bash's grammar, and what goes beyond POSIX sh is noted in `Script.features`; which shell takes
which feature is in `shell_features`. An error is reported only where dash and bash both report one. Reading never
raises, and takes time in proportion to the text.
"""

from __future__ import annotations

from collections.abc import Callable

from dockwright.dockerfile.shell import (
    AndOr,
    Command,
    Part,
    Pipeline,
    Redirect,
    Script,
    Sequence,
    ShellError,
    Simple,
    Text,
    Unfollowed,
    Word,
)
from dockwright.dockerfile.shell_reader import CLOSERS, Beyond, Grammar, Reader, Syntax
from dockwright.dockerfile.shell_simple import simple
from dockwright.dockerfile.shell_words import function_head, quoted_text
from dockwright.source import Span

LARGEST = 1_000_000
LONGEST_CHAIN = 400  # commands joined by && and ||: they nest to the left, and whoever walks the tree may recurse


def parse_shell(text: str, to_span: Callable[[int, int], Span] | None = None) -> Script:
    """The tree of a shell text. `to_span` maps offsets of `text` to a Span of its Source; by default they are equal.

    After an error the commands of the lines before it are kept (a shell has run them by then), the rest is Unfollowed.
    """
    span = to_span or Span
    if len(text) > LARGEST:
        return Script(Unfollowed(text, "larger than 1 MB", span(0, len(text))))
    reader = Reader(text, span, _GRAMMAR)
    done: list[Command] = []
    errors: tuple[ShellError, ...] = ()
    start = 0
    try:
        while _lines_left(reader):
            start = reader.at
            done += _line(reader)
    except Syntax as error:
        errors = (ShellError(error.span, error.message),)
        done.append(Unfollowed(text[start:], "syntax error", span(start, len(text))))
    except Beyond as beyond:
        done.append(Unfollowed(text[start:], str(beyond), span(start, len(text))))
    return Script(_sequence(done), errors, tuple(reader.features))


def parse_script(text: str, to_span: Callable[[int, int], Span] | None = None) -> Script:
    """The tree of a whole script file; its `#!` line is a comment to the shell."""
    return parse_shell(text, to_span)


def heredoc_word(body: str, to_span: Callable[[int, int], Span] | None = None) -> Word | None:
    """The parts of the body of a here-document that expands; None when they can't be read."""
    try:
        return quoted_text(Reader(body, to_span or Span, _GRAMMAR))
    except (Syntax, Beyond):
        return None


def _lines_left(r: Reader) -> bool:
    r.newlines()
    return r.at < r.end


def _line(r: Reader) -> list[Command]:
    """The commands up to the end of a line: what a shell reads before it runs any of it."""
    found: list[Command] = []
    while r.skip() and r.text[r.at] != "\n":
        _item(r, found)
    r.newlines()
    return found


def commands(r: Reader) -> Command | None:
    """A list of commands, up to a reserved word that closes something, `)`, `;;` or the end of the text."""
    r.deeper()
    found: list[Command] = []
    while _continues(r):
        _item(r, found)
    r.depth -= 1
    return _sequence(found)


def _continues(r: Reader) -> bool:
    """Is there one more command in this list."""
    r.newlines()
    if r.at >= r.end or r.text[r.at] == ")" or r.text.startswith((";;", ";&"), r.at):
        return False
    return r.keyword() not in CLOSERS


def _item(r: Reader, found: list[Command]) -> None:
    """One and-or list and the separator after it."""
    start = r.at
    left = _and_or(r)
    if not r.skip():
        found.append(left)
        return
    char = r.text[r.at]
    if char == "&":
        r.at += 1
        from dockwright.dockerfile.shell_blocks import Background

        found.append(Background(left, r.span(start, r.at)))
        return
    found.append(left)
    if char == ";" and not r.text.startswith((";;", ";&"), r.at):
        r.at += 1
    elif char not in "\n);" and r.keyword() not in CLOSERS:
        raise r.unexpected()


def _sequence(found: list[Command]) -> Command | None:
    if len(found) < 2:
        return found[0] if found else None
    return Sequence(tuple(found), found[0].span.cover(found[-1].span))


def _and_or(r: Reader) -> Command:
    left = _pipeline(r)
    count = 0
    while r.skip() and r.text.startswith(("&&", "||"), r.at):
        operator = r.text[r.at : r.at + 2]
        r.at += 2
        r.newlines()
        right = _pipeline(r, operator)
        left = AndOr(left, operator, right, left.span.cover(right.span))
        count += 1
        if count > LONGEST_CHAIN:
            raise Beyond("a chain of too many commands")
    return left


def _pipeline(r: Reader, after: str = "") -> Command:
    r.skip()
    start, negated = r.at, False
    while r.keyword() == "!":
        negated = not negated
        r.at += 1
        r.skip()
        after = "!"
    found = [_command(r, after)]
    while r.skip() and r.text[r.at] == "|" and not r.text.startswith("||", r.at):
        operator = "|&" if r.text.startswith("|&", r.at) else "|"
        if operator == "|&":
            r.feature("pipe-ampersand", r.at, r.at + 2)
            found[-1] = _with_errors(found[-1], r.span(r.at, r.at + 2))
        r.at += len(operator)
        r.newlines()
        found.append(_command(r, operator))
    if len(found) == 1 and not negated and start == r.at:
        return found[0]
    if len(found) == 1 and not r.text.startswith("!", start):
        return found[0]
    return Pipeline(tuple(found), negated, r.span(start, start).cover(found[-1].span))


def _with_errors(left: Command, at: Span) -> Command:
    """`left` with 2>&1, as `|&` has it."""
    extra = Redirect(2, ">&", Word((Text("1"),), at, "1"), at)
    if isinstance(left, Simple):
        return Simple(left.assignments, left.words, (*left.redirects, extra), left.span)
    from dockwright.dockerfile.shell_blocks import Subshell

    return Subshell(left, (extra,), left.span)


def _command(r: Reader, after: str = "") -> Command:
    """One command, simple or compound."""
    r.skip()
    if r.at >= r.end or r.text[r.at] in "\n;&|)":
        return _no_command(r, after)
    if r.text[r.at] == "(":
        from dockwright.dockerfile.shell_condition import parenthesis

        return parenthesis(r)
    if word := r.keyword():
        return _keyword(r, word)
    head = function_head(r)
    if head is None:
        return simple(r)
    from dockwright.dockerfile.shell_compound import function

    start, (name, r.at) = r.at, head
    return function(r, start, name)


def _no_command(r: Reader, after: str) -> Command:
    if r.text.startswith("&>", r.at):
        return simple(r)
    if after == "!":
        raise Beyond("! without a command")  # bash takes it
    raise r.unexpected(after)


def _keyword(r: Reader, word: str) -> Command:
    start = r.at
    if word in CLOSERS or word == "in":
        raise r.unexpected()
    if word == "time":
        return _timed(r)
    from dockwright.dockerfile.shell_compound import COMPOUNDS

    if word not in COMPOUNDS:
        r.feature(word, start, start + len(word))
        raise Beyond(f"`{word}` here")
    r.at += len(word)
    r.deeper()
    command = COMPOUNDS[word](r, start)
    r.depth -= 1
    return command


def _timed(r: Reader) -> Command:
    """`time` is a keyword of bash and a program elsewhere: with a simple command it stays as its first word."""
    start = r.at
    r.at += 4
    r.skip()
    from dockwright.dockerfile.shell_compound import COMPOUNDS

    if r.text.startswith("(", r.at) or r.keyword() in COMPOUNDS:
        return _command(r)
    r.at = start
    return simple(r)


def _dollar(r: Reader, parts: list[Part], in_quotes: bool) -> bool:
    from dockwright.dockerfile.shell_parameters import dollar

    return dollar(r, parts, in_quotes)


def _backquote(r: Reader, parts: list[Part], in_quotes: bool) -> bool:
    from dockwright.dockerfile.shell_parameters import backquote

    return backquote(r, parts, in_quotes)


_GRAMMAR = Grammar(commands, _command, _dollar, _backquote)
