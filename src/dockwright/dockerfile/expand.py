"""Variables, quotes and escapes in a word, as BuildKit processes them (shell/lex.go)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from dockwright.dockerfile.lexer import Lexer as Lexer
from dockwright.dockerfile.lexer import Lookup as Lookup
from dockwright.dockerfile.pieces import ExpandError as ExpandError
from dockwright.dockerfile.pieces import Value as Value


class Expanded(Struct, frozen=True):
    """`value` is UNKNOWN when an unknown value has a part in it; `unset` are the names of `used` without a value."""

    value: Value
    used: frozenset[str]
    unset: frozenset[str]


def expand(word: str, env: Mapping[str, str], escape: str = "\\") -> str:
    """The word with its variables replaced and its quotes and escapes removed. Raises ExpandError."""
    if plain(word):
        return word
    value = Lexer(word, env.get, escape).value()
    assert isinstance(value, str)  # only a lookup gives UNKNOWN
    return value


def expand_words(word: str, env: Mapping[str, str], escape: str = "\\") -> list[str]:
    """The same, split at white space that is not quoted, also where a variable's value brings it."""
    return [text for text, _, _ in Lexer(word, env.get, escape).words()]


def expand_partial(word: str, lookup: Lookup, escape: str = "\\") -> Expanded:
    """Expansion where some values are unknown: `lookup` gives a text, None for unset, or UNKNOWN."""
    if plain(word):
        return Expanded(word, frozenset(), frozenset())
    lexer = Lexer(word, lookup, escape)
    return Expanded(lexer.value(), frozenset(lexer.used), frozenset(lexer.unset))


def expand_heredoc(body: str, lookup: Lookup) -> Expanded:
    """The body of an unquoted heredoc of COPY or ADD: quotes stay, variables and backslashes do their work."""
    lexer = Lexer(body, lookup, "\\", skip_quotes=True)
    return Expanded(lexer.value(), frozenset(lexer.used), frozenset(lexer.unset))


def plain(word: str) -> bool:
    """Whether nothing in the word needs work."""
    return _ACTIVE.isdisjoint(word)


_ACTIVE = frozenset("$'\"\\`\ufeff")
