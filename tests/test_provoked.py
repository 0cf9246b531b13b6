"""Failures that were really brought about (tools/provoke.py): each recorded log is given its cause, first of all.

And what is proven of each cause: a log of a run of ours or why there is none, a mended file that really built or why not.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from dockwright.causes.shape import causes
from dockwright.diagnose import diagnose
from dockwright.log import read

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools import followed, provoke, record

PROVOKED = provoke.provocations()
ROWS = list(record.rows(list(causes())))
NAMES = [row.cause for row in ROWS]


@pytest.mark.parametrize("name", PROVOKED)
def test_its_log_is_given_its_cause(name: str) -> None:
    log = (provoke.FOLDER / f"{name}.log").read_text()
    ranked = diagnose(read(log)).ranked
    assert ranked and ranked[0].finding.cause in (PROVOKED[name].cause, *PROVOKED[name].also)


def test_every_log_has_its_provocation() -> None:
    assert {path.stem for path in provoke.FOLDER.glob("*.log")} == set(PROVOKED)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_has_a_log_of_ours_or_says_why_not(row: record.Row) -> None:
    assert row.log or row.reason
    assert not (row.log and row.reason), "a reason that no longer holds"


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_was_mended_and_built_or_says_why_not(row: record.Row) -> None:
    assert row.proof or row.unmended
    assert not (row.proof and row.unmended), "a reason that no longer holds"


@pytest.mark.parametrize("name", followed.mended())
def test_what_was_mended_has_built(name: str) -> None:
    assert name in PROVOKED
    proof = followed.proofs().get(name)
    assert proof is not None, "run tools/followed.py"
    assert proof.by == ("remedy" if followed.by_remedy(name) else "hand"), "a remedy has changed: run tools/followed.py"


@pytest.mark.parametrize("reasons", [record.REASONS, record.UNMENDED])
def test_reasons_are_of_causes(reasons: Path) -> None:
    assert set(tomllib.loads(reasons.read_text())) <= set(NAMES)
