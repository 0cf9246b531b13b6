"""A base image for another processor: what it holds can't be started here, unless an emulator is set up.

execve(2) answers ENOEXEC, and the engine says "exec format error". Docker Desktop brings emulators; on Linux somebody has
to register them (binfmt_misc). A Dockerfile that copies in qemu-…-static was written for a machine where that was done.
"""

from __future__ import annotations

from dockwright.facts.platforms import WINDOWS, platform_of, triggers
from dockwright.finding import Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.image import Image
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Recorder
from dockwright.source import Span


def judge_base(image: Image, name: str, wanted: str, span: Span, recorder: Recorder) -> None:
    """`wanted`: the platform that the build is for."""
    platform = platform_of(name)
    if not platform or platform.split("/")[:2] == wanted.split("/")[:2]:
        return
    if platform == WINDOWS:
        image.shell = ("cmd", "/S", "/C")
        says = recorder.says(f"{name} is an image for Windows", span)
        recorder.unmet.append(Unmet(needs.Stage(name, "platform", WINDOWS), span, "FROM", (says,), Certainty.LIKELY))
        return
    says = recorder.says(f"{name} is made for {platform}, and the build is for {wanted}", span)
    image.pending = (needs.Executable("/bin/sh", "format", platform), says)
    if triggers(name):
        judge_start(image, recorder, span)


def judge_start(image: Image, recorder: Recorder, span: Span) -> None:
    """The first process of a stage whose image can't start one."""
    if image.pending is None:
        return
    (need, says), image.pending = image.pending, None
    if isinstance(need, needs.Executable):
        certainty, proofs = _emulated(image, says)
    else:
        certainty, proofs = Certainty.LIKELY, (says,)
    recorder.unmet.append(Unmet(need, span, "RUN", proofs, certainty))
    image.assumed |= {need}


def _emulated(image: Image, says: Evidence) -> tuple[Certainty, tuple[Evidence, ...]]:
    for path, (_, entry) in image.paths.items():
        if "/qemu-" in path:
            made = getattr(entry, "made", None)
            return Certainty.POSSIBLE, (says, made) if made is not None else (says,)
    return Certainty.LIKELY, (says,)
