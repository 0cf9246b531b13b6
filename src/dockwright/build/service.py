"""One target: built, and built again while what fails may pass; earlier steps come from the engine's cache."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from dockwright.build.board import Board
from dockwright.build.forecast import left
from dockwright.build.lay import Settings, as_written, request
from dockwright.build.result import Attempted, BuiltTarget
from dockwright.build.retry import Budget, Failure, Verdict
from dockwright.build.shelf import Given as Given
from dockwright.engine.argv import BuildRequest, shown
from dockwright.engine.events import Event
from dockwright.engine.run import Ran, build, interrupt
from dockwright.history.recording import AttemptRecording, TargetRecording
from dockwright.history.values import Past, Why, key
from dockwright.inputs.targets import Target
from dockwright.project import Project

if TYPE_CHECKING:
    from dockwright.build.listening import Listening
    from dockwright.build.relay import Relay
    from dockwright.diagnose import Diagnosis

NUDGE = 0.5  # seconds between two estimates of what is left
ENDED = {"done", "cached", "failed", "canceled"}


Line = Callable[[str, str, str], None]
"""A target (or nothing), a line, and what it is: a step, news, the engine's command, output of a step."""


def silent(name: str, text: str, kind: str) -> None:
    return


class Work:
    """What the builds of one run share."""

    def __init__(
        self, project: Project, engine: str, settings: Settings, tags: Mapping[str, tuple[str, ...]], folder: str,
        board: Board, line: Line, budget: float,
    ) -> None:  # fmt: skip
        self.project, self.engine, self.settings, self.tags, self.folder = project, engine, settings, tags, folder
        self.board, self.line, self.budget = board, line, budget
        self.stop = threading.Event()
        self.past: Mapping[str, Past] = {}  # by step, as far as it is known yet
        self.ahead: Mapping[str, tuple[str, ...]] = {}  # by target: the steps of its last build
        self.verbose = False
        self.relay: Relay | None = None
        self.begun = threading.Event()  # the engine has been asked for the first time
        self.diagnosing = threading.Lock()  # one core is enough, and what causes keep in memory is not made for two
        self.build: Callable[[str, BuildRequest, Callable[[Event], None]], Ran] = build
        self.clock: Callable[[], float] = time.monotonic
        self.places: dict[str, str] = {}

    def place(self, name: str) -> str:
        """A folder for what is sent for a target."""
        if name not in self.places:
            self.places[name] = tempfile.mkdtemp(prefix="sent-", dir=self.folder)
        return self.places[name]


class Service:
    def __init__(self, work: Work, target: Target, record: TargetRecording) -> None:
        self.work, self.target, self.record = work, target, record
        self.name = target.name
        self.attempts: list[Attempted] = []
        self.began = work.clock()
        self.killed = False
        self.listening: Listening | None = None  # while it builds by the relay
        self.anew = False  # the attempt was ended for its relay's sake: that is none of the budget's

    def run(self, given: Given, renewed: Callable[[Given], Given] = lambda given: given) -> BuiltTarget:
        """Build until it is built, or it is clear that it won't be. `renewed`: what is given to the next attempt."""
        budget, waited = Budget(self.work.budget), 0.0
        while True:
            ran, diagnosis = self._attempt(given, waited)
            if ran.code == 0:
                return self._over("built", given)
            if self.work.stop.is_set():
                return self._over("interrupted", given)
            if self.anew:
                given, waited = renewed(given), 0.0
                continue
            verdict = budget.judge(self._failure(diagnosis), self.work.clock(), random.random())
            if verdict.wait is None:
                transient = verdict.spent or self.killed
                return self._over("transient" if transient else "failed", given, verdict, diagnosis)
            waited = verdict.wait
            self._pause(verdict.wait, diagnosis)
            if self.work.stop.wait(waited):
                return self._over("interrupted", given)
            given = renewed(given)

    def _attempt(self, given: Given, waited: float) -> tuple[Ran, Diagnosis | None]:
        work, number = self.work, len(self.attempts) + 1
        sent = self._request(given)
        words = self._words(sent)
        if work.verbose:
            work.line(self.name, shown(words), "command")
        recorded = self.record.attempt(words)
        work.board.set(self.name, state="building", attempt=number, began=time.time(), until=None, says="", cached=0)
        self.listening = self._listening(given, sent)
        work.begun.set()
        ran = work.build(work.engine, sent, self._watch(recorded))
        if self.listening is not None:
            self.listening.over.set()
        self.anew = bool(ran.code) and self._unreached(ran)
        made = Attempted(number, ran.seconds, "built", waited=waited, words=tuple(words))
        if ran.code == 0:
            self.attempts.append(made)
            recorded.finish("built", Why(exit_code=0))
            return ran, None
        if work.stop.is_set() or self.anew:
            self.attempts.append(structs.replace(made, outcome="interrupted"))
            recorded.finish("interrupted", Why(exit_code=ran.code))
            return ran, None
        diagnosis = self._diagnosed(ran)
        self._note(made, diagnosis, recorded, ran.code)
        return ran, diagnosis

    def _request(self, given: Given) -> BuildRequest:
        work = self.work
        folder = work.place(self.name)
        return request(
            work.project, self.target, work.tags, work.settings, folder, given.text, given.contexts, given.secrets
        )

    def _words(self, sent: BuildRequest) -> list[str]:
        from dockwright.engine.argv import BUILDERS

        return BUILDERS[self.work.engine](sent)

    # -- while it builds ----------------------------------------------------------------------------------------------

    def _listening(self, given: Given, sent: BuildRequest) -> Listening | None:
        if self.work.relay is None or not given.relay:
            return None
        from dockwright.build.listening import Listening

        return Listening(self.work.relay, self.name, lambda: interrupt(sent.dockerfile))

    def _unreached(self, ran: Ran) -> bool:
        """A step wanted to ask the relay and could not, or asked that of a run which is gone."""
        relay = self.work.relay
        if relay is None or self.listening is None:
            return False
        if self.listening.strayed:
            self.work.line(self.name, "its step was another run's, which has ended: it begins anew", "news")
            return True
        if not self.listening.unreached(ran.output):
            return False
        if not relay.deaf:
            relay.deaf = True
            self.work.line(self.name, "steps don't reach this machine: files are sent before the build instead", "news")
        return True

    def _watch(self, recorded: AttemptRecording) -> Callable[[Event], None]:
        work, over, running = self.work, set[str](), dict[str, float]()
        told = 0.0

        def watch(event: Event) -> None:
            nonlocal told
            if self.listening is not None:
                self.listening.hear(event)
            if event.kind == "output":
                if work.verbose:
                    work.line(self.name, event.text, "output")
                return
            if event.kind == "bytes":
                work.board.event(self.name, event)
                recorded.watch(event)
                return
            event = structs.replace(event, name=as_written(event.name))
            work.board.event(self.name, event)
            recorded.watch(event)
            if event.name:
                step = key(work.project.root, self.name, event.name)
                if event.kind == "started":
                    running[step] = event.at
                    over.discard(step)
                elif event.kind in ENDED:
                    if step in running or event.kind != "canceled":  # it may be told twice
                        self._ended(event, max(0.0, event.at - running.pop(step, event.at)))
                    over.add(step)
            if event.at - told > NUDGE or event.kind in ENDED:
                told = event.at
                spent = {step: event.at - began for step, began in running.items()}
                work.board.set(self.name, left=left(work.ahead.get(self.name, ()), over, spent, work.past))

        return watch

    def _ended(self, event: Event, seconds: float) -> None:
        """Base images, transfers and the like count where they took time."""
        if event.index or seconds > 1:
            took = (
                "cached"
                if event.kind == "cached"
                else f"{'' if event.kind == 'done' else event.kind + ' after '}{seconds:.1f} s"
            )
            self.work.line(self.name, f"{event.name} ({took})", "step")

    # -- when it failed -----------------------------------------------------------------------------------------------

    def _diagnosed(self, ran: Ran) -> Diagnosis:
        from dockwright.diagnose import diagnose
        from dockwright.log import read

        work = self.work
        with work.diagnosing:
            log = read(as_written(ran.output), name=self.name)
            found = diagnose(log, work.project.only(lambda target: target.name == self.name))
        top = found.ranked[0] if found.ranked else None
        lost = top is not None and top.engine and top.transient
        self.killed = lost or ((ran.code < 0 or ran.code >= 128) and found.failed is None)
        return found

    def _note(self, made: Attempted, found: Diagnosis, recorded: AttemptRecording, code: int) -> None:
        top = found.ranked[0] if found.ranked else None
        cause, title = (
            (top.finding.cause, top.finding.title) if top else ("", "the engine's client was killed" * self.killed)
        )
        # an engine that is not there is a fault for good where it never answered; here it has
        transient = bool(top and (top.transient or top.engine)) or self.killed
        self.attempts.append(structs.replace(made, outcome="failed", cause=cause, title=title, transient=transient))
        where = found.where
        recorded.finish(
            "failed",
            Why(
                cause, title, top.confidence if top else None, transient,
                "\n".join(each.text for each in top.finding.evidence if each.log_line is not None) if top else "\n".join(found.excerpt),
                f"{where.source.name}:{where.line}" if where else "", exit_code=code,
            ),
        )  # fmt: skip

    def _failure(self, found: Diagnosis | None) -> Failure:
        last = self.attempts[-1]
        instruction = found.failed.instruction if found is not None and found.failed is not None else ""
        if found is not None and found.where is not None:
            place = found.where  # the instruction as it is written, whole: the log's may be cut
            instruction = place.source.text[place.span.start : place.span.end]
        return Failure(last.transient and not self.killed, instruction, self.killed)

    def _pause(self, wait: float, found: Diagnosis | None) -> None:
        last = self.attempts[-1]
        says = f"{last.title or 'failed'}; next try in {wait:.0f} s"
        self.work.board.set(self.name, state="pausing", until=time.time() + wait, says=last.title, left=None)
        self.work.line(self.name, says, "news")
        self.record.run.event("wait", says, self.name)

    def _over(
        self, outcome: str, given: Given, verdict: Verdict | None = None, found: Diagnosis | None = None
    ) -> BuiltTarget:
        seconds = self.work.clock() - self.began
        says = verdict.why if verdict is not None and outcome != "built" else ""
        self.record.finish(outcome, says or (self.attempts[-1].title if outcome != "built" else ""))
        self.work.board.set(self.name, state=outcome, seconds=seconds, says=says, left=None)
        target = self.target
        return BuiltTarget(
            target.name, target.dockerfile, target.context, self.work.tags[target.name], outcome, seconds,
            tuple(self.attempts), says, given.notes, bool(given.text), found,
        )  # fmt: skip
