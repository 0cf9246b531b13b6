"""From what the user asked to a session that is ready to run: targets, names, engine, preflight, wheelhouse."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright.build.ahead import Ahead
from dockwright.build.choose import chosen, with_needed
from dockwright.build.lay import Settings
from dockwright.build.names import canonical
from dockwright.build.names import tags as tags_of
from dockwright.build.result import Built, Refused
from dockwright.build.retry import BUDGET
from dockwright.build.runfolder import RunFolder
from dockwright.build.shelf import Shelf
from dockwright.checking import check
from dockwright.engine.builder import selected
from dockwright.engine.run import find_engine
from dockwright.errors import PREREQUISITE, ToolError
from dockwright.finding import Certainty, Report, TargetReport, breaks
from dockwright.inputs.targets import Target
from dockwright.project import Project

if TYPE_CHECKING:
    from dockwright.build.board import Snapshot
    from dockwright.build.judge import Trouble, World
    from dockwright.build.service import Line
    from dockwright.build.wheelhouse import Wheelhouse
    from dockwright.history.store import Run
    from dockwright.planning import Plan

Say = Callable[[str], None]


class Asked(Struct, frozen=True):
    words: tuple[str, ...] = ()
    tag: str | None = None
    engine: str | None = None
    jobs: int | None = None
    budget: float = BUDGET
    prefetch: bool = True
    derive: bool = True
    force: bool = False
    fix: bool = False
    verbose: bool = False
    builder: str | None = None
    push: bool = False
    pull: bool = False
    no_cache: bool = False
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    shelf: Shelf = Shelf()


def prepare(project: Project, asked: Asked, environment: Mapping[str, str], say: Say) -> Prepared:
    """Raises ToolError for what was asked wrongly."""
    if asked.builder is None and asked.engine in (None, "docker"):
        asked = structs.replace(asked, builder=selected(environment))
    engine = Ahead(lambda: find_engine(asked.engine, say))  # its client takes a while to say that it is there
    named = {target.name: tags_of(project, target, environment) for target in project.targets}
    targets, left = chosen(project, asked.words, environment)
    if not targets:
        raise ToolError("no-target", "nothing is built here by default", hint=f"there are {_names(project.targets)}")
    if left:
        say(f"not built, since nobody named them: {_names(left)}")
    if asked.tag is not None:
        if len(targets) > 1:
            raise ToolError(
                "tag-ambiguous", f"--tag names one image, and {len(targets)} are built", hint="name a target"
            )
        named[targets[0].name] = (asked.tag,)
    kept = with_needed(project, targets, named)
    return Prepared(kept, asked, {target.name: named[target.name] for target in kept.targets}, engine, say)


def _names(targets: Sequence[Target]) -> str:
    names = [target.name for target in targets]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


class Prepared:
    def __init__(
        self, project: Project, asked: Asked, tags: Mapping[str, tuple[str, ...]], engine: Ahead[str], say: Say
    ) -> None:
        self.project, self.asked, self.tags, self.say = project, asked, tags, say
        self._engine = engine
        self.said: set[str] = set()  # codes of troubles
        self.judging = threading.Lock()
        self.world: Ahead[World] | None = None

    @property
    def engine(self) -> str:
        """Raises ToolError where there is none."""
        return self._engine.result()

    def preflight(self, plan: Plan | None = None) -> None:
        """What is missing is said; what is certain to be in the way refuses. `plan`: then it is known what the disk must hold.

        What was read of the world is judged again when the plan is known, not read again.
        """
        from dockwright.build.preflight import fix

        with self.judging:
            found = self._troubles(plan)
            fixable = [trouble for trouble in found if trouble.fix] if self.asked.fix else []
            for trouble in fixable:
                code, said = fix(trouble)
                self.say(f"{' '.join(trouble.fix)}: {said or ('done' if code == 0 else f'failed with {code}')}")
            if fixable:
                self.world = None
                found = self._troubles(plan)
            self._judge(found)

    def _troubles(self, plan: Plan | None) -> Sequence[Trouble]:
        from dockwright.build.preflight import preflight

        self.world = self.world or Ahead(self._look)
        return preflight(
            self.project, self.project.targets, self.engine, plan, images=self._outside(), tags=self.tags,
            offline=self.project.offline, builder=self.asked.builder, world=self.world.result(),
        )  # fmt: skip

    def _look(self) -> World:
        from dockwright.build.facts import real
        from dockwright.build.preflight import look

        own = [tag for tags in self.tags.values() for tag in tags]
        return look(real(), self.engine, self._outside(), own, not self.project.offline, self.asked.builder)

    def _outside(self) -> Sequence[str]:
        """Base images that none of these builds makes."""
        from dockwright.build.needs import bases

        ours = {canonical(tag) for tags in self.tags.values() for tag in tags}
        images = dict.fromkeys(image for target in self.project.targets for image in bases(self.project, target))
        return [image for image in images if canonical(image) not in ours]

    def _judge(self, found: Sequence[Trouble]) -> None:
        new = [trouble for trouble in found if trouble.code not in self.said]
        for trouble in new:
            self.said.add(trouble.code)
            if not trouble.refuses:
                self.say(trouble.message + (f" ({trouble.hint})" if trouble.hint else ""))
        refusing = [trouble for trouble in found if trouble.refuses]
        if refusing and not self.asked.force:
            for trouble in refusing[1:]:
                self.say(trouble.message + (f" ({trouble.hint})" if trouble.hint else ""))
            first = refusing[0]
            hint = first.hint + ("; --fix: " + first.fix_says if first.fix and not self.asked.fix else "")
            raise ToolError(first.code, first.message, hint=hint, exit_code=PREREQUISITE)

    def run(self, line: Line, tick: Callable[[Snapshot], None], words: Sequence[str]) -> Built:
        """Build. Raises Refused when the rehearsal is certain of a failure."""
        if not self.asked.force:
            self._refuse_early()
        house = self._house(self._check) if self.asked.prefetch else None
        if house is None or not house.address:  # else the engine is asked first, and plans are made while it begins
            self.world = Ahead(self._look)
            if house is not None and not self.asked.fix:
                house.start()  # planning waits for other processes and the network, meanwhile the rest is imported
                Ahead(_import_for_downloads)
        from dockwright.build.board import Board
        from dockwright.build.host import host
        from dockwright.build.session import Options, Session, Tools
        from dockwright.history.recording import Recording
        from dockwright.history.redact import secret_values

        engine = self.engine
        if house is None or self.asked.fix:
            self.preflight()
        if house is None:
            self._check()
        values = {name: value for target in self.project.targets for name, value in target.build_args.items()}
        with (
            Recording(lambda: self._recorded(words, engine, secret_values(values)), self.say) as run,
            RunFolder() as folder,
            closing(house),
        ):
            asked, names = self.asked, tuple(target.name for target in self.project.targets)
            options = Options(self._settings(), asked.jobs, asked.budget, asked.verbose)
            tools = house.tools() if house is not None else Tools()
            session = Session(
                self.project, engine, self.tags, options, tools, run, Board(names), folder, host(engine), line
            )
            try:
                built = session.build(tick)
            except Refused:
                run.finish("refused", 1)
                raise
            run.finish(built.outcome, built.exit_code, built.loaded.over_wire)
        return built

    def _recorded(self, words: Sequence[str], engine: str, secrets: Sequence[str]) -> Run:
        from dockwright.history.store import History

        history = History.open()
        if history.broken:
            self.say(f"this run is not recorded: {history.broken}")
        return history.run("build", self.project.root, words, engine=engine, secrets=secrets)

    def _refuse_early(self) -> None:
        """Without the index it takes no time; what the index knows is asked while the first steps are built."""
        try:
            refuse(check(structs.replace(self.project, offline=True)))
        except Refused:
            self._engine.result()  # that there is no engine is said first
            raise

    def _check(self) -> None:
        """With what the index knows: what does not resolve is certain to fail."""
        if not self.asked.force and not self.project.offline:
            refuse(check(self.project))

    def _house(self, before: Callable[[], None]) -> Wheelhouse:
        from dockwright.build.wheelhouse import Wheelhouse

        asked = self.asked
        return Wheelhouse(
            self.project,
            self._engine.result,
            asked.shelf,
            asked.budget,
            derives=asked.derive,
            before=before,
            judge=self.preflight,
            say=self.say,
        )

    def _settings(self) -> Settings:
        asked = self.asked
        return Settings(asked.builder, asked.no_cache, asked.pull, asked.push, asked.secrets, asked.ssh)

    def derived(self) -> str:
        """The Dockerfiles that would be sent, wheels included: what is missing of these is fetched."""
        house = self._house(lambda: None)
        with closing(house), RunFolder() as folder:
            sent = any(not house.relays(target).can for target in self.project.targets)
            wanted = {each.target: each for each in house.prepare()} if self.asked.prefetch and sent else {}
            pieces = []
            for target in self.project.targets:
                relay = "http://relay" if house.relays(target).can else ""
                if target.name in wanted and not relay:
                    house.fetch(wanted[target.name], lambda transfer: None)
                given = house.derive(target, wanted.get(target.name), tempfile.mkdtemp(dir=folder), relay)
                for note in given.notes:
                    self.say(f"{target.name}: {note}")
                source = self.project.dockerfile(target)
                text = given.text if given.text is not None else source.text if source is not None else ""
                pieces.append(f"# {target.name}\n{text}" if len(self.project.targets) > 1 else text)
        return "\n".join(pieces)


def _import_for_downloads() -> None:
    import httpx as httpx  # a tenth of a second, while planning waits for uv


def refuse(report: Report) -> None:
    failing = tuple(target for target in report.targets if certain(target))
    if failing:
        raise Refused(Report(failing))


def certain(target: TargetReport) -> bool:
    return any(breaks(finding) and finding.certainty is Certainty.CERTAIN for finding in target.findings)


@contextmanager
def closing(house: Wheelhouse | None) -> Iterator[None]:
    try:
        yield
    finally:
        if house is not None:
            house.close()
