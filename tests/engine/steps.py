"""The states between a broken example and one that builds: tests/broken/NAME/NN, each with the log of a real build.

The edits of step NN apply to the state that step NN-1 left; after an `alone` step the next one starts from before it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from .examples import HandEdit, Table

BROKEN = Path(__file__).parents[1] / "broken"


class Step(Table, frozen=True):
    title: str
    log: tuple[str, ...]  # what the build shows, one of these; none: it builds
    cause: str = ""
    alone: bool = False
    edits: tuple[HandEdit, ...] = ()


def read(name: str) -> list[Step]:
    files = sorted((BROKEN / name).glob("*/step.toml"))
    return [msgspec.toml.decode(file.read_bytes(), type=Step) for file in files]


def edits(steps: list[Step], index: int) -> tuple[HandEdit, ...]:
    """All edits of the broken example that lead to the state of that step."""
    lasting = [step for step in steps[:index] if not step.alone]
    return tuple(edit for step in [*lasting, steps[index]] for edit in step.edits)


def log(name: str, index: int) -> str:
    """The recorded log of a step that fails."""
    return (BROKEN / name / f"{index + 1:02}" / "build.log").read_text()
