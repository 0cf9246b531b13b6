"""What only the package index can say about an install. Questions are collected, answered before the next rehearsal."""

from __future__ import annotations

from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirements import Wanted


def judge(call: Call, python: Python, items: list[Wanted], *, no_index: bool = False, ignore_installed: bool = False) -> None:
    """State the needs that the index knows to be unmet; without an answer nothing is claimed."""
