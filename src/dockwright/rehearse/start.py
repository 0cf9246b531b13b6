"""Start-up is one more step: does what ENTRYPOINT, CMD, HEALTHCHECK or compose name exist, may it run, as its user?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import UNKNOWN, Certainty, Evidence
from dockwright.inputs.targets import Target
from dockwright.rehearse.dispatch import execute
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Value
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.process import SHELLS, check_user, shell_for
from dockwright.rehearse.step import Recorder, Step

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build


def start(build: Build, stage: Stage) -> list[Step]:
    """Steps for the start and the health check of the final stage; none where the base image's own command runs."""
    target = build.world.target
    own = build.images[stage.index]
    if own.onbuild:
        return []  # made to be built upon: the triggers bring what is started
    image = _started(build, own)
    steps = []
    command = _command(image)
    instruction = _instruction(build, own, "CMD") or _instruction(build, own, "ENTRYPOINT")
    if _named(target):
        from dockwright.rehearse.overrides import words_of

        command = words_of(target, image, command, image.entrypoint)
        instruction = instruction or stage.instructions[-1]
    if command and instruction is not None:
        steps.append(_rehearsed(build, stage, image, instruction, command, "start"))
    health = _instruction(build, own, "HEALTHCHECK")
    if image.healthcheck and health is not None:
        steps.append(_rehearsed(build, stage, image, health, image.healthcheck, "health"))
    return steps


def _named(target: Target) -> bool:
    """Does what names the target say what is to be started?"""
    return target.command is not None or target.entrypoint is not None


def _started(build: Build, image: Image) -> Image:
    """The image as the container sees it."""
    target = build.world.target
    if not (target.working_dir or target.user or target.volumes or target.engine_volumes):
        return image
    from dockwright.rehearse.overrides import started

    return started(target, build.world.project.tree, image)


def _command(image: Image) -> tuple[Value, ...]:
    """ENTRYPOINT with CMD behind it; an ENTRYPOINT in shell form takes no CMD."""
    entrypoint, shell = image.entrypoint, image.shell
    if _nodes_own(image):
        return image.cmd
    if len(entrypoint) >= 3 and entrypoint[:2] == shell[:2] and len(entrypoint) == len(shell) + 1:
        return image.entrypoint
    return image.entrypoint + image.cmd


# Commands that are there in every image of Node.
THERE = frozenset("node npm npx yarn sh bash".split())


def _nodes_own(image: Image) -> bool:
    """Node's docker-entrypoint.sh starts what CMD names, and `node` with it only where no such command is there."""
    base, name = image.base, str(image.cmd[0]) if image.cmd else ""
    ours = image.set_by.get("ENTRYPOINT") is None and image.entrypoint == ("docker-entrypoint.sh",)
    known = base is not None and base.family == "node" and image.set_by.get("CMD") is not None
    return ours and known and (name.rpartition("/")[2] in THERE or name.startswith(("/", "./")))


def _instruction(build: Build, image: Image, keyword: str) -> Instruction | None:
    """The instruction that set it, when this Dockerfile did."""
    by: Evidence | None = image.set_by.get(keyword)
    if by is None or by.place is None:
        return None
    at = by.place.span.start
    for instruction in build.dockerfile.instructions:
        if instruction.span.start <= at < instruction.span.end:
            return instruction
    return None


def _rehearsed(
    build: Build, stage: Stage, image: Image, instruction: Instruction, words: tuple[Value, ...], kind: str
) -> Step:
    recorder = Recorder(build.dockerfile.source, instruction)
    shell = shell_for(build, image.fork(), recorder)
    shell.variables = _runtime(build, image)
    shell.started = kind
    target = build.world.target
    if target.env_files:
        from dockwright.rehearse.overrides import unsure_variables

        shell.strange = shell.strange or unsure_variables(target, build.world.project.tree)
    check_user(shell, instruction.span)
    text = words[-1]
    name = str(words[0]).rsplit("/", 1)[-1]
    if len(words) == len(image.shell) + 1 and words[:-1] == image.shell and name in SHELLS and text is not UNKNOWN:
        joined = instruction.rest
        shift = joined.text.find(str(text))
        script = parse_shell(
            str(text), lambda one, two: joined.span(one + shift, two + shift) if shift >= 0 else instruction.span
        )
        shell.run(script.body, True)
    else:
        execute(shell, _arguments(instruction, words), instruction.span, True, direct=True)
    proof: tuple[Evidence, ...] = ()
    if kind == "start" and _named(target):
        from dockwright.rehearse.overrides import says

        proof = (says(target, words),)
    if recorder.demands and not recorder.filled and kind == "start":
        from dockwright.rehearse import demanded

        recorder.unmet += demanded.unmet(target, recorder.demands)
    unmet = tuple(
        replace(each, evidence=each.evidence + proof, certainty=_certainty(target, each)) for each in recorder.unmet
    )
    return Step(
        instruction, recorder.source, stage.index, image, shell.image,
        unmet, tuple(recorder.masked), tuple(recorder.unknown), kind,
    )  # fmt: skip


def _certainty(target: Target, unmet: Unmet) -> Certainty:
    """What the host holds when the container starts is no fact of the project."""
    mounts = target.volumes or target.engine_volumes
    return Certainty.LIKELY if mounts and unmet.certainty is Certainty.CERTAIN else unmet.certainty


def _arguments(instruction: Instruction, words: tuple[Value, ...]) -> list[Argument]:
    """Arguments with their own spans where the instruction wrote them, else with the whole instruction's."""
    written = {word.text: word.span for word in instruction.exec_form or ()}
    return [Argument(word, written.get(str(word), instruction.span)) for word in words]


def _runtime(build: Build, image: Image) -> dict[str, Value]:
    """ENV, and over it what the target sets; ARG is gone."""
    given = {name: UNKNOWN if value is None else value for name, value in build.world.target.environment.items()}
    return {**image.env, **given}  # type: ignore[dict-item]
