"""Engines that write text for people: docker's classic builder, buildah, podman. The text itself is the output."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockwright.engine.events import Event, Place, Watch, visible
from dockwright.engine.output import Output

STEP = re.compile(r"Step (\d{1,6})/(\d{1,6}) : (.*)")
# ` ---> 8b5d67b54350` and its like, also behind output that did not end its line
ARROW = re.compile(r" ---> (?:(?:Running in|Removed intermediate container) )?[0-9a-f]{12}$| ---> Using cache$")
CONTEXT = re.compile(r"Sending build context to Docker daemon +(\d+(?:\.\d+)?)([kMGT]?B)")
BUILDAH_STEP = re.compile(r"(?:\[(\d{1,6})/\d{1,6}\] )?STEP (\d{1,6})/(\d{1,6}): (.*)")
BUILDAH_ARROW = re.compile(r"--> (?:Using cache )?[0-9a-f]{11,64}$")
COMMIT = re.compile(r"(?:\[\d{1,6}/\d{1,6}\] )?COMMIT(?: |$)")
UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
MAX_ERROR = 4000  # characters


class Textual:
    """One step at a time: the next one's beginning ends it, the command's own end the last one.

    What a RUN prints may look like a step: only a step that is next in order is believed.
    """

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch = watch
        self.output = Output()
        self.now = 0.0
        self.step = self.name = ""
        self.place = Place()
        self.said = False  # whether the current step has put out something, or has ended
        self.cut = False  # the piece before this one did not end its line
        self.last = ""

    def line(self, line: bytes, now: float) -> None:
        self.now = now
        text = line.decode("utf-8", "replace")
        self.output.add(text)
        goes_on, self.cut = self.cut, not text.endswith("\n")
        text = visible(text.rstrip("\r\n"))
        if goes_on or not self.begins(text):
            self.put(text)

    def begins(self, text: str) -> bool:
        """Take a line in which the engine itself speaks."""
        raise NotImplementedError

    def put(self, text: str) -> None:
        if text.strip():
            self.last = text
            self.said = True
        self.emit("output", text)

    def start(self, step: str, name: str, place: Place) -> None:
        self.end("done")
        self.step, self.name, self.place, self.said = step, name, place, False
        self.emit("started")

    def cached(self) -> None:
        if not self.said and self.step:
            self.end("cached")

    def end(self, kind: str, text: str = "") -> None:
        if self.step:
            self.emit(kind, text)
            self.step = self.name = ""

    def close(self, code: int | None) -> None:
        if code == 0:
            self.end("done")
        elif code in (130, -2, -15, -9):
            self.end("canceled", "the build ended before this step")
        elif code is not None:
            self.end("failed", self.last[-MAX_ERROR:])

    def emit(self, kind: str, text: str = "", current: int = 0, total: int = 0) -> None:
        if self.watch is not None:
            place = self.place if self.step else Place()
            self.watch(
                Event(
                    kind, self.step, self.name, place.stage, place.index, place.of, text, current, total,
                    round(self.now, 3),
                )
            )  # fmt: skip


class Stages:
    """Counts the stages as their FROM comes by."""

    def __init__(self) -> None:
        self.number, self.name = -1, ""

    def see(self, instruction: str) -> str:
        """The stage that an instruction belongs to: its name or number."""
        words = instruction.split()
        if words and words[0].upper() == "FROM":
            self.number += 1
            self.name = words[-1] if len(words) > 3 and words[-2].upper() == "AS" else ""
        return self.name or str(max(self.number, 0))


def named(stage: str, index: int, of: int, instruction: str) -> str:
    """As BuildKit names a step."""
    if stage.isdecimal():
        stage = f"stage-{stage}" if stage != "0" else ""
    return f"[{stage} {index}/{of}] {instruction}" if stage else f"[{index}/{of}] {instruction}"


class Classic(Textual):
    """`Step 3/9 : RUN …`, counted through all stages."""

    def __init__(self, watch: Watch | None = None) -> None:
        super().__init__(watch)
        self.stages = Stages()
        self.index = 0

    def begins(self, text: str) -> bool:
        arrow = ARROW.search(text)
        if arrow is not None:
            if text == " ---> Using cache":
                self.cached()
            elif arrow.start():
                self.put(text[: arrow.start()])
            return True
        found = STEP.match(text)
        if found is None or int(found[1]) != self.index + 1:
            return self._context(text)
        self.index = int(found[1])
        stage = self.stages.see(found[3])
        place = Place(stage, self.index, int(found[2]))
        self.start(f"{max(self.stages.number, 0)}/{self.index}", named(stage, self.index, place.of, found[3]), place)
        return True

    def _context(self, text: str) -> bool:
        found = CONTEXT.match(text) if not self.index else None
        if found is None:
            return False
        if self.step != "context":
            self.start("context", "[internal] load build context", Place())
        self.emit("bytes", "transferring context:", current=round(float(found[1]) * UNITS[found[2]]))
        return True


class Buildah(Textual):
    """`[2/3] STEP 1/2: RUN …`, counted in each stage; stages that nothing needs are left out."""

    def __init__(self, watch: Watch | None = None) -> None:
        super().__init__(watch)
        self.stages = Stages()
        self.at = (0, 0)  # stage and step, from 1
        self.of = 0

    def begins(self, text: str) -> bool:
        arrow = BUILDAH_ARROW.search(text)
        if arrow is not None:
            if arrow.start():
                self.put(text[: arrow.start()])
            elif text.startswith("--> Using cache "):
                self.cached()
            return True
        if COMMIT.match(text) and self.at[1] == self.of:
            self.start("commit", "exporting to image", Place())
            return True
        found = BUILDAH_STEP.match(text)
        if found is None or not self._next(int(found[1] or 1), int(found[2])):
            return False
        self.at, self.of = (int(found[1] or 1), int(found[2])), int(found[3])
        self.stages.see(found[4])
        stage = self.stages.name or str(self.at[0] - 1)
        place = Place(stage, self.at[1], self.of)
        self.start(f"{self.at[0] - 1}/{self.at[1]}", named(stage, *self.at[1:], self.of, found[4]), place)
        return True

    def _next(self, stage: int, index: int) -> bool:
        return (stage, index) == (self.at[0], self.at[1] + 1) or (stage > self.at[0] and index == 1)


READERS: dict[str, Callable[[Watch | None], Textual]] = {
    "docker-classic": Classic,
    "buildah": Buildah,
    "podman": Buildah,
}
