"""Which paths a .dockerignore keeps out of the build context.

Source of the rules: moby/patternmatcher (patternmatcher.go, ignorefile/ignorefile.go), in the way BuildKit's context
transfer calls it (tonistiigi/fsutil filter.go: MatchesUsingParentResults on every folder from the top down).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct

from dockwright.inputs.globs import DEEP, Automaton, PatternError, check, clean, trim
from dockwright.source import Span

__all__ = ["Matcher", "PatternError", "read"]

_ESCAPED = frozenset(".+()|{}$")
_CACHED = 100_000  # folders whose result is kept


class _Pattern:
    """One pattern. `again` is a pattern with `!`, which takes paths back into the context."""

    def __init__(self, text: str, index: int) -> None:
        cleaned = clean(text)
        self.index = index
        self.again = cleaned.startswith("!")
        self.text = cleaned[self.again :]
        if not self.text:
            raise PatternError("illegal exclusion pattern", text, index)
        try:
            check(self.text)
        except PatternError as error:
            raise PatternError(error.message, text, index) from None
        self._matches: Callable[[str], bool] | None = None

    def compile(self) -> Callable[[str], bool]:
        if self._matches is None:
            try:
                self._matches = _compiled(self.text)
            except PatternError as error:
                raise PatternError(error.message, error.pattern, self.index) from None
        return self._matches


def _compiled(pattern: str) -> Callable[[str], bool]:
    """patternmatcher's compile: a plain comparison where that will do, a regular expression otherwise."""
    kind, expression, at = "exact", "^", 0
    while at < len(pattern):
        first, char = at == 0, pattern[at]
        at += 1
        if pattern.startswith("**", at - 1):
            at += 1 + pattern.startswith("/", at + 1)
            if at == len(pattern):
                kind, expression = ("prefix" if kind == "exact" else "regexp"), expression + ".*"
            else:
                kind, expression = "regexp", expression + DEEP
            kind = "suffix" if first else kind
        elif char in "*?":
            kind, expression = "regexp", expression + ("[^/]*" if char == "*" else "[^/]")
        elif char in _ESCAPED:
            expression += "\\" + char
        elif char == "\\" and at < len(pattern):
            kind, expression, at = "regexp", expression + "\\" + pattern[at], at + 1
        else:
            kind, expression = "regexp" if char in "[]" else kind, expression + char
    if kind != "regexp":
        return _plain(kind, pattern)
    quick = _quick(pattern)
    if quick is None:
        return _exact(expression, pattern)
    return lambda path: _exact(expression, pattern)(path) if "\n" in path else quick(path)


@lru_cache(maxsize=256)
def _exact(expression: str, pattern: str) -> Callable[[str], bool]:
    from dockwright.inputs.goregexp import items

    return Automaton(items(expression + "$", pattern)).matches


def _quick(pattern: str) -> Callable[[str], bool] | None:
    """The same without the automaton for `*.md`, `**/test*` and `**/dist/**`, which are most of those in use.

    Not for paths with a line break, which `**` does not cross.
    """
    deep = pattern.startswith("**/")
    rest = pattern[3:] if deep else pattern
    if any(char in rest for char in "[]?\\^"):
        return None
    if deep and rest.endswith("/**") and "*" not in rest[:-3]:
        inner = f"/{rest[:-2]}"
        return lambda path: inner in f"/{path}"
    if "/" in rest or "**" in rest:
        return None
    first, *between, last = rest.split("*")

    def matches(path: str) -> bool:
        name = path.rpartition("/")[2] if deep else path
        if (not deep and "/" in path) or not name.startswith(first) or not name.endswith(last):
            return False
        at, end = len(first), len(name) - len(last)
        for part in between:
            found = name.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return at <= end

    return matches


def _plain(kind: str, pattern: str) -> Callable[[str], bool]:
    if kind == "exact":
        return pattern.__eq__
    if kind == "prefix":
        prefix = pattern[:-2]
        return lambda path: path.startswith(prefix)
    suffix = pattern[2:]
    whole = suffix[1:] if suffix.startswith("/") else None
    return lambda path: path.endswith(suffix) or path == whole


class _Result(Struct, frozen=True):
    excluded: bool
    rule: int | None  # index of the deciding pattern
    matched: int  # as bits: the patterns that matched the path or a folder above it


_START = _Result(False, None, 0)


class Matcher:
    """The patterns of a .dockerignore, as `read` gives them. Raises PatternError for what BuildKit refuses.

    A few patterns are refused only once they are applied to a path (`build\\output`): `compile`, `excludes` and `rule`
    raise then.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        stripped = [(trim(pattern), index) for index, pattern in enumerate(patterns)]
        self.patterns = tuple(patterns)
        self._patterns = [_Pattern(text, index) for text, index in stripped if text]
        self._folders: dict[str, _Result] = {}

    def compile(self) -> None:
        """Raises PatternError for what is refused only when it is applied; afterwards nothing raises any more.

        A `!` pattern that comes before all others is never applied.
        """
        applied = False
        for pattern in self._patterns:
            applied = applied or not pattern.again
            if applied:
                pattern.compile()

    def excludes(self, path: str) -> bool:
        return self._result(clean(path)).excluded

    def rule(self, path: str) -> int | None:
        """Index of the pattern that decides about the path: the last one that changed its fate. None: none did."""
        return self._result(clean(path)).rule

    def may_return(self, folder: str) -> bool:
        """Whether a `!` pattern could match something below an excluded folder: else BuildKit does not enter it."""
        again = [pattern.text for pattern in self._patterns if pattern.again]
        plain = [text.removesuffix("/**").removesuffix("/*") for text in again]
        if any(char in text for text in plain for char in "*[]?^\\"):
            return True
        return any(f"{text}/".startswith(f"{folder}/") for text in plain)

    def _result(self, path: str) -> _Result:
        if path == "." or not self._patterns:
            return _START
        above, missing = path, []
        while above and above not in self._folders:
            missing.append(above)
            above = above.rpartition("/")[0]
        result = self._folders.get(above, _START)
        for step in reversed(missing):
            result = self._apply(step, result.matched)
            if step is not path and len(self._folders) < _CACHED:
                self._folders[step] = result
        return result

    def _apply(self, path: str, above: int) -> _Result:
        """A pattern that matched a folder matches what is below; one that could change nothing is not tried at all."""
        excluded, rule, matched = False, None, 0
        for place, pattern in enumerate(self._patterns):
            bit = 1 << place
            if not above & bit and (pattern.again != excluded or not pattern.compile()(path)):
                continue
            matched |= bit
            excluded, rule = not pattern.again, pattern.index
        return _Result(excluded, rule, matched)


def read(text: str) -> list[tuple[str, Span]]:
    """The patterns of a .dockerignore with the span of the line that each stands on."""
    found = []
    at = 0
    for number, raw in enumerate(text.split("\n")):
        line = raw.removesuffix("\r")
        if number == 0:
            line = line.removeprefix("\ufeff")
        shown = trim(line)
        if shown and not line.startswith("#"):
            start = at + raw.index(shown)
            found.append((_relative(shown), Span(start, start + len(shown))))
        at += len(raw) + 1
    return found


def _relative(line: str) -> str:
    again = line.startswith("!")
    text = trim(line[again:])
    if text:
        text = clean(text)
        text = text[1:] if len(text) > 1 and text.startswith("/") else text
    return "!" + text if again else text
