"""poetry-backend on a real engine: each failure is real and hides the next, the edits by hand work, the traps fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from . import examples, steps
from .examples import ByHand, Example, Target, Trap, Variant

NAME = "poetry-backend"
EXPECTED = examples.read(NAME)
TARGET = EXPECTED.targets[0]
STEPS = steps.read(NAME)
Copy = Callable[[str], Example]


@pytest.mark.parametrize("index", range(len(STEPS)), ids=lambda index: f"{index + 1:02}")
def test_the_recorded_log_shows_the_failure(index: int) -> None:
    step = STEPS[index]
    assert not step.log or any(line in steps.log(NAME, index) for line in step.log)


def test_every_finding_of_the_broken_state_was_recorded() -> None:
    logs = [steps.log(NAME, index) for index, step in enumerate(STEPS) if step.log]
    for finding in EXPECTED.findings:
        assert any(finding.log in log for log in logs), finding


@pytest.mark.engine
@pytest.mark.parametrize("index", range(len(STEPS)), ids=lambda index: f"{index + 1:02}")
def test_each_state_fails_as_told(example: Copy, index: int) -> None:
    step, copy = STEPS[index], example(NAME)
    copy.edit(steps.edits(STEPS, index))
    built = copy.build(TARGET)
    assert (built.code != 0) == bool(step.log), built.log
    assert not step.log or any(line in built.log for line in step.log), built.log


@pytest.mark.engine
@pytest.mark.parametrize("variant", EXPECTED.variants, ids=lambda variant: variant.name)
def test_the_variants_fail_as_told(example: Copy, variant: Variant) -> None:
    target = Target(variant.name, variant.dockerfile, variant.context, TARGET.origin)
    examples.fails_as_told(example(NAME), target, variant.findings[0])


@pytest.mark.engine
@pytest.mark.parametrize("mend", EXPECTED.mended.by_hand, ids=lambda mend: mend.title)
def test_mended_by_hand_it_answers(example: Copy, tag: str, mend: ByHand) -> None:
    copy = example(NAME)
    copy.edit(mend.edits)
    examples.builds(copy, TARGET, tag)
    examples.answers(tag, copy.starts(TARGET.name))


@pytest.mark.engine
@pytest.mark.parametrize("trap", EXPECTED.mended.traps, ids=lambda trap: trap.title)
def test_what_looks_like_a_mend_fails(example: Copy, trap: Trap) -> None:
    copy = example(NAME)
    copy.edit(trap.edits)
    built = copy.build(TARGET)
    assert built.code != 0
    assert trap.build_log in built.log, built.log
