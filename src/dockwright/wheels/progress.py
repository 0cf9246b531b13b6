"""How far a run is: files, bytes, speed, time left. Pure: the clock comes with each word."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from dockwright.wheels.artefact import Artefact
from dockwright.wheels.download import Transfer

WINDOW = 10.0  # seconds over which the speed is measured
OVER = ("cached", "done", "failed")


class Progress:
    """Told of every Transfer; `total` counts the known sizes of all that is wanted."""

    def __init__(self, artefacts: Iterable[Artefact]) -> None:
        self.sizes = {each.sha256: each.size or 0 for each in artefacts}
        self.there: dict[str, int] = {}
        self.active: dict[str, Transfer] = {}
        self.over: dict[str, str] = {}  # how it ended
        self._loaded = 0
        self._marks: deque[tuple[float, int]] = deque()

    def tell(self, transfer: Transfer, now: float) -> None:
        key = transfer.sha256
        before = self.there.get(key)
        if transfer.state == "done":
            self.sizes[key] = max(self.sizes.get(key, 0), transfer.current)
        if transfer.state in ("loading", "done") and before is not None:
            self._loaded += max(0, transfer.current - before)
        if transfer.state != "failed":
            self.there[key] = transfer.current
        if transfer.state in OVER:
            self.over[key] = transfer.state
            self.active.pop(key, None)
        else:
            self.active[key] = transfer
        self._marks.append((now, self._loaded))
        while len(self._marks) > 2 and self._marks[1][0] < now - WINDOW:
            self._marks.popleft()

    @property
    def count(self) -> int:
        return len(self.sizes)

    @property
    def done(self) -> int:
        return sum(state != "failed" for state in self.over.values())

    @property
    def total(self) -> int:
        return sum(self.sizes.values())

    @property
    def current(self) -> int:
        return sum(min(there, self.sizes.get(key, 0) or there) for key, there in self.there.items())

    @property
    def speed(self) -> float:
        """Bytes a second over the last seconds; 0 where nothing can be said yet."""
        if len(self._marks) < 2:
            return 0.0
        (since, before), (now, loaded) = self._marks[0], self._marks[-1]
        return (loaded - before) / (now - since) if now > since else 0.0

    @property
    def left(self) -> float | None:
        """Seconds; None while nothing comes."""
        speed = self.speed
        return max(0, self.total - self.current) / speed if speed > 0 else None
