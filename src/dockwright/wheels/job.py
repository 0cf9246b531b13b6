"""The tries at one artefact, from the first to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.wheels.artefact import Artefact, host
from dockwright.wheels.attempt import Outcome, attempt
from dockwright.wheels.part import Part
from dockwright.wheels.patience import Waiting
from dockwright.wheels.transfer import Failed

if TYPE_CHECKING:
    import httpx

    from dockwright.wheels.download import Run

OFTEN = 0.1  # seconds between two words on one artefact
DRIP_SECONDS, DRIP = 60.0, 6_000  # fewer bytes in so many seconds are as good as none
BESIDE = 0.5  # seconds between two looks at what another process loads


class Job:
    """One artefact of a run."""

    def __init__(self, run: Run, client: httpx.Client, artefact: Artefact) -> None:
        self.run_, self.client, self.artefact = run, client, artefact
        self.sources = [artefact.url]
        self.refusals: list[str] = []
        self.looked = run.elsewhere is None  # for further addresses
        self.round = 0  # tries since the first of the sources was asked
        self.corrupt = 0
        self.told = self.began = 0.0
        self.since = 0  # bytes that came in the last DRIP_SECONDS

    def run(self) -> Failed | None:
        part = self._claimed()
        if part is None:
            return None
        with part:
            self._avoid()
            waiting = Waiting(self.run_.network.patience, self.run_.clock, self.artefact.size, part.size)
            while not self.run_.stop.is_set():
                outcome = self._try(part)
                if outcome.kind == "whole" and self._kept(part):
                    return None
                if self.run_.stop.is_set():
                    return None
                failed = self._next(outcome, part, waiting)
                if failed is not None:
                    return failed
        return None

    def _claimed(self) -> Part | None:
        """The part to be filled; None when another process has filled it meanwhile."""
        run, sha256 = self.run_, self.artefact.sha256
        while not run.stop.is_set():
            part = run.store.part(sha256)
            if run.store.has(sha256):
                if part is not None:
                    part.close()
                with run.lock:
                    run.cached += 1
                run.tell(self.artefact, "cached", self.artefact.size or 0)
                return None
            if part is not None:
                return part
            run.tell(self.artefact, "elsewhere", run.store.partly(sha256))
            run.wait(BESIDE)
        return None

    def _try(self, part: Part) -> Outcome:
        run, url = self.run_, self.sources[self.round % len(self.sources)]
        with run.lock:
            run.attempts += 1
        size = (
            None if self.corrupt else self.artefact.size
        )  # what has the wrong hash may have the wrong size said of it
        self._tell(part.size)
        self.began, self.since = run.clock.now(), 0
        return attempt(
            self.client, url, run.network.credentials(url), part, size, lambda count: self.received(part, count)
        )

    def received(self, part: Part, count: int) -> bool:
        """Count it; go on unless the run ends, or so little comes that another connection is better."""
        self.run_.count(count)
        now = self.run_.clock.now()
        if now - self.told >= OFTEN:
            self._tell(part.size)
        self.since += count
        if now - self.began >= DRIP_SECONDS:
            if self.since < DRIP:
                return False
            self.began, self.since = now, 0
        return not self.run_.stop.is_set()

    def _tell(self, current: int) -> None:
        self.told = self.run_.clock.now()
        self.run_.tell(self.artefact, "loading", current)

    def _kept(self, part: Part) -> bool:
        size = part.size
        if self.run_.store.keep(part, self.artefact.sha256):
            with self.run_.lock:
                self.run_.downloaded += 1
            self.run_.tell(self.artefact, "done", size)
            return True
        return False

    def _next(self, outcome: Outcome, part: Part, waiting: Waiting) -> Failed | None:
        """Decide what comes after a try that did not end well: another address, a wait, or the end."""
        at = self.round % len(self.sources)
        if outcome.kind == "refused":
            self.refusals.append(outcome.why)
            del self.sources[at]
            self._look()
            if not self.sources:
                return Failed(self.artefact, f"{self.artefact.filename}: {'; '.join(self.refusals)}", False)
            self.round = at % len(self.sources)
            return None
        if outcome.unreachable:
            self.run_.unreachable.add(host(self.sources[at]))
        why, fruitful = outcome.why, False
        if outcome.kind in ("whole", "wrong"):
            self.corrupt += 1
            part.restart()
            why = why or f"{host(self.sources[at])} sends bytes that don't have the hash that the index names"
            if self.corrupt >= self.run_.network.patience.corrupt:
                return Failed(self.artefact, f"{self.artefact.filename}: {why}; tried {self.corrupt} times", False)
        else:
            fruitful = waiting.brought(part.size)
        return None if fruitful and not outcome.wait else self._pause(why, outcome, part, waiting)

    def _pause(self, why: str, outcome: Outcome, part: Part, waiting: Waiting) -> Failed | None:
        """On to the next address; when all were asked in vain, wait."""
        self._look()
        self.round += 1
        if self.round % len(self.sources) or outcome.kind in ("whole", "wrong"):
            return None
        delay = waiting.delay(outcome.wait)
        if waiting.over(delay, self.run_.quiet_since):
            asks = f", and asks to wait for {delay:.0f} s" if outcome.wait == delay else ""
            return Failed(self.artefact, f"{self.artefact.filename}: {why}{asks}", True)
        self.run_.tell(self.artefact, "waiting", part.size, f"{why}; next try in {delay:.0f} s")
        self.run_.wait(delay)
        return None

    def _avoid(self) -> None:
        """What is on a host that other files could not be had from is asked for elsewhere first, where there is an elsewhere."""
        if host(self.sources[0]) in self.run_.unreachable:
            self._look()
            self.sources.sort(key=lambda url: host(url) in self.run_.unreachable)

    def _look(self) -> None:
        """Where else is it? Asked once, and only when the first address fails."""
        if not self.looked and self.run_.elsewhere is not None:
            self.looked = True
            self.sources += [url for url in self.run_.elsewhere(self.artefact) if url not in self.sources]
