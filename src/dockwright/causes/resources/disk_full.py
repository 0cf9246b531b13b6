"""There is no space left on the disk.

Layers, caches and volumes of the engine fill its disk, or a mount of a fixed size (tmpfs, a small runner) is full. CUDA
wheels alone take several gigabytes, twice while they are unpacked.
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
    path: str = ""


TITLE = "No space is left[ for {path}]"
WHY = "The disk, or the mount, that is written to is full."
EXPLAINS = (
    "deps/build-failed",
    "node/build-failed",
    "engine/cache-corrupt",
    "deps/hash-mismatch",
    "runtime/crash",
    "system/apt-repository",
)

SIGNATURES = (
    # dd: error writing '/t/x': No space left on device
    sign('No space left on device', r"^(?!.*TAR_ENTRY).*?(?:'(?P<path>/[^']+)'(?: ->|:|$).*)?No space left on device", sure=0.97),
    # npm error nospc ENOSPC: no space left on device, write
    sign('no space left on device', r"no space left on device", sure=0.96),
    # E: You don't have enough free space in /var/cache/apt/archives/.
    sign("You don't have enough free space in", r"enough free space in (?P<path>\S+)", sure=0.97),
    # Disk quota exceeded
    sign('isk quota exceeded', sure=0.95),
    # npm error code ENOSPC
    sign('code ENOSPC', sure=0.97),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Free space on the engine (docker system df, docker builder prune, docker system prune), or make the mount larger, and build again."
    )
    yield remedy.advice("Install less: the CPU build of torch, --no-cache-dir, and no build tools in the final stage.")


CASES = (
    r"""
a file that does not fit
-- build.log --
#5 [stage-0 2/2] RUN --mount=type=tmpfs,target=/t,size=1m dd if=/dev/zero of=/t/x bs=1M count=5
>>#5 0.464 dd: error writing '/t/x': No space left on device
#5 0.464 2+0 records in
#5 0.464 1+0 records out
#5 0.464 1048576 bytes (1.0 MB, 1.0 MiB) copied, 0.000918852 s, 1.1 GB/s
#5 ERROR: process "/bin/sh -c dd if=/dev/zero of=/t/x bs=1M count=5" did not complete successfully: exit code: 1
""",
    r"""
wheels that do not fit
-- build.log --
19.06     return _copytree(entries=entries, src=src, dst=dst, symlinks=symlinks,
19.06            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
19.06   File "/usr/local/lib/python3.12/shutil.py", line 542, in _copytree
19.06     raise Error(errors)
>>19.06 shutil.Error: [('/tmp/pip-target-31zp4c2w/lib/python/setuptools/__pycache__/dist.cpython-312.pyc', '/t/setuptools/__pycache__/dist.cpython-312.pyc', "[Errno 28] No space left on device: '/tmp/pip-target-31zp4c2w/lib/python/setuptools/__pycache__/dist.cpython-312.pyc' -> '/t/setuptools/__pycache__/dist.cpython-312.pyc'"), ('/tmp/pip-target-31zp4c2w/lib/python/setuptools/__pycache__/modified.cpython-312.pyc', '/t/setuptools/__pycache__/modified.cpython-312.pyc', "[Errno 28] No space left on device: '/tmp/pip-target-31zp4c2w/lib/python/setuptools/__pycache__/modified.cpython-312.pyc' -> '/t/setuptools/__pycache__/modified.cpython-312.pyc'"), ('/tmp/pip-target-31zp4c2w/lib/python/setuptools/__pycache__/errors.cpython-312.pyc', '/t/setuptools/__pycache__/errors.cpython-312.pyc', "[Errno 28] No space left on device: '/tmp/pip-target-31zp4c2w/lib/python/setuptools/__pycache__/errors.cpyth
------
""",
    r"""
npm
-- build.log --
12.96 npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write
12.97 npm error code ENOSPC
12.97 npm error syscall write
12.97 npm error errno -28
>>12.97 npm error nospc ENOSPC: no space left on device, write
12.97 npm error nospc There appears to be insufficient space on your system to finish.
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
