"""The folder of one run: Dockerfiles and wheels that are handed to the engine."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import suppress

from dockwright.history import process
from dockwright.index import cache


class RunFolder:
    """Beside the wheelhouse, where a hard link costs nothing."""

    def __enter__(self) -> str:
        remove_dead()
        os.makedirs(_above(), exist_ok=True)
        self.path = tempfile.mkdtemp(prefix=f"{os.getpid()}-{process.here()}-", dir=_above())
        return self.path

    def __exit__(self, *left: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def remove_dead() -> None:
    """Remove what killed runs of this machine left, and end their clients that still build.

    BuildKit lets a running step do for the same step of another run, and such a one waits for a relay that is gone. When its
    client ends, BuildKit begins the step anew for who else wants it.
    """
    for entry in os.scandir(_above()) if os.path.isdir(_above()) else ():
        pid, _, rest = entry.name.partition("-")
        ours = rest.rpartition("-")[0] == process.here()  # a cache may be shared with containers and other machines
        if ours and pid.isdigit() and not process.alive(int(pid), ""):
            _end_clients(entry.path)
            shutil.rmtree(entry.path, ignore_errors=True)


def _above() -> str:
    return os.path.join(cache.folder(), "builds")


def _end_clients(folder: str) -> None:
    """Processes of ours with a file of the folder in their words. Without /proc (macOS) none is found."""
    below = os.fsencode(folder) + b"/"
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        with suppress(OSError):  # it ended meanwhile
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            if os.stat(f"/proc/{name}").st_uid == os.geteuid() and any(word.startswith(below) for word in words):
                os.kill(int(name), signal.SIGKILL)
