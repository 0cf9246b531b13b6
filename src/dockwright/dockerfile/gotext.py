"""What Go's standard library does to text, where BuildKit's reading of a Dockerfile depends on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# unicode.IsSpace; str.strip() would also take the information separators U+001C to U+001F.
SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    '"': r"\"",
    "\\": r"\\",
}
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_AMOUNT = r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)"
_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")


def quote(text: str) -> str:
    """%q: a Go string literal."""
    return '"' + "".join(char if char.isprintable() and char not in '"\\' else _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as surrogateescape keeps it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def boolean(text: str) -> bool | None:
    """strconv.ParseBool; None where that fails."""
    return True if text in _TRUE else False if text in _FALSE else None


def unsigned(text: str, base: int, bits: int = 32) -> int | None:
    """strconv.ParseUint of a base below 11; None where that fails."""
    digits = "0123456789"[:base]
    if not text or len(text) > 64 + len(text) - len(text.lstrip("0")) or text.strip(digits):
        return None
    value = int(text, base) if len(text.lstrip("0")) < 40 else 1 << bits
    return value if value < 1 << bits else None


def integer_error(text: str) -> str | None:
    """What strconv.ParseInt(text, 10, 32) complains of."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits or digits.strip("0123456789"):
        return f"strconv.ParseInt: parsing {quote(text)}: invalid syntax"
    significant = digits.lstrip("0")
    if len(significant) > 10 or int(significant or "0") > (1 << 31) - (text[:1] != "-"):
        return f"strconv.ParseInt: parsing {quote(text)}: value out of range"
    return None


def duration(text: str) -> int | str:
    """time.ParseDuration: nanoseconds, or its error message."""
    at = 1 if text[:1] in ("+", "-") else 0
    if text[at:] == "0":
        return 0
    total, invalid = 0, f"time: invalid duration {quote(text)}"
    if at == len(text):
        return invalid
    while at < len(text):
        match = re.compile(_AMOUNT).match(text, at)  # from the cache of re: start-up need not pay for it
        assert match is not None  # it matches the empty string too
        whole, part, unit = match.group(1), match.group(2) or "", match.group(3)
        if len(whole) > 19 or not (whole or part):
            return invalid
        if not unit:
            return f"time: missing unit in duration {quote(text)}"
        if unit not in _UNITS:
            return f"time: unknown unit {quote(unit)} in duration {quote(text)}"
        part = part[:18]
        total += int(whole or "0") * _UNITS[unit] + int(part or "0") * _UNITS[unit] // 10 ** len(part)
        if total > 1 << 63:
            return invalid
        at = match.end()
    return -total if text[0] == "-" else total if total < 1 << 63 else invalid


def suggestion(text: str, options: Iterable[str]) -> str:
    """` (did you mean …?)` for the option fewer than three edits away; nothing when none is, or one is the same."""
    return _suggestion(text, tuple(options))


@lru_cache(maxsize=256)
def _suggestion(text: str, options: tuple[str, ...]) -> str:
    best, near = "", 3
    for option in options:
        if option == text:
            return ""
        distance = _distance(text, option) if abs(len(text) - len(option)) < near else near
        if distance < near:
            best, near = option, distance
    return f" (did you mean {best}?)" if best else ""


def _distance(left: str, right: str) -> int:
    """Levenshtein."""
    row = list(range(len(right) + 1))
    for above, char in enumerate(left):
        corner, row[0] = row[0], above + 1
        for at, other in enumerate(right, 1):
            corner, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, corner + (char != other))
    return row[-1]
