"""Which process made a run, and whether it still is: a number alone may belong to a later process."""

from __future__ import annotations

import os
import socket


def here() -> str:
    return socket.gethostname()


def started(pid: int) -> str:
    """When a process began, as the kernel counts it; empty where that can't be known (no /proc)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            stat = file.read(4096)
    except OSError:
        return ""
    # pid (command) state ppid …: the command may hold blanks and brackets; the start time is the 22nd field
    fields = stat.rpartition(b")")[2].split()
    return fields[19].decode() if len(fields) > 19 else ""


def boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read(64).strip()
    except OSError:
        return ""


def mark(pid: int | None = None) -> str:
    """Tells this process from every other with its number, also after a restart of the machine."""
    since = started(pid if pid is not None else os.getpid())
    return f"{boot()}/{since}" if since else ""


def alive(pid: int, known: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is there and is another user's
    return not known or known == mark(pid)
