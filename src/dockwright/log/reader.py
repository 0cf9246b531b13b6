"""Stub, replaced in minutes: everything is one anonymous step."""

from __future__ import annotations

from collections.abc import Iterable

from dockwright.log.model import BuildLog, Lines, LogStep


class Reader:
    def __init__(self, name: str = "-") -> None:
        self.name, self.texts = name, ""

    def feed(self, chunk: str | bytes) -> None:
        self.texts += chunk if isinstance(chunk, str) else chunk.decode("utf-8", "replace")

    def close(self) -> BuildLog:
        lines = Lines()
        for number, text in enumerate(self.texts.splitlines(), 1):
            lines.add(number, text)
        return BuildLog(self.name, steps=(LogStep("", lines.seal()),))


def read(lines: Iterable[str] | Iterable[bytes] | str | bytes, name: str = "-") -> BuildLog:
    """Read a whole log. Each item of an iterable is one or more whole lines, with or without the last line break."""
    reader = Reader(name)
    for item in [lines] if isinstance(lines, str | bytes) else lines:
        reader.feed(item)
        reader.feed("\n" if isinstance(item, str) else b"\n")
    return reader.close()
