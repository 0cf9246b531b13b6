"""The steps of one attempt, from the engine's events: a row when one begins, its time when it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from dockwright.history.schema import STEPS
from dockwright.history.values import key

if TYPE_CHECKING:
    from dockwright.engine.events import Event
    from dockwright.history.store import Attempt

ENDS = {"done", "cached", "failed", "canceled"}


class _Step:
    __slots__ = ("began", "bytes", "row", "running")

    def __init__(self, row: int, began: float) -> None:
        self.row, self.began, self.bytes, self.running = row, began, 0, True


class Steps:
    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.steps: dict[str, _Step] = {}
        self.now = 0.0

    def watch(self, event: Event) -> None:
        self.now = max(self.now, event.at)
        known = self.steps.get(event.step)
        if event.kind == "started" or (event.kind in ENDS and known is None):
            self._begin(event)
        if event.kind == "bytes" and known is not None:
            known.bytes = max(known.bytes, event.current)
        if event.kind in ENDS:
            self._end(self.steps[event.step], event.kind, event.at)

    def finish(self, outcome: str) -> None:
        """What has not ended by itself ended with the attempt."""
        for step in self.steps.values():
            if step.running:
                self._end(step, outcome, self.now)

    def _begin(self, event: Event) -> None:
        """A step may be done and begin again: BuildKit looks into its cache first."""
        known = self.steps.get(event.step)
        if known is not None:
            known.began, known.running = event.at, True
            return
        self.steps[event.step] = _Step(self._row(event), event.at)

    def _row(self, event: Event) -> int:
        target = self.attempt.target
        run = target.run
        name = run.clean(event.name)
        return run.history.write(
            insert(STEPS).values(
                attempt_id=self.attempt.id, step=event.step, name=name, key=key(run.project, target.name, name),
                stage=event.stage, position=event.index, of=event.of, started=time.time(),
            )
        ) if self.attempt.id else 0  # fmt: skip

    def _end(self, step: _Step, outcome: str, at: float) -> None:
        step.running = False
        if step.row:
            values = {"outcome": outcome, "seconds": max(0.0, at - step.began), "bytes": step.bytes}
            self.attempt.target.run.history.write(update(STEPS).where(STEPS.c.id == step.row).values(values))
