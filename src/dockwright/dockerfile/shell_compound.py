"""Reads compound commands and functions: POSIX.1-2017 XCU 2.9.4 and 2.9.5, bash manual 3.2.5."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockwright.dockerfile.shell import Command, Unfollowed, Word
from dockwright.dockerfile.shell_blocks import Case, For, Function, Group, If, While
from dockwright.dockerfile.shell_condition import condition
from dockwright.dockerfile.shell_parameters import arithmetic_end
from dockwright.dockerfile.shell_reader import Beyond, Reader
from dockwright.dockerfile.shell_simple import redirects
from dockwright.dockerfile.shell_words import read_word
from dockwright.patterns import pattern

_NAME = pattern(r"[A-Za-z_]\w*(?=[ \t\n;]|\\\n|\Z)", re.ASCII)
_IN_OR_DO = pattern(r"(?:in|do)(?=[ \t\n;(]|\\\n|\Z)")
_FUNCTION_NAME = pattern(r"[ \t]+([^ \t\n'\"\\$`;&|<>()]+)[ \t]*(?:\([ \t]*\))?")


def _block(r: Reader, opener: str, start: int, *closers: str) -> tuple[Command, str]:
    """Commands up to one of `closers`, and which one it is."""
    body = r.grammar.commands(r)
    found = r.keyword()
    if r.at >= r.end:
        word = r.keyword(start) or opener
        raise r.error(start, start + len(word), f"this `{word}` has no `{closers[-1]}`")
    if found not in closers or body is None:
        raise r.unexpected(opener)
    r.at += len(found)
    return body, found


def _if(r: Reader, start: int) -> Command:
    branches: list[tuple[Command, Command]] = []
    otherwise, word = None, "if"
    while word in ("if", "elif"):
        condition, _ = _block(r, word, start, "then")
        body, word = _block(r, "then", start, "elif", "else", "fi")
        branches.append((condition, body))
    if word == "else":
        otherwise, _ = _block(r, "else", start, "fi")
    after = redirects(r)
    return If(tuple(branches), otherwise, after, r.span(start, r.at))


def _while(r: Reader, start: int) -> Command:
    until = r.text.startswith("until", start)
    condition, _ = _block(r, "until" if until else "while", start, "do")
    body, _ = _block(r, "do", start, "done")
    after = redirects(r)
    return While(condition, body, until, after, r.span(start, r.at))


def _for(r: Reader, start: int) -> Command:
    r.skip()
    if r.text.startswith("((", r.at):
        return _c_style(r, start)
    name, words = _loop_head(r)
    body = _loop_body(r, start)
    after = redirects(r)
    return For(name, words, body, after, r.span(start, r.at))


def _select(r: Reader, start: int) -> Command:
    r.skip()
    r.feature("select", start, r.at)
    _loop_head(r)
    _loop_body(r, start)
    return _not_followed(r, start, "select asks a person")


def _c_style(r: Reader, start: int) -> Command:
    end = arithmetic_end(r, r.at + 2)
    if end < 0:
        raise Beyond("for ((")
    r.at = end + 2
    r.feature("c-style-for", start, r.at)
    r.skip()
    if r.text.startswith(";", r.at):
        r.at += 1
    _loop_body(r, start)
    return _not_followed(r, start, "the turns of a C-style loop are not counted")


def _not_followed(r: Reader, start: int, reason: str) -> Unfollowed:
    redirects(r)
    return Unfollowed(r.text[start : r.at], reason, r.span(start, r.at))


def _loop_head(r: Reader) -> tuple[str, tuple[Word, ...] | None]:
    """`name [in word …]` and the separator after it."""
    match = _NAME.match(r.text, r.at)
    if match is None:
        raise Beyond("a loop without a plain variable name")  # dash: at once; bash: when it is run
    r.at = match.end()
    r.newlines()
    words: list[Word] | None = None
    keyword = _IN_OR_DO.match(r.text, r.at)
    if keyword and keyword.group() == "in":
        r.at = keyword.end()
        words = []
        while r.skip() and (word := read_word(r)):
            words.append(word)
        if r.at < r.end and r.text[r.at] not in ";\n":
            raise r.unexpected()
    if r.text.startswith(";", r.at) and not r.text.startswith(";;", r.at):
        r.at += 1
    r.newlines()
    return match.group(), None if words is None else tuple(words)


def _loop_body(r: Reader, start: int) -> Command:
    r.newlines()
    word = r.keyword()
    if word == "{":
        raise Beyond("a loop with braces")
    if r.at >= r.end:
        raise r.error(start, start + 3, "this `for` has no `do`")
    if word != "do":
        raise r.unexpected()
    r.at += 2
    return _block(r, "do", start, "done")[0]


def _case(r: Reader, start: int) -> Command:
    r.skip()
    word = read_word(r, braces=False)
    if word is None:
        raise r.unexpected("case")
    r.newlines()
    keyword = _IN_OR_DO.match(r.text, r.at)
    if keyword is None or keyword.group() != "in":
        raise r.unexpected("case") if r.at < r.end else r.error(start, start + 4, "this `case` has no `in`")
    r.at += 2
    items: list[tuple[tuple[Word, ...], Command | None]] = []
    while True:
        r.newlines()
        if r.at >= r.end:
            raise r.error(start, start + 4, "this `case` has no `esac`")
        if r.keyword() == "esac":
            break
        items.append(_item(r))
    r.at += 4
    after = redirects(r)
    return Case(word, tuple(items), after, r.span(start, r.at))


def _item(r: Reader) -> tuple[tuple[Word, ...], Command | None]:
    """`[(] pattern [| pattern] …) commands`, and what ends them."""
    patterns: list[Word] = []
    if r.text[r.at] == "(":
        r.at += 1
    while not patterns or r.text.startswith("|", r.at):
        r.at += 1 if patterns else 0
        r.skip()
        pattern = read_word(r, braces=False)
        if pattern is None:
            raise r.unexpected("case")
        patterns.append(pattern)
        r.skip()
    if not r.text.startswith(")", r.at):
        if r.text.startswith("(", r.at):
            raise Beyond("an extended glob pattern")
        raise r.unexpected("case")
    r.at += 1
    body = r.grammar.commands(r)
    for end in (";;&", ";;", ";&"):
        if r.text.startswith(end, r.at):
            if end != ";;":
                r.feature("case-fall-through", r.at, r.at + len(end))
                raise Beyond("a case that falls through")
            r.at += len(end)
            break
    else:
        if r.at < r.end and r.keyword() != "esac":
            raise r.unexpected()
    return tuple(patterns), body


def _group(r: Reader, start: int) -> Command:
    body, _ = _block(r, "{", start, "}")
    after = redirects(r)
    return Group(body, after, r.span(start, r.at))


def _function_keyword(r: Reader, start: int) -> Command:
    match = _FUNCTION_NAME.match(r.text, r.at)
    if match is None:
        raise Beyond("`function` without a name")
    r.at = match.end()
    r.feature("function-keyword", start, r.at)
    return function(r, start, match.group(1))


def function(r: Reader, start: int, name: str) -> Command:
    """The rest of `name() command`, after the parentheses."""
    r.newlines()
    r.deeper()
    body = r.grammar.command(r)
    r.depth -= 1
    return Function(name, body, r.span(start, r.at))


COMPOUNDS: dict[str, Callable[[Reader, int], Command]] = {
    "if": _if,
    "while": _while,
    "until": _while,
    "for": _for,
    "select": _select,
    "case": _case,
    "{": _group,
    "[[": condition,
    "function": _function_keyword,
}
