"""What earlier runs tell: how long a step took, how the last build of a target went, which runs there were."""

from __future__ import annotations

import statistics
import time

from msgspec import Struct
from sqlalchemy import Connection, select, update

from dockwright.history import process
from dockwright.history.schema import ATTEMPTS, RUNS, STEPS, TARGETS
from dockwright.history.store import History
from dockwright.history.values import Past

KEPT = 20  # runs of a step that are looked at: older ones tell of another machine


class RunRow(Struct, frozen=True):
    id: int
    verb: str
    project: str
    engine: str
    pid: int
    started: float
    finished: float | None
    outcome: str
    exit_code: int | None
    bytes: int
    progress: str
    targets: tuple[TargetRow, ...] = ()


class TargetRow(Struct, frozen=True):
    name: str
    tag: str
    outcome: str
    seconds: float | None
    says: str
    attempts: int
    cause: str  # of the last failure


def steps_past(history: History, project: str) -> dict[str, Past]:
    """By a step's key (`steps.key`), over every target of a project."""
    found: dict[str, list[float]] = {}
    joined = STEPS.join(ATTEMPTS).join(TARGETS).join(RUNS)
    query = (
        select(STEPS.c.key, STEPS.c.seconds)
        .select_from(joined)
        .where(RUNS.c.project == project, STEPS.c.outcome == "done", STEPS.c.seconds.is_not(None))
        .order_by(STEPS.c.id.desc())
        .limit(5000)
    )
    with history.connection() as connection:
        for key, seconds in connection.execute(query) if connection is not None else ():
            times = found.setdefault(key, [])
            if len(times) < KEPT:
                times.append(seconds)
    return {key: past(times) for key, times in found.items()}


def past(times: list[float]) -> Past:
    return Past(statistics.median(times), min(times), max(times), len(times))


def last_steps(history: History, project: str, target: str) -> tuple[str, ...]:
    """The keys of the steps of a target's last build, in order: what lies ahead of the next one."""
    joined = ATTEMPTS.join(TARGETS).join(RUNS)
    query = (
        select(ATTEMPTS.c.id)
        .select_from(joined)
        .where(RUNS.c.project == project, TARGETS.c.name == target, ATTEMPTS.c.outcome == "built")
        .order_by(ATTEMPTS.c.id.desc())
        .limit(1)
    )
    with history.connection() as connection:
        attempt = connection.execute(query).scalar() if connection is not None else None
        if connection is None or attempt is None:
            return ()
        keys = connection.execute(select(STEPS.c.key).where(STEPS.c.attempt_id == attempt).order_by(STEPS.c.id))
        return tuple(key for (key,) in keys)
    return ()


def runs(history: History, limit: int = 20, running: bool = False) -> list[RunRow]:
    """The last runs, newest first. Those whose process is gone are marked so."""
    query = select(RUNS).order_by(RUNS.c.id.desc()).limit(limit)
    with history.connection() as connection:
        if connection is None:
            return []
        _mark_gone(connection)
        rows = connection.execute(query.where(RUNS.c.outcome == "running") if running else query).mappings().all()
        fields = [name for name in RunRow.__struct_fields__ if name != "targets"]
        return [RunRow(**{name: row[name] for name in fields}, targets=_targets(connection, row["id"])) for row in rows]
    return []


def _targets(connection: Connection, run: int) -> tuple[TargetRow, ...]:
    found = []
    for row in connection.execute(select(TARGETS).where(TARGETS.c.run_id == run).order_by(TARGETS.c.id)).mappings():
        query = select(ATTEMPTS.c.cause).where(ATTEMPTS.c.target_id == row["id"]).order_by(ATTEMPTS.c.number)
        causes = [cause for (cause,) in connection.execute(query)]
        cause = next((each for each in reversed(causes) if each), "")
        found.append(
            TargetRow(row["name"], row["tag"], row["outcome"], row["seconds"], row["says"], len(causes), cause)
        )
    return tuple(found)


def _mark_gone(connection: Connection) -> None:
    """A killed process can't say so itself."""
    query = select(RUNS.c.id, RUNS.c.pid, RUNS.c.pid_started).where(
        RUNS.c.outcome == "running", RUNS.c.host == process.here()
    )
    for row, pid, mark in connection.execute(query).all():
        if not process.alive(pid, mark):
            connection.execute(update(RUNS).where(RUNS.c.id == row).values(outcome="gone", finished=time.time()))
            connection.execute(
                update(TARGETS).where(TARGETS.c.run_id == row, TARGETS.c.outcome == "running").values(outcome="gone")
            )
