"""A build that succeeded has no cause of failure, whatever its output says: warnings, retries, errors that were survived."""

from __future__ import annotations

import re

import pytest

from dockwright.api import explain
from dockwright.causes.case import read_case
from dockwright.causes.shape import causes

FAILED = re.compile(r"^#(\d+) ERROR: .*", re.MULTILINE)


def survived() -> list[object]:
    """The recorded logs of failed BuildKit steps, each with the step's end replaced by that of a step that succeeded."""
    found: list[object] = []
    for name, cause in causes().items():
        for number, text in enumerate(cause.cases):
            log = read_case(text).log or ""
            failed = FAILED.search(log)
            if failed and log[: failed.start()].strip():
                found.append(pytest.param(log[: failed.start()], failed[1], id=f"{name}-{number}"))
    return found


@pytest.mark.parametrize(("output", "step"), survived())
def test_nothing_is_said_of_a_build_that_went_on_to_its_end(output: str, step: str) -> None:
    ending = f"#{step} DONE 4.2s\n\n#99 exporting to image\n#99 exporting layers 0.1s done\n#99 DONE 0.2s\n"
    diagnosis = explain(output + ending)
    assert diagnosis.log.outcome == "succeeded"
    assert not diagnosis.ranked


@pytest.mark.parametrize(("output", "step"), survived())
def test_nothing_is_said_of_a_step_that_is_known_to_have_gone_well(output: str, step: str) -> None:
    """The log was cut behind it: how the build ended is not known."""
    assert not explain(f"{output}#{step} DONE 4.2s\n").ranked


def test_a_classic_log_that_is_cut_behind_a_step() -> None:
    log = (
        "Step 1/3 : FROM python:3\n ---> 7f5b6ccd03e9\n"
        "Step 2/3 : RUN apt-get update; true\n ---> Running in 2eb06287ab78\n"
        "W: Failed to fetch http://mirror.example/dists/precise/Release.gpg  Could not resolve 'mirror.example'\n"
        "Removing intermediate container 2eb06287ab78\n ---> 9e9ec5d21deb\n"
    )
    assert not explain(log).ranked
    assert explain(log.partition("Removing")[0]).ranked  # nothing tells how it ended
