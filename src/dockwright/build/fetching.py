"""Fills the wheelhouse beside the builds: one target after the other, in the order in which they are built."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from dockwright.build.ahead import Ahead
from dockwright.build.board import Board
from dockwright.build.result import Loaded, Refused
from dockwright.errors import PREREQUISITE, ToolError
from dockwright.wheels.artefact import Wanted
from dockwright.wheels.transfer import Fetched, Transfer

Prepare = Callable[[], Iterable[Wanted]]
Judge = Callable[[], None]
Fetch = Callable[[Wanted, Callable[[Transfer], None]], Fetched]


class Stopped(Exception):
    """The run is interrupted: what was loaded so far is kept and continued by the next one."""


class Unfit(Exception):
    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Fetching:
    """`ready(target)`: all of its files that can be had are here."""

    def __init__(
        self, names: Iterable[str], prepare: Prepare, fetch: Fetch, board: Board, say: Callable[[str], None],
        stop: threading.Event, judge: Judge | None = None,
    ) -> None:  # fmt: skip
        """`judge`: raises ToolError for what stands in the way of the run; asked at once, and again when all is planned."""
        self.judge = judge
        self.allowed = threading.Event()  # nothing stands in the way, as far as that is known before planning
        self.prepare, self.fetch, self.board, self.say, self.stop = prepare, fetch, board, say, stop
        self.wanted: Mapping[str, Wanted] = {}
        self.planned = threading.Event()
        self.order = tuple(names)
        self.events = {name: threading.Event() for name in self.order}
        self.results: list[Fetched] = []
        self.incomplete: set[str] = set()  # targets of which files may still come
        self.began = time.monotonic()
        self.seconds = 0.0
        self.broken: Exception | None = None
        self.refused: Exception | None = None
        self.here: dict[str, bool] = {}  # by sha256: what has come, and what could not be had
        self.over = self.enough = False
        self.news = threading.Condition()

    def run(self) -> None:
        judging: tuple[Ahead[None], ...] = (Ahead(self._judge),)
        try:
            self.wanted = {each.target: each for each in self._prepared()}
            judging = (*judging, Ahead(self._judge))
            for name, each in self.wanted.items():
                if not each.artefacts and each.unknown:
                    self.say(f"{name}: what it downloads is not known beforehand: {each.unknown[0]}")
            self.board.expect(artefact for wanted in self.wanted.values() for artefact in wanted.artefacts)
            self.planned.set()
            for name in self.order:
                wanted = self.wanted.get(name)
                if wanted is not None and wanted.artefacts and not self.stop.is_set():
                    self._fetch(wanted)
                for judged in judging:
                    judged.result()
                if self.refused is not None or self.enough:
                    return
                self.events[name].set()
        except Stopped:
            pass
        except Unfit as unfit:
            self.refused = unfit.reason
        except Exception as error:  # a build can do without the wheelhouse; the main thread says what happened
            self.broken = error
            self.say(f"the wheelhouse can't be filled: {error}")
        finally:
            self.seconds = time.monotonic() - self.began
            self.planned.set()
            self.over = True
            self._settle({})
            for event in self.events.values() if self.refused is None else ():
                event.set()

    def ready(self, name: str) -> bool:
        event = self.events.get(name)
        return event is None or event.is_set()

    def wait(self, name: str, seconds: float) -> bool:
        event = self.events.get(name)
        return event is None or event.wait(seconds)

    def known(self, target: str, seconds: float) -> Wanted | None:
        """What a target wants; None: that is not planned within this time."""
        return self.wanted.get(target) or Wanted(target) if self.planned.wait(seconds) else None

    def settled(self, sha256: str, seconds: float) -> bool | None:
        """Is the file here? None: it may still come."""
        with self.news:
            self.news.wait_for(lambda: self.over or sha256 in self.here, seconds)
            return self.here.get(sha256, False if self.over else None)

    def _settle(self, here: Mapping[str, bool]) -> None:
        with self.news:
            self.here.update(here)
            self.news.notify_all()

    def end(self) -> None:
        """All builds are over: what is still on its way is not needed by them."""
        self.enough = True

    def _judge(self) -> None:
        """Beside planning and loading; no build gets its wheels before it has ended."""
        try:
            if self.judge is not None and self.refused is None:
                self.judge()
        except Exception as error:
            self.refused = self.refused or error
        finally:
            self.allowed.set()

    def _prepared(self) -> Iterable[Wanted]:
        """What the plan shows may refuse the whole run; where planning merely fails, builds go on without the wheelhouse."""
        try:
            return self.prepare()
        except Refused as refused:
            raise Unfit(refused) from None
        except ToolError as error:
            if error.exit_code != PREREQUISITE:
                raise
            raise Unfit(error) from None

    def again(self, name: str) -> bool:
        """Load what is still missing of a target's files; says whether anything has come."""
        if self._replanned(name):
            return True
        wanted = self.wanted.get(name)
        if wanted is None or name not in self.incomplete or self.stop.is_set():
            return False
        before = sum(each.downloaded for each in self.results)
        try:
            self._fetch(wanted)
        except Stopped:
            return False
        return sum(each.downloaded for each in self.results) > before

    def _replanned(self, name: str) -> bool:
        """Where the index did not answer when it was asked, it may do so now."""
        wanted = self.wanted.get(name)
        if self.stop.is_set() or (self.broken is None and (wanted is None or not wanted.unreached)):
            return False
        try:
            self.wanted = {each.target: each for each in self.prepare()}
            self.broken = None
            wanted = self.wanted.get(name)
            if wanted is None or not wanted.artefacts:
                return False
            self._fetch(wanted)
        except Exception:  # the build's own failure is what counts
            return False
        return True

    def _fetch(self, wanted: Wanted) -> None:
        digests = [each.sha256 for each in wanted.artefacts]
        with self.news:
            for sha256 in digests:
                if not self.here.get(sha256, True):  # it is tried again
                    del self.here[sha256]
        try:
            fetched = self.fetch(wanted, self._watch)
        finally:
            self._settle({sha256: self.here.get(sha256, False) for sha256 in digests})
        self.results.append(fetched)
        self.incomplete.discard(wanted.target)
        if any(failed.transient for failed in fetched.failed):
            self.incomplete.add(wanted.target)
        for failed in fetched.failed:
            self.say(failed.why)

    def _watch(self, transfer: Transfer) -> None:
        if self.stop.is_set() or self.enough:
            raise Stopped
        if transfer.state in ("cached", "done", "failed"):
            self._settle({transfer.sha256: transfer.state != "failed"})
        if transfer.state in ("waiting", "failed") and transfer.text:
            self.say(
                f"{transfer.filename}: {transfer.text}" if transfer.filename not in transfer.text else transfer.text
            )
        self.board.transfer(transfer)

    @property
    def loaded(self) -> Loaded:
        files = {each.sha256: each.size or 0 for wanted in self.wanted.values() for each in wanted.artefacts}
        had = sum(self.here.get(sha256, False) for sha256 in files)
        why = [failed.why for each in self.results for failed in each.failed]
        return Loaded(
            len(files), sum(files.values()), had - sum(each.downloaded for each in self.results), len(files) - had,
            sum(each.bytes_over_wire for each in self.results), sum(each.attempts for each in self.results), self.seconds,
            tuple(why if self.broken is None else [*why, str(self.broken)]),
        )  # fmt: skip
