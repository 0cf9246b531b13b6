"""Our plan against what a real engine did with the same contexts and instructions."""

from __future__ import annotations

from pathlib import Path

import pytest
from copy_cases import BY_HAND, CASES, Case, Result, build, recorded, write
from copy_predicted import predict

RECORDED = recorded()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_plan_agrees_with_the_recorded_builds(case: Case, tmp_path: Path) -> None:
    write(case, tmp_path)
    real = RECORDED[case.name]
    ours, plans = predict(case, tmp_path)
    assert (ours.builds, ours.paths) == (real.builds, real.paths), (real.error or ours.error, plans)


@pytest.mark.engine
@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: case.name)
def test_the_engine_still_does_what_was_recorded(case: Case) -> None:
    real = build(case)
    assert (real.builds, real.paths) == (RECORDED[case.name].builds, RECORDED[case.name].paths)


def test_both_outcomes_are_recorded() -> None:
    outcomes: list[Result] = list(RECORDED.values())
    assert sum(result.builds for result in outcomes) > 60
    assert sum(not result.builds for result in outcomes) > 40
