"""What mend did: every attempt, what is left, the final diff."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.mending import Attempt, Mended
from dockwright.report import data
from dockwright.report.terminal import printable
from dockwright.verify_build import BuildAttempt, Proven

SHOWN = 3  # lines of evidence on a terminal


def show_mended(result: Mended, form: str) -> str:
    if form == "json":
        return data.encode(
            {
                "version": data.VERSION,
                "outcome": result.outcome,
                "attempts": [_rehearsed(attempt) for attempt in result.attempts],
                "left": [{"cause": finding.cause, "title": finding.title} for finding in result.left],
                "diff": result.diff,
            }
        )
    return "\n".join([*_lines(result), ""])


def _lines(result: Mended) -> Iterator[str]:
    for attempt in result.attempts:
        yield _line(attempt)
    yield from ("", result.diff) if result.diff else ()
    for finding in result.left:
        at = f"{finding.where.source.name}:{finding.where.line}: " if finding.where else ""
        yield f"left      {at}{finding.cause}: {finding.title}"
    yield SAYS[result.outcome]


SAYS = {
    "quiet": "The rehearsal of the mended files finds nothing that fails.",
    "nothing-to-do": "The rehearsal finds nothing that fails.",
    "persists": "Not everything could be mended; what is left is named above.",
    "built": "Built: every target of the mended files.",  # and started where that was asked for: see the attempts
    "no-remedy": "Not mended: no remedy is known for what the build says.",
    "too-many": "Not mended: too many attempts.",
    "transient": "Not built: a fault that may pass; the same command may succeed later.",
    "no-target": "Not built: there is no target to build.",
}


def _line(attempt: Attempt) -> str:
    where = attempt.finding.where
    at = f"{where.source.name}:{where.line}" if where else ""
    brought = f" (it would bring {', '.join(attempt.brought)})" if attempt.brought else ""
    what = f"{attempt.finding.cause}: {attempt.remedy.title}   [{attempt.remedy.safety.value}]"
    return printable(f"{attempt.outcome:<9} {at}  {what}{brought}")


def _rehearsed(attempt: Attempt) -> dict[str, object]:
    finding = attempt.finding
    return {
        "cause": finding.cause,
        "title": finding.title,
        "where": None if finding.where is None else data.place(finding.where),
        "evidence": [data.evidence(each) for each in finding.evidence],
        "remedy": attempt.remedy.title,
        "safety": attempt.remedy.safety.value,
        "outcome": attempt.outcome,
        "brought": list(attempt.brought),
    }


def show_proven(result: Proven, form: str, engine: str) -> str:
    """All of it as JSON; for a terminal what `show_rehearsed` and `show_attempt` have not shown yet."""
    if form == "json":
        return data.encode(
            {
                "version": data.VERSION,
                "engine": engine,
                "outcome": result.outcome,
                "rehearsed": [_rehearsed(attempt) for attempt in result.rehearsed],
                "attempts": [data.plain(attempt) for attempt in result.attempts],
                "left": [{"cause": item.finding.cause, "title": item.finding.title} for item in result.left],
                "diff": result.diff,
            }
        )
    lines = ["", result.diff] if result.diff else []
    lines += [printable(f"left      {item.finding.cause}: {item.finding.title}") for item in result.left[:3]]
    said = SAYS[result.outcome] if result.outcome != "persists" else "Not mended: the same cause persists."
    return "\n".join([*lines, said, ""])


def show_rehearsed(attempts: tuple[Attempt, ...]) -> str:
    """What the rehearsal mended before the first build."""
    return "".join(f"{_line(attempt)}\n" for attempt in attempts)


def show_attempt(attempt: BuildAttempt, engine: str) -> str:
    """One build, as soon as it has ended."""
    return "".join(f"{printable(line)}\n" for line in _built(attempt, engine))


def _built(attempt: BuildAttempt, engine: str) -> Iterator[str]:
    head = f"build {attempt.number} of {attempt.target} on {engine}, {attempt.seconds:.1f} s:"
    if attempt.built and attempt.started is not False:
        yield f"{head} built" + (" and started" if attempt.started else "")
        return
    failed = "built, but its start failed" if attempt.built else "failed"
    if not attempt.cause:
        yield f"{head} {failed}, no known cause fits"
        yield from (f"    {line}" for line in attempt.evidence)
        return
    yield f"{head} {failed} at {attempt.where}" if attempt.where else f"{head} {failed}"
    yield f"  {attempt.cause}: {attempt.title}"
    for line in attempt.evidence[:SHOWN]:
        yield f"    {line}"
    if attempt.remedy:
        grade = f"   [{attempt.safety}]" if attempt.safety else ""
        yield f"  then: {attempt.remedy}{grade}"
