"""arq-worker on a real engine: each failure is real, the edits by hand build both images, and the worker works."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from . import examples, steps
from .builds import POLL, STARTS, composed, composed_service, docker, run
from .examples import ByHand, Example, Trap

NAME = "arq-worker"
EXPECTED = examples.read(NAME)
MINIMAL, FULL = EXPECTED.targets
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
def test_the_minimal_image_does_not_find_uv(example: Copy) -> None:
    examples.fails_as_told(example(NAME), MINIMAL, EXPECTED.findings[0])


@pytest.mark.engine
@pytest.mark.parametrize("index", range(len(STEPS)), ids=lambda index: f"{index + 1:02}")
def test_each_state_of_the_full_image_fails_as_told(example: Copy, index: int) -> None:
    step, copy = STEPS[index], example(NAME)
    copy.edit(steps.edits(STEPS, index))
    built = copy.build(FULL)
    assert (built.code != 0) == bool(step.log), built.log
    assert not step.log or any(line in built.log for line in step.log), built.log


@pytest.mark.engine
@pytest.mark.parametrize("mend", EXPECTED.mended.by_hand, ids=lambda mend: mend.title)
def test_mended_by_hand_the_full_image_answers(example: Copy, tag: str, mend: ByHand) -> None:
    copy = example(NAME)
    copy.edit(mend.edits)
    examples.builds(copy, FULL, tag)
    examples.answers(tag, copy.starts(FULL.name))
    assert run(tag, "id", "-u").log.strip() == "1000"


@pytest.mark.engine
def test_mended_by_hand_the_minimal_image_has_arq_and_no_root(example: Copy, tag: str) -> None:
    copy = example(NAME)
    copy.edit(EXPECTED.mended.by_hand[0].edits)
    examples.builds(copy, MINIMAL, tag)
    imported = run(tag, "python", "-c", "import arq, os; print(arq.VERSION, os.getuid())")
    assert imported.log.split()[-2:] == ["0.26.1", "1000"], imported.log


@pytest.mark.engine
def test_the_minimal_worker_joins_the_queue(example: Copy) -> None:
    copy = example(NAME)
    copy.edit(EXPECTED.mended.by_hand[0].edits)
    file = copy.folder / "compose.yaml"
    with composed(file, MINIMAL.name):
        name = composed_service(file, MINIMAL.name, 0).name
        deadline = time.monotonic() + STARTS
        while (check := docker("exec", name, "arq", "--check", "worker.jobs.WorkerSettings")).code:
            assert time.monotonic() < deadline, check.log
            time.sleep(POLL)
    assert "Health check successful" in check.log


@pytest.mark.engine
@pytest.mark.parametrize("trap", EXPECTED.mended.traps, ids=lambda trap: trap.title)
def test_what_looks_like_a_mend_fails(example: Copy, trap: Trap) -> None:
    copy = example(NAME)
    copy.edit(trap.edits)
    built = copy.build(FULL)
    assert built.code != 0
    assert trap.build_log in built.log, built.log
