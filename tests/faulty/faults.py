"""Faults as data, and who meets which."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec
from msgspec import Struct

KINDS = (
    "cut", "stall", "hang", "refuse", "throttle", "status", "corrupt", "longer", "shorter", "no-range", "shifted",
    "lying", "other", "chunked",
)  # fmt: skip


class Fault(Struct, frozen=True):
    """See the package's text."""

    kind: str
    match: str = "*/files/*.whl"
    times: int = 1
    each: bool = False
    at: int | None = None
    reset: bool = False
    rate: int = 1_000_000
    status: int = 503
    retry_after: str | None = None
    by: int = 100

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is named {self.kind}: {', '.join(KINDS)}")


class Faults:
    """Hands each fault to the requests that it matches, in the order they come."""

    def __init__(self, faults: Iterable[Fault] = (), seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, dict[str, int]]] = []
        self._random = random.Random(seed)
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append((fault, {}))

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        with self._lock:
            for fault, used in self._waiting:
                key = path if fault.each else ""
                if fnmatchcase(path, fault.match) and (not fault.times or used.get(key, 0) < fault.times):
                    used[key] = used.get(key, 0) + 1
                    return fault
        return None

    @property
    def left(self) -> int:
        """How many still wait for a request; those for all requests and for each path don't count."""
        with self._lock:
            return sum(max(0, fault.times - used.get("", 0)) for fault, used in self._waiting if not fault.each)

    def place(self, fault: Fault, size: int) -> int:
        """The byte of a body at which it happens."""
        with self._lock:
            return min(fault.at, size) if fault.at is not None else self._random.randrange(max(1, size))


def read(text: bytes | str) -> list[Fault]:
    """One fault or a list, as JSON."""
    found = msgspec.json.decode(text, type=Fault | list[Fault], strict=True)
    return found if isinstance(found, list) else [found]
