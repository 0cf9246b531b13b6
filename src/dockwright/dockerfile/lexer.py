"""One pass over a word: quotes, escapes, variables and their modifiers (shell/lex.go)."""

from __future__ import annotations

from collections.abc import Callable

from dockwright.dockerfile.gotext import quote
from dockwright.dockerfile.pieces import LONGEST, ExpandError, Text, Value, Words
from dockwright.finding import UNKNOWN, Answer

_SPECIAL = "@*#?-$!0"
_SHOWN = 4096  # characters of a word in a message
_DEEPEST = 100  # ${a:-${b:-…}} within each other; BuildKit has no limit

Lookup = Callable[[str], str | Answer | None]


class Lexer:
    """One pass over a word. The options are BuildKit's: keep quotes, escapes, references to unset variables."""

    def __init__(
        self,
        text: str,
        lookup: Lookup = lambda name: None,
        escape: str = "\\",
        *,
        raw_quotes: bool = False,
        raw_escapes: bool = False,
        skip_quotes: bool = False,
        skip_unset: bool = False,
    ) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0  # the scanner drops a byte-order mark
        self.lookup, self.escape = lookup, escape
        self.raw_quotes, self.raw_escapes = raw_quotes, raw_escapes
        self.marks = f"$'\"<}}/{escape}"
        self.quotes = "" if skip_quotes else "'\""
        self.skip_unset = skip_unset
        self.depth = 0
        self.used: set[str] = set()
        self.unset: set[str] = set()

    def value(self) -> Value:
        return self._whole(None)

    def words(self) -> list[tuple[str, int, int]]:
        """Words with where they begin and end in the text. Only for lookups that know every value."""
        words = Words()
        self._whole(words)
        return words.finish()

    def _whole(self, words: Words | None) -> Value:
        try:
            return self._until("", self.raw_escapes, words)
        except ExpandError as error:
            shown = self.text if len(self.text) <= _SHOWN else self.text[:_SHOWN] + "…"
            raise ExpandError(f"failed to process {quote(shown)}: {error}") from None

    def _until(self, stop: str, raw_escapes: bool, words: Words | None = None) -> Value:
        """Up to the stop character, which is read too; up to the end without one."""
        before, self.raw_escapes = self.raw_escapes, raw_escapes
        out = Text()
        try:
            while self.at < len(self.text):
                if self.text[self.at] == stop:
                    self.at += 1
                    return out.value()
                self._piece(out, words)
        finally:
            self.raw_escapes = before
        if stop:
            raise ExpandError(f"unexpected end of statement while looking for matching {stop}")
        return out.value()

    def _piece(self, out: Text, words: Words | None) -> None:
        start, char = self.at, self.text[self.at]
        piece: Value
        splits = False
        if char == "$":
            piece, splits = self._dollar(), True
        elif char in self.quotes:
            piece = self._single() if char == "'" else self._double()
        elif char == self.escape:
            piece = self._escaped()
        elif char == "<":
            piece = self._less()
        else:
            piece, splits = self._run() or char, True
            self.at = start + len(piece)
        out.add(piece)
        if words is not None and isinstance(piece, str):
            words.add(piece, start, self.at, splits, char != "$")

    def _run(self) -> str:
        """Characters that stand for themselves."""
        end = self.at
        while end < len(self.text) and self.text[end] not in self.marks:
            end += 1
        return self.text[self.at : end]

    def _escaped(self) -> str:
        """The character behind an escape; an escape at the very end is dropped."""
        kept = self.escape if self.raw_escapes else ""
        piece = kept + self.text[self.at + 1 : self.at + 2]
        self.at = min(self.at + 2, len(self.text))
        return piece

    def _less(self) -> str:
        """`<<` holds on to the white space behind it, so that `<< EOF` is one word."""
        if not self.text.startswith("<<", self.at):
            self.at += 1
            return "<"
        end = self.at + 2
        while end < len(self.text) and self.text[end] in " \t\r\n":
            end += 1
        piece, self.at = self.text[self.at : end], end
        return piece

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self.at = len(self.text)
            raise ExpandError("unexpected end of statement while looking for matching single-quote")
        start, self.at = self.at, end + 1
        return self.text[start : self.at] if self.raw_quotes else self.text[start + 1 : end]

    def _double(self) -> Value:
        out = Text()
        out.add('"' if self.raw_quotes else "")
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                out.add('"' if self.raw_quotes else "")
                return out.value()
            if char == "$":
                out.add(self._dollar())
            elif char == self.escape:
                out.add(self._escaped_in_double())
            else:
                piece = self._run() or char
                self.at += len(piece)
                out.add(piece)
        raise ExpandError("unexpected end of statement while looking for matching double-quote")

    def _escaped_in_double(self) -> str:
        """In double quotes only the quote, `$` and the escape itself can be escaped; before others it stays."""
        kept = self.escape if self.raw_escapes else ""
        following = self.text[self.at + 1 : self.at + 2]
        self.at += 1
        if not following:
            return kept
        if following not in ('"', "$", self.escape):
            return kept + self.escape
        self.at += 1
        return kept + following

    def _dollar(self) -> Value:
        self.at += 1
        if self.text[self.at : self.at + 1] != "{":
            name = self._name()
            if not name:
                return "$"
            return self._or_kept(self._get(name), f"${name}")
        self.at += 1
        following = self.text[self.at : self.at + 1]
        if not following:
            raise ExpandError("syntax error: missing '}'")
        if following in "{}:":
            raise ExpandError("syntax error: bad substitution")
        name = self._name()
        modifier = self._next()
        if modifier == "}":
            return self._or_kept(self._get(name), f"${{{name}}}")
        if modifier == "/":
            return self._replaced(name)
        if modifier == ":" or modifier in "+-?#%":
            return self._modified(name, modifier + self._next() if modifier == ":" else modifier)
        raise ExpandError(f"unsupported modifier ({modifier}) in substitution")

    def _or_kept(self, value: str | Answer | None, written: str) -> Value:
        if value is None:
            return written if self.skip_unset else ""
        return value

    def _next(self) -> str:
        char = self.text[self.at : self.at + 1]
        self.at += len(char)
        return char or "\ufffd"

    def _get(self, name: str) -> str | Answer | None:
        value = self.lookup(name)
        self.used.add(name)
        if value is None:
            self.unset.add(name)
        return value

    def _name(self) -> str:
        """A name, a number or one special parameter; empty when none begins here."""
        start, text = self.at, self.text
        if start < len(text) and text[start] in _SPECIAL and not text[start].isdecimal():
            self.at += 1
            return text[start]
        digits = start < len(text) and text[start].isdecimal()
        while self.at < len(text) and _in_name(text[self.at], digits):
            self.at += 1
        return text[start : self.at]

    def _word(self, stop: str, raw_escapes: bool, missing: str) -> Value:
        """The operand of a modifier, itself expanded."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpandError("variables are nested too deeply")
        try:
            word = self._until(stop, raw_escapes)
        except ExpandError:
            if self.at >= len(self.text):
                raise ExpandError(f"syntax error: missing {missing}") from None
            raise
        self.depth -= 1
        return word

    def _modified(self, name: str, modifier: str) -> Value:
        from dockwright.dockerfile.substitute import substitute

        word = self._word("}", modifier in ("#", "%"), "'}'")
        value = self._get(name)
        if value is None and self.skip_unset:
            return f"${{{name}{modifier}{word}}}" if isinstance(word, str) else UNKNOWN
        return substitute(name, modifier, value, word)

    def _replaced(self, name: str) -> Value:
        from dockwright.dockerfile.substitute import replaced

        every = self.text.startswith("/", self.at)
        self.at += every
        pattern = self._word("/", True, "'/' in ${}")
        replacement = self._word("}", True, "'}'")
        value = self._get(name)
        if not isinstance(pattern, str) or not isinstance(replacement, str):
            return UNKNOWN
        if value is None and self.skip_unset:
            return f"${{{name}/{pattern}/{replacement}}}"
        return replaced(value, pattern, replacement, every, LONGEST)


def _in_name(char: str, digits: bool) -> bool:
    return char.isdecimal() or (not digits and (char.isalpha() or char == "_"))
