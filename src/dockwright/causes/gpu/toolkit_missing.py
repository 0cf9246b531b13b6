"""A build compiles for CUDA, and the CUDA compiler is not in the image.

nvcc comes with the `devel` images of nvidia/cuda, not with `base` and `runtime`, and not with a Python image. A package
that has a wheel for this Python and CUDA needs no compiler at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Place, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    what: str = ""


TITLE = "The CUDA compiler is not in the image[: {what}]"
WHY = "The package is compiled from source, and only the devel images of nvidia/cuda bring nvcc and the headers."
EXPLAINS = (
    "deps/build-failed",
    "system/command-missing",
    "system/header-missing",
    "system/toolchain-missing",
    "deps/build-requires-missing",
)

SIGNATURES = (
    # /bin/sh: 1: nvcc: not found
    sign('nvcc: not found', sure=0.97, what='nvcc'),
    # bash: nvcc: command not found
    sign('nvcc: command not found', sure=0.97, what='nvcc'),
    # *** CUDA_ROOT not set, and nvcc not in path. Giving up.
    sign('nvcc not in path', sure=0.97, what='nvcc'),
    # OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.
    sign('CUDA_HOME environment variable is not set', sure=0.97, what='CUDA_HOME'),
    # FileNotFoundError: [Errno 2] No such file or directory: '/usr/local/cuda/bin/nvcc'
    sign('/bin/nvcc', r"No such file or directory: '?(?P<what>\S*/bin/nvcc)", sure=0.97),
    # fatal error: cuda_runtime.h: No such file or directory
    sign('cuda', r"fatal error: (?P<what>cuda\w*\.h(?:pp)?): No such file", sure=0.96),
    #   No CUDA toolset found.
    sign('No CUDA toolset found', sure=0.96),
    # Could NOT find CUDA (missing: CUDA_TOOLKIT_ROOT_DIR CUDA_NVCC_EXECUTABLE)
    sign('Could NOT find CUDA', sure=0.9),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    if finding.where is not None:
        yield from _devel(finding.where)
    yield remedy.advice(
        "Build on nvidia/cuda:VERSION-devel-… (and copy the result into the runtime image), or take a release that has a wheel for this Python and CUDA."
    )


def _devel(where: Place) -> Iterator[Remedy]:
    """The image of the same CUDA and release that has the compiler: `12.4.1-runtime-ubuntu22.04` -> `12.4.1-devel-ubuntu22.04`."""
    from dockwright.remedy_packages import around

    spot = around(where)
    written = where.source[spot.stage.base.span] if spot is not None else ""
    match = re.fullmatch(r"((?:docker\.io/)?nvidia/cuda:[\w.-]+?-)(?:base|runtime)(-\w[\w.]*)", written)
    if spot is not None and match is not None:
        image = f"{match[1]}devel{match[2]}"
        title = f"Build on {image}, which has the compiler and is some GB larger"
        yield remedy.risky(title, remedy.swap_span(where.source, spot.stage.base.span, image))


CASES = (
    r"""
a plain image
-- build.log --
#5 [2/2] RUN nvcc --version
>>#5 2.087 /bin/sh: 1: nvcc: not found
#5 ERROR: process "/bin/sh -c nvcc --version" did not complete successfully: exit code: 127
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
