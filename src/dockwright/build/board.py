"""What a person sees of a run, as it is right now: threads write, one reader takes snapshots.

A snapshot is data: the terminal draws it, the history keeps the newest for `dockwright status`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from msgspec import Struct, structs

from dockwright.engine.events import Event
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.progress import Progress
from dockwright.wheels.transfer import Transfer

ENDED = ("done", "cached", "failed", "canceled")


class Estimate(Struct, frozen=True):
    """Seconds left, from the past of the steps that lie ahead; `runs` is how many builds it rests on."""

    seconds: float
    least: float
    most: float
    runs: int


class Service(Struct, frozen=True):
    """`state`: waiting, downloading, building, pausing, built, failed, transient, not-tried, interrupted."""

    name: str
    state: str = "waiting"
    stage: str = ""
    index: int = 0
    of: int = 0
    step: str = ""  # name of the step that runs
    step_began: float = 0.0
    cached: int = 0  # steps
    attempt: int = 0
    began: float | None = None
    seconds: float | None = None  # when it is over
    until: float | None = None  # end of a pause
    says: str = ""
    current: int = 0  # bytes of the step that runs
    total: int = 0
    left: Estimate | None = None


class Download(Struct, frozen=True):
    """All artefacts together. `current` holds what was there before as well."""

    current: int = 0
    total: int = 0
    speed: float = 0.0  # bytes a second
    files: int = 0
    done: int = 0
    running: tuple[str, ...] = ()

    @property
    def left(self) -> float | None:
        """Seconds."""
        return (self.total - self.current) / self.speed if self.speed > 0 else None


class Snapshot(Struct, frozen=True):
    """`at` and the other times are seconds since 1970."""

    at: float
    began: float
    phase: str = ""
    services: tuple[Service, ...] = ()
    download: Download | None = None


class Board:
    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.lock = threading.Lock()
        self.began = time.time()
        self.phase = ""
        self.services = {name: Service(name) for name in names}
        self.progress: Progress | None = None

    def snapshot(self) -> Snapshot:
        with self.lock:
            return Snapshot(time.time(), self.began, self.phase, tuple(self.services.values()), self._download())

    def say(self, phase: str) -> None:
        with self.lock:
            self.phase = phase

    def set(self, name: str, **values: object) -> None:
        with self.lock:
            self.services[name] = structs.replace(self.services[name], **values)

    def get(self, name: str) -> Service:
        with self.lock:
            return self.services[name]

    # -- builds -------------------------------------------------------------------------------------------------------

    def event(self, name: str, event: Event) -> None:
        """An engine's event of a target's build."""
        with self.lock:
            service = self.services[name]
            changes: dict[str, object] = {}
            if event.kind == "started":
                changes = {"step": event.name, "step_began": time.time(), "current": 0, "total": 0}
            elif event.kind in ENDED and event.name == service.step:
                changes = {"step": "", "cached": service.cached + (event.kind == "cached" and event.index > 0)}
            elif event.kind == "cached" and event.index:
                changes = {"cached": service.cached + 1}
            elif event.kind == "bytes" and event.name == service.step:
                changes = {"current": event.current, "total": event.total}
            if event.index and event.kind in ("started", "cached", "done"):
                changes |= {"stage": event.stage, "index": event.index, "of": event.of}
            if changes:
                self.services[name] = structs.replace(service, **changes)

    # -- downloads ----------------------------------------------------------------------------------------------------

    def expect(self, artefacts: Iterable[Artefact]) -> None:
        """All files that will be wanted."""
        with self.lock:
            self.progress = Progress(artefacts)

    def transfer(self, transfer: Transfer) -> None:
        with self.lock:
            if self.progress is not None:
                self.progress.tell(transfer, time.monotonic())

    def _download(self) -> Download | None:
        progress = self.progress
        if progress is None or not progress.count:
            return None
        return Download(
            current=progress.current,
            total=progress.total,
            speed=progress.speed,
            files=progress.count,
            done=progress.done,
            running=tuple(each.filename for each in progress.active.values())[:4],
        )
