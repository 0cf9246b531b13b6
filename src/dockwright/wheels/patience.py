"""How long to wait before the next try, and when to stop trying."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

MEANINGFUL = 1 << 18  # bytes beyond what was there before that count as progress; of a small file a hundredth


class Patience(Struct, frozen=True):
    """Seconds. `stall`: without a byte a connection is given up; `budget`: without progress an artefact is.

    The waits grow from `first` to `most`, each shortened at random by up to a half, so that many clients of a server
    that comes back don't all come at once.
    """

    first: float = 0.5
    most: float = 60.0
    budget: float = 600.0
    stall: float = 20.0
    connect: float = 10.0
    corrupt: int = 3  # times that a file with a wrong hash is loaded


class Clock(Struct, frozen=True):
    """The time and chance of a run; tests put their own here. `wait` None: the run's own, which an interruption ends."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], object] | None = None
    chance: Callable[[], float] | None = None

    def random(self) -> float:
        if self.chance is not None:
            return self.chance()
        import random

        return random.random()


class Waiting:
    """The state of one artefact's tries."""

    def __init__(self, patience: Patience, clock: Clock, size: int | None, there: int) -> None:
        self.patience, self.clock = patience, clock
        self._least = min(MEANINGFUL, max(1, (size or 0) // 100))
        self._best = there
        self._since = clock.now()
        self._fruitless = 0

    def brought(self, there: int) -> bool:
        """Note how much is there after a try: is it more than ever?"""
        if there - self._best < self._least:
            self._fruitless += 1
            return False
        self._best = there
        self._since = self.clock.now()
        self._fruitless = 0
        return True

    def delay(self, asked: float | None = None) -> float:
        """Before the next try; `asked` is what the server asks for (Retry-After)."""
        if not self._fruitless:
            return asked or 0.0
        grown = self.patience.first * 2.0 ** min(self._fruitless - 1, 30)
        return max(min(self.patience.most, grown) * (0.5 + self.clock.random() / 2), asked or 0.0)

    def over(self, delay: float, quiet_since: float) -> bool:
        """Would the next try come after the budget: this artefact's, or the run's, when nothing at all comes any more?"""
        now = self.clock.now()
        if not self._fruitless:
            return delay > self.patience.budget
        return now + delay - min(self._since, quiet_since) > self.patience.budget


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds, or a date (RFC 9110, 10.2.3); None where it can't be read. `now` is in seconds since 1970."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value.strip()[:9])
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None
