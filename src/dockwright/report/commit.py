"""What mend did as a commit message: what failed and what says so, what was changed and why, how that was proven."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from msgspec import Struct

from dockwright.finding import Finding
from dockwright.mending import Attempt, Mended
from dockwright.verify_build import BuildAttempt, Proven, proof

WIDTH = 72
LINES = 3  # of evidence a failure
SUBJECT = 68


class Change(Struct, frozen=True):
    """One failure and what was done about it."""

    cause: str
    title: str
    where: str
    why: str
    evidence: tuple[str, ...]
    remedy: str
    safety: str
    seen: str  # in the rehearsal, or in which build


def commit_of_rehearsal(result: Mended) -> str:
    """Of what the rehearsal alone mended; it says that nothing was built."""
    said = "The rehearsal of the mended files finds nothing that fails. They were not built."
    if result.left:
        said = f"Not everything is mended: {len(result.left)} failures are left. Nothing was built."
    return _message([_rehearsed(each) for each in result.attempts if each.outcome == "applied"], said)


def commit_of_build(result: Proven, engine: str) -> str:
    """Of what was built. Only a mend that built says so."""
    changes = [_rehearsed(each) for each in result.rehearsed if each.outcome == "applied"]
    changes += [_built(each) for each in result.attempts if each.remedy and each.diff]
    return _message(changes, "\n".join(_proof(result, engine)))


def _message(changes: list[Change], said: str) -> str:
    if not changes:
        return f"Nothing to mend\n\n{_wrapped(said)}\n"
    parts = [_subject(changes), *(_told(change) for change in changes), _wrapped(said)]
    return _printable("\n\n".join(parts)) + "\n"


def _subject(changes: list[Change]) -> str:
    if len(changes) == 1:
        return textwrap.shorten(changes[0].remedy, SUBJECT, placeholder=" …")
    files = sorted({change.where.partition(":")[0] for change in changes if change.where})
    where = f" in {files[0]}" if len(files) == 1 else ""
    return textwrap.shorten(f"Mend the build: {len(changes)} failures{where}", SUBJECT, placeholder=" …")


def _told(change: Change) -> str:
    at = f" ({change.where})" if change.where else ""
    grade = " This changes what runs." if change.safety == "risky" else ""
    lines = [_wrapped(f"{change.title}{at}; {change.seen}, cause {change.cause}."), ""]
    lines += [f"    {line}" for line in change.evidence[:LINES]]
    lines += [""] if change.evidence else []
    lines.append(_wrapped(f"{change.why} Changed: {_small(change.remedy)}.{grade}"))
    return "\n".join(lines)


def _rehearsed(attempt: Attempt) -> Change:
    finding = attempt.finding
    seen = "foreseen from the files"
    return _change(finding, attempt.remedy.title, attempt.remedy.safety.value, seen)


def _change(finding: Finding, remedy: str, safety: str, seen: str) -> Change:
    where = f"{finding.where.source.name}:{finding.where.line}" if finding.where else ""
    evidence = tuple(map(proof, finding.evidence))
    if finding.where is not None and not any(line.startswith(where) for line in evidence):
        evidence += (f"{where}: {finding.where.source.line_text(finding.where.line).strip()}",)
    return Change(finding.cause, finding.title, where, finding.why, evidence, remedy, safety, seen)


def _built(attempt: BuildAttempt) -> Change:
    what = "the start after build" if attempt.built else "build"
    seen = f"{what} {attempt.number} of {attempt.target} failed"
    return Change(
        attempt.cause, attempt.title, attempt.where, attempt.why, attempt.evidence, attempt.remedy, attempt.safety, seen
    )


def _proof(result: Proven, engine: str) -> Iterator[str]:
    if result.outcome != "built":
        yield f"NOT proven: the mended files do not build yet ({result.outcome})."
        return
    last = {attempt.target: attempt for attempt in result.attempts if attempt.built and attempt.started is not False}
    yield f"Proven by building every target of the mended files with {engine}:"
    for attempt in last.values():
        started = ", started" if attempt.started else ""
        yield f"- {attempt.target}: built in {attempt.seconds:.0f} s, build {attempt.number}{started}"


def _wrapped(text: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )


def _small(title: str) -> str:
    """A remedy's title inside of a sentence."""
    word = title.split(" ", 1)[0]
    return title[:1].lower() + title[1:] if word.istitle() else title


def _printable(text: str) -> str:
    """A comment line would be lost in an editor, a control character would drive a terminal."""
    text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return re.sub(r"(?m)^#", " #", text)
