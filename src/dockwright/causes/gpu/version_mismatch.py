"""The versions of CUDA, of the driver and of the package do not go together.

A package is built for one CUDA version; the toolkit that compiles an extension has to be the same, and the driver of the
host at least as new. cuDNN has the same tie to the framework.
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
    have: str = ""
    wanted: str = ""


TITLE = "CUDA versions do not go together[: {have} here, {wanted} wanted]"
WHY = "The driver, the toolkit in the image and the package were made for different versions of CUDA."
EXPLAINS = (
    "deps/build-failed",
    "system/runtime-library-missing",
    "runtime/crash",
)

OTHER_GPUS = "code for other GPUs"
SIGNATURES = (
    # cudaErrorInsufficientDriver: CUDA driver version is insufficient for CUDA runtime version
    sign('CUDA driver version is insufficient', sure=0.95),
    # The detected CUDA version (11.8) mismatches the version that was used to compile PyTorch (12.1).
    sign('The detected CUDA version', r"The detected CUDA version \((?P<have>[\d.]+)\) mismatches the version that was used to compile\s*(?:PyTorch \((?P<wanted>[\d.]+)\))?", sure=0.98),
    # The NVIDIA driver on your system is too old (found version 11040).
    sign('NVIDIA driver on your system is too old', r"too old \(found version (?P<have>\d+)\)", sure=0.97),
    # RuntimeError: CUDA error: no kernel image is available for execution on the device
    sign('no kernel image is available for execution', sure=0.95, have=OTHER_GPUS, wanted='code for this GPU'),
    # nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please update your driver to a newer version
    sign('unsatisfied condition: cuda', r"unsatisfied condition: (?P<wanted>cuda>=[\d.]+)", sure=0.98),
    # ImportError: libcudnn.so.8: cannot open shared object file: No such file or directory
    sign('libcudnn.so', r"(?P<wanted>libcudnn\.so\.\d+): cannot open shared object", sure=0.9),
    # Could not load library libcudnn_ops_infer.so.8. · Unable to load any of {libcudnn_cnn.so.9.1.0, libcudnn_cnn.so.9}
    sign('libcudnn', r"(?:Could not load library |Unable to load any of \{)(?P<wanted>libcudnn\w*\.so[\d.]*\d)", sure=0.94),
    # RuntimeError: Library libcublas.so.12 is not found or cannot be loaded      (ctranslate2)
    sign(' is not found or cannot be loaded', r"Library (?P<wanted>lib(?:cu|nv)\w+\.so[\d.]*) is not found", sure=0.95),
    # libtorch_cuda.so: undefined symbol: ncclCommRegister
    sign('undefined symbol: ', r"undefined symbol: (?P<wanted>(?:nccl|cudnn|cublas|cusparse|cufft|__nvJitLink|cuda[A-Z])\w*)", sure=0.94),
    # CUDA initialization: … Error 500: named symbol not found · CUDA failure 500: named symbol not found
    sign('named symbol not found', r"500: named symbol not found", sure=0.92, have='a driver newer than the container toolkit or Docker Desktop knows'),
    # ImportError: libcudart.so.11.0: cannot open shared object file: No such file or directory
    sign('libcudart.so', r"Error: .*(?P<wanted>libcudart\.so\.[\d.]+): cannot open shared object", sure=0.9),
    # AssertionError: Torch not compiled with CUDA enabled
    sign('Torch not compiled with CUDA enabled', sure=0.93, have='a build without CUDA'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    assert isinstance(finding.facts, Facts)
    if finding.facts.have == OTHER_GPUS:
        yield remedy.advice(
            "Take a build of the framework with code for this GPU (for PyTorch `torch.cuda.get_arch_list()` against `torch.cuda.get_device_capability()`): a newer one, of a newer CUDA, for a new GPU, an older one for an old GPU; what is compiled here, with TORCH_CUDA_ARCH_LIST of this GPU."
        )
        return
    yield remedy.advice(
        "Bring the three together: the tag of nvidia/cuda, the CUDA build of the framework (torch…+cu124), and a driver on the host that is new enough."
    )


CASES = (
    r"""
no driver that fits
-- build.log --
#6 [3/3] RUN python -c "import cupy; cupy.zeros(1)"
#6 4.946   File "cupy/cuda/memory.pxd", line 86, in cupy.cuda.memory.MemoryPool.device_pool
#6 4.947   File "cupy/cuda/memory.pyx", line 1601, in cupy.cuda.memory.MemoryPool._ensure_pools_and_return_device_pool
#6 4.947   File "cupy_backends/cuda/api/runtime.pyx", line 414, in cupy_backends.cuda.api.runtime.getDeviceCount
#6 4.947   File "cupy_backends/cuda/api/runtime.pyx", line 146, in cupy_backends.cuda.api.runtime.check_status
>>#6 4.947 cupy_backends.cuda.api.runtime.CUDARuntimeError: cudaErrorInsufficientDriver: CUDA driver version is insufficient for CUDA runtime version
#6 ERROR: process "/bin/sh -c python -c \"import cupy; cupy.zeros(1)\"" did not complete successfully: exit code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
