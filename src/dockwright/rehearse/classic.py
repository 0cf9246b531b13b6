"""Where the classic builder, `docker build` before Docker Engine 23.0 (February 2023), does otherwise than BuildKit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.finding import Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.image import Image
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build

# Flags that only BuildKit reads (Dockerfile reference; the classic builder stops with "Unknown flag: mount").
FLAGS = {
    "RUN": ("mount", "network", "security"),
    "COPY": ("chmod", "link", "parents"),
    "ADD": ("chmod", "link", "checksum"),
}


def blank_base(build: Build, stage: Stage, recorder: Recorder) -> Image:
    """`FROM $BASE` with nothing in it is taken as `FROM scratch`: the first RUN finds no shell."""
    image = Image(None)
    name = stage.base.text.strip("${}")
    known = {pair.key.text for each in build.dockerfile.instructions if each.keyword == "ARG" for pair in each.pairs}
    scope = "later" if name not in build.globals and name in known else "unset"
    says = recorder.says("names no image, so the stage begins with nothing in it", stage.base.span)
    image.pending = (needs.Variable(name, f"FROM {stage.base.text}", scope), says)
    return image


def judge_flags(instruction: Instruction, recorder: Recorder) -> None:
    """What the classic builder can't read, in the words of its own error."""
    for flag in FLAGS.get(instruction.keyword, ()):
        if instruction.flag(flag) is not None:
            need = needs.Option("the classic builder", f"--{flag}")
            recorder.unmet.append(Unmet(need, instruction.keyword_span, instruction.keyword, (), Certainty.LIKELY))
            return


def blank_folder(instruction: Instruction, recorder: Recorder) -> None:
    """`WORKDIR $DIR` with nothing in it: "cannot normalize nothing"."""
    text = instruction.rest.text.strip()
    need = needs.Variable(text.strip("${}"), f"WORKDIR {text}", "unset")
    recorder.unmet.append(Unmet(need, instruction.keyword_span, "WORKDIR", (), Certainty.LIKELY))
