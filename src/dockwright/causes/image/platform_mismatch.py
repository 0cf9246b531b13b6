"""The image, or a program in it, is for another kind of processor.

An image without a build for the platform asked for is not pulled; one for another processor starts nothing without
emulation (`exec format error`). Images made on arm64 (Apple silicon, Raspberry Pi) and run on amd64 are the usual case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    platform: str = ""


TITLE = "No match for this platform[: {platform}]"
WHY = "The processor that runs the build and the one that the image was made for differ."
EXPLAINS = (
    "image/not-found",
    "runtime/crash",
)

LACKS = "a program uses instructions that this processor lacks"
SIGNATURES = (
    # no matching manifest for linux/amd64 in the manifest list entries
    sign('no matching manifest for', r"no matching manifest for (?P<platform>\S+)", sure=0.97),
    # no match for platform in manifest: not found
    sign('no match for platform in manifest', sure=0.97),
    # standard_init_linux.go:190: exec user process caused "exec format error"
    sign('exec user process caused', r'exec user process caused:? "?exec format error', sure=0.93),
    # exec /bin/sh: exec format error
    sign('exec format error', r"exec /\S+: exec format error", sure=0.93),
    # /bin/sh: 1: ./tool: Exec format error
    sign('Exec format error', sure=0.85),
    # WARNING: The requested image's platform (linux/arm64) does not match the detected host platform (linux/amd64/v3)
    sign('does not match the detected host platform', r"image's platform \((?P<platform>[^)]+)\)", sure=0.75),
    # image with reference x was found but does not provide the specified platform (linux/arm64)
    sign('does not provide the specified platform', r"specified platform \((?P<platform>[^)]+)\)", sure=0.97),
    # image operating system "windows" cannot be used on this platform
    sign('cannot be used on this platform', r'image operating system "(?P<platform>[^"]+)"', sure=0.98),
    # Fatal glibc error: CPU does not support x86-64-v2
    sign('Fatal glibc error: CPU does not support', r"CPU does not support (?P<platform>\S+)", sure=0.98),
    # RuntimeError: NumPy was built with baseline optimizations: / (X86_V2) but your machine doesn't support: / (X86_V2).
    sign("but your machine doesn't support:", r"\((?P<platform>[\w ]+)\) but your machine doesn't support", sure=0.96, also='was built with baseline optimizations'),
    # Illegal instruction (core dumped)
    sign('Illegal instruction', r"(?:^|\s)Illegal instruction\b", sure=0.85, platform=LACKS),
    # [ERROR] Worker (pid:8) was sent SIGILL! · Worker (pid:8) was sent code 132! · Worker with pid 8 was terminated due to signal 4      (gunicorn)
    sign('was sent ', r"Worker \(pid:\d+\) was sent (?:SIGILL|code 132)\b", sure=0.88, platform=LACKS),
    sign('was terminated due to signal 4', r"due to signal 4\b", sure=0.88, platform=LACKS),
    # FATAL: kernel too old
    sign('FATAL: kernel too old', sure=0.85, platform='kernel'),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Executable):
        if need.problem == "format":
            yield found(unmet, Facts(need.interpreter))
    for unmet, stage in step.unmet(needs.Stage):
        if stage.problem == "platform":
            yield found(unmet, Facts(stage.nearest))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, base = finding.facts, _base(finding)
    assert isinstance(facts, Facts)
    if facts.platform == LACKS or re.match(r"(?i)x86[-_](?:64[-_])?v\d", facts.platform):
        yield remedy.advice(
            "Run it on a processor that has these instructions (for a virtual machine the CPU type `host`), or take releases made for older ones (numpy below 2.4, an image of the release before)."
        )
        return
    if base is not None:
        written = base.source[base.span]
        yield remedy.risky(
            f"Take {written.partition('/')[2]}, which is made for every platform",
            remedy.swap(base, written.partition("/")[2]),
        )
    yield remedy.advice(
        "Take an image that has this platform, build with --platform for the one that runs, or set up emulation (docker run --privileged tonistiigi/binfmt --install all)."
    )


def _base(finding: Finding) -> Place | None:
    """The base image that FROM names, where it is an official one under the organisation of a processor."""
    places = [proof.place for proof in finding.evidence if proof.place is not None]
    pattern = r"(?:arm32v[567]|arm64v8|ppc64le|s390x|riscv64|mips64le)/[a-z]+(?:[:@]\S*)?"
    return next((place for place in places if re.fullmatch(pattern, place.source[place.span])), None)


CASES = (
    r"""
a manifest list without this platform
-- from --
sw-0162 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Sending build context to Docker daemon  1.972MB
Step 1/15 : FROM mcr.microsoft.com/dotnet/framework/sdk:4.8 as builder
4.8: Pulling from dotnet/framework/sdk
>>no matching manifest for linux/amd64 in the manifest list entries
""",
    r"""
a base image for another processor
-- from --
sw-0014 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 7/8 : RUN npm install
 ---> Running in a55ca770f318
>>standard_init_linux.go:190: exec user process caused "exec format error"
The command '/bin/sh -c npm install' returned a non-zero code: 1
""",
    r"""
the organisation says for which processor; nothing is started before the first RUN
-- Dockerfile --
FROM arm32v7/python:3.11-slim
WORKDIR /app
COPY main.py .
# found: platform=linux/arm/v7
RUN python --version
-- main.py --
print("hello")
-- mended --
FROM python:3.11-slim
WORKDIR /app
COPY main.py .
RUN python --version
""",
    r"""
an image for Windows
-- Dockerfile --
# found: platform=windows/amd64
FROM mcr.microsoft.com/windows/servercore:ltsc2022
RUN echo hello
""",
    r"""
an emulator is copied in: the author has one set up
-- Dockerfile --
FROM --platform=linux/arm/v7 arm32v7/debian:bookworm-slim
RUN true
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
