"""Patterns with the exact meaning that Go gives them, matched in time linear in the text.

BuildKit uses two kinds: Go's filepath.Match for the sources of COPY, and for .dockerignore the expressions that moby's
patternmatcher translates into Go regular expressions (RE2). A pattern of either kind is compiled to a small automaton,
which is made deterministic as it is used; no input makes it go back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

Ranges = tuple[tuple[int, int], ...]
TOP = 0x10FFFF
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
DEEP = "(.*/)?"  # what patternmatcher makes of `**/`
STATES = 2000  # of one pattern; when there are more the automaton is forgotten and begun again


class PatternError(ValueError):
    """A pattern that Go refuses. `pattern` is its text, `index` its place in the list given to a Matcher."""

    def __init__(self, message: str, pattern: str, index: int = 0) -> None:
        super().__init__(f"{message}: {pattern!r}")
        self.message = message
        self.pattern = pattern
        self.index = index


def clean(path: str) -> str:
    """Go's path.Clean: the shortest path that names the same."""
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts and parts[-1] != "..":
                parts.pop()
            elif not rooted:
                parts.append(part)
        elif part not in ("", "."):
            parts.append(part)
    return ("/" if rooted else "") + "/".join(parts) or "."


def trim(text: str) -> str:
    """Go's strings.TrimSpace."""
    return text.strip(SPACE)


class Item(Struct, frozen=True):
    """One character out of `ranges`, or any number of them; `assertion` takes none: begin, end, word, unword, fork."""

    ranges: Ranges = ()
    many: bool = False
    assertion: str = ""
    jump: int = 0  # fork: how many items may be skipped


def one(text: str) -> list[Item]:
    return [Item(((ord(char), ord(char)),)) for char in text]


def inverse(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The characters that are in none of the ranges."""
    out, at = [], 0
    for low, high in sorted(ranges):
        if low > at:
            out.append((at, low - 1))
        at = max(at, high + 1)
    if at <= TOP:
        out.append((at, TOP))
    return tuple(out)


NO_SLASH = inverse([(47, 47)])


class _State(Struct, eq=False):
    places: frozenset[int]
    begin: bool
    word: bool  # the last character was a word character
    after: dict[str, _State]
    accepts: bool


class Automaton:
    """Items matched one after the other against a whole text."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = (*items,)
        self._states: dict[tuple[frozenset[int], bool, bool], _State] = {}

    def matches(self, text: str) -> bool:
        state = self._state(frozenset((0,)), True, False)
        for char in text:
            found = state.after.get(char)
            if found is None:
                found = state.after[char] = self._step(state, char)
            state = found
            if not state.places:
                return False
        return state.accepts

    def _state(self, places: frozenset[int], begin: bool, word: bool) -> _State:
        key = (places, begin, word)
        state = self._states.get(key)
        if state is None:
            if len(self._states) >= STATES:
                self._states.clear()
            accepts = len(self._items) in self._reach(places, begin, end=True, border=word)
            state = self._states[key] = _State(places, begin, word, {}, accepts)
        return state

    def _step(self, state: _State, char: str) -> _State:
        code, word = ord(char), _is_word(char)
        if len(state.after) >= STATES:
            state.after.clear()
        places = set()
        for place in self._reach(state.places, state.begin, end=False, border=word != state.word):
            if place < len(self._items):
                item = self._items[place]
                if any(low <= code <= high for low, high in item.ranges):
                    places.add(place if item.many else place + 1)
        return self._state(frozenset(places), False, word)

    def _reach(self, places: Iterable[int], begin: bool, end: bool, border: bool) -> set[int]:
        """The places and those reached from them without taking a character."""
        holds = {"begin": begin, "end": end, "word": border, "unword": not border, "fork": True}
        seen = set(places)
        todo = list(seen)
        while todo:
            place = todo.pop()
            item = self._items[place] if place < len(self._items) else None
            if item is None:
                continue
            ways = [place + item.jump] if item.jump else []
            if item.many or holds.get(item.assertion, False):
                ways.append(place + 1)
            todo += [way for way in ways if way not in seen]
            seen.update(ways)
        return seen


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


def check(pattern: str) -> None:
    """Raises PatternError where Go's filepath.Match reports a syntax error."""
    _match_items(pattern)


def matcher(pattern: str) -> Callable[[str], bool]:
    """Go's filepath.Match for one pattern. Raises PatternError."""
    return Automaton(_match_items(pattern)).matches


def has_wildcards(name: str) -> bool:
    """Whether BuildKit takes the name of a source for a pattern: an unescaped `*`, `?` or `[`."""
    chars = iter(name)
    for char in chars:
        if char == "\\":
            next(chars, None)
        elif char in "*?[":
            return True
    return False


def _match_items(pattern: str) -> list[Item]:
    items: list[Item] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            if not (items and items[-1].many):
                items.append(Item(NO_SLASH, many=True))
        elif char == "?":
            items.append(Item(NO_SLASH))
        elif char == "[":
            ranges, at = _match_class(pattern, at)
            items.append(Item(ranges))
        elif char == "\\":
            if at == len(pattern):
                raise PatternError("syntax error in pattern", pattern)
            items += one(pattern[at])
            at += 1
        else:
            items += one(char)
    return items


def _match_class(pattern: str, at: int) -> tuple[Ranges, int]:
    """`at` is behind the `[`. An empty class is an error, so is a `-` or `]` that is not escaped."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[int, int]] = []
    while not (ranges and pattern[at : at + 1] == "]"):
        low, at = _match_char(pattern, at)
        high = low
        if pattern[at] == "-":
            high, at = _match_char(pattern, at + 1)
        ranges.append((low, high))
    return inverse(ranges) if negated else tuple(ranges), at + 1


def _match_char(pattern: str, at: int) -> tuple[int, int]:
    char = pattern[at : at + 1]
    if char == "\\":
        at += 1
        char = pattern[at : at + 1]
    elif char in ("-", "]"):
        char = ""
    # Behind a character of a class there must be something: the class is not closed yet.
    if not char or at + 1 >= len(pattern):
        raise PatternError("syntax error in pattern", pattern)
    return ord(char), at + 1
