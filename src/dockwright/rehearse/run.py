"""The rehearsal of one target: its stages in the order that the build needs them, then the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Stage
from dockwright.inputs.context import Context
from dockwright.inputs.globs import PatternError
from dockwright.inputs.targets import Target, in_tree
from dockwright.inputs.tree import ListTree
from dockwright.rehearse.image import Image
from dockwright.rehearse.instructions import Build, run_instruction
from dockwright.rehearse.start import start
from dockwright.rehearse.step import Recorder, Step
from dockwright.rehearse.world import World
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.index.question import Known
    from dockwright.project import Project

STEPS = 5_000  # instructions of one target that are rehearsed


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
    if written is not None and (dockerfile.errors or final is None):
        from dockwright.rehearse.reading import reading, unread

        build.steps += reading(build, target, final)
        build.unread = unread(dockerfile)
    if final is not None:
        for stage in dockerfile.stages[: final.index] if world.classic else ():
            _stage(build, stage)  # the classic builder builds every stage, needed or not
        _stage(build, final)
        build.steps += start(build, final)
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
    except PatternError:
        return Context(ListTree((), complete=False))


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
    if instruction.span.start in build.unread:
        after = _skip(instruction, image.fork(), recorder)
    else:
        after = run_instruction(build, stage, instruction, image.fork(), recorder)
    build.add(stage, instruction, recorder, image, after)
    return after


def _skip(instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    """An instruction that can't be read as it was meant: what it would have done is not known."""
    recorder.unknown.append("the instruction can't be read")
    if instruction.keyword == "FROM":
        return Image(None)
    image.cloud(recorder.says("can't be read", instruction.span))
    return image
