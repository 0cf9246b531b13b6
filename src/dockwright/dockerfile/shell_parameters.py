"""Reads what begins with `$` or a backquote: POSIX.1-2017 XCU 2.6.2 to 2.6.4, bash manual 3.1.2.4 and 3.5.3."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from dockwright.dockerfile.shell import (
    Arithmetic,
    Parameter,
    Part,
    Script,
    ShellError,
    Substitution,
    Text,
    Unfollowed,
    Word,
)
from dockwright.dockerfile.shell_reader import Beyond, Reader, Syntax
from dockwright.dockerfile.shell_words import double, nested_script, quoted, unquoted
from dockwright.patterns import pattern
from dockwright.source import Span

_BRACED = pattern(r"\$\{(?:([#!])(?=[A-Za-z0-9_@*]))?([A-Za-z_]\w*|[0-9]+|[@*#?$!-])", re.ASCII)
_OPERATOR = pattern(r":[-=?+]|[-=?+]|##?|%%?|//?|\^\^?|,,?|@|:|\[")
_VALUE_OPERATORS = frozenset((":-", "-", ":=", "=", ":?", "?", ":+", "+"))
_FEATURES = {
    "/": "pattern-substitution",
    "//": "pattern-substitution",
    "^": "case-modification",
    "^^": "case-modification",
    ",": "case-modification",
    ",,": "case-modification",
    "@": "parameter-transformation",
    ":": "substring",
    "[": "array-index",
}
_PLAIN_IN_BRACES = pattern(r"""[^'"\\$`}]+""")
_PLAIN_IN_QUOTED_BRACES = pattern(r"""[^"\\$`}]+""")


def dollar(r: Reader, parts: list[Part], in_quotes: bool) -> bool:
    """What `$` begins that is no plain name; a lone `$` is a character like any other."""
    start = r.at
    following = r.text[start + 1 : start + 2]
    if following == "{":
        _braced(r, parts, in_quotes)
    elif following == "'" and not in_quotes:
        _ansi_c(r, parts)
    elif following == '"' and not in_quotes:  # $"…" is for translation; without a catalogue it is "…"
        r.at += 1
        r.feature("locale-quote", start, start + 2)
        double(r, parts)
    elif r.text.startswith("((", start + 1):
        if not _arithmetic(r, parts, in_quotes):
            _subshell_first(r, parts, in_quotes)
    elif following == "(":
        r.at = start + 2
        parts.append(Substitution(nested_script(r, start), in_quotes))
    else:
        r.at += 1
        parts.append(Text("$", in_quotes))
    return True


def _subshell_first(r: Reader, parts: list[Part], in_quotes: bool) -> None:
    """`$((a) && b)`: bash sees that it is no arithmetic; to dash it is a syntax error."""
    start = r.at
    r.at += 2
    try:
        parts.append(Substitution(nested_script(r, start), in_quotes))
    except Syntax as error:  # bash tells only when it is run
        raise Beyond("$(( that is no arithmetic") from error
    r.feature("subshell-after-dollar", start, r.at)


LONGEST_ARITHMETIC = 4096  # it is read before it is known to be arithmetic, and again as commands when it is not

_ARITHMETIC_STEP = pattern(r"[^()'\"\\]*")


def arithmetic_end(r: Reader, start: int) -> int:
    """Offset of the `))` that closes an arithmetic expression beginning at `start`, -1 when it is something else."""
    text, at, depth = r.text, start, 0
    while at < r.end:
        if at - start > LONGEST_ARITHMETIC:
            raise Beyond("a long arithmetic expression")
        step = _ARITHMETIC_STEP.match(text, at)
        at = step.end() if step else at
        char = text[at : at + 1]
        if char == "(":
            depth += 1
        elif char == ")":
            if depth == 0:
                return at if text.startswith("))", at) else -1
            depth -= 1
        elif char == "\\":
            at += 1
        elif char:
            at = text.find(char, at + 1)
            if at < 0:
                return -1
        at += 1
    return -1


def _arithmetic(r: Reader, parts: list[Part], in_quotes: bool) -> bool:
    start = r.at + 3
    end = arithmetic_end(r, start)
    if end < 0:
        return False
    parts.append(Arithmetic(r.text[start:end], in_quotes))
    r.at = end + 2
    return True


def _braced(r: Reader, parts: list[Part], in_quotes: bool) -> None:
    start = r.at
    match = _BRACED.match(r.text, start)
    r.deeper()
    if match is None:
        r.at += 2
        parts.append(_bad(r, start, in_quotes))
    else:
        r.at = match.end()
        parts.append(_parameter(r, match, in_quotes))
    r.depth -= 1


def _parameter(r: Reader, match: re.Match[str], in_quotes: bool) -> Parameter:
    """The rest of `${…}` after prefix and name."""
    start, prefix, name = match.start(), match.group(1), match.group(2)
    if prefix == "!":
        r.feature("indirect", start, r.at)
    found = _OPERATOR.match(r.text, r.at)
    if found is None:
        return _without_operator(r, start, prefix, name, in_quotes)
    operator = found.group()
    r.at = found.end()
    if operator in _FEATURES:
        r.feature(_FEATURES[operator], start, r.at)
    argument = _argument(r, start, in_quotes and operator in _VALUE_OPERATORS)
    if operator == "[" or prefix:
        return Parameter(name, "index" if operator == "[" else "indirect", None, in_quotes)
    return Parameter(name, operator, argument, in_quotes)


def _without_operator(r: Reader, start: int, prefix: str | None, name: str, in_quotes: bool) -> Parameter:
    ends = r.text.startswith("}", r.at) or (prefix == "!" and r.text.startswith("*}", r.at))
    if not ends and r.at < r.end:
        return _bad(r, start, in_quotes)
    _argument(r, start, False)
    return Parameter(name, {"#": "length", "!": "indirect"}.get(prefix or ""), None, in_quotes)


def _bad(r: Reader, start: int, in_quotes: bool) -> Parameter:
    """`${a b}`: shells differ in where it ends, and report it when it is expanded."""
    try:
        _argument(r, start, False)
    except Syntax as error:
        raise Beyond("a bad substitution") from error
    return Parameter(r.text[start + 2 : r.at - 1], "bad", None, in_quotes)


def _argument(r: Reader, start: int, in_quotes: bool) -> Word:
    """What stands before the closing brace, and that brace."""
    begin = r.at
    parts: list[Part] = []
    if in_quotes:
        quoted(r, parts, _PLAIN_IN_QUOTED_BRACES, "}")
    else:
        unquoted(r, parts, _PLAIN_IN_BRACES)
    if r.at >= r.end:
        raise r.error(start, start + 2, "this ${ is not closed")
    word = Word(tuple(parts), r.span(begin, r.at), r.text[begin : r.at])
    if in_quotes and word.text.count("'") % 2:
        raise Beyond("a single quote within ${…} within double quotes")  # bash looks for its end, dash does not
    r.at += 1
    return word


_BACKQUOTED = pattern(r"(?:[^`\\]|\\.)*", re.DOTALL)
_BACKQUOTE_ESCAPE = pattern(r"\\([$`\\])")
_BACKQUOTE_ESCAPE_IN_QUOTES = pattern(r"\\([$`\\\"])")


def backquote(r: Reader, parts: list[Part], in_quotes: bool) -> bool:
    """`…`: a backslash before `$`, a backquote or a backslash goes first, then the rest is read as a script."""
    start = r.at + 1
    match = _BACKQUOTED.match(r.text, start)
    end = match.end() if match else start
    if not r.text.startswith("`", end):
        raise r.error(r.at, start, "this ` is not closed")
    r.deeper()
    inner, spans = _unescape(r, start, end, in_quotes)
    reader = Reader(inner, spans, r.grammar, r.depth)
    parts.append(Substitution(_whole(reader), in_quotes))
    r.features += reader.features
    r.depth -= 1
    r.at = end + 1
    return True


def _whole(r: Reader) -> Script:
    """The script between backquotes. An error in it stays its own: bash meets it when it runs it, and goes on."""
    try:
        body = r.grammar.commands(r)
        if r.at < r.end:
            raise r.unexpected()
        return Script(body, (), tuple(r.features))
    except Syntax as error:
        body = Unfollowed(r.text, "syntax error", r.span(0, r.end))
        return Script(body, (ShellError(error.span, error.message),), tuple(r.features))


def _unescape(r: Reader, start: int, end: int, in_quotes: bool) -> tuple[str, Callable[[int, int], Span]]:
    """Text between backquotes without its escapes, and the spans of the result in the source."""
    text, outer = r.text[start:end], r.span
    pattern = _BACKQUOTE_ESCAPE_IN_QUOTES if in_quotes else _BACKQUOTE_ESCAPE
    dropped = [match.start() - index for index, match in enumerate(pattern.finditer(text))]

    def span(a: int, b: int) -> Span:
        first = a + bisect_left(dropped, a)
        return outer(start + first, start + (b + bisect_left(dropped, b) if b > a else first))

    return pattern.sub(r"\1", text), span


_ANSI_C = pattern(r"(?:[^'\\]|\\.)*", re.DOTALL)
_ANSI_C_ESCAPE = pattern(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.)|(.))", re.DOTALL
)
_ANSI_C_NAMES = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _ansi_c(r: Reader, parts: list[Part]) -> None:
    start = r.at
    match = _ANSI_C.match(r.text, start + 2)
    end = match.end() if match else start + 2
    if not r.text.startswith("'", end):
        raise Beyond("$' that is not closed")  # dash reads \' in it as the end of a quote
    r.feature("ansi-c-quote", start, start + 2)
    parts.append(Text(_ANSI_C_ESCAPE.sub(_ansi_c_char, r.text[start + 2 : end]), True))
    r.at = end + 1


def _ansi_c_char(match: re.Match[str]) -> str:
    octal, hexa, short, long, control, other = match.groups()
    if octal:
        return chr(int(octal, 8) & 0xFF)
    if hexa or short or long:
        code = int(hexa or short or long, 16)
        return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else ""
    if control:
        return chr(ord(control) & 0x1F)
    return _ANSI_C_NAMES.get(other, other if other in "\\'\"?" else "\\" + other)
