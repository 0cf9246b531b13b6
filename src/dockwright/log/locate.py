"""Which instruction of a Dockerfile a step of a log is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from dockwright.log.model import LogStep

# BuildKit counts these alone in `[stage 3/7]`; the classic builder and buildah count every instruction.
CONTINUED = re.compile(r"[\\`][ \t\r]*(?:\n|$)")
COUNTED = frozenset({"FROM", "RUN", "COPY", "ADD", "WORKDIR"})


class InstructionLike(Protocol):
    @property
    def keyword(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def text(self) -> str: ...


I = TypeVar("I", bound=InstructionLike, covariant=True)  # noqa: E741


class DockerfileLike(Protocol[I]):
    @property
    def instructions(self) -> Sequence[I]: ...


def locate(step: LogStep, dockerfile: DockerfileLike[I]) -> I | None:
    """The instruction of `dockerfile` that `step` runs: by the line that the log names, else by text, else by place.

    Answers None where the text does not fit, as when the log is of another version of the file.
    """
    instructions = dockerfile.instructions
    by_line = _by_line(step, instructions)
    if by_line is not None:
        return by_line
    if not step.keyword:
        return _base(step, instructions)
    same = [each for each in instructions if each.keyword.upper() == step.keyword]
    wanted = _wanted(step)
    if step.keyword == "FROM":
        same = [each for each in same if _same_base(each.text, wanted)] or same
    exact = [each for each in same if _fold(each.text) == wanted]
    fitting = exact or [each for each in same if _fits(_fold(each.text), wanted)]
    if len(fitting) <= 1:
        return fitting[0] if fitting else None
    placed = _by_place(step, instructions)
    return placed if placed in fitting else fitting[0]


def _by_line(step: LogStep, instructions: Sequence[I]) -> I | None:
    if step.dockerfile_line is None:
        return None
    before = [each for each in instructions if each.line <= step.dockerfile_line]
    if before and step.keyword in ("", before[-1].keyword.upper()):
        return before[-1]
    return None


def _base(step: LogStep, instructions: Sequence[I]) -> I | None:
    """`[internal] load metadata for docker.io/library/python:3.12-slim` speaks of a FROM or a COPY --from."""
    _, found, image = step.instruction.partition("load metadata for ")
    image = _image(f"FROM {image}")
    if not found or not image:
        return None
    words = ((each, re.split(r"[\s=]+", each.text)) for each in instructions)
    return next((each for each, said in words if any(_image(f"FROM {word}") == image for word in said[1:])), None)


def _image(text: str) -> str:
    """`python:3.12-slim` of `FROM docker.io/library/python:3.12-slim@sha256:…`."""
    word = next((word for word in text.split()[1:] if not word.startswith("--")), "")
    return word.partition("@")[0].removeprefix("docker.io/").removeprefix("library/").removesuffix(":latest")


def _same_base(written: str, shown: str) -> bool:
    """buildah shows the id of an earlier stage's image: `FROM 9506ab92913d… AS deps`."""
    image = _image(shown)
    if re.fullmatch(r"[0-9a-f]{12,64}", image):
        return written.split()[2:] == shown.split()[2:]
    return _image(written) == image


def _by_place(step: LogStep, instructions: Sequence[I]) -> I | None:
    """By the count within the stage (BuildKit, buildah), then by the count over the file (classic builder)."""
    if step.index is None:
        return None
    stages: list[list[I]] = []
    for each in instructions:
        if each.keyword.upper() == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(each)
    wanted = _wanted(step)
    counted = [[each for each in stage if each.keyword.upper() in COUNTED] for stage in stages]
    ways = (counted, stages, [list(instructions)])
    for lists in sorted(ways, key=lambda lists: all(len(stage) != step.of for stage in lists)):
        for place, stage in enumerate(lists):
            if step.stage and len(lists) > 1 and not _is_stage(stage[0], place, step.stage):
                continue
            if step.index <= len(stage) and _fits(_fold(stage[step.index - 1].text), wanted):
                return stage[step.index - 1]
    return None


def _is_stage(first: InstructionLike, place: int, name: str) -> bool:
    words = first.text.split()
    named = words[-1].lower() if len(words) > 2 and words[-2].lower() == "as" else f"stage-{place}"
    return named == name.lower() or name == f"stage-{place}"


def _fold(text: str) -> str:
    """One line, as builders show an instruction: comments and continuations gone, runs of blanks as one.

    Builders join continued lines without a blank: `wget\\` above `git` runs `wgetgit`.
    """
    head, *rest = text.split("\n")
    lines = [head, *(line for line in rest if not line.lstrip().startswith("#"))]
    body = CONTINUED.sub("", "\n".join(lines))
    keyword, _, tail = " ".join(body.split()).partition(" ")
    return f"{keyword.upper()} {tail}".strip()


def _wanted(step: LogStep) -> str:
    """`RUN <<EOF (echo one...)` is how BuildKit shows a heredoc; its terminal display cuts texts to the width."""
    folded = _fold(step.instruction)
    if "<<" in folded and folded.endswith("...)"):
        return folded[:-1].replace(" (", " ", 1)
    return folded + "..." if step.id.startswith("=> ") and step.keyword != "FROM" and len(folded) > 30 else folded


def _fits(written: str, shown: str) -> bool:
    """Also where the base image of a FROM was made whole."""
    if written.startswith("FROM ") and shown.startswith("FROM ") and _same_base(written, shown):
        return True
    return _fits_text(written, shown)


def _fits_text(written: str, shown: str) -> bool:
    """The literal parts of the written text occur in order in the shown one, where `$VAR` may have been replaced."""
    cut = shown.endswith(("...", "…"))
    shown = shown.rstrip(".…")
    pieces = [piece for piece in re.split(r"\$(?:\w+|\{[^}]*\})", written) if piece]
    if not pieces or not shown.startswith(pieces[0][: len(shown)] if cut else pieces[0]):
        return False
    at = 0
    for piece in pieces:
        found = shown.find(piece, at)
        if found < 0:
            # a name cut short ends inside of a literal part
            return cut and piece.startswith(shown[at:])
        at = found + len(piece)
    return cut or at == len(shown) or written.endswith("}") or "$" in written.rsplit(" ", 1)[-1]
