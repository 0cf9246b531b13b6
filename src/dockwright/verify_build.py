"""mend --verify build: build, diagnose, patch a copy, rebuild, until every target builds or the same cause persists."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dockwright.checking import check
from dockwright.diagnose import Diagnosed, diagnose
from dockwright.engine import argv
from dockwright.engine.events import Event, Watch
from dockwright.engine.run import Engine, Ran, build
from dockwright.finding import Evidence, Finding, Remedy, Report, Safety
from dockwright.inputs.targets import Target, is_remote
from dockwright.log import read
from dockwright.mending import Attempt, changed_files, failures, key, mend
from dockwright.project import Project
from dockwright.source import unified
from dockwright.verify_start import diagnosed, start, startable
from dockwright.workcopy import laid_out

if TYPE_CHECKING:
    from dockwright.history.store import Run, TargetRun
    from dockwright.history.values import Why

TRIES = 10  # builds of one target
RETRIES = 2  # of a build that failed for a transient cause


class BuildAttempt(Struct, frozen=True):
    """One build. What it failed for, as far as that is known, and the remedy that was then taken; empty when it built."""

    target: str
    number: int
    seconds: float
    built: bool
    started: bool | None = None  # None: it was not to be started
    cause: str = ""
    title: str = ""
    confidence: float = 0.0
    where: str = ""
    why: str = ""
    evidence: tuple[str, ...] = ()
    remedy: str = ""
    safety: str = ""
    diff: str = ""


class Proven(Struct, frozen=True):
    """`outcome`: built, persists, no-remedy, too-many, transient, no-target. `files`: new texts by path.

    `built` is said only when the engine has built every target from these very files, and, where that was asked for, when
    what it built has started.
    """

    files: dict[str, str]
    rehearsed: tuple[Attempt, ...]
    attempts: tuple[BuildAttempt, ...]
    outcome: str
    diff: str
    left: tuple[Diagnosed, ...] = ()


def prove(
    project: Project,
    engine: Engine,
    allowed: tuple[Safety, ...],
    tag: str = "dockwright-mend",
    *,
    tries: int = TRIES,
    starting: bool = False,
    watch: Watch | None = None,
    tell: Callable[[BuildAttempt], None] | None = None,
    foreseen: Callable[[tuple[Attempt, ...]], None] | None = None,
    run: Run | None = None,
) -> Proven:
    """Mend by rehearsal first, then build every target; what a build still says is mended from its log.

    `foreseen` is given what the rehearsal mended, `tell` each build as it ends; `run` records them in the history.
    """
    first = mend(project, allowed)
    if foreseen is not None:
        foreseen(first.attempts)
    work = _Work(project, dict(first.files), engine, allowed, tries, starting, watch, tell)
    rows = [_row(run, target, f"{tag}-{place}") for place, target in enumerate(project.targets)]
    outcome, left = work.all([f"{tag}-{place}" for place, _ in enumerate(project.targets)], rows)
    return Proven(work.files, first.attempts, tuple(work.attempts), outcome, diff(project, {}, work.files), left)


def _row(run: Run | None, target: Target, tag: str) -> TargetRun | None:
    if run is None:
        return None
    place = {"dockerfile": target.dockerfile, "context": target.context, "tag": tag}
    return run.target(target.name, platform=target.platform or "", **place)


class _Work:
    def __init__(
        self,
        project: Project,
        files: dict[str, str],
        engine: Engine,
        allowed: tuple[Safety, ...],
        tries: int,
        starting: bool,
        watch: Watch | None,
        tell: Callable[[BuildAttempt], None] | None,
    ) -> None:
        self.original, self.files = project, files
        self.engine, self.allowed, self.tries, self.starting = engine, allowed, tries, starting
        self.watch, self.tell = watch, tell
        self.attempts: list[BuildAttempt] = []
        self.counts: dict[str, int] = {}  # builds by tag
        self.seen: dict[str, set[object]] = {}  # causes that were mended, by tag

    @property
    def project(self) -> Project:
        return self.original.patched(self.files) if self.files else self.original

    def all(self, tags: list[str], rows: list[TargetRun | None]) -> tuple[str, tuple[Diagnosed, ...]]:
        """Build every target. One that was built before a later mend is built again: that file may be its own too."""
        built: dict[str, dict[str, str]] = {}
        while stale := [place for place, tag in enumerate(tags) if built.get(tag) != self.files]:
            for place in stale:
                target, tag = self.original.targets[place], tags[place]
                outcome, left = self.target(target, tag, rows[place])
                row = rows[place]
                if row is not None:
                    row.finish("built" if outcome == "built" else "failed", left[0].finding.title if left else "")
                if outcome != "built":
                    return outcome, left
                built[tag] = dict(self.files)
        return ("built" if tags else "no-target"), ()

    def target(self, target: Target, tag: str, row: TargetRun | None) -> tuple[str, tuple[Diagnosed, ...]]:
        """Build one target until it builds, the same cause comes back, or nothing is left to try."""
        seen = self.seen.setdefault(tag, set())
        retries = 0
        left: tuple[Diagnosed, ...] = ()
        while self.counts.get(tag, 0) < self.tries:
            self.counts[tag] = number = self.counts.get(tag, 0) + 1
            target = _same_target(self.project, target)
            ran, note = self._build(target, tag, row)
            begun = start(self.engine, tag, target) if ran.code == 0 and self._starts(target) else None
            if ran.code == 0 and (begun is None or begun.code == 0):
                note(BuildAttempt(target.name, number, ran.seconds, True, None if begun is None else True))
                return "built", ()
            if begun is not None:
                left = diagnosed(begun.output, self.project, target)
                failed = replace(_failed(target, number, ran.seconds, left), built=True, started=False)
            else:
                found = diagnose(read(ran.output), self.project)
                left = found.ranked
                failed = _failed(target, number, ran.seconds, left, found.excerpt)
            if left and left[0].transient and retries < RETRIES:
                retries += 1
                note(_with(failed, "tried again", None, ""))
                continue
            if not left or key(left[0].finding) in seen:
                note(failed)
                return ("persists" if left else "no-remedy"), left
            before = dict(self.files)
            remedy = self._remedy(left[0].finding)
            if remedy is None:
                note(failed)
                return ("transient" if left[0].transient else "no-remedy"), left
            seen.add(key(left[0].finding))
            note(_with(failed, remedy.title, remedy.safety, diff(self.original, before, self.files)))
        return "too-many", left

    def _starts(self, target: Target) -> bool:
        return self.starting and startable(self.engine, target)

    def _remedy(self, finding: Finding) -> Remedy | None:
        """The first remedy that may be applied and brings no new failure to the rehearsal; it is applied."""
        for remedy in finding.remedies:
            if remedy.safety in self.allowed and remedy.patch and self._apply(finding, remedy):
                return remedy
        return None

    def _apply(self, finding: Finding, remedy: Remedy) -> bool:
        project = self.project
        changed = changed_files(project, remedy)
        if changed is None:
            return False
        known = {key(item) for item in failures(check(project))}
        after: Report = check(project.patched(changed))
        if any(key(item) not in known and item.cause != finding.cause for item in failures(after)):
            return False
        self.files |= changed
        return True

    def _build(self, target: Target, tag: str, row: TargetRun | None) -> tuple[Ran, Callable[[BuildAttempt], None]]:
        """One build, and what is to be called with what came of it."""
        with laid_out(self.original, self.files, target) as (root, dockerfile, context):
            request = argv.BuildRequest(
                dockerfile=dockerfile,
                context=context,
                tag=tag,
                stage=target.stage,
                arguments=target.build_args,
                platform=target.platform,
                network=target.network,
                named_contexts={
                    name: value if is_remote(value) else os.path.join(root, value)
                    for name, value in target.named_contexts.items()
                },
            )
            recorded = row.attempt(argv.BUILDERS[self.engine](request)) if row is not None else None
            ran = build(self.engine, request, _both(self.watch, recorded.watch if recorded is not None else None))

        def note(attempt: BuildAttempt) -> None:
            self.attempts.append(attempt)
            if recorded is not None:
                recorded.finish(
                    "built" if attempt.built and attempt.started is not False else "failed", _why(attempt, ran.code)
                )
            if self.tell is not None:
                self.tell(attempt)

        return ran, note


def _both(one: Watch | None, other: Watch | None) -> Watch | None:
    if one is None or other is None:
        return one or other
    watches = (one, other)

    def watch(event: Event) -> None:
        for each in watches:
            each(event)

    return watch


def _why(attempt: BuildAttempt, code: int) -> Why:
    from dockwright.history.values import Why

    return Why(
        cause=attempt.cause, title=attempt.title, confidence=attempt.confidence or None, place=attempt.where,
        evidence="\n".join(attempt.evidence), remedy=attempt.remedy, diff=attempt.diff, exit_code=code,
    )  # fmt: skip


def _failed(
    target: Target, number: int, seconds: float, ranked: tuple[Diagnosed, ...], excerpt: tuple[str, ...] = ()
) -> BuildAttempt:
    """Where no cause fits, the lines that a person should read are all there is."""
    if not ranked:
        return BuildAttempt(target.name, number, seconds, False, evidence=excerpt[-5:])
    finding = ranked[0].finding
    where = f"{finding.where.source.name}:{finding.where.line}" if finding.where else ""
    return BuildAttempt(
        target.name, number, seconds, False, None, finding.cause, finding.title, ranked[0].confidence, where, finding.why,
        tuple(map(proof, finding.evidence)),
    )  # fmt: skip


def proof(evidence: Evidence) -> str:
    """Evidence as one line: where it stands, what stands there, what that shows."""
    if evidence.log_line is not None:
        return f"log:{evidence.log_line}: {evidence.text}"
    if evidence.place is None:
        return evidence.says
    text = evidence.text or evidence.place.source.line_text(evidence.place.line).strip()
    return f"{evidence.place.source.name}:{evidence.place.line}: {text}  ({evidence.says})"


def _with(attempt: BuildAttempt, remedy: str, safety: Safety | None, changed: str) -> BuildAttempt:
    return replace(attempt, remedy=remedy, safety=safety.value if safety else "", diff=changed)


def _same_target(project: Project, target: Target) -> Target:
    """The target as the patched project has it: a mend may have changed its context."""
    for other in project.targets:
        if other.name == target.name and other.dockerfile == target.dockerfile and other.origin == target.origin:
            return other
    return target


def diff(project: Project, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """From the project with the texts of `old` to the one with those of `new`."""
    pieces = []
    for name in sorted(new):
        source = project.source(name)
        before = old.get(name, source.text if source else None)
        if before != new[name]:
            pieces.append(unified(name, before, new[name]))
    return "".join(pieces)
