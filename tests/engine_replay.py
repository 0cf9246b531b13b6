"""Recordings of what engines wrote, fed to their readers."""

from __future__ import annotations

from pathlib import Path

from dockwright.engine.buildkit import BuildKit
from dockwright.engine.events import Event
from dockwright.engine.plain import Plain
from dockwright.engine.run import Reader
from dockwright.engine.textual import Buildah, Classic

LOGS = Path(__file__).parent / "logs"
RAWJSON = sorted(LOGS.glob("*/rawjson.txt"))
READERS: dict[str, type[BuildKit | Plain | Classic | Buildah]] = {
    "rawjson": BuildKit, "plain": Plain, "legacy": Classic, "buildah": Buildah,
}  # fmt: skip
EVERY = sorted(path for kind in READERS for path in LOGS.glob(f"*/{kind}.txt"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def replay(kind: str, data: bytes, code: int | None = 0) -> tuple[list[Event], str]:
    """The events of a recording, and the text that is kept."""
    events: list[Event] = []
    reader: Reader = READERS[kind](events.append)
    for line in data.splitlines(keepends=True):
        reader.line(line, 1.0)
    reader.close(code)
    return events, reader.output.text()
