"""The promise, on a real engine: check foresees what the build then says, explain names the same cause, mend makes it run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import dockwright
from dockwright.engine.run import find_engine
from dockwright.finding import Certainty, Finding, Safety
from dockwright.project import Project
from dockwright.verify_build import prove

from . import examples
from .examples import Example, Expectation

pytestmark = pytest.mark.engine
Copy = Callable[[str], Example]


def failing(name: str) -> list[Expectation]:
    """For each Dockerfile that fails in its build: the finding that its log shows."""
    first: dict[str, Expectation] = {}
    for finding in examples.read(name).findings:
        if finding.log and not finding.hidden_by:
            first.setdefault(finding.dockerfile, finding)
    return list(first.values())


CASES = [(name, finding) for name in examples.names() for finding in failing(name)]
IDS = [f"{name}: {finding.dockerfile}" for name, finding in CASES]


def foreseen(project: Project, expected: Expectation) -> list[Finding]:
    return [
        finding
        for finding in dockwright.check(project).failures
        if finding.where is not None and finding.where.source.name == expected.dockerfile
    ]


@pytest.mark.parametrize(("name", "expected"), CASES, ids=IDS)
def test_explain_of_the_real_log_names_what_check_foresaw(example: Copy, name: str, expected: Expectation) -> None:
    copy = example(name)
    target = next(each for each in copy.expected.targets if each.dockerfile == expected.dockerfile)
    project = Project.read(str(copy.folder))
    causes = {expected.cause, *expected.also_ok}
    assert causes & {finding.cause for finding in foreseen(project, expected)}
    built = copy.build(target)
    assert built.code and expected.log in built.log
    for known in (None, project):
        ranked = dockwright.explain(built.log, known).ranked
        assert ranked and ranked[0].finding.cause in causes, [item.finding.cause for item in ranked]


SURE = [certainty.value for certainty in Certainty]  # the surest first


@pytest.mark.parametrize("name", examples.names())
def test_check_foresees_all_that_is_told(name: str) -> None:
    """What hides behind other failures too, each at its line and as surely as told."""
    report = dockwright.check(Project.read(str(examples.EXAMPLES / name)))
    told = [finding for target in report.targets for finding in target.findings if finding.where is not None]
    for expected in examples.read(name).findings:
        causes = {expected.cause, *expected.also_ok}
        fits = [item for item in told if item.cause in causes and stands(item, expected)]
        assert fits, f"{expected.cause} in {expected.dockerfile}:{expected.line}"
        surest = min(SURE.index(item.certainty.value) for item in fits)
        assert surest <= SURE.index(expected.certainty), f"{expected.cause} is only {SURE[surest]}"


def stands(finding: Finding, expected: Expectation) -> bool:
    where = finding.where
    return where is not None and where.source.name == expected.dockerfile and where.line == expected.line


@pytest.mark.parametrize("name", examples.names())
def test_mended_it_builds_and_answers(example: Copy, name: str) -> None:
    copy = example(name)
    project = Project.read(str(copy.folder))
    wanted = {(target.dockerfile, target.origin) for target in copy.expected.targets}
    project = project.only(lambda target: (target.dockerfile, target.origin) in wanted)
    result = prove(project, find_engine("docker"), (Safety.SAFE, Safety.RISKY), tag=f"dockwright-mended-{name}")
    assert result.outcome == "built", (result.attempts, [item.finding.title for item in result.left], result.diff)
    for place, target in enumerate(project.targets):
        told = next(each for each in copy.expected.targets if each.dockerfile == target.dockerfile)
        starts = copy.starts(told.name)
        if starts:
            examples.answers(f"dockwright-mended-{name}-{place}", starts)
