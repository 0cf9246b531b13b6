"""What each instruction does to the image (Dockerfile reference; BuildKit's dockerfile2llb for what it leaves open)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.finding import NO, UNKNOWN, YES
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Node, Value, normal
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build


def _has_values(instruction: Instruction) -> bool:
    """Whether BuildKit itself reads values in it, or refuses what a `${NAME:?}` demands; RUN is left to the shell."""
    keyword = instruction.keyword
    if keyword in ("EXPOSE", "STOPSIGNAL", "VOLUME"):
        return True
    reads = "?" in instruction.text or bool(instruction.flags) or keyword == "COPY"
    return reads and keyword in ("ADD", "ARG", "COPY", "ENV", "FROM", "LABEL", "USER", "WORKDIR")


def _has_settings(instruction: Instruction) -> bool:
    """Whether it says how processes start, or as whom, beyond the usual."""
    keyword, text = instruction.keyword, instruction.text
    if keyword in ("ADD", "COPY"):
        return "--chown" in text or ("[" in text and instruction.exec_form is None)
    if keyword == "RUN":
        return "--network" in text or "--security" in text or (bool(instruction.heredocs) and "#!" in text)
    return keyword == "SHELL" or (keyword == "USER" and ":" in text)


def run_instruction(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    """The image after the instruction; what it lacks is recorded."""
    if build.world.classic and (instruction.flags or instruction.heredocs):
        _classic().judge_flags(instruction, recorder)
    if instruction.mounts or ("$" in instruction.text and _has_values(instruction)):
        from dockwright.rehearse.refusal import judge

        judge(build, stage, instruction, image, recorder)
    if _has_settings(instruction):
        from dockwright.rehearse import settings

        settings.judge(build, stage, instruction, image, recorder)
    function = INSTRUCTIONS.get(instruction.keyword)
    return image if function is None else function(build, stage, instruction, image, recorder)


def _classic() -> Any:
    from dockwright.rehearse import classic

    return classic


def _from(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    from dockwright.rehearse.bases import start_from

    return start_from(build, stage, instruction, recorder)


def _run(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    from dockwright.rehearse.process import run_process

    return run_process(build, stage, instruction, image, recorder)


def _copy(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    from dockwright.rehearse.copying import copy

    return copy(build, stage, instruction, image, recorder)


# -- settings -----------------------------------------------------------------------------------------------------------


def _env(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    known = {**image.args, **image.env}  # all values of one ENV see the variables from before it
    for pair in instruction.pairs:
        name = build.expanded(pair.key.text, known)
        if name is UNKNOWN:
            continue
        value = build.expanded(pair.value.text, known) if pair.value is not None else ""
        image.env[str(name)] = value
        image.set_by[str(name)] = recorder.says(f"sets {name}", pair.key.span)
    return image


def _arg(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    for name, value in build.declared(instruction, {**image.args, **image.env}):
        image.args[name] = value
    return image


def _workdir(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    value = build.value(instruction.rest.text.strip(), image)
    if value == "" and build.world.classic:
        _classic().blank_folder(instruction, recorder)
    says = recorder.says("sets the working directory", instruction.span)
    image.set_by["WORKDIR"] = says
    if value is UNKNOWN or (image.workdir is UNKNOWN and not str(value).startswith("/")):
        image.workdir = UNKNOWN
        return image
    path = normal(posixpath.join(str(image.workdir), str(value)))
    image.workdir = path
    look = image.find(path)
    if look.answer is not YES or (look.node is not None and look.node.kind == "file"):
        from dockwright.rehearse.settings import on_a_file

        on_a_file(image, path, instruction.span, recorder)
    if look.answer is NO or (look.answer is UNKNOWN and image.base is not None):
        # BuildKit makes it as the user that USER named (seen on BuildKit 0.2x, 2026-11).
        image.put(path, Node("dir", recorder.says("WORKDIR makes it", instruction.span), image.user, image.user, 0o755))
    return image


def _user(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    value = build.value(instruction.rest.text.strip(), image)
    image.set_by["USER"] = recorder.says("sets the user", instruction.span)
    image.user = UNKNOWN if value is UNKNOWN else account_name(image, str(value).partition(":")[0])
    return image


def account_name(image: Image, name: str) -> str:
    """The account's name for a number that is known, so that owners compare."""
    for account in image.accounts.values():
        if account.number == name:
            return account.name
    return name


def _shell(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    image.shell = tuple(word.text for word in instruction.exec_form or ())
    image.set_by["SHELL"] = recorder.says("sets the shell", instruction.span)
    return image


def _command(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    words: tuple[Value, ...]
    if instruction.exec_form is not None:
        words = tuple(word.text for word in instruction.exec_form)
    else:
        words = (*image.shell, instruction.rest.text) if instruction.rest.text.strip() else ()
    says = recorder.says(f"sets {instruction.keyword}", instruction.span)
    if instruction.keyword == "CMD":
        image.cmd, image.cmd_shell = words, instruction.exec_form is None
    else:
        image.entrypoint = words
        if image.set_by.get("CMD") is None:
            image.cmd = ()  # a new ENTRYPOINT forgets the base image's CMD
    image.set_by[instruction.keyword] = says
    return image


def _healthcheck(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    if instruction.exec_form is not None:
        image.healthcheck = tuple(word.text for word in instruction.exec_form)
    else:
        head, _, text = instruction.rest.text.strip().partition(" ")
        image.healthcheck = (*image.shell, text.strip()) if head.upper() == "CMD" and text else ()
    image.set_by["HEALTHCHECK"] = recorder.says("sets the health check", instruction.span)
    return image


def _onbuild(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    if instruction.onbuild is not None:
        image.onbuild = (*image.onbuild, instruction.onbuild)
    return image


INSTRUCTIONS: dict[str, Callable[[Build, Stage, Instruction, Image, Recorder], Image]] = {
    "FROM": _from,
    "RUN": _run,
    "COPY": _copy,
    "ADD": _copy,
    "ENV": _env,
    "ARG": _arg,
    "WORKDIR": _workdir,
    "USER": _user,
    "SHELL": _shell,
    "CMD": _command,
    "ENTRYPOINT": _command,
    "HEALTHCHECK": _healthcheck,
    "ONBUILD": _onbuild,
}
