"""Failures that were really brought about (tools/provoke.py): each recorded log is given its cause, first of all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dockwright.causes.shape import causes
from dockwright.diagnose import diagnose
from dockwright.log import read

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools import provoke, record

PROVOKED = provoke.provocations()


@pytest.mark.parametrize("name", PROVOKED)
def test_its_log_is_given_its_cause(name: str) -> None:
    log = (provoke.FOLDER / f"{name}.log").read_text()
    ranked = diagnose(read(log)).ranked
    assert ranked and ranked[0].finding.cause in (PROVOKED[name].cause, *PROVOKED[name].also)


def test_every_log_has_its_provocation() -> None:
    assert {path.stem for path in provoke.FOLDER.glob("*.log")} == set(PROVOKED)


def test_every_cause_is_recorded_or_says_why_not() -> None:
    rows = list(record.rows(list(causes())))
    assert [row.cause for row in rows if not row.log and not row.reason] == []
    assert [row.cause for row in rows if row.log and row.reason and row.mended] == [], "a reason that no longer holds"
