"""What the examples' expected.toml files state fits the files beside them. Needs no engine."""

from __future__ import annotations

import re

import pytest

from . import examples
from .examples import EXAMPLES, Expectation, Expected


def expectations(expected: Expected) -> list[Expectation]:
    return [
        *expected.findings,
        *expected.host_findings,
        *(finding for variant in expected.variants for finding in variant.findings),
    ]


def instruction(name: str, finding: Expectation) -> str:
    """The text from the finding's line to the end of its instruction."""
    lines = (EXAMPLES / name / finding.dockerfile).read_text().splitlines()[finding.line - 1 :]
    last = next(n for n, line in enumerate(lines) if not line.endswith("\\"))
    return "\n".join(lines[: last + 1])


@pytest.mark.parametrize("name", examples.names())
def test_every_finding_points_at_its_instruction(name: str) -> None:
    for finding in expectations(examples.read(name)):
        assert finding.at in instruction(name, finding), finding


@pytest.mark.parametrize("name", examples.names())
def test_every_cause_is_a_name(name: str) -> None:
    for finding in expectations(examples.read(name)):
        for cause in (finding.cause, *finding.also_ok):
            assert re.fullmatch(r"[a-z]+/[a-z-]+", cause), finding


@pytest.mark.parametrize("name", examples.names())
def test_every_target_is_there_and_named_by_its_origin(name: str) -> None:
    for target in examples.read(name).targets:
        folder = EXAMPLES / name
        assert (folder / target.dockerfile).is_file(), target
        assert (folder / target.context).is_dir(), target
        assert target.name in (folder / target.origin).read_text(), target


@pytest.mark.parametrize("name", examples.names())
def test_what_is_edited_by_hand_stands_there_once(name: str) -> None:
    mended = examples.read(name).mended
    edits = [edit for mend in mended.by_hand for edit in mend.edits] + [e for trap in mended.traps for e in trap.edits]
    for edit in edits:
        path = EXAMPLES / name / edit.file
        assert path.read_text().count(edit.old) == 1 if edit.old else not path.exists(), edit
