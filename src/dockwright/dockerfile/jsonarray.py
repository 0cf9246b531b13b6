"""A JSON array of any kind, as strict as Go's encoding/json: escapes, numbers, arrays and objects within it."""

from __future__ import annotations

import re
from functools import cache

from dockwright.dockerfile.jsonform import NotStrings
from dockwright.patterns import pattern

_WHITE = pattern(r"[ \t\r\n]*")
_ESCAPED = r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))'
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_DEEPEST = 10_000  # arrays and objects within each other that the decoder accepts


@cache
def _token() -> re.Pattern[str]:
    string = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
    number = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
    return re.compile(rf"[ \t\r\n]*+(?:({string})|({number}|true|false|null)|([][{{}}:,]))")


def any_array(text: str, start: int) -> list[tuple[str, tuple[int, int]]] | None:
    items: list[tuple[str, tuple[int, int]]] = []
    strings, comma, at = True, False, start + 1
    while match := _token().match(text, at):
        at = match.end()
        if match.group(3) == "]" and not comma:
            return _finish(text, at, items, strings)
        if match.group(1) is not None:
            items.append((_decoded(match.group(1)[1:-1]), match.span(1)))
        else:
            strings = False
            at = _skip(text, match)
        separator = _token().match(text, at) if at >= 0 else None
        if separator is None or separator.group(3) not in (",", "]"):
            return None
        at = separator.end()
        if separator.group(3) == "]":
            return _finish(text, at, items, strings)
        comma = True
    return None


def _finish(
    text: str, at: int, items: list[tuple[str, tuple[int, int]]], strings: bool
) -> list[tuple[str, tuple[int, int]]] | None:
    if _WHITE.fullmatch(text, at) is None:
        return None
    if not strings:
        raise NotStrings
    return items


def _skip(text: str, match: re.Match[str]) -> int:
    """End of the value that begins with this token, without recursion; -1 when it is malformed."""
    if match.group(3) is None:
        return match.end() if _representable(match.group(2)) else -1
    closing: list[str] = []
    expect = "value"
    token: re.Match[str] | None = match
    while token is not None:
        expect = _after(token, expect, closing)
        if not expect or len(closing) >= _DEEPEST:
            return -1
        if not closing:
            return token.end()
        token = _token().match(text, token.end())
    return -1


def _after(token: re.Match[str], expect: str, closing: list[str]) -> str:
    """What may follow: value, first value, key, first key, colon or separator; nothing behind a misplaced token."""
    mark = token.group(3)
    if mark in ("]", "}"):
        fits = (
            expect in ("separator", "first value" if mark == "]" else "first key") and closing and closing[-1] == mark
        )
        return "separator" if fits and closing.pop() else ""
    if expect in ("key", "first key"):
        return "colon" if token.group(1) is not None else ""
    if expect == "colon":
        return "value" if mark == ":" else ""
    if expect == "separator":
        return ("value" if closing[-1] == "]" else "key") if mark == "," else ""
    if mark in ("[", "{"):
        closing.append("]" if mark == "[" else "}")
        return "first value" if mark == "[" else "first key"
    return "separator" if mark is None and _representable(token.group(2)) else ""


def _representable(number: str | None) -> bool:
    """Whether a number fits float64: 1e999 is an error of its own, for which BuildKit takes the shell form."""
    return number is None or number[-1] in "el" or abs(float(number)) != float("inf")


def _decoded(text: str) -> str:
    if "\\" in text:
        text = re.sub(
            _ESCAPED, lambda match: chr(int(match[1], 16)) if match[1] else _SIMPLE.get(match[2], match[2]), text
        )
    if text.isascii():
        return text
    # A pair of surrogates is one character; a lone one, or a byte that is not UTF-8, becomes U+FFFD.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
