"""The machine, or the limit that the build runs under, has no memory left.

The kernel kills the largest process (exit code 137, `Killed`), or an allocation fails. Compilers running in parallel
(torch extensions, C++), front-end bundlers and small runners bring it about.
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
    process: str = ""


TITLE = "[{process} ]ran out of memory"
WHY = "The process was killed, or refused more memory, for lack of it."
EXPLAINS = (
    "deps/build-failed",
    "node/build-failed",
    "runtime/crash",
    "system/compiler-missing",
    "build/compile-error",
    "build/dependency-missing",
    "system/package-script-failed",
    "build/test-failed",
)

SIGNATURES = (
    # FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
    sign('heap out of memory', sure=0.98, process='node'),
    # gcc: fatal error: Killed signal terminated program cc1plus
    sign('Killed signal terminated program', r"Killed signal terminated program (?P<process>\w+)", sure=0.98),
    # c++: internal compiler error: Killed (program cc1plus)
    sign('internal compiler error: Killed', r"Killed \(program (?P<process>\w+)\)", sure=0.98),
    # Killed
    sign('Killed', r"^(?:/bin/sh: line \d+: +\d+ )?Killed\b", sure=0.93),
    # did not complete successfully: exit code: 137
    sign('exit code: 137', r"exit code: 137\b", sure=0.88, unless='context canceled'),
    # The command '/bin/sh -c make' returned a non-zero code: 137
    sign('non-zero code: 137', sure=0.88),
    # torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.
    sign('CUDA out of memory', sure=0.96, process='the GPU'),
    # RuntimeError: CUDA failed with error out of memory · RuntimeError: CUDA error: out of memory · cudaMalloc failed: out of memory
    sign(' out of memory', r"CUDA (?:failed with error|error:) out of memory|cudaMalloc failed: out of memory", sure=0.95, process='the GPU'),
    # ValueError: Free memory on device (7.2/8.0 GiB) on startup is less than desired GPU memory utilization (0.9, 7.2 GiB).   (vLLM)
    sign('is less than desired GPU memory utilization', sure=0.95, process='the GPU'),
    # ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.
    sign('No available memory for the cache blocks', sure=0.95, process='the GPU'),
    # virtual memory exhausted: Cannot allocate memory
    sign('annot allocate memory', sure=0.95),
    # MemoryError
    sign('MemoryError', r"^MemoryError", sure=0.9),
    # /bin/sh: 0: Cannot fork
    sign('Cannot fork', sure=0.8),
    # terminate called after throwing an instance of 'std::bad_alloc'
    sign('std::bad_alloc', sure=0.9),
    # error: could not compile `x` (signal: 9, SIGKILL: kill)
    sign('signal: 9, SIGKILL', sure=0.93),
    # [ERROR] Worker (pid:21) was sent SIGKILL! Perhaps out of memory?      (gunicorn, which itself kills what does not answer in time)
    sign('was sent SIGKILL! Perhaps out of memory?', sure=0.85, process='a worker of gunicorn', unless='WORKER TIMEOUT'),
    # container web-1 exited with code 137 (OOMKilled)
    sign('OOMKilled', sure=0.95),
    # Fatal error: Allowed memory size of 1610612736 bytes exhausted (tried to allocate 4096 bytes)
    sign('Allowed memory size of ', r"Allowed memory size of \d+ bytes exhausted", sure=0.97, process='php'),
    # java.lang.OutOfMemoryError: Java heap space
    sign('OutOfMemoryError', sure=0.9, process='java'),
    # c++: fatal error: Killed signal terminated program cc1plus
    sign('virtual memory exhausted', sure=0.95),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.process == "the GPU":
        yield remedy.advice(
            "End what else uses the GPU (nvidia-smi lists it), or ask for less: a smaller or quantized model, a shorter context (--max-model-len), smaller batches, a larger share (--gpu-memory-utilization)."
        )
        return
    if facts.process == "a worker of gunicorn":
        yield remedy.advice(
            "Give the container more memory (mem_limit in compose, --memory, the limit of the pod or of Docker Desktop), or ask for less: fewer workers, a smaller model, --preload."
        )
        return
    yield remedy.advice(
        "Give the build more memory, or let it do less at once: MAX_JOBS=1, make -j1, one service after another; NODE_OPTIONS=--max-old-space-size=4096 for node; pip --no-cache-dir for large wheels."
    )


CASES = (
    r"""
a memory limit
-- build.log --
 ---> 8b5d67b54350
Step 2/2 : RUN python -c "x=bytearray(300_000_000)"
 ---> Running in fb51334a8ac9
>>Killed
The command '/bin/sh -c python -c "x=bytearray(300_000_000)"' returned a non-zero code: 137
""",
    r"""
an allocation that is refused
-- build.log --
#5 [2/2] RUN ulimit -v 200000; python -c "x=bytearray(10**9)"
#5 0.499 Traceback (most recent call last):
#5 0.499   File "<string>", line 1, in <module>
>>#5 0.499 MemoryError
#5 ERROR: process "/bin/sh -c ulimit -v 200000; python -c \"x=bytearray(10**9)\"" did not complete successfully: exit code: 1
""",
    r"""
node's own limit
-- build.log --
#5 [2/2] RUN node --max-old-space-size=20 -e "const a=[];for(;;)a.push(new Array(1000).fill(Math.random()))"
#5 1.579
#5 1.579
#5 1.579 <--- JS stacktrace --->
#5 1.579
>>#5 1.579 FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
#5 1.579 ----- Native stack trace -----
#5 1.579
#5 1.579  1: 0xb78db3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
#5 ERROR: process "/bin/sh -c node --max-old-space-size=20 -e \"const a=[];for(;;)a.push(new Array(1000).fill(Math.random()))\"" did not complete successfully: exit code: 134
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
