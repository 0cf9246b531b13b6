"""Recording in a thread of its own: a build waits neither for the database's library to be imported nor for a slow disk.

The same methods as in `history.store`, done one after the other, in their order; `__exit__` waits until all is written.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from dockwright.errors import ToolError
from dockwright.history.values import Why

if TYPE_CHECKING:
    from dockwright.engine.events import Event
    from dockwright.history.store import Attempt, Run, TargetRun


class Recording:
    """Of a run. Nothing is written before `start`.

    `open` is called in that thread. `unfit`: why there can be no run with this history (it is a newer one's)."""

    def __init__(self, open: Callable[[], Run], say: Callable[[str], None] = lambda text: None) -> None:
        self._open, self._say = open, say
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._run: Run | None = None
        self._told = False
        self.unfit: ToolError | None = None
        self.finished = False
        self._thread = threading.Thread(target=self._work, daemon=True, name="history")
        self._started = False

    def start(self) -> None:
        """What was said before is kept until then."""
        if not self._started:
            self._started = True
            self._thread.start()

    def _work(self) -> None:
        try:
            self._run = self._open()
        except ToolError as error:
            self.unfit = error
        except Exception as error:
            self._broken(error)
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:
                self._broken(error)
                self._run = None
            if self._run is not None and self._run.history.broken and not self._told:
                self._broken(self._run.history.broken)

    def _broken(self, why: object) -> None:
        if not self._told:
            self._told = True
            self._say(f"this run is not recorded: {why}")

    def later(self, do: Callable[[Run], None]) -> None:
        """Done in that thread, unless there is no history."""

        def job() -> None:
            if self._run is not None:
                do(self._run)

        self._jobs.put(job)

    def target(
        self, name: str, *, dockerfile: str = "", context: str = "", tag: str = "", platform: str = ""
    ) -> TargetRecording:
        made = TargetRecording(self)

        def begin(run: Run) -> None:
            made.real = run.target(name, dockerfile=dockerfile, context=context, tag=tag, platform=platform)

        self.later(begin)
        return made

    def event(self, kind: str, text: str, target: str = "") -> None:
        self.later(lambda run: run.event(kind, text, target))

    def progress(self, text: str) -> None:
        if self.unfit is not None:
            raise self.unfit
        self.later(lambda run: run.progress(text))

    def finish(self, outcome: str, exit_code: int, bytes: int = 0) -> None:
        self.finished = True
        self.later(lambda run: run.finish(outcome, exit_code, bytes))

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        def end(run: Run) -> None:
            run.__exit__(kind, error, trace)
            run.history.close()

        self.later(end)
        self._jobs.put(None)
        self.start()
        self._thread.join()


class TargetRecording:
    """Of one target."""

    def __init__(self, run: Recording) -> None:
        self.run = run
        self.real: TargetRun | None = None

    def attempt(self, words: Sequence[str] = ()) -> AttemptRecording:
        made, began = AttemptRecording(self.run), time.time()

        def begin(run: Run) -> None:
            made.real = self.real.attempt(words, began) if self.real is not None else None

        self.run.later(begin)
        return made

    def finish(self, outcome: str, says: str = "") -> None:
        self.run.later(lambda run: self.real.finish(outcome, says) if self.real is not None else None)


class AttemptRecording:
    """Of one run of the engine."""

    def __init__(self, run: Recording) -> None:
        self.run = run
        self.real: Attempt | None = None

    def watch(self, event: Event) -> None:
        self.run.later(lambda run: self.real.watch(event) if self.real is not None else None)

    def finish(self, outcome: str, why: Why | None = None) -> None:
        self.run.later(lambda run: self.real.finish(outcome, why) if self.real is not None else None)
