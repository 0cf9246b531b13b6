"""Engines that write text for people: docker's classic builder, buildah, podman."""

from __future__ import annotations

from collections.abc import Callable

from dockwright.engine.events import Event, Watch
from dockwright.engine.output import Output


class Lines:
    """Every line is output."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch = watch
        self.output = Output()

    def line(self, line: bytes, now: float) -> None:
        text = line.decode("utf-8", "replace")
        self.output.add(text)
        if self.watch is not None:
            self.watch(Event("output", "", text=text.rstrip("\r\n"), at=round(now, 3)))

    def close(self) -> None:
        pass


READERS: dict[str, Callable[[Watch | None], Lines]] = {"docker-classic": Lines, "buildah": Lines, "podman": Lines}
