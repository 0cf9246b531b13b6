"""The machine that builds: its processors and memory, which are the engine's where that runs elsewhere."""

from __future__ import annotations

import os
import subprocess

from dockwright.build.order import Host

TIMEOUT = 10


def host(engine: str) -> Host:
    """Docker says what its own machine has; elsewhere it is this one."""
    here = Host(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, _available())
    if not engine.startswith("docker") or not _remote():
        return here
    words = ["docker", "info", "--format", "{{.NCPU}} {{.MemTotal}}"]
    try:
        said = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT, check=False).stdout.split()
        return Host(max(1, int(said[0])), int(said[1]))
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        return here


def _remote() -> bool:
    named = os.environ.get("DOCKER_HOST", "")
    return bool(os.environ.get("DOCKER_CONTEXT")) or (bool(named) and not named.startswith("unix://"))


def _available() -> int:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:")), 0)
    except (OSError, ValueError):
        return 0
