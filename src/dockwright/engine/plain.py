"""BuildKit's plain text, for a buildx from before 0.13 (March 2024), which has no rawjson: events without bytes."""

from __future__ import annotations

import re

from dockwright.engine.events import Event, Place, Watch, place, visible
from dockwright.engine.output import Output

# #8 [4/4] RUN …  · #8 0.285 text · #8 DONE 2.4s · #8 CACHED · #8 ERROR: … · #8 ...
VERTEX = re.compile(r"#(\d{1,6}) (.*)")
CLOCK = re.compile(r"\d{1,9}\.\d{1,9} ?")
ENDS = {"DONE": "done", "CACHED": "cached", "CANCELED": "canceled", "ERROR:": "failed"}
NO_RAWJSON = "invalid progress mode rawjson"


class Plain:
    """Feed it lines. A number is a step; its first line is its name."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch = watch
        self.output = Output()
        self.steps: dict[str, tuple[str, Place]] = {}
        self.running: set[str] = set()
        self.now = 0.0

    def line(self, line: bytes, now: float) -> None:
        self.now = now
        text = line.decode("utf-8", "replace")
        self.output.add(text)
        text = visible(text.rstrip("\r\n"))
        found = VERTEX.match(text)
        if found is None or found[1] == "0":
            if text.strip():
                self._emit("output", "", text)
            return
        self._vertex(found[1], found[2])

    def _vertex(self, step: str, rest: str) -> None:
        if step not in self.steps:
            self.steps[step] = (rest, place(rest))
            self._start(step)
            return
        word, _, more = rest.partition(" ")
        clock = CLOCK.match(rest)
        if clock is not None:
            self._emit("output", step, rest[clock.end() :])
        elif word in ENDS:
            self.running.discard(step)
            self._emit(ENDS[word], step, more if word == "ERROR:" else "")
        elif word == "WARN:":
            self._emit("warning", step, more)
        elif rest == self.steps[step][0] and step not in self.running:
            self._start(step)

    def _start(self, step: str) -> None:
        self.running.add(step)
        self._emit("started", step)

    def _emit(self, kind: str, step: str, text: str = "") -> None:
        if self.watch is not None:
            name, where = self.steps.get(step, ("", Place()))
            at = round(self.now, 3)
            self.watch(Event(kind, step, name, where.stage, where.index, where.of, text, at=at))

    def close(self, code: int | None) -> None:
        for step in sorted(self.running) if code else ():
            self._emit("canceled", step, "the build ended before this step")
