"""Reads `(…)`, `((…))` and `[[ … ]]`: POSIX.1-2017 XCU 2.9.4.1, bash manual 3.2.5.2 and 6.4."""

from __future__ import annotations

from dockwright.dockerfile.shell import Command, Part, Text, Word
from dockwright.dockerfile.shell_blocks import ArithmeticCommand, Condition, Group, Subshell
from dockwright.dockerfile.shell_parameters import arithmetic_end
from dockwright.dockerfile.shell_reader import Beyond, Reader
from dockwright.dockerfile.shell_simple import redirects
from dockwright.dockerfile.shell_words import read_word, unquoted
from dockwright.patterns import pattern

_OPERATOR = pattern(r"&&|\|\||[()<>|]")
_PLAIN_IN_REGEX = pattern(r"""[^ \t\n'"\\$`;&]+""")


def parenthesis(r: Reader) -> Command:
    """`((…))` or `(…)`, beginning at the reader's place."""
    start = r.at
    if r.text.startswith("((", start):
        end = arithmetic_end(r, start + 2)
        if end >= 0:
            r.at = end + 2
            r.feature("arithmetic-command", start, r.at)
            return _with_redirects(r, ArithmeticCommand(r.text[start + 2 : end], r.span(start, r.at)), start)
    r.at += 1
    body = r.grammar.commands(r)
    if r.at >= r.end:
        raise r.error(start, start + 1, "this ( is not closed")
    if r.text[r.at] != ")" or body is None:
        raise r.unexpected("(")
    r.at += 1
    after = redirects(r)
    return Subshell(body, after, r.span(start, r.at))


def condition(r: Reader, start: int) -> Command:
    words: list[Word] = []
    r.feature("double-bracket", start, r.at)
    while True:
        r.newlines()
        if r.at >= r.end:
            raise Beyond("[[ without ]]")  # an ordinary command to dash
        word = _operand(r, bool(words) and words[-1].text == "=~")
        if word.text == "]]":
            break
        words.append(word)
    return _with_redirects(r, Condition(tuple(words), r.span(start, r.at)), start)


def _operand(r: Reader, regex: bool) -> Word:
    start = r.at
    if regex:
        parts: list[Part] = []
        unquoted(r, parts, _PLAIN_IN_REGEX)
        if parts:
            if "(" in r.text[start : r.at]:
                r.feature("double-bracket-parenthesis", start, r.at)
            return Word(tuple(parts), r.span(start, r.at), r.text[start : r.at])
    if operator := _OPERATOR.match(r.text, start):
        r.at = operator.end()
        if operator.group() in "()<>":
            r.feature(f"double-bracket-{'order' if operator.group() in '<>' else 'parenthesis'}", start, r.at)
        return Word((Text(operator.group()),), r.span(start, r.at), operator.group())
    word = read_word(r, braces=False)
    if word is None:
        raise Beyond("[[ with something unknown in it")
    return word


def _with_redirects(r: Reader, command: Command, start: int) -> Command:
    after = redirects(r)
    return Group(command, after, r.span(start, r.at)) if after else command
