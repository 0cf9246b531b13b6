"""The modifiers of `${name…}`; apart from the lexer, which most Dockerfiles need without them."""

from __future__ import annotations

from dockwright.dockerfile import wildcard
from dockwright.dockerfile.pieces import ExpandError, Value
from dockwright.finding import UNKNOWN, Answer


def substitute(name: str, modifier: str, value: str | Answer | None, word: Value) -> Value:
    """`modifier` is one of `- + ?`, with a colon an empty value counts as none, or one of `# %`."""
    kind = modifier[-1]
    if modifier in ("#", "%"):
        return _trimmed(kind, value, word)
    if kind not in "-+?":
        raise ExpandError(f"unsupported modifier ({modifier}) in substitution")
    if isinstance(value, Answer):
        return "" if kind == "+" and word == "" else UNKNOWN
    missing = value is None or (modifier[0] == ":" and value == "")
    if kind == "-":
        return word if value is None or missing else value
    if kind == "+":
        return "" if missing else word
    if value is None or missing:
        default = "is not allowed to be unset" if value is None else "is not allowed to be empty"
        raise ExpandError(f"{name}: {word if isinstance(word, str) and word else default}")
    return value


def _trimmed(kind: str, value: str | Answer | None, word: Value) -> Value:
    if not isinstance(word, str) or isinstance(value, Answer):
        return UNKNOWN
    longest = word.startswith(kind)
    pattern = word[longest:]
    trim = wildcard.trim_prefix if kind == "#" else wildcard.trim_suffix
    try:
        return trim(pattern, value or "", longest)
    except wildcard.BadPattern as error:
        raise ExpandError(f"invalid pattern ({pattern}) in substitution: {error}") from None


def replaced(value: str | Answer | None, pattern: str, replacement: str, every: bool, limit: int) -> Value:
    """`${name/pattern/replacement}`, or every match with two slashes."""
    if isinstance(value, Answer):
        return UNKNOWN
    try:
        return wildcard.replace(pattern, value or "", replacement, every, limit)
    except wildcard.BadPattern as error:
        raise ExpandError(f"invalid pattern ({pattern}) in substitution: {error}") from None
