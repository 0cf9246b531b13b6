"""BuildKit's rawjson, read as it comes: events, and the same build as the plain text that people and `log.read` know."""

from __future__ import annotations

from collections import deque

from dockwright.engine.events import Event, Place, Watch, place, visible
from dockwright.engine.output import Output
from dockwright.engine.rawjson import Log, SolveStatus, Status, Vertex, Warn, clock, decode

MAX_STEPS = 20_000  # more are no build
MAX_LINE = 64 * 1024  # bytes; a longer line of output is cut into such pieces
LAST = 10  # lines of a failed step that plain text shows again at its end


class _Step:
    __slots__ = (
        "began", "completed", "current", "last", "name", "number", "pending", "place", "running", "sizes", "started",
        "total", "unknown",
    )  # fmt: skip

    def __init__(self, at: float) -> None:
        self.number = 0  # in the plain text; 0: not shown yet
        self.name = ""
        self.place = Place()
        self.began = at
        self.running = False
        self.started = self.completed = ""  # as last said
        self.pending: dict[int, bytearray] = {}  # by stream: output that no line break has ended
        self.last: deque[str] = deque(maxlen=LAST)
        self.sizes: dict[str, tuple[int, int]] = {}  # by transfer: current, total
        self.current = self.total = self.unknown = 0  # their sums, and how many totals are unknown

    def transfer(self, id: str, current: int, total: int) -> None:
        before = self.sizes.get(id)
        if before is None and len(self.sizes) >= MAX_STEPS:
            return
        old = before or (0, 0)
        self.sizes[id] = (current, total)
        self.current += current - old[0]
        self.total += total - old[1]
        self.unknown += (total == 0) - (before is not None and old[1] == 0)


class BuildKit:
    """Feed it lines; it calls `watch` and keeps `output`. Nothing that a line holds makes it raise."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.watch = watch
        self.output = Output()
        self.steps: dict[str, _Step] = {}
        self.shown: _Step | None = None  # whose lines were printed last
        self.failed: _Step | None = None
        self.numbered = 0
        self.now = 0.0  # seconds since the build began
        self.zero: float | None = None  # that moment on the engine's clock, which may differ from ours

    def line(self, line: bytes, now: float) -> None:
        self.now = now
        status = decode(line)
        if status is None:
            self._text(line.decode("utf-8", "replace").rstrip("\r\n"))
        else:
            self._status(status)

    def close(self, code: int | None) -> None:
        for digest, step in self.steps.items():
            self._flush(digest, step, quietly=code is None)
            if step.running and code:
                self._emit("canceled", digest, step, text="the build ended before this step")
        self._failure()

    def _status(self, status: SolveStatus) -> None:
        # of several states of a vertex in one record the last counts
        for vertex in {vertex.digest: vertex for vertex in status.vertexes or ()}.values():
            self._vertex(vertex)
        for transfer in status.statuses or ():
            self._transfer(transfer)
        for log in status.logs or ():
            self._log(log)
        for warning in status.warnings or ():
            self._warning(warning)

    def _step(self, digest: str) -> _Step | None:
        step = self.steps.get(digest)
        if step is None and len(self.steps) < MAX_STEPS:
            step = self.steps[digest] = _Step(self.now)
        return step

    def _vertex(self, vertex: Vertex) -> None:
        step = self._step(vertex.digest)
        if step is None:
            return
        if vertex.name and not step.name:
            step.name = " ".join(vertex.name.split("\n"))
            step.place = place(step.name)
        if vertex.started and vertex.started != step.started:
            # a vertex is probed in the cache, completed, and started again when it really runs
            step.started, step.running = vertex.started, True
            step.began = self._at(vertex.started)
            self._say(step, "")
            self._emit("started", vertex.digest, step, at=step.began)
        ended = vertex.completed or vertex.error
        if ended and ended != step.completed:  # the same state may be told again
            step.completed, step.running = ended, False
            self._completed(vertex, step)

    def _completed(self, vertex: Vertex, step: _Step) -> None:
        self._flush(vertex.digest, step)
        at = self._at(vertex.completed)
        if vertex.error:
            self._error(vertex, step, at)
        elif vertex.cached:
            self._say(step, "CACHED")
            self._emit("cached", vertex.digest, step, at=at)
        else:
            self._say(step, f"DONE {max(0.0, at - step.began):.1f}s")
            self._emit("done", vertex.digest, step, at=at)
        self.shown = None

    def _error(self, vertex: Vertex, step: _Step, at: float) -> None:
        if vertex.error.endswith("context canceled"):
            self._say(step, "CANCELED")
            self._emit("canceled", vertex.digest, step, text=vertex.error, at=at)
            return
        self.failed = step
        self._say(step, f"ERROR: {vertex.error}")
        self._emit("failed", vertex.digest, step, text=vertex.error, at=at)

    def _transfer(self, status: Status) -> None:
        step = self._step(status.vertex)
        if step is None:
            return
        if status.completed:
            self._say(step, _transferred(status))
        if not status.current and not status.total:
            return
        step.transfer(status.id, status.current, status.total)
        total = 0 if step.unknown else step.total
        self._emit("bytes", status.vertex, step, text=status.id, current=step.current, total=total)

    def _log(self, log: Log) -> None:
        step = self._step(log.vertex)
        if step is None:
            return
        at = self._at(log.timestamp)
        pending = step.pending.setdefault(log.stream if log.stream in (1, 2) else 0, bytearray())
        done, broken, rest = log.data.rpartition(b"\n")
        if broken:
            pending += done
            for line in bytes(pending).split(b"\n"):
                self._line(log.vertex, step, line, at)
            pending.clear()
        pending += rest
        if len(pending) > MAX_LINE:
            self._line(log.vertex, step, bytes(pending), at)
            pending.clear()

    def _line(self, digest: str, step: _Step, line: bytes, at: float, quietly: bool = False) -> None:
        text = line.decode("utf-8", "replace").removesuffix("\r")
        clocked = f"{max(0.0, at - step.began):.3f} {text}"
        step.last.append(clocked)
        self._say(step, clocked)
        if not quietly:
            self._emit("output", digest, step, text=visible(text), at=at)

    def _flush(self, digest: str, step: _Step, quietly: bool = False) -> None:
        for pending in step.pending.values():
            if pending:
                self._line(digest, step, bytes(pending), self.now, quietly)
        step.pending.clear()

    def _warning(self, warning: Warn) -> None:
        step = self._step(warning.vertex)
        if step is None:
            return
        text = " ".join(warning.short.decode("utf-8", "replace").split())
        self._say(step, f"WARN: {text}")
        self._emit("warning", warning.vertex, step, text=text)

    def _text(self, text: str) -> None:
        """What is no JSON: the excerpt of the Dockerfile and the last error, the client's own complaints."""
        self._failure()
        self.output.add(text + "\n")
        self.shown = None
        if text.strip() and self.watch is not None:
            self.watch(Event("output", "", text=visible(text), at=round(self.now, 3)))

    def _failure(self) -> None:
        """The last lines of the failed step once more, as BuildKit's plain text has them."""
        if self.failed is not None:
            rule = "------\n"
            lines = "".join(f"{line}\n" for line in self.failed.last)
            self.output.add(f"{rule} > {self.failed.name}:\n{lines}{rule}")
            self.failed = None

    def _say(self, step: _Step, text: str) -> None:
        """A line of plain text, under the name of its step where another one's lines came before."""
        if not step.number:
            self.numbered += 1
            step.number = self.numbered
        if self.shown is not step:
            if self.shown is not None and self.shown.running:
                self.output.add(f"#{self.shown.number} ...\n")
            self.output.add(f"\n#{step.number} {step.name}\n")
            self.shown = step
        if text:
            self.output.add(f"#{step.number} {text}\n")

    def _emit(
        self, kind: str, digest: str, step: _Step, *, text: str = "", current: int = 0, total: int = 0,
        at: float | None = None,
    ) -> None:  # fmt: skip
        if self.watch is not None:
            where = step.place
            self.watch(
                Event(
                    kind, digest, step.name, where.stage, where.index, where.of, text, current, total,
                    round(self.now if at is None else at, 3),
                )
            )  # fmt: skip

    def _at(self, timestamp: str | None) -> float:
        """Seconds since the build began, by the engine's clock."""
        there = clock(timestamp)
        if there is None:
            return self.now
        if self.zero is None:
            self.zero = there - self.now
        at = there - self.zero
        return at if at > 0 else self.now  # before this build: what an earlier one has resolved


def _transferred(status: Status) -> str:
    """`sha256:… 10.49MB / 29.13MB 0.2s done`"""
    began, ended = clock(status.started), clock(status.completed)
    words = [status.id]
    if status.current:
        words.append(_size(status.current) + (f" / {_size(status.total)}" if status.total else ""))
    if began is not None and ended is not None and ended - began >= 0.05:
        words.append(f"{ended - began:.1f}s")
    return " ".join([*words, "done"])


def _size(count: int) -> str:
    """As BuildKit writes it: 358B, 10.49MB."""
    if count < 1000:
        return f"{count}B"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:.2f}{unit}"
    return f"{size / 1000:.2f}TB"
