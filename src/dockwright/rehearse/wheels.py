"""Offline: which pinned releases are known to have no wheel for a Python, by the facts on wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python

if TYPE_CHECKING:
    from dockwright.finding import Evidence
    from dockwright.index.question import Question


def foresee(call: Call, python: Python, question: Question, asked: dict[str, Evidence | None], tool: str) -> None:
    """State what compiling the pinned requirements needs."""
