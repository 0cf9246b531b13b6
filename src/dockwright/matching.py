"""What the signatures of causes find in an output, and which of it is the root of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from dockwright.causes.shape import Cause, Signature, causes, compiled, roots
from dockwright.log import Line, Lines

LARGEST = 4_000_000  # characters of one output that are searched
LARGE = 200_000  # characters from which on an output's words are gathered first
WORD = r"[A-Za-z]{3,}"
WARNED = ("npm WARN", "npm warn")  # npm goes on after these: what stopped it says `npm error`
FEW = 40  # occurrences of one literal that are looked at: the last ones, nearest to the failure


class Match(Struct, frozen=True):
    """One cause that speaks of the failing output: its best signature's line."""

    cause: str
    facts: Struct
    line: Line
    sure: float
    bound: int  # facts that the line bound
    position: int


def matches_in(outputs: list[Lines]) -> list[Match]:
    """The best match of every cause over the outputs, in their order."""
    found: dict[str, Match] = {}
    for order, lines in enumerate(outputs):
        searched = Searched(lines)
        for cause in causes().values():
            for signature in cause.signatures:
                match = _match(cause, signature, searched, order)
                best = found.get(cause.name)
                if match is not None and (best is None or _better(match, best)):
                    found[cause.name] = match
    return list(found.values())


def _better(match: Match, best: Match) -> bool:
    return (match.sure, match.bound, match.position) > (best.sure, best.bound, best.position)


class Searched:
    """An output while it is searched: a text that many signatures name is looked for once."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.near = lines, window(lines)
        texts = [lines.blocks[block] for block in self.near]
        self._text = "\n".join(texts)
        self._held: dict[str, bool] = {}
        self._words = _words_of(texts) if len(self._text) > LARGE else None

    def holds(self, text: str) -> bool:
        held = self._held.get(text)
        if held is None:
            held = self._held[text] = (self._words is None or self._may_hold(text)) and text in self._text
        return held

    def _may_hold(self, text: str) -> bool:
        """A thousand texts looked for in megabytes take seconds: most have a word that none of the output's words holds."""
        longest = max(re.findall(WORD, text), key=len, default="")
        return self._words is None or longest in self._words


def _words_of(texts: list[str]) -> str:
    """The different words of an output, a line each: little, for large outputs repeat themselves."""
    words: set[str] = set()
    for text in texts:
        words.update(re.findall(WORD, text))
    return "\n".join(words)


def _match(cause: Cause, signature: Signature, searched: Searched, order: int) -> Match | None:
    if not searched.holds(signature.literal):
        return None
    also = signature.also or ""
    if "{" not in also and not searched.holds(also):
        return None
    if signature.unless is not None and searched.holds(signature.unless):
        return None
    for line in _with(signature.literal, searched.lines, searched.near):
        if line.text.startswith(WARNED):
            continue
        bound = signature.match(line.text)
        if bound is not None and signature.above is not None:
            over = compiled(signature.above).search(searched.lines.above(line))
            bound = None if over is None else bound | over.groupdict()
        if bound is not None and ("{" not in also or searched.holds(also.format_map(bound))):
            facts = cause.facts(bound)
            return Match(cause.name, facts, line, signature.sure, _bound(facts), line.number - 1_000_000 * order)
    return None


def _bound(facts: Struct) -> int:
    return sum(1 for value in structs.astuple(facts) if value not in (None, "", ()))


def window(lines: Lines) -> list[int]:
    """The blocks that are searched: all but the middle of an output beyond any that a builder keeps (BuildKit: 2 MiB)."""
    blocks = lines.blocks
    if len(blocks) < 3:
        return list(range(len(blocks)))
    near: list[int] = []
    left = LARGEST
    for block in range(len(blocks) - 1, 0, -1):
        left -= len(blocks[block])
        if left < 0 and near:
            break
        near.append(block)
    return [0, *reversed(near)]


def _with(literal: str, lines: Lines, near: list[int]) -> Iterator[Line]:
    """Lines that hold a literal, the last first."""
    left = FEW
    for block in reversed(near):
        text = lines.blocks[block]
        at = text.rfind(literal) if literal in text else -1
        while at >= 0 and left:
            yield lines.at(block, at)
            left -= 1
            start = text.rfind("\n", 0, at)
            at = text.rfind(literal, 0, start) if start > 0 else -1


def rank(matches: list[Match]) -> list[Match]:
    """Roots before symptoms; then the surer signature, more facts, nearer to the end of the output."""
    root = roots(match.cause for match in matches)
    kept = [match for match in matches if match.cause in root]
    return sorted(kept, key=lambda match: (-match.sure, -match.bound, -match.position))
