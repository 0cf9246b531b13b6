"""What `docker buildx build --progress=rawjson` writes: one SolveStatus of BuildKit's client/graph.go a line.

Only types and their decoding; a line that is none (the text after a failure, a cut line) is None.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct


class Vertex(Struct):
    digest: str
    name: str = ""
    started: str | None = None
    completed: str | None = None
    cached: bool = False
    error: str = ""


class Status(Struct):
    """A transfer or another part of a vertex: `transferring context:`, `sha256:…`, `exporting layers`."""

    id: str
    vertex: str
    current: int = 0
    total: int = 0
    started: str | None = None
    completed: str | None = None


class Log(Struct):
    vertex: str
    data: bytes = b""  # base64 in the JSON
    stream: int = 0
    timestamp: str = ""


class Warn(Struct):
    vertex: str
    short: bytes = b""


class SolveStatus(Struct):
    vertexes: list[Vertex] | None = None
    statuses: list[Status] | None = None
    logs: list[Log] | None = None
    warnings: list[Warn] | None = None


DECODER = msgspec.json.Decoder(SolveStatus)
BEGINS = tuple(b'{"' + name + b'"' for name in (b"vertexes", b"statuses", b"logs", b"warnings"))


def decode(line: bytes) -> SolveStatus | None:
    """None where the line is text."""
    if line[:1] != b"{":
        return None
    try:
        return DECODER.decode(line)
    except (msgspec.DecodeError, RecursionError):
        # a line that was cut when its writer was killed tells nothing; other JSON is text
        return SolveStatus() if line.startswith(BEGINS) else None


def clock(timestamp: str | None) -> float | None:
    """Seconds since 1970; None for what is no time (BuildKit writes year 1 for unknown)."""
    if not timestamp or timestamp.startswith("0001"):
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (ValueError, OverflowError):
        return None
