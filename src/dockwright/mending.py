"""Findings -> edits, until the rehearsal is quiet or the same finding persists. Pure: nothing is written.

A remedy that brings a failure which was not there before is rejected, so the loop can't swing between two mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from dockwright.checking import check
from dockwright.errors import ToolError
from dockwright.finding import Finding, Remedy, Report, Safety, breaks
from dockwright.project import Project
from dockwright.source import unified

ROUNDS = 10


class Attempt(Struct, frozen=True):
    """One remedy that was tried. `outcome`: applied, rejected (brings `brought`), useless."""

    finding: Finding
    remedy: Remedy
    outcome: str
    brought: tuple[str, ...] = ()


class Mended(Struct, frozen=True):
    """`files`: new texts by path. `left`: findings that remain. `outcome`: quiet, persists, nothing-to-do."""

    files: dict[str, str]
    attempts: tuple[Attempt, ...]
    report: Report
    outcome: str
    diff: str

    @property
    def left(self) -> tuple[Finding, ...]:
        return tuple(failures(self.report))


def mend(
    project: Project, allowed: Iterable[Safety] = (Safety.SAFE, Safety.RISKY), report: Report | None = None
) -> Mended:
    """The smallest edits after which the rehearsal is quiet, as far as remedies of the allowed safety reach."""
    permitted = frozenset(allowed)
    current, report = project, report or check(project)
    files: dict[str, str] = {}
    attempts: list[Attempt] = []
    refused: set[tuple[str, Remedy]] = set()
    for _ in range(ROUNDS):
        step = _round(current, report, permitted, refused, attempts)
        if step is None:
            break
        changed, current, report = step
        files |= changed
    quiet = not list(failures(report))
    outcome = "nothing-to-do" if quiet and not files else "quiet" if quiet else "persists"
    return Mended(files, tuple(attempts), report, outcome, _diff(project, files))


def failures(report: Report) -> Iterable[Finding]:
    return (finding for target in report.targets for finding in target.findings if breaks(finding))


def _round(
    project: Project,
    report: Report,
    permitted: frozenset[Safety],
    refused: set[tuple[str, Remedy]],
    attempts: list[Attempt],
) -> tuple[dict[str, str], Project, Report] | None:
    """Apply one remedy for each finding that has one; None when none could be applied."""
    files: dict[str, str] = {}
    before = project
    for finding in list(failures(report)):
        present = [item for item in failures(report) if same(item, finding)]
        if not present:
            continue  # an earlier remedy of this round took it away as well
        tried = _try(project, report, present[0], permitted, refused, attempts)
        if tried is not None:
            changed, project, report = tried
            files |= changed
    return (files, project, report) if project is not before else None


def _try(
    project: Project,
    report: Report,
    finding: Finding,
    permitted: frozenset[Safety],
    refused: set[tuple[str, Remedy]],
    attempts: list[Attempt],
) -> tuple[dict[str, str], Project, Report] | None:
    """The first remedy that takes the finding away and brings no other."""
    known = {key(item) for item in failures(report)}
    for remedy in finding.remedies:
        if remedy.safety not in permitted or not remedy.patch or (finding.cause, remedy) in refused:
            continue
        changed = changed_files(project, remedy)
        if changed is None:
            continue
        patched = project.patched(changed)
        after = check(patched)
        brought = tuple(sorted({item.cause for item in failures(after) if key(item) not in known}))
        gone = not any(same(item, finding) for item in failures(after))
        outcome = "rejected" if brought else "applied" if gone else "useless"
        attempts.append(Attempt(finding, remedy, outcome, brought))
        if outcome == "applied":
            return changed, patched, after
        refused.add((finding.cause, remedy))
    return None


def changed_files(project: Project, remedy: Remedy) -> dict[str, str] | None:
    texts = {}
    for file in remedy.patch.files():
        source = project.source(file)
        if source is not None:
            texts[file] = source.text
    try:
        changed = remedy.patch.apply(texts)
    except ToolError:
        return None
    return {file: text for file, text in changed.items() if text != texts.get(file)} or None


def key(finding: Finding) -> tuple[str, object, str]:
    """What two findings must share to be the same failure before and after an edit, which moves lines."""
    return (finding.cause, finding.facts, finding.where.source.name if finding.where is not None else "")


def same(one: Finding, two: Finding) -> bool:
    return key(one) == key(two)


def _diff(project: Project, files: dict[str, str]) -> str:
    pieces = []
    for file in sorted(files):
        source = project.source(file)
        pieces.append(unified(file, source.text if source else None, files[file]))
    return "".join(pieces)
