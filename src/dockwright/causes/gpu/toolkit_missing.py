"""A build compiles for CUDA, and the CUDA compiler is not in the image.

nvcc comes with the `devel` images of nvidia/cuda, not with `base` and `runtime`, and not with a Python image. A package
that has a wheel for this Python and CUDA needs no compiler at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

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
    yield remedy.advice(
        "Build on nvidia/cuda:VERSION-devel-… (and copy the result into the runtime image), or take a release that has a wheel for this Python and CUDA."
    )


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
