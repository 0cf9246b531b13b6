"""Patterns of `${name#pattern}`, `%` and `/`: `*`, `?` and escapes, matched as BuildKit's regular expressions do.

BuildKit makes a regular expression of each; Go matches those in linear time, Python would not. This is the automaton
itself, its states the bits of a number.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

_MOST_WORK = 20_000_000  # characters times words of state; about a second


class BadPattern(ValueError):
    pass


class Wildcard(Struct, frozen=True):
    """State i waits for fixed token i; `exact` and `any_one` are the states that a character moves, `loops` keeps."""

    size: int
    exact: dict[str, int]
    any_one: int
    loops: int

    def step(self, states: int, char: str) -> int:
        if char == "\n":  # neither `?` nor `*` goes over a line break
            return (states & self.exact.get(char, 0)) << 1
        return (states & (self.exact.get(char, 0) | self.any_one)) << 1 | (states & self.loops)

    def ends(self, text: str, start: int = 0) -> Iterator[int]:
        """Where a match that begins at `start` may end, ascending."""
        if (len(text) - start) * (self.size // 64 + 1) > _MOST_WORK:
            raise BadPattern("it is too long")
        states, accepting = 1, 1 << self.size
        if states & accepting:
            yield start
        for at in range(start, len(text)):
            states = self.step(states, text[at])
            if not states:
                return
            if states & accepting:
                yield at + 1

    def last_end(self, text: str, start: int) -> int:
        return max(self.ends(text, start), default=start)


def compile_tokens(pattern: str) -> list[str]:
    """Tokens of a pattern: `*`, `?`, or a backslash and the character that it stands for. Raises BadPattern."""
    tokens, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char in "*?":
            tokens.append(char)
        elif char != "\\":
            tokens.append("\\" + char)
        elif pattern[at : at + 1] not in ("}", "/"):  # before those the escape is not of the pattern
            following = pattern[at : at + 1]
            if following not in ("*", "?", "\\"):
                raise BadPattern(f"invalid escape '\\{following or chr(0xFFFD)}'")
            tokens.append("\\" + following)
            at += 1
    return tokens


def automaton(tokens: list[str]) -> Wildcard:
    exact: dict[str, int] = {}
    any_one = loops = size = 0
    for token in tokens:
        if token == "*":
            loops |= 1 << size
            continue
        if token == "?":
            any_one |= 1 << size
        else:
            exact[token[1]] = exact.get(token[1], 0) | 1 << size
        size += 1
    return Wildcard(size, exact, any_one, loops)


def trim_prefix(pattern: str, value: str, longest: bool) -> str:
    return value[_prefix(compile_tokens(pattern), value, longest) :]


def trim_suffix(pattern: str, value: str, longest: bool) -> str:
    tokens = compile_tokens(_reversed(pattern))
    return value[: len(value) - _prefix(tokens, value[::-1], longest)]


def _prefix(tokens: list[str], value: str, longest: bool) -> int:
    machine = automaton(tokens)
    return machine.last_end(value, 0) if longest else next(machine.ends(value), 0)


def _reversed(pattern: str) -> str:
    """The pattern backwards, each escape still before its character."""
    pieces, at = [], 0
    while at < len(pattern):
        width = 2 if pattern[at] == "\\" and at + 1 < len(pattern) else 1
        pieces.append(pattern[at : at + width])
        at += width
    return "".join(reversed(pieces))


def replace(pattern: str, value: str, replacement: str, every: bool, limit: int) -> str:
    """The first or every longest match replaced. Raises BadPattern, also when the result exceeds the limit."""
    tokens = compile_tokens(pattern)
    machine = automaton(tokens)
    starts = _starts(tokens, value)
    if not every:
        start = next(iter(starts), None)
        return value if start is None else value[:start] + replacement + value[machine.last_end(value, start) :]
    out: list[str] = []
    done = length = 0
    for start in starts:
        if start < done:
            continue
        end = machine.last_end(value, start)
        if end == start and start == done and start > 0:
            continue  # an empty match right behind another match does not count
        out += [value[done:start], template(replacement, value[start:end])]
        length += len(out[-1]) + len(out[-2])
        if length > limit:
            raise BadPattern("the result is too long")
        done = end
    return "".join(out) + value[done:]


def _starts(tokens: list[str], value: str) -> list[int]:
    """Where matches may begin, ascending: the reversed automaton, run over the reversed text."""
    machine = automaton(tokens[::-1])
    if len(value) * (machine.size // 64 + 1) > _MOST_WORK:
        raise BadPattern("it is too long")
    states, accepting, found = 1, 1 << machine.size, []
    if accepting == 1:
        found.append(len(value))
    for at in range(len(value) - 1, -1, -1):
        states = machine.step(states, value[at]) | 1
        if states & accepting:
            found.append(at)
    return found[::-1]


def template(text: str, matched: str) -> str:
    """regexp.Expand without groups, as replacing every match does it: $0 is the match, other names are empty."""
    out, at = [], 0
    while (dollar := text.find("$", at)) >= 0:
        out.append(text[at:dollar])
        at = dollar + 1
        braced = text.startswith("{", at)
        end = at + braced
        while end < len(text) and (text[end] == "_" or text[end].isalpha() or text[end].isdecimal()):
            end += 1
        name = text[at + braced : end]
        if text.startswith("$", at):
            out.append("$")
            at += 1
        elif not name or (braced and not text.startswith("}", end)):
            out.append("$")
        else:
            out.append(matched if name.isascii() and name.isdecimal() and int(name[:9]) == 0 else "")
            at = end + braced
    return "".join(out) + text[at:]
