"""Log -> ranked root causes: what signatures match in the failing step, symptoms giving way to their root.

With the project at hand, what the rehearsal knows of the failing instruction joins in: it tells a missing file from an
ignored one, and names the earlier line that is to blame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, structs

from dockwright.causes.shape import Cause, Signature, causes, roots, sentence, words
from dockwright.checking import findings_of, with_remedies
from dockwright.dockerfile import parse
from dockwright.finding import Certainty, Evidence, Finding, Place, Severity
from dockwright.log import BuildLog, Line, Lines, LogStep, excerpt, locate
from dockwright.project import Project
from dockwright.rehearse.run import rehearse
from dockwright.rehearse.step import head

LARGEST = 4_000_000  # characters of one output that are searched
LARGE = 200_000  # characters from which on an output's words are gathered first
WORD = r"[A-Za-z]{3,}"
WARNED = ("npm WARN", "npm warn")  # npm goes on after these: what stopped it says `npm error`
FEW = 40  # occurrences of one literal that are looked at: the last ones, nearest to the failure


class Diagnosed(Struct, frozen=True):
    """One cause for the failure, with how sure the answer is: `confidence` in 0…1."""

    finding: Finding
    confidence: float
    transient: bool = False


class Diagnosis(Struct, frozen=True):
    log: BuildLog
    ranked: tuple[Diagnosed, ...]
    failed: LogStep | None
    where: Place | None
    excerpt: tuple[str, ...]


class Match(Struct, frozen=True):
    """One cause that speaks of the failing output: its best signature's line."""

    cause: str
    facts: Struct
    line: Line
    sure: float
    bound: int  # facts that the line bound
    position: int


def diagnose(log: BuildLog, project: Project | None = None) -> Diagnosis:
    """Ranked causes of a failed log; none for a log that shows no failure."""
    if log.outcome == "succeeded":
        return Diagnosis(log, (), None, None, ())
    step = log.failed[0] if log.failed else (log.steps[-1] if log.outcome == "failed" and log.steps else None)
    outputs = list(_outputs(log, step))
    matches = rank(matches_in(outputs))
    where, rehearsed = _rehearsed(step, project)
    ranked = _mendable(_combine(matches, rehearsed, where), log, step, project)
    line = matches[0].line if matches else None
    return Diagnosis(log, tuple(ranked), step, where, excerpt(log, line))


def _outputs(log: BuildLog, step: LogStep | None) -> Iterator[Lines]:
    """Where causes are looked for: the failing step's output and error, then what the builder says itself."""
    if step is not None:
        yield step.lines
        if step.error:
            number = step.lines.number(len(step.lines) - 1) if len(step.lines) else 0
            yield _lines([Line(number, step.error), *_copied(step, number)])
    for other in log.failed[1:]:
        yield other.lines
    if (
        step is None
    ):  # a log that shows neither an end nor a failure: what is known to have gone well is no place to look
        for each in log.steps:
            if each.status not in ("done", "cached"):
                yield each.lines
    yield _lines(log.messages)


def _copied(step: LogStep, number: int) -> Iterator[Line]:
    """A copy's error is worded alike for the context and for a stage: the instruction tells which it was."""
    if step.keyword in ("COPY", "ADD", "FROM"):
        source = "--from= " if "--from=" in step.instruction else ""
        yield Line(number, f">>> {source}{step.keyword}{step.instruction[len(step.keyword) :]}")


def _lines(lines: Iterable[Line]) -> Lines:
    made = Lines()
    for line in lines:
        made.add(line.number, line.text)
    return made.seal()


# -- matching and ranking ---------------------------------------------------------------------------------------------


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
        self._texts = [lines.blocks[block] for block in self.near]
        self._held: dict[str, bool] = {}
        self._words = _words_of(self._texts) if sum(map(len, self._texts)) > LARGE else None

    def holds(self, text: str) -> bool:
        held = self._held.get(text)
        if held is None:
            held = self._held[text] = self._may_hold(text) and any(text in each for each in self._texts)
        return held

    def _may_hold(self, text: str) -> bool:
        """A thousand texts looked for in megabytes take seconds: most have a word that none of the output's words holds."""
        if self._words is None:
            return True
        longest = max(re.findall(WORD, text), key=len, default="")
        return longest in self._words


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


# -- with the project -------------------------------------------------------------------------------------------------


def _rehearsed(step: LogStep | None, project: Project | None) -> tuple[Place | None, list[Finding]]:
    """The failing instruction in the project, and what the rehearsal says of it."""
    if step is None or project is None:
        return None, []
    for target in project.targets:
        source = project.dockerfile(target)
        if source is None:
            continue
        dockerfile = parse(source.text, source.name)
        instruction = locate(step, dockerfile)
        if instruction is not None:
            place = Place(source, instruction.span, head(instruction))
            findings = findings_of(rehearse(project, target))
            return place, [finding for finding in findings if finding.where and _inside(finding.where, place)]
    return None, []


def _inside(inner: Place, outer: Place) -> bool:
    return inner.source.name == outer.source.name and outer.span.holds(inner.span)


def _combine(matches: list[Match], rehearsed: list[Finding], where: Place | None) -> list[Diagnosed]:
    known = {finding.cause: finding for finding in rehearsed}
    present = roots([match.cause for match in matches] + list(known))
    diagnosed = [_diagnosed(match, known.pop(match.cause, None), where) for match in matches if match.cause in present]
    agreed = [_foreseen(finding, matches) for finding in known.values() if finding.cause in present]
    explained = {cause for finding in known.values() for cause in causes()[finding.cause].explains}
    if matches and any(match.cause in explained for match in matches):
        return agreed + diagnosed
    return diagnosed + [each for each in agreed if not diagnosed]


def _foreseen(finding: Finding, matches: list[Match]) -> Diagnosed:
    """A cause that only the rehearsal sees; a log line that it explains is its evidence."""
    explains = causes()[finding.cause].explains
    proofs = tuple(_evidence(match) for match in matches if match.cause in explains)
    finding = structs.replace(finding, evidence=proofs + finding.evidence)
    sure = 0.95 if finding.certainty is Certainty.CERTAIN else 0.8
    return Diagnosed(finding, sure if proofs else 0.6)


def _diagnosed(match: Match, foreseen: Finding | None, where: Place | None) -> Diagnosed:
    cause = causes()[match.cause]
    if foreseen is not None:
        finding = structs.replace(
            foreseen, facts=_merge(foreseen.facts, match.facts), evidence=(_evidence(match), *foreseen.evidence)
        )
        sure = max(match.sure, 0.97)
    else:
        facts = words(match.facts)
        finding = Finding(
            cause=match.cause,
            facts=match.facts,
            title=sentence(cause.module.TITLE, facts),
            why=sentence(getattr(cause.module, "WHY", cause.summary), facts),
            certainty=Certainty.LIKELY,
            severity=Severity.ERROR,
            where=where,
            evidence=(_evidence(match),),
        )
        sure = match.sure
    return Diagnosed(finding, round(sure, 2), cause.transient)


def _mendable(ranked: list[Diagnosed], log: BuildLog, step: LogStep | None, project: Project | None) -> list[Diagnosed]:
    """With their remedies: edits of the project's files, or in words where there is only the log."""
    from dockwright.remedy_told import imagined, in_words, output_of

    if not ranked:
        return ranked
    if project is not None:
        known = structs.replace(project, output=output_of(step))
        return [structs.replace(each, finding=with_remedies(each.finding, known)) for each in ranked]
    known, place = imagined(log, step)
    found = []
    for each in ranked:
        mended = with_remedies(structs.replace(each.finding, where=place), known)
        remedies = tuple(in_words(remedy, known) for remedy in mended.remedies)
        found.append(structs.replace(each, finding=structs.replace(each.finding, remedies=remedies)))
    return found


def _merge(foreseen: Struct, logged: Struct) -> Struct:
    """The rehearsal's facts; what it leaves open is filled from the log."""
    empty: dict[str, Any] = {
        name: getattr(logged, name)
        for name, value in structs.asdict(foreseen).items()
        if value in (None, "", ()) and getattr(logged, name) not in (None, "", ())
    }
    return structs.replace(foreseen, **empty)


def _evidence(match: Match) -> Evidence:
    return Evidence("the log says", log_line=match.line.number, text=match.line.text.strip())
