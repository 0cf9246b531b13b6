"""What BuildKit refuses of an instruction once its variables have values: `EXPOSE $PORT`, `${X:?}`, a trigger that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile.expand import ExpandError, expand_heredoc, expand_partial, plain
from dockwright.dockerfile.nodes import Flag, Instruction, Mount, Stage, Word
from dockwright.finding import UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.journal import Value, normal
from dockwright.rehearse.needs import Unmet

if TYPE_CHECKING:
    from dockwright.rehearse.image import Image
    from dockwright.rehearse.run import Build
    from dockwright.rehearse.step import Recorder
    from dockwright.source import Span

# Words of these are expanded; RUN, CMD and ENTRYPOINT leave that to a shell.
_EXPANDED = frozenset({"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "ARG"})


class _Scope:
    """The values that an instruction sees."""

    def __init__(self, build: Build, values: dict[str, Value | None], complete: bool) -> None:
        self.values, self.complete, self.escape = values, complete, build.dockerfile.escape

    def lookup(self, name: str) -> str | Answer | None:
        found = self.values.get(name)
        return UNKNOWN if found is None and not self.complete else found

    def expand(self, text: str) -> str | Answer:
        try:
            return expand_partial(text, self.lookup, self.escape).value
        except ExpandError:
            return UNKNOWN

    def problem(self, text: str) -> str | None:
        """What BuildKit says of it with these values, and would not with others."""
        if plain(text) or "?" not in text:
            return None
        try:
            expand_partial(text, self.lookup, self.escape)
        except ExpandError as error:
            return str(error)
        return None


def judge(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    """Note what is refused; parsing has told what needs no values."""
    keyword = instruction.keyword
    if keyword == "RUN":
        before = len(recorder.unmet)
        for mount in instruction.mounts:
            _mount(build, stage, mount, image, recorder)
            if len(recorder.unmet) > before:  # BuildKit stops there too
                return
        if "$" in instruction.text:
            _mounted(instruction, _Scope(build, {**image.args, **image.env}, image.env_known), recorder)
    elif "$" in instruction.text:
        if keyword == "FROM":
            known = {**dict.fromkeys(_platform_args(), UNKNOWN), **build.globals}
            _judge(instruction, _Scope(build, known, True), recorder)  # type: ignore[arg-type]
        elif keyword in _EXPANDED:
            _judge(instruction, _Scope(build, {**image.args, **image.env}, image.env_known), recorder)


def _platform_args() -> frozenset[str]:
    from dockwright.rehearse.run import PLATFORM_ARGS

    return PLATFORM_ARGS


def _judge(instruction: Instruction, scope: _Scope, recorder: Recorder) -> None:
    for word, text in _words(instruction):
        if problem := scope.problem(text):
            _note(recorder, problem, word.span)
            return
    for heredoc in instruction.heredocs if instruction.keyword in ("ADD", "COPY") else ():
        if heredoc.expand and "?" in heredoc.body:
            try:
                expand_heredoc(heredoc.content, scope.lookup)
            except ExpandError as error:
                _note(recorder, str(error), heredoc.span)
                return
    from dockwright.dockerfile import refused

    if instruction.keyword not in refused.KEYWORDS:
        return
    for found, problem in refused.problems(instruction, scope.expand):
        named = found.text if isinstance(found, Word) else found.value or ""
        told_elsewhere = instruction.keyword == "FROM" and isinstance(found, Word)  # as an argument without a value
        if "$" in named and not told_elsewhere:
            _note(recorder, problem, found.span)
            return


def _words(instruction: Instruction) -> list[tuple[Word | Flag, str]]:
    pairs = [word for pair in instruction.pairs for word in (pair.key, pair.value) if word is not None]
    words = instruction.words[:1] if instruction.keyword == "FROM" else pairs or instruction.words
    flags = [flag for flag in instruction.flags if flag.name in ("chown", "chmod", "checksum", "platform")]
    return [(word, word.text) for word in words] + [(flag, flag.value or "") for flag in flags]


def _mount(build: Build, stage: Stage, mount: Mount, image: Image, recorder: Recorder) -> None:
    """A mount without a target would lie on the working directory; nothing can be mounted on /."""
    if mount.from_ and mount.from_.lower() == stage.name and build.source_stage(mount.from_, stage) is None:
        recorder.unmet.append(Unmet(needs.Stage(mount.from_, "itself"), mount.span, "RUN --mount"))
    target = build.value(mount.target or "", image)
    if mount.type not in ("bind", "cache", "tmpfs") or not isinstance(target, str) or target.startswith("/"):
        return
    if image.workdir is not UNKNOWN and normal(f"{image.workdir}/{target}") == "/":
        _note(recorder, 'invalid mount target "/"', mount.span)


def _mounted(instruction: Instruction, scope: _Scope, recorder: Recorder) -> None:
    from dockwright.dockerfile.mounts import problem

    for flag in instruction.flags:
        if flag.name == "mount" and "$" in (flag.value or "") and (said := problem(flag, scope.escape, scope.lookup)):
            _note(recorder, said, flag.span)
            return


def trigger(build: Build, instruction: Instruction, recorder: Recorder) -> bool:
    """Whether an ONBUILD trigger, which is only read where its stage is built from, can't be read."""
    from dockwright.dockerfile.checks import check

    found = check(instruction, build.dockerfile.escape)
    if found is None:
        return False
    _note(recorder, found[0].message, found[0].span)
    return True


def _note(recorder: Recorder, message: str, span: Span) -> None:
    recorder.unmet.append(Unmet(needs.Syntax(message, "build"), span, "BuildKit"))
