"""Rehearsal -> findings: every cause looks at every step; symptoms give way to their root."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from dockwright.finding import Finding, Report, Severity, TargetReport, breaks
from dockwright.index.question import Answer, Known, Question
from dockwright.inputs.problem import Problem
from dockwright.inputs.targets import Target, in_tree
from dockwright.project import Project
from dockwright.rehearse.run import Rehearsal, rehearse


def check(project: Project) -> Report:
    """Rehearse every target of a project. Pure: reads nothing but the project's snapshot and the facts."""
    reports = [check_target(project, target) for target in project.targets]
    return Report((*reports, *_files(project)))


def _files(project: Project) -> Iterator[TargetReport]:
    """One report for each file that should define targets and can't be read as it is."""
    found: dict[str, list[Finding]] = {}
    for problem in project.problems:
        name = problem.place.source.name if problem.place else project.name
        found.setdefault(name, []).extend(judged(problem))
    for name, findings in found.items():
        told = tuple(with_remedies(finding, project) for finding in once(findings))
        if told:
            verdict = "fails" if any(breaks(finding) for finding in told) else "unknown"
            yield TargetReport(name, name, ".", name, verdict, 0, 0, told, 1 if verdict == "fails" else 0)


def judged(problem: Problem) -> list[Finding]:
    from dockwright.causes.shape import causes

    return [finding for cause in causes().values() for finding in cause.judge(problem)]


def problems_of(project: Project, target: Target) -> Iterator[Problem]:
    """What is wrong with a target before its Dockerfile is read."""
    yield from target.problems
    known = target.inline is None and not target.remote and "dockerfile" not in target.unsure
    inside = not target.dockerfile.startswith(("..", "/"))
    if known and inside and project.tree.complete and project.tree.kind(in_tree(target.dockerfile)) is None:
        yield Problem("dockerfile-missing", f"{target.dockerfile}\n{target.context}", target.origin_place)


def check_target(project: Project, target: Target) -> TargetReport:
    rehearsal = informed(project, target)
    told = [finding for problem in problems_of(project, target) for finding in judged(problem)]
    findings = once(told + findings_of(rehearsal))
    failing = {_instruction(rehearsal, finding) for finding in findings if finding.where and breaks(finding)}
    return TargetReport(
        name=target.name,
        dockerfile=target.dockerfile,
        context=target.context,
        origin=target.origin,
        verdict=_verdict(rehearsal, findings),
        steps=rehearsal.count,
        unknown_steps=sum(1 for step in rehearsal.steps if step.unknown),
        findings=tuple(with_remedies(finding, project) for finding in findings),
        failing_steps=len(failing),
    )


def _instruction(rehearsal: Rehearsal, finding: Finding) -> int:
    """Where the instruction begins that a finding is about; a line where it is about another file than the Dockerfile."""
    where = finding.where
    assert where is not None
    for step in rehearsal.steps:
        if step.source.name == where.source.name and step.instruction.span.holds(where.span):
            return step.instruction.span.start
    return -where.line


ROUNDS = 3  # an answer may change what a later step asks


def informed(project: Project, target: Target) -> Rehearsal:
    """The rehearsal, with what the package index says of the questions that it poses. A project not on disk asks nobody."""
    known = known_of(project)
    rehearsal = rehearse(project, target, known)
    for _ in range(ROUNDS):
        if not known.open or not project.root:
            break
        from dockwright.index.ask import fill

        if not fill(known, offline=project.offline, as_of=project.as_of):
            break  # nothing that another rehearsal could use
        rehearsal = rehearse(project, target, known)
    return rehearsal


def known_of(project: Project) -> Known:
    """Answers of the package index are shared by all rehearsals of the same day in this process."""
    place = (project.root != "", project.offline, project.as_of)
    if place not in _KNOWN:
        _KNOWN[place] = Known(_recall(project.offline, project.as_of) if project.root else None)
    return _KNOWN[place]


def _recall(offline: bool, as_of: str | None) -> Callable[[Question], Answer | None]:
    def recall(question: Question) -> Answer | None:
        from dockwright.index.ask import kept

        return kept(question, offline=offline, as_of=as_of)

    return recall


_KNOWN: dict[tuple[bool, bool, str | None], Known] = {}


def _verdict(rehearsal: Rehearsal, findings: Iterable[Finding]) -> str:
    if any(breaks(finding) for finding in findings):
        return "fails"
    understood = rehearsal.steps and not any(step.unknown for step in rehearsal.steps)
    return "builds" if understood else "unknown"


def findings_of(rehearsal: Rehearsal) -> list[Finding]:
    """All findings in the order of the build, each place's symptoms left out."""
    found: list[Finding] = []
    for step in rehearsal.steps:
        if not step.kinds:
            continue
        from dockwright.causes.shape import asked

        here = [finding for cause in asked(step.kinds) for finding in cause.check(step)]
        found += _rooted([_milder(finding) for finding in here] if step.kind == "health" else here)
    return once(found)


def _milder(finding: Finding) -> Finding:
    """A health check that fails breaks neither the build nor the start."""
    return replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding


def _rooted(findings: list[Finding]) -> list[Finding]:
    """Of the findings at one place, those that no other one there explains."""
    from dockwright.causes.shape import roots

    kept: list[Finding] = []
    for finding in findings:
        rivals = [other.cause for other in findings if other.where == finding.where or _together(other, finding)]
        if finding.cause in roots(rivals):
            kept.append(finding)
    return sorted(kept, key=_order)


def _together(one: Finding, two: Finding) -> bool:
    """One place holds the other; what a package lacks to be built says nothing of the command that installs it."""
    if one.where is None or two.where is None or one.where.source.name != two.where.source.name:
        return False
    if (
        getattr(one.facts, "asked_by", "")
        and getattr(two.facts, "command", "")
        and not getattr(two.facts, "asked_by", "")
    ):
        return False
    return one.where.span.holds(two.where.span) or two.where.span.holds(one.where.span)


def _order(finding: Finding) -> tuple[int, int]:
    start = finding.where.span.start if finding.where else 0
    return (start, list(Severity).index(finding.severity))


def once(findings: Iterable[Finding]) -> list[Finding]:
    """The same cause with the same facts counts once in a file: at its first place, or at the first where it breaks."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        key = (finding.cause, finding.facts, finding.where.source.name if finding.where else "")
        if key not in kept or (breaks(finding) and not breaks(kept[key])):
            kept[key] = finding
    return list(kept.values())


def with_remedies(finding: Finding, project: Project) -> Finding:
    from dockwright.causes.shape import causes

    cause = causes()[finding.cause]
    return replace(finding, remedies=cause.remedies(finding, project))
