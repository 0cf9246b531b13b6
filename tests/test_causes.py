"""What every cause is held to, from its own file: documentation, cases, signatures, checks, remedies."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from dockwright.causes.case import Case, read_case
from dockwright.causes.shape import Cause, causes
from dockwright.checking import check
from dockwright.diagnose import diagnose
from dockwright.finding import Finding, Report, Safety, breaks
from dockwright.log import read
from dockwright.mending import mend
from dockwright.project import Project

CAUSES = causes()
CASES = [(cause, read_case(text)) for cause in CAUSES.values() for text in cause.cases]
IDS = [f"{cause.name}: {case.title}" for cause, case in CASES]
LOGGED = [(cause, case) for cause, case in CASES if case.log]
MARKED = [(cause, case) for cause, case in CASES if case.marks]
MENDED = [(cause, case) for cause, case in CASES if case.mended]


def ids(cases: list[tuple[Cause, Case]]) -> list[str]:
    return [f"{cause.name}: {case.title}" for cause, case in cases]


def findings(report: Report) -> Iterator[Finding]:
    return (finding for target in report.targets for finding in target.findings)


def text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def has(facts: Any, expected: dict[str, str]) -> bool:
    return all(text(structs.asdict(facts)[name]) == value for name, value in expected.items())


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_documented_and_named_right(cause: Cause) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", cause.name)
    summary, _, body = cause.page.partition("\n\n")
    assert summary.endswith(".") and "\n" not in summary, "the first line is one sentence"
    assert len(body) > 80, "the page says what happens and why"
    assert cause.module.TITLE and inspect.isclass(cause.module.Facts)
    assert getattr(cause.module, "check", None) or cause.signatures, "found by a check or by a log"


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_has_positive_and_negative_cases(cause: Cause) -> None:
    cases = [read_case(each) for each in cause.cases]
    assert any(case.positive for case in cases)
    assert any(not case.positive for case in cases)


def test_explains_names_causes_and_has_no_cycle() -> None:
    for cause in CAUSES.values():
        seen, todo = set(), list(cause.explains)
        while todo:
            name = todo.pop()
            assert name != cause.name, f"{cause.name} explains itself"
            if name in CAUSES and name not in seen:
                seen.add(name)
                todo += CAUSES[name].explains


@pytest.mark.parametrize(("cause", "case"), LOGGED, ids=ids(LOGGED))
def test_signatures_match_exactly_the_marked_lines(cause: Cause, case: Case) -> None:
    matched = {
        line.number
        for step in read(case.log).steps or ()
        for line in step.lines
        if any(signature.match(line.text) is not None for signature in cause.signatures)
    } | {
        number
        for number, line in enumerate(case.log.split("\n"), 1)
        if number in case.marked_lines and any(signature.match(line) is not None for signature in cause.signatures)
    }
    assert set(case.marked_lines) <= matched
    if not case.marked_lines:
        ranked = diagnose(read(case.log)).ranked
        assert not ranked or ranked[0].finding.cause != cause.name


@pytest.mark.parametrize(("cause", "case"), CASES, ids=IDS)
def test_check_fires_on_exactly_the_marked_instructions(cause: Cause, case: Case) -> None:
    if "Dockerfile" not in case.files or not hasattr(cause.module, "check"):
        pytest.skip("nothing to rehearse")
    found = [finding for finding in findings(check(Project.of(case.files))) if finding.cause == cause.name]
    assert all(finding.where is not None for finding in found)
    spoken = {(line_of(finding, case)) for finding in found}
    assert spoken == {mark.line for mark in case.marks}
    for mark in case.marks:
        here = [finding for finding in found if line_of(finding, case) == mark.line]
        assert any(has(finding.facts, mark.facts) for finding in here), [finding.facts for finding in here]


def line_of(finding: Finding, case: Case) -> int:
    """First line of the instruction that holds the finding."""
    from dockwright.dockerfile import parse

    assert finding.where is not None
    instructions = parse(case.files["Dockerfile"]).instructions
    at = finding.where.span.start
    return next((each.line for each in reversed(instructions) if each.span.start <= at), 1)


@pytest.mark.parametrize(("cause", "case"), MARKED, ids=ids(MARKED))
def test_no_other_cause_claims_the_marked_instruction(cause: Cause, case: Case) -> None:
    lines = {mark.line for mark in case.marks}
    others = [
        finding.cause
        for finding in findings(check(Project.of(case.files)))
        if finding.cause != cause.name and breaks(finding) and line_of(finding, case) in lines
    ]
    assert not others or not hasattr(cause.module, "check")


@pytest.mark.parametrize(("cause", "case"), LOGGED, ids=ids(LOGGED))
def test_ranked_first_on_its_own_log(cause: Cause, case: Case) -> None:
    if not case.marked_lines:
        pytest.skip("a negative case")
    project = Project.of(case.files) if "Dockerfile" in case.files else None
    for each in (None, project):
        ranked = diagnose(read(case.log), each).ranked
        assert [item.finding.cause for item in ranked][:1] == [cause.name]


@pytest.mark.parametrize(("cause", "case"), MENDED, ids=ids(MENDED))
def test_mended_as_told_and_quiet(cause: Cause, case: Case) -> None:
    project = Project.of(case.files)
    result = mend(project, (Safety.SAFE, Safety.RISKY))
    expected = {name: text for name, text in case.mended.items() if case.files.get(name) != text}
    assert result.files == expected
    assert result.outcome == "quiet"
    assert not list(result.left)
    again = mend(project.patched({**result.files}), (Safety.SAFE, Safety.RISKY))
    assert again.files == {}
