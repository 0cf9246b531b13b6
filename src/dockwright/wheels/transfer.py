"""What a run of downloads tells while it goes on, and at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from dockwright.wheels.artefact import Artefact


class Transfer(Struct, frozen=True):
    """`state`: cached, loading, waiting (`text` says why), elsewhere (another process loads it), done, failed."""

    filename: str
    state: str
    current: int = 0
    total: int | None = None
    text: str = ""
    sha256: str = ""


class Failed(Struct, frozen=True):
    """`transient`: the same may succeed later."""

    artefact: Artefact
    why: str
    transient: bool


class Fetched(Struct, frozen=True):
    cached: int = 0
    downloaded: int = 0
    bytes_over_wire: int = 0
    attempts: int = 0
    failed: tuple[Failed, ...] = ()

    @property
    def transient(self) -> bool:
        return any(each.transient for each in self.failed)


Watch = Callable[[Transfer], None]
Elsewhere = Callable[[Artefact], Iterable[str]]
