"""Loads artefacts into the store: several at once, continued where they were cut, until they are right or never will be."""

from __future__ import annotations

import errno
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dockwright.errors import PREREQUISITE, ToolError
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.job import Job
from dockwright.wheels.network import Network
from dockwright.wheels.patience import Clock
from dockwright.wheels.store import Store
from dockwright.wheels.transfer import Elsewhere, Failed, Fetched, Transfer, Watch

if TYPE_CHECKING:
    import httpx

PARALLEL = 6
LEAVE = 0.5  # seconds that threads have to end when a run is interrupted


__all__ = ["Elsewhere", "Failed", "Fetched", "Transfer", "Watch", "fetch"]


def fetch(
    artefacts: Iterable[Artefact],
    store: Store,
    watch: Watch | None = None,
    *,
    network: Network | None = None,
    elsewhere: Elsewhere | None = None,
    clock: Clock | None = None,
    parallel: int = PARALLEL,
) -> Fetched:
    """Load each artefact once, however often it is named. `elsewhere` gives further addresses of one, when they are needed.

    Raises ToolError when the disk is full. An interruption leaves what was loaded as parts that the next run continues.
    """
    run = Run(store, watch, network or Network(), elsewhere, clock or Clock())
    for artefact in {each.sha256: each for each in artefacts}.values():
        run.consider(artefact)
    if run.todo:
        run.work(parallel)
    return Fetched(run.cached, run.downloaded, run.wire, run.attempts, tuple(run.failed))


class Run:
    """What the threads of one fetch share."""

    def __init__(
        self, store: Store, watch: Watch | None, network: Network, elsewhere: Elsewhere | None, clock: Clock
    ) -> None:
        self.store, self.watch, self.network, self.elsewhere, self.clock = store, watch, network, elsewhere, clock
        self.todo: deque[Artefact] = deque()
        self.failed: list[Failed] = []
        self.cached = self.downloaded = self.wire = self.attempts = 0
        self.quiet_since = clock.now()
        self.unreachable: set[str] = set()  # hosts
        self.stop, self.over = threading.Event(), threading.Event()
        self.busy = 0  # threads at work
        self.broken: BaseException | None = None
        self.lock = threading.Lock()

    def consider(self, artefact: Artefact) -> None:
        if not artefact.valid:
            self.failed.append(Failed(artefact, f"{artefact.filename} has no sha256 that it can be checked by", False))
        elif self.store.has(artefact.sha256):
            self.cached += 1
            self.tell(artefact, "cached", artefact.size or 0)
        else:
            self.todo.append(artefact)

    def work(self, parallel: int) -> None:
        """The largest first: what is left at the end is small."""
        self.todo = deque(sorted(self.todo, key=lambda each: -(each.size or 0)))
        with self.network.client(parallel) as client:
            self.busy = min(parallel, len(self.todo))
            threads = [threading.Thread(target=self._served, args=(client,), daemon=True) for _ in range(self.busy)]
            try:
                for thread in threads:
                    thread.start()
                self.over.wait()
            finally:
                self.stop.set()
                # one that waits for a silent server is left behind: what it has is on the disk
                ends = time.monotonic() + LEAVE
                for thread in threads:
                    thread.join(max(0.0, ends - time.monotonic()))
        if self.broken is not None:
            raise self.broken

    def _served(self, client: httpx.Client) -> None:
        """`over` is set by the last thread to end, or the first to break."""
        self._serve(client)
        with self.lock:
            self.busy -= 1
            if not self.busy or self.broken is not None:
                self.over.set()

    def _serve(self, client: httpx.Client) -> None:
        while not self.stop.is_set():
            try:
                artefact = self.todo.popleft()
            except IndexError:
                return
            try:
                failed = Job(self, client, artefact).run()
            except BaseException as error:
                self.broken = self.broken or full(error, self.store) or error
                self.stop.set()
                return
            if failed is not None:
                with self.lock:
                    self.failed.append(failed)
                self.tell(artefact, "failed", text=failed.why)

    def wait(self, seconds: float) -> None:
        if self.clock.wait is not None:
            self.clock.wait(seconds)
        else:
            self.stop.wait(seconds)

    def count(self, received: int) -> None:
        with self.lock:
            self.wire += received
            self.quiet_since = self.clock.now()

    def tell(self, artefact: Artefact, state: str, current: int = 0, text: str = "") -> None:
        if self.watch is not None:
            with self.lock:
                self.watch(Transfer(artefact.filename, state, current, artefact.size, text, artefact.sha256))


def full(error: BaseException, store: Store) -> ToolError | None:
    """`OSError: [Errno 28] No space left on device`, as one sentence."""
    if not isinstance(error, OSError):
        return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolError(
            "disk-full",
            f"no room is left for the wheelhouse {store.root}",
            hint="make room or name another place with --wheelhouse; what was downloaded is kept",
            exit_code=PREREQUISITE,
        )
    from dockwright.wheels.store import unusable

    return unusable(store.root, error)
