"""Brings a database to the schema of this version. A new one is made whole; an older one takes each step that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, insert, inspect, select, update

from dockwright.errors import PREREQUISITE, ToolError
from dockwright.history.schema import METADATA, VERSION

CURRENT = 1
Step = Callable[[Connection], None]
STEPS: Mapping[int, Step] = {}
"""By the version that a step leads to. The first version has none: it is made whole."""


def migrate(engine: Engine, current: int = CURRENT, steps: Mapping[int, Step] = STEPS) -> None:
    """Safe for two processes at once: one has the write lock, the other finds the work done."""
    with engine.begin() as connection:
        if not inspect(connection).has_table(VERSION.name):
            METADATA.create_all(connection)
            connection.execute(insert(VERSION).values(version=current))
            return
        found = connection.execute(select(VERSION.c.version)).scalar_one()
        if found > current:
            raise ToolError(
                "history-newer",
                f"the history has version {found}, this dockwright knows {current}",
                hint="update dockwright, or name another history with DOCKWRIGHT_HISTORY",
                exit_code=PREREQUISITE,
            )
        for version in range(found + 1, current + 1):
            steps[version](connection)
        if found < current:
            connection.execute(update(VERSION).values(version=current))
