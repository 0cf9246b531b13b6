"""Reads the words of a shell text: POSIX.1-2017 XCU 2.2 (quoting), bash manual 3.1.2 and 3.5.1 (braces)."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockwright.dockerfile.shell import Parameter, Part, ProcessSubstitution, Script, Text, Word
from dockwright.dockerfile.shell_reader import Reader
from dockwright.patterns import pattern

_PLAIN = pattern(r"""[^ \t\n'"\\$`;&|<>()]+""")
_PLAIN_IN_QUOTES = pattern(r"""[^"\\$`]+""")
_PLAIN_IN_HEREDOC = pattern(r"""[^\\$`]+""")
_SPECIAL_PARAMETERS = frozenset("0123456789@*#?$!-")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_IN_NAMES = _LETTERS | frozenset("0123456789")
_BRACES = pattern(r"\{[^{}]*\}")
_RANGE = pattern(r"\{(?:-?\d+\.\.-?\d+|[A-Za-z]\.\.[A-Za-z])(?:\.\.-?\d+)?\}")


def read_word(r: Reader, *, braces: bool = True) -> Word | None:
    """The word at the reader's place, None when there is none. `braces`: are braces expanded here (in bash)."""
    text, start = r.text, r.at
    match = _PLAIN.match(text, start)
    if match:
        end = match.end()
        if end == r.end or text[end] in " \t\n;":  # nearly every word is this plain
            r.at = end
            plain = match.group()
            word = Word((Text(plain),), r.span(start, end), plain)
            if braces and "{" in plain:
                _note_braces(r, word, start)
            return word
    parts: list[Part] = []
    unquoted(r, parts, _PLAIN)
    if r.at == start:
        return None
    word = Word(tuple(parts), r.span(start, r.at), text[start : r.at])
    if braces and "{" in word.text:
        _note_braces(r, word, start)
    return word


def quoted_text(r: Reader) -> Word:
    """The whole text as between double quotes, where `"` is an ordinary character: a here-document's body."""
    parts: list[Part] = []
    quoted(r, parts, _PLAIN_IN_HEREDOC, "")
    return Word(tuple(parts), r.span(0, r.end), r.text)


def _note_braces(r: Reader, word: Word, start: int) -> None:
    shape = "".join(part.text if type(part) is Text and not part.quoted else "x" for part in word.parts)
    for braces in _BRACES.findall(shape):
        if "," in braces or _RANGE.fullmatch(braces):
            r.feature("brace-expansion", start, r.at)
            return


def unquoted(r: Reader, parts: list[Part], plain: re.Pattern[str]) -> None:
    """Parts up to a character that neither `plain` nor a quote or an expansion takes."""
    text = r.text
    while r.at < r.end:
        match = plain.match(text, r.at)
        if match:
            r.at = match.end()
            parts.append(Text(match.group()))
            continue
        read = _SPECIAL.get(text[r.at])
        if read is None or not read(r, parts):
            return


def _single(r: Reader, parts: list[Part]) -> bool:
    close = r.text.find("'", r.at + 1)
    if close < 0:
        raise r.error(r.at, r.at + 1, "this ' is not closed")
    parts.append(Text(r.text[r.at + 1 : close], True))
    r.at = close + 1
    return True


def double(r: Reader, parts: list[Part]) -> bool:
    """`"…"`, beginning at the reader's place."""
    start, count = r.at, len(parts)
    r.at += 1
    r.deeper()
    quoted(r, parts, _PLAIN_IN_QUOTES, '"')
    r.depth -= 1
    if r.at >= r.end:
        raise r.error(start, start + 1, 'this " is not closed')
    r.at += 1
    if len(parts) == count:
        parts.append(Text("", True))
    return True


def _escape(r: Reader, parts: list[Part]) -> bool:
    escaped = r.text[r.at + 1 : r.at + 2]
    if not escaped:  # at the end of the text dash and bash keep the backslash
        parts.append(Text("\\", True))
    elif escaped != "\n":
        parts.append(Text(escaped, True))
    r.at = min(r.at + 2, r.end)
    return True


def _dollar(r: Reader, parts: list[Part]) -> bool:
    return _named(r, parts, False) or r.grammar.dollar(r, parts, False)


def _named(r: Reader, parts: list[Part], in_quotes: bool) -> bool:
    """`$name`, `$1`, `$?`."""
    start = r.at + 1
    end = name_end(r.text, start)
    if end == start and r.text[start : start + 1] in _SPECIAL_PARAMETERS:
        end += 1
    if end == start:
        return False
    r.at = end
    parts.append(Parameter(r.text[start:end], None, None, in_quotes))
    return True


def name_end(text: str, start: int) -> int:
    """Where the name ends that begins at `start`; `start` itself where none does."""
    at = start
    while text[at : at + 1] and text[at] in (_IN_NAMES if at > start else _LETTERS):
        at += 1
    return at


def function_head(r: Reader) -> tuple[str, int] | None:
    """The name in `name()` and where it ends, when that is what stands here."""
    match = _PLAIN.match(r.text, r.at)
    if match is None or "=" in match.group():
        return None
    opening = past_blanks(r.text, match.end())
    closing = past_blanks(r.text, opening + 1)
    if not r.text.startswith("(", opening) or not r.text.startswith(")", closing):
        return None
    return match.group(), closing + 1


def past_blanks(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in " \t":
        at += 1
    return at


def _backquote(r: Reader, parts: list[Part]) -> bool:
    return r.grammar.backquote(r, parts, False)


def _process(r: Reader, parts: list[Part]) -> bool:
    start = r.at
    if not r.text.startswith("(", start + 1):
        return False
    r.at += 2
    r.feature("process-substitution", start, start + 2)
    parts.append(ProcessSubstitution(nested_script(r, start), r.text[start] == ">"))
    return True


def nested_script(r: Reader, start: int) -> Script:
    """The script up to the `)` that closes what was opened at `start`."""
    before = len(r.features)
    body = r.grammar.commands(r)
    if r.at >= r.end:
        raise r.error(start, start + 2, f"this {r.text[start : start + 2]} is not closed")
    if r.text[r.at] != ")":
        raise r.unexpected()
    r.at += 1
    return Script(body, (), tuple(r.features[before:]))


def quoted(r: Reader, parts: list[Part], plain: re.Pattern[str], stop: str) -> None:
    """Parts between double quotes, up to `stop`: `"`, or `}` (then `"` opens quotes within), or nothing."""
    text, piece = r.text, ""
    while r.at < r.end:
        match = plain.match(text, r.at)
        if match:
            r.at = match.end()
            piece += match.group()
            continue
        char = text[r.at]
        if char == "\\":
            piece += _escape_in_quotes(r, stop)
            continue
        if piece:
            parts.append(Text(piece, True))
            piece = ""
        if char == "$":
            _ = _named(r, parts, True) or r.grammar.dollar(r, parts, True)
        elif char == "`":
            r.grammar.backquote(r, parts, True)
        elif char == '"' and stop == "}":
            double(r, parts)
        else:
            return
    if piece:
        parts.append(Text(piece, True))


def _escape_in_quotes(r: Reader, stop: str) -> str:
    escaped = r.text[r.at + 1 : r.at + 2]
    r.at = min(r.at + 2, r.end)
    if escaped == "\n":
        return ""
    if not escaped or escaped in "$`\\" or (escaped == '"' and stop) or escaped == stop:
        return escaped or "\\"
    return "\\" + escaped


_SPECIAL: dict[str, Callable[[Reader, list[Part]], bool]] = {
    "'": _single,
    '"': double,
    "\\": _escape,
    "$": _dollar,
    "`": _backquote,
    "<": _process,
    ">": _process,
}
