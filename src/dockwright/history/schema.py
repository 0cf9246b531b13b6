"""The tables. A change here comes with a migration (`migrations.py`) and a line in docs/building.md.

Times are seconds since 1970, UTC; durations are seconds; sizes are bytes. Texts have passed `redact`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import text as sql

METADATA = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _of(table: str) -> Column[int]:
    return Column(f"{table}_id", Integer, ForeignKey(f"{table}s.id", ondelete="CASCADE"), nullable=False, index=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _bytes(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=sql("0"))


VERSION = Table("schema_version", METADATA, Column("version", Integer, nullable=False))

RUNS = Table(
    "runs",
    METADATA,
    _id(),
    Column("verb", String(20), nullable=False),  # build, mend, prefetch
    Column("project", Text, nullable=False, index=True),  # absolute path
    _text("words"),  # the command line
    _text("engine"),
    _text("version"),  # of dockwright
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    _text("pid_started"),  # tells a process from a later one with the same number
    Column("started", Float, nullable=False, index=True),
    Column("finished", Float),
    Column("outcome", String(20), nullable=False, server_default="running"),
    Column("exit_code", Integer),
    _bytes("bytes"),  # over the wire
    _text("progress"),  # JSON: what a person sees of the run right now
)
"""`outcome`: running, built, failed, transient, refused, interrupted, crashed, gone (its process ended without a word)."""

TARGETS = Table(
    "targets",
    METADATA,
    _id(),
    _of("run"),
    Column("name", Text, nullable=False),
    _text("dockerfile"),
    _text("context"),
    _text("tag"),
    _text("platform"),
    Column("started", Float),
    Column("seconds", Float),
    Column("outcome", String(20), nullable=False, server_default="waiting"),
    _text("says"),  # why it was not tried, or what failed
    _bytes("bytes"),
)
"""`outcome`: waiting, running, built, failed, transient, not-tried, interrupted."""

ATTEMPTS = Table(
    "attempts",
    METADATA,
    _id(),
    _of("target"),
    Column("number", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("seconds", Float),
    Column("outcome", String(20), nullable=False, server_default="running"),
    Column("exit_code", Integer),
    _text("cause"),
    _text("title"),
    Column("confidence", Float),
    Column("transient", Boolean, nullable=False, server_default=sql("false")),
    _text("evidence"),  # the log lines that prove the cause
    _text("place"),  # Dockerfile:line
    _text("remedy"),  # what was then done
    _text("diff"),  # of the files, against the attempt before
    _text("words"),  # the engine's command line
)
"""`outcome`: running, built, failed, interrupted."""

STEPS = Table(
    "steps",
    METADATA,
    _id(),
    _of("attempt"),
    _text("step"),  # the engine's id of it
    _text("name"),  # [builder 3/7] RUN pip install …
    Column("key", String(64), nullable=False, index=True),  # the same for the same instruction of the same target
    _text("stage"),
    Column("position", Integer, nullable=False, server_default=sql("0")),
    Column("of", Integer, nullable=False, server_default=sql("0")),
    Column("started", Float),
    Column("seconds", Float),
    Column("outcome", String(20), nullable=False, server_default="running"),
    _bytes("bytes"),
)
"""`outcome`: running, done, cached, failed, canceled, interrupted."""

EVENTS = Table(
    "events",
    METADATA,
    _id(),
    _of("run"),
    Column("at", Float, nullable=False),
    Column("kind", String(20), nullable=False),  # note, wait, prefetch, preflight, …
    _text("target"),
    _text("text"),
)

Index("steps_past", STEPS.c.key, STEPS.c.outcome)
