"""Log -> ranked root causes: what signatures match in the failing step, symptoms giving way to their root.

With the project at hand, what the rehearsal knows of the failing instruction joins in: it tells a missing file from an
ignored one, and names the earlier line that is to blame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, structs

from dockwright.causes.shape import causes, roots, sentence, words
from dockwright.checking import findings_of, with_remedies
from dockwright.dockerfile import parse
from dockwright.finding import Certainty, Evidence, Finding, Place, Severity
from dockwright.log import BuildLog, Line, Lines, LogStep, excerpt, locate
from dockwright.matching import Match, matches_in, rank
from dockwright.project import Project
from dockwright.rehearse.run import rehearse
from dockwright.rehearse.step import head


class Diagnosed(Struct, frozen=True):
    """One cause for the failure, with how sure the answer is: `confidence` in 0…1. `engine`: the engine itself was not there."""

    finding: Finding
    confidence: float
    transient: bool = False
    engine: bool = False


class Diagnosis(Struct, frozen=True):
    log: BuildLog
    ranked: tuple[Diagnosed, ...]
    failed: LogStep | None
    where: Place | None
    excerpt: tuple[str, ...]


def diagnose(log: BuildLog, project: Project | None = None) -> Diagnosis:
    """Ranked causes of a failed log; none for a log that shows no failure."""
    if log.outcome == "succeeded":
        return Diagnosis(log, (), None, None, ())
    step = log.failed[0] if log.failed else (log.steps[-1] if log.outcome == "failed" and log.steps else None)
    outputs = list(_outputs(log, step))
    phase = _phase(log, step)
    matches = rank([match for match in matches_in(outputs) if _belongs(match.cause, phase)])
    where, rehearsed = _rehearsed(step, project)
    ranked = _mendable(_combine(matches, rehearsed, where), log, step, project)
    line = matches[0].line if matches else None
    return Diagnosis(log, tuple(ranked), step, where, excerpt(log, line))


def _phase(log: BuildLog, step: LogStep | None) -> str:
    """Is it a build that failed or a start? Empty where the log does not say."""
    if log.builder == "compose" or (step is not None and step.id.startswith("| ")):
        return "start"
    return "" if log.builder == "unknown" else "build"


def _belongs(cause: str, phase: str) -> bool:
    return not phase or causes()[cause].phase in ("", phase)


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
    elif step.instruction.startswith("[internal] load metadata for "):
        yield Line(number, f"{step.instruction}: {step.error}")


def _lines(lines: Iterable[Line]) -> Lines:
    made = Lines()
    for line in lines:
        made.add(line.number, line.text)
    return made.seal()


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
    return Diagnosed(finding, round(sure, 2), cause.transient, cause.engine)


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
