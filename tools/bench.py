"""make bench: how fast dockwright is, measured in fresh processes and in this one.

Start-up: Python's own start, `dockwright --version`, `dockwright check --offline` on each example and on a usual
project (the promise: at most 100 ms more than Python's own start). Then Dockerfiles checked and logs explained a
second in one process on one core, and `explain` of a log of 100 MB (the promise: under 5 s and 300 MB).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from score import CORPUS, ROOT, corpus

PROMISE_MS = 100
USUAL = ("fastapi-uvicorn", "flask-gunicorn", "poetry-export-wheels")  # one Dockerfile, a manifest, nothing wrong
BIG_MB = 100
BIG_SECONDS, BIG_MEMORY_MB = 5, 300
NOTHING_CACHED = tempfile.TemporaryDirectory(prefix="dockwright-bench-")
WITH = 300  # Dockerfiles and logs of the corpus


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", choices=["start", "rates", "big"])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args()
    kept = True
    if options.only in (None, "start"):
        kept &= starts(options.runs)
    if options.only in (None, "rates"):
        rates(options.corpus)
    if options.only in (None, "big"):
        kept &= big()
    return 0 if kept else 1


# -- start-up ---------------------------------------------------------------------------------------------------------


def starts(runs: int) -> bool:
    """The runs of all commands are interleaved, so that what else the machine does meets all alike."""
    installed = ROOT / "build/user/bin"  # made by make bench
    bare = [str(installed / "python"), "-c", "pass"]
    dockwright = [str(installed / "dockwright")]
    projects = [ROOT / "tests/working" / name for name in USUAL]
    projects += [path.parent for path in sorted((ROOT / "examples").glob("*/expected.toml"))]
    commands = {"python -c pass": bare, "dockwright --version": [*dockwright, "--version"]}
    for project in projects:
        commands[f"dockwright check {project.relative_to(ROOT)}"] = [*dockwright, "check", "--offline", str(project)]
    timed: dict[str, list[Took]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            took = _took(command)
            if turn:  # the first run writes Python's cached bytecode
                timed[name].append(took)
    own = _median(timed["python -c pass"])
    least = _least(timed["python -c pass"])
    print(f"start-up of {runs} runs, offline with nothing cached, and what it adds to Python's own start")
    print(f"  {'':<50}{'median ms':>10}{'added':>8}{'least CPU ms':>14}{'added':>8}")
    for name, each in timed.items():
        wall, cpu = _median(each).wall, _least(each)
        print(f"  {name:<50}{wall:10.1f}{wall - own.wall:+8.1f}{cpu:14.1f}{cpu - least:+8.1f}")
    usual = [each for name, each in timed.items() if name.endswith(USUAL)]
    kept = all(_median(each).wall - own.wall <= PROMISE_MS for each in usual)
    load = f"load of this machine: {os.getloadavg()[0]:.1f}"
    print(f"  at most {PROMISE_MS} ms added on a usual project: {'kept' if kept else 'NOT KEPT'} ({load})\n")
    return kept


class Took(NamedTuple):
    wall: float
    cpu: float


def _median(each: Sequence[Took]) -> Took:
    return Took(statistics.median(took.wall for took in each), statistics.median(took.cpu for took in each))


def _least(each: Sequence[Took]) -> float:
    """What else the machine does can only add to it."""
    return min(took.cpu for took in each)


def _took(command: Sequence[str]) -> Took:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["XDG_CACHE_HOME"] = NOTHING_CACHED.name
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    began = time.perf_counter()
    process = os.posix_spawn(command[0], list(command), env, file_actions=quiet)
    used = os.wait4(process, 0)[2]
    return Took((time.perf_counter() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000)


# -- in one process ---------------------------------------------------------------------------------------------------


def rates(path: Path) -> None:
    from measure import project_of

    from dockwright.api import check, explain

    samples = list(corpus(path, WITH))
    if not samples:
        return
    projects = [project_of(sample) for sample in samples]
    check(projects[0])
    explain(samples[0].log)
    _rate("Dockerfiles checked", [lambda project=project: check(project) for project in projects])
    _rate("logs explained", [lambda sample=sample: explain(sample.log) for sample in samples])
    print()


def _rate(what: str, calls: Sequence[Callable[[], object]]) -> None:
    took = []
    for call in calls:
        began = time.process_time()
        call()
        took.append((time.process_time() - began) * 1000)
    took.sort()
    p50, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    print(f"{what} a second on one core: {1000 * len(took) / sum(took):.0f}   (p50 {p50:.1f} ms, p99 {p99:.1f} ms)")


# -- a log of 100 MB --------------------------------------------------------------------------------------------------


def big() -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".log") as file:
        _write_big(file.write)
        file.flush()
        began = time.perf_counter()
        # a process of its own, so that its peak memory is its own
        subprocess.run(
            [sys.executable, "-m", "dockwright", "explain", "--format", "json", file.name],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    kept = seconds < BIG_SECONDS and memory < BIG_MEMORY_MB
    print(f"explain of a log of {BIG_MB} MB: {seconds:.1f} s, {memory:.0f} MB at most")
    print(f"  under {BIG_SECONDS} s and {BIG_MEMORY_MB} MB: {'kept' if kept else 'NOT KEPT'}")
    return kept


def _write_big(write: Callable[[str], object]) -> None:
    """A build that compiles for an hour and then lacks a header."""
    write("#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n\n")
    write("#5 [2/3] RUN pip install netifaces\n")
    size, line = 0, 0
    while size < BIG_MB << 20:
        line += 1
        text = f"#5 {line / 1000:.3f}   gcc -O2 -Wall -fPIC -I/usr/include -c src/part{line}.c -o build/part{line}.o\n"
        write(text)
        size += len(text)
    write(f"#5 {line / 1000:.3f}       netifaces.c:1:10: fatal error: Python.h: No such file or directory\n")
    write('#5 ERROR: process "/bin/sh -c pip install netifaces" did not complete successfully: exit code: 1\n')


if __name__ == "__main__":
    sys.exit(main())
