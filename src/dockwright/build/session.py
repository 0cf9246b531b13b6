"""A whole run: base images, wheels and builds side by side, in an order that dependencies and the host's means allow."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright.build.board import Board, Snapshot
from dockwright.build.fetching import Fetching
from dockwright.build.giving import TICK, Giving
from dockwright.build.lay import Settings
from dockwright.build.names import canonical
from dockwright.build.needs import bases, dependencies
from dockwright.build.order import COMPILING, MEMORY, Host, Schedule, Task
from dockwright.build.pull import Pulls
from dockwright.build.result import Built, BuiltTarget, Loaded
from dockwright.build.retry import BUDGET
from dockwright.build.runfolder import remove_dead
from dockwright.build.service import Line, Service, Work, silent
from dockwright.build.shelf import Tools as Tools
from dockwright.engine.argv import PROGRAMS
from dockwright.engine.run import interrupt
from dockwright.history.recording import Recording, TargetRecording
from dockwright.inputs.targets import Target
from dockwright.project import Project

if TYPE_CHECKING:
    from dockwright.history.store import Run

KEEP = 1.0  # seconds between two pictures that the history keeps, and between two looks for runs that were killed
PATIENCE = 10.0  # seconds that the first build waits for the plan, where there are more images than places
BEGUN = 1.0  # seconds that planning waits at most for the first build to begin
GRACE = 15.0  # seconds that builds get to end after Ctrl-C


class Options(Struct, frozen=True):
    """`jobs`: images at once; None: what the host's processors and memory allow."""

    settings: Settings = Settings()
    jobs: int | None = None
    budget: float = BUDGET
    verbose: bool = False
    warm: bool = True


class Session:
    def __init__(
        self, project: Project, engine: str, tags: Mapping[str, tuple[str, ...]], options: Options, tools: Tools,
        run: Recording, board: Board, folder: str, host: Host, line: Line = silent,
    ) -> None:  # fmt: skip
        self.project, self.engine, self.options, self.tools, self.record = project, engine, options, tools, run
        self.board, self.tags, self.line = board, tags, line
        self.work = Work(project, engine, options.settings, tags, folder, board, line, options.budget)
        self.work.verbose = options.verbose
        self.targets = {target.name: target for target in project.targets}
        needs = dependencies(project, project.targets, tags)
        self.schedule = Schedule([Task(name, needs[name]) for name in self.targets], host, options.jobs)
        self.records: dict[str, TargetRecording] = {}
        self.results: dict[str, BuiltTarget] = {}
        self.ended: queue.Queue[BuiltTarget | BaseException] = queue.Queue()
        self.threads: list[threading.Thread] = []
        self.notes: list[str] = []
        self.fetching = self._fetching()
        if self.fetching is not None and tools.relay is not None and not options.settings.builder:
            self.work.relay = tools.relay(self.fetching)
        self.giving = Giving(self.work, tools, self.fetching, run, options.warm)
        outside = dict.fromkeys(image for target in project.targets for image in self._bases(target))
        pulled = outside if not options.settings.builder else ()
        self.pulls = Pulls(engine, pulled, options.budget, self._say, self.work.stop, self.giving.allowed)
        self.kept = 0.0
        self.remembered = threading.Event()
        run.later(self._remember)

    def build(self, tick: Callable[[Snapshot], None] = lambda snapshot: None) -> Built:
        began = time.monotonic()
        for target in self.targets.values():
            self.records[target.name] = self.record.target(
                target.name, dockerfile=target.dockerfile, context=target.context,
                tag=" ".join(self.tags[target.name]), platform=",".join(target.platforms),
            )  # fmt: skip
        self._thread(self.pulls.run)
        try:
            if len(self.targets) <= self.schedule.jobs and any(map(self.giving.early, self.targets.values())):
                # planning takes this process's one interpreter; steps ask for what is planned a second later at the earliest
                self._start()
                self.work.begun.wait(BEGUN)
            self.record.start()
            if self.fetching is not None:
                self._thread(self.fetching.run)
                self._weigh()
            while not self.schedule.over:
                self._start()
                self._end(tick)
            if self.fetching is not None:
                self.fetching.end()
            self._tick(tick, last=True)
        except BaseException:
            self._stop()
            raise
        ordered = tuple(self.results[name] for name in self.targets)
        loaded = self.fetching.loaded if self.fetching is not None else Loaded()
        return Built(ordered, self.engine, time.monotonic() - began, loaded, tuple(self.notes))

    # -- starting and ending ------------------------------------------------------------------------------------------

    def _start(self) -> None:
        while (name := self.schedule.next()) is not None:
            self._thread(lambda name=name: self._serve(self.targets[name]))  # type: ignore[misc]

    def _end(self, tick: Callable[[Snapshot], None]) -> None:
        """Wait for a build to end, showing meanwhile how things stand."""
        if self.fetching is not None and self.fetching.refused is not None:
            raise self.fetching.refused
        try:
            ended = self.ended.get(timeout=TICK)
        except queue.Empty:
            self._tick(tick)
            return
        if isinstance(ended, BaseException):
            raise ended
        self._done(ended)
        self._tick(tick)

    def _done(self, result: BuiltTarget) -> None:
        self.results[result.name] = result
        says = {"built": "built", "failed": "failed"}.get(result.outcome, f"{result.outcome}: {result.says}")
        self.line(result.name, f"{says} after {result.seconds:.1f} s", "news")
        for name in self.schedule.finish(result.name, result.outcome == "built"):
            self._not_tried(
                self.targets[name], f"it needs the image of {self.schedule.lost[name]}, which was not built"
            )

    def _not_tried(self, target: Target, why: str) -> None:
        self.results[target.name] = BuiltTarget(
            target.name, target.dockerfile, target.context, self.tags[target.name], "not-tried", says=why
        )
        self.records[target.name].finish("not-tried", why)
        self.board.set(target.name, state="not-tried", says=why)
        self.line(target.name, f"not tried: {why}", "news")

    def _tick(self, tick: Callable[[Snapshot], None], last: bool = False) -> None:
        snapshot = self.board.snapshot()
        tick(snapshot)
        if last or time.monotonic() - self.kept >= KEEP:
            from msgspec import json

            self.kept = time.monotonic()
            remove_dead()
            self.record.progress(json.encode(snapshot).decode())

    def _stop(self) -> None:
        """What is loaded stays, what is built stays in the engine's cache: the next run goes on from there."""
        self.work.stop.set()
        interrupt()
        self.pulls.end()
        until = time.monotonic() + GRACE
        for thread in self.threads:
            if thread.name != "fetching":  # it may wait for a silent server; what it has is on the disk
                thread.join(max(0.0, until - time.monotonic()))
        for name, record in self.records.items():
            if name not in self.results:
                record.finish("interrupted")
        self._tick(lambda snapshot: None, last=True)

    def _thread(self, run: Callable[[], None]) -> None:
        name = "fetching" if self.fetching is not None and run == self.fetching.run else "work"
        thread = threading.Thread(target=run, daemon=True, name=name)
        self.threads.append(thread)
        thread.start()

    def _say(self, text: str) -> None:
        self.notes.append(text)
        self.record.event("note", text)
        self.line("", text, "news")

    # -- one target, in its thread ------------------------------------------------------------------------------------

    def _serve(self, target: Target) -> None:
        try:
            service = Service(self.work, target, self.records[target.name])
            result = self._lost(target) or service.run(
                self.giving.given(target), lambda given: self.giving.renewed(target, given)
            )
            if result.outcome == "built":
                self._name(target)
            self.ended.put(result)
        except BaseException as error:
            self.ended.put(error)

    def _lost(self, target: Target) -> BuiltTarget | None:
        """Its base image could not be had, though it may be later."""
        self.board.set(target.name, state="downloading", began=time.time())
        while not self.pulls.done.wait(TICK) and not self.work.stop.is_set():
            pass
        lost = next((image for image in self._bases(target) if image in self.pulls.lost), None)
        if lost is None:
            return None
        says = f"its base image {lost} can't be pulled: {self.pulls.lost[lost]}"
        self.records[target.name].finish("transient", says)
        self.board.set(target.name, state="transient", says=says)
        return BuiltTarget(
            target.name, target.dockerfile, target.context, self.tags[target.name], "transient", says=says
        )

    def _name(self, target: Target) -> None:
        """The image's other names."""
        first, *others = self.tags[target.name]
        for other in others if not self.options.settings.push else ():
            subprocess.run([PROGRAMS[self.engine], "tag", first, other], check=False, capture_output=True)

    # -- planning -----------------------------------------------------------------------------------------------------

    def _bases(self, target: Target) -> Iterable[str]:
        ours = {canonical(tag) for tags in self.tags.values() for tag in tags}
        return [image for image in bases(self.project, target) if canonical(image) not in ours]

    def _fetching(self) -> Fetching | None:
        tools = self.tools
        if tools.prepare is None or tools.fetch is None:
            return None
        waiting, stop = self.schedule.waiting, self.work.stop
        return Fetching(waiting, tools.prepare, tools.fetch, self.board, self._say, stop, tools.judge)

    def _remember(self, run: Run) -> None:
        """In the history's own thread."""
        from dockwright.history.past import last_steps, steps_past

        self.work.past = steps_past(run.history, self.project.root)
        self.work.ahead = {name: last_steps(run.history, self.project.root, name) for name in self.targets}
        self.remembered.set()

    def _weigh(self) -> None:
        """With more images than places, what is heavy goes first: by its past, else by its bytes."""
        fetching = self.fetching
        if fetching is None or len(self.targets) <= self.schedule.jobs:
            return
        fetching.planned.wait(PATIENCE)
        self.remembered.wait(PATIENCE)
        past, ahead = self.work.past, self.work.ahead
        for name, wanted in fetching.wanted.items():
            compiles = any(not each.filename.endswith(".whl") for each in wanted.artefacts)
            before = sum(past[step].median for step in ahead.get(name, ()) if step in past)
            weight = before or wanted.size / 20e6  # seconds that installing so much takes, roughly
            memory = MEMORY + COMPILING * compiles
            self.schedule.weigh(structs.replace(self.schedule.tasks[name], weight=weight, memory=memory))
