"""What each instruction does to the image (Dockerfile reference; BuildKit's dockerfile2llb for what it leaves open)."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from dockwright.dockerfile.expand import ExpandError, expand_partial
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Stage
from dockwright.finding import NO, UNKNOWN
from dockwright.rehearse import references
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Node, Value, normal
from dockwright.rehearse.step import Recorder, Step
from dockwright.rehearse.world import World

# Arguments that need no ARG in the stage to be seen by RUN (Dockerfile reference, "Predefined ARGs").
PREDEFINED = frozenset(
    "HTTP_PROXY http_proxy HTTPS_PROXY https_proxy FTP_PROXY ftp_proxy NO_PROXY no_proxy ALL_PROXY all_proxy".split()
)
# Set by BuildKit; a stage sees them after an ARG of that name.
PLATFORM_ARGS = frozenset(
    "TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH BUILDVARIANT TARGETSTAGE".split()
)


class Build:
    """One rehearsal under way: the stages done so far and the steps they took."""

    def __init__(self, world: World, dockerfile: Dockerfile) -> None:
        self.world = world
        self.dockerfile = dockerfile
        self.images: dict[int, Image] = {}
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


def run_instruction(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    """The image after the instruction; what it lacks is recorded."""
    if build.world.classic and (instruction.flags or instruction.heredocs):
        _classic().judge_flags(instruction, recorder)
    function = INSTRUCTIONS.get(instruction.keyword)
    return image if function is None else function(build, stage, instruction, image, recorder)


def _classic() -> Any:
    from dockwright.rehearse import classic

    return classic


# -- FROM ---------------------------------------------------------------------------------------------------------------


def _from(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    name = build.base_name(stage)
    parent = build.parent(stage)
    if parent is not None and parent.index in build.images:
        child = build.images[parent.index].fork()
        child.onbuild = ()
        return child
    if name is UNKNOWN:
        recorder.unknown.append("the base image is not known")
        return Image(None)
    if not name and build.world.classic:
        return _classic().blank_base(build, stage, recorder)  # type: ignore[no-any-return]
    references.check(build, stage, str(name), recorder)
    if str(name).endswith((":", "@")):
        return Image(None)  # an argument without a value
    image = base(build, str(name), instruction.flag("platform"))
    if "/" in str(name):  # Docker's official images are made for all platforms
        from dockwright.rehearse.foreign import judge_base

        wanted = instruction.flag("platform") or build.world.target.platform or "linux/amd64"
        judge_base(image, str(name), wanted, stage.base.span, recorder)
    return image


def base(build: Build, name: str, platform: str | None) -> Image:
    """The image of a base, as far as its facts are known."""
    if name == "scratch":
        return Image(None, scratch=True)
    from datetime import date

    from dockwright.facts.base import base_image

    day = date.fromisoformat(build.world.as_of) if build.world.as_of else None
    facts = base_image(name, as_of=day, platform=platform or build.world.target.platform or "linux/amd64")
    image = Image(facts)
    if facts is not None:
        from dockwright.rehearse.bases import fill

        fill(image, facts)
    return image


# -- RUN ----------------------------------------------------------------------------------------------------------------


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
