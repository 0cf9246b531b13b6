"""The container asks for a GPU that the engine cannot give.

`--gpus`, a compose reservation or `runtime: nvidia` need the NVIDIA container toolkit on the host, and a driver under it.
Without a GPU, or on a runner of a CI, the CPU variant is what can run.
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


TITLE = "The engine has no GPU to give[: {what}]"
WHY = "No GPU driver or container toolkit answers on this machine."
EXPLAINS = (
    "system/runtime-library-missing",
    "runtime/crash",
    "runtime/module-missing",
)

SIGNATURES = (
    # docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]
    sign('could not select device driver', r'could not select device driver "(?P<what>\w*)"', sure=0.98),
    # Error response from daemon: unknown or invalid runtime name: nvidia
    sign('unknown or invalid runtime name', r"unknown or invalid runtime name: (?P<what>\w+)", sure=0.97),
    # nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown
    sign('nvidia-container-cli: initialization error', sure=0.97),
    # RuntimeError: Found no NVIDIA driver on your system.
    sign('Found no NVIDIA driver on your system', sure=0.96),
    # RuntimeError: No CUDA GPUs are available
    sign('No CUDA GPUs are available', sure=0.94),
    # RuntimeError: Failed to infer device type   (vLLM)
    sign('Failed to infer device type', sure=0.9),
    # NVMLError_LibraryNotFound: NVML Shared Library Not Found · libnvidia-ml.so.1: cannot open shared object file
    sign('NVML Shared Library Not Found', sure=0.93),
    sign('libnvidia-ml.so.1: cannot open', sure=0.95, what='libnvidia-ml.so.1'),
    # ImportError: libcuda.so.1: cannot open shared object file: No such file or directory
    sign('libcuda.so.1: cannot open', sure=0.97, what='libcuda.so.1'),
    # Failed to initialize NVML: Unknown Error
    sign('Failed to initialize NVML', sure=0.9),
    # RuntimeError: CUDA failed with error no CUDA-capable device is detected
    sign('no CUDA-capable device is detected', sure=0.92),
    # RuntimeError: CUDA failed with error unknown error      (the driver answers, but not to this container)
    sign('CUDA failed with error unknown error', sure=0.8),
    # no recorded log yet: CDI device injection failed: unresolvable CDI devices nvidia.com/gpu=all
    sign('unresolvable CDI devices', r"unresolvable CDI devices (?P<what>\S+)", sure=0.97),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Install the NVIDIA driver and the container toolkit on this host (nvidia-ctk runtime configure --runtime=docker), or start the CPU variant."
    )


CASES = (
    r"""
a host without the toolkit
-- build.log --
>>docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]
""",
    r"""
compose
-- build.log --
 Container rec835c7xhu-web-1  Created
Attaching to web-1
>>Error response from daemon: could not select device driver "nvidia" with capabilities: [[gpu]]
 Container rec835c7xhu-web-1  Stopping
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
