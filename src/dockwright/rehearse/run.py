"""The rehearsal of one target: its stages in the order that the build needs them, then the start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dockwright.dockerfile import parse
from dockwright.dockerfile.expand import ExpandError, expand_partial
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Stage
from dockwright.finding import UNKNOWN
from dockwright.inputs.context import Context
from dockwright.inputs.globs import PatternError
from dockwright.inputs.targets import Target, in_tree
from dockwright.inputs.tree import ListTree
from dockwright.rehearse.image import Image
from dockwright.rehearse.instructions import run_instruction
from dockwright.rehearse.journal import Value
from dockwright.rehearse.start import start
from dockwright.rehearse.step import Recorder, Step
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.index.question import Known
    from dockwright.project import Project

BUILDKIT = "2023-02-01"  # Docker Engine 23.0: `docker build` means BuildKit; before, the classic builder
_FRONTENDS = (None, "docker/dockerfile:1", "docker/dockerfile:latest")  # that need no look at their name
STEPS = 5_000  # instructions of one target that are rehearsed
# Set by BuildKit; a stage sees them after an ARG of that name.
PLATFORM_ARGS = frozenset(
    "TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH BUILDVARIANT TARGETSTAGE".split()
)


class World:
    """One target's surroundings. Read-only."""

    def __init__(self, project: Project, target: Target, context: Context, index: Known | None = None) -> None:
        self.project = project
        self.target = target
        self.context = context
        self.as_of = project.as_of
        self.classic = project.as_of is not None and project.as_of < BUILDKIT
        self.facts: Any = None
        self.index = index  # answers of the package index; None: nobody asks it


class Build:
    """One rehearsal under way: the stages done so far and the steps they took."""

    def __init__(self, world: World, dockerfile: Dockerfile) -> None:
        self.world = world
        self.dockerfile = dockerfile
        self.images: dict[int, Image] = {}
        self.others: dict[str, Image] = {}  # images that --from names, as far as they are known
        self.steps: list[Step] = []
        self.unread: frozenset[int] = frozenset()  # where instructions begin that can't be read
        self.globals: dict[str, Value | None] = {}
        for instruction in dockerfile.global_args:
            for name, value in self.declared(instruction, self.globals):
                self.globals[name] = value

    def add(
        self, stage: Stage, instruction: Instruction, record: Recorder, before: Image, after: Image, kind: str = "build"
    ) -> None:
        self.steps.append(
            Step(
                instruction, record.source, stage.index, before, after,
                tuple(record.unmet), tuple(record.masked), tuple(record.unknown), kind, tuple(record.executed),
            )
        )  # fmt: skip

    # -- variables --------------------------------------------------------------------------------------------------

    def declared(self, instruction: Instruction, known: dict[str, Value | None]) -> Iterator[tuple[str, Value | None]]:
        """Names and values of an ARG: --build-arg first, then the default, then a global argument of that name."""
        given = self.world.target.build_args
        for pair in instruction.pairs:
            name = pair.key.text
            if name in given:
                value = given[name]
                yield name, UNKNOWN if value is None else value
            elif pair.value is not None:
                yield name, self.expanded(pair.value.text, known)
            elif name in PLATFORM_ARGS:
                yield name, UNKNOWN
            else:
                yield name, self.globals.get(name)

    def expanded(self, text: str, known: dict[str, Value | None]) -> Value:
        try:
            get = known.__getitem__ if isinstance(known, defaultdict) else known.get
            return expand_partial(text, get, self.dockerfile.escape).value  # type: ignore[return-value]
        except ExpandError:
            return UNKNOWN

    def value(self, text: str, image: Image) -> Value:
        """A word of an instruction, with the stage's ENV and ARG."""
        known: dict[str, Value | None] = {**image.args, **image.env}
        if not image.env_known:  # a base that is not known may set any variable
            return self.expanded(text, defaultdict(lambda: UNKNOWN, known))
        return self.expanded(text, known)

    # -- stages -----------------------------------------------------------------------------------------------------

    def parent(self, stage: Stage) -> Stage | None:
        """The earlier stage that FROM names."""
        base = self.base_name(stage)
        return self._earlier(base, stage) if isinstance(base, str) else None

    def base_name(self, stage: Stage) -> Value:
        known = {**dict.fromkeys(PLATFORM_ARGS, UNKNOWN), **self.globals}
        return self.expanded(stage.base.text, known)  # type: ignore[arg-type]

    def _earlier(self, name: str, stage: Stage) -> Stage | None:
        """FROM sees only the stages above it, the nearest of a name first."""
        for other in reversed(self.dockerfile.stages[: stage.index]):
            if other.name is not None and other.name == name.lower():
                return other
        return None

    def source_stage(self, name: str, stage: Stage) -> Stage | None:
        """The stage that --from names, by name or number."""
        found = self._earlier(name, stage)
        if found is None and name.isdigit() and int(name) < stage.index:
            return self.dockerfile.stages[int(name)]
        return found

    def needed_by(self, stage: Stage) -> Iterator[Stage]:
        parent = self.parent(stage)
        if parent is not None:
            yield parent
        for instruction in stage.instructions:
            names = [instruction.flag("from")] + [mount.from_ for mount in instruction.mounts]
            for name in names:
                found = self.source_stage(name, stage) if name else None
                if found is not None:
                    yield found


class Rehearsal(Struct, frozen=True):
    """`steps` in the order in which they ran; `count` is how many instructions the build would run."""

    target: Target
    dockerfile: Dockerfile
    steps: tuple[Step, ...]
    count: int
    images: dict[int, Image]


def rehearse(project: Project, target: Target, index: Known | None = None) -> Rehearsal:
    """Rehearse what `docker build` would do for the target: only the stages that it needs.

    `index` knows answers of the package index, and takes up the questions that it can't answer.
    """
    written = project.dockerfile(target)
    source = written or Source(target.dockerfile, "")
    dockerfile = parse(source.text, source.name)
    world = World(project, target, context_of(project, target), index)
    build = Build(world, dockerfile)
    final = final_stage(dockerfile, target)
    if written is not None and (dockerfile.errors or final is None or dockerfile.syntax not in _FRONTENDS):
        from dockwright.rehearse.reading import reading, unread

        build.steps += reading(build, target, final)
        build.unread = unread(dockerfile)
    if world.context.refused is not None and written is not None:
        from dockwright.rehearse.reading import ignoring

        build.steps += ignoring(build, world.context.refused)
    if final is not None:
        for stage in dockerfile.stages[: final.index] if world.classic else ():
            _stage(build, stage)  # the classic builder builds every stage, needed or not
        _stage(build, final)
        build.steps += start(build, final)
        if "check" in dockerfile.source.text[:1000]:
            from dockwright.rehearse.reading import violations

            build.steps += violations(build, final)
    count = sum(1 for step in build.steps if step.kind == "build")
    steps = tuple(build.steps)
    if any(step.masked for step in steps):
        from dockwright.rehearse.blame import blamed

        steps = blamed(steps)
    return Rehearsal(target, dockerfile, steps, count, build.images)


def context_of(project: Project, target: Target) -> Context:
    """The files that the engine is sent; a remote context, or one outside of the project, is not known."""
    folder = in_tree(target.context)
    if target.remote or folder.startswith("..") or "context" in target.unsure:
        return Context(ListTree((), complete=False))
    try:
        return Context.of(project.tree, folder, in_tree(target.dockerfile))
    except PatternError as error:
        context = Context(ListTree((), complete=False))
        context.refused = error
        return context


def final_stage(dockerfile: Dockerfile, target: Target) -> Stage | None:
    if target.stage and "stage" not in target.unsure:
        return dockerfile.stage(target.stage)
    return dockerfile.stages[-1] if dockerfile.stages else None


def _stage(build: Build, last: Stage) -> None:
    """Rehearse the stages that `last` needs, then `last`; without recursion, since stages may be thousands."""
    stack = [last]
    while stack:
        stage = stack[-1]
        waiting = [other for other in build.needed_by(stage) if other.index not in build.images]
        if stage.index in build.images:
            stack.pop()
        elif waiting:
            stack += waiting
        else:
            stack.pop()
            _run(build, stage)


def _run(build: Build, stage: Stage) -> None:
    image = Image(None)
    for instruction in _with_triggers(build, stage):
        if len(build.steps) >= STEPS:
            break
        image = _step(build, stage, instruction, image)
    build.images[stage.index] = image


def _with_triggers(build: Build, stage: Stage) -> list[Instruction]:
    """FROM, then the ONBUILD triggers of the stage it names, then the rest."""
    first, *rest = stage.instructions
    parent = build.parent(stage)
    triggers = list(build.images[parent.index].onbuild) if parent is not None else []
    return [first, *triggers, *rest]


def _step(build: Build, stage: Stage, instruction: Instruction, image: Image) -> Image:
    recorder = Recorder(build.dockerfile.source, instruction)
    if instruction.span.start in build.unread or _no_trigger(build, stage, instruction, recorder):
        after = _skip(instruction, image.fork(), recorder)
    else:
        after = run_instruction(build, stage, instruction, image.fork(), recorder)
    build.add(stage, instruction, recorder, image, after)
    return after


def _no_trigger(build: Build, stage: Stage, instruction: Instruction, recorder: Recorder) -> bool:
    """An ONBUILD trigger, from the stage that this one is built from, that can't be read."""
    if stage.span.holds(instruction.span):
        return False
    from dockwright.rehearse.refusal import trigger

    return trigger(build, instruction, recorder)


def _skip(instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    """An instruction that can't be read as it was meant: what it would have done is not known."""
    recorder.unknown.append("the instruction can't be read")
    if instruction.keyword == "FROM":
        return Image(None)
    image.cloud(recorder.says("can't be read", instruction.span))
    return image
