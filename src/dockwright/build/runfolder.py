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
    """Beside the wheelhouse, where a hard link costs nothing.

    What a killed run left is removed, and its clients that still build are ended: BuildKit would let their running steps
    do for the same steps of this run, and those wait for a relay that is gone.
    """

    def __enter__(self) -> str:
        above = os.path.join(cache.folder(), "builds")
        os.makedirs(above, exist_ok=True)
        for entry in os.scandir(above):
            pid = entry.name.partition("-")[0]
            if pid.isdigit() and not process.alive(int(pid), ""):
                _end_clients(entry.path)
                shutil.rmtree(entry.path, ignore_errors=True)
        self.path = tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=above)
        return self.path

    def __exit__(self, *left: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def _end_clients(folder: str) -> None:
    """Processes of ours with a file of the folder in their words. Without /proc (macOS) none is found."""
    below = os.fsencode(folder) + b"/"
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        with suppress(OSError):  # it ended meanwhile
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            if os.stat(f"/proc/{name}").st_uid == os.geteuid() and any(word.startswith(below) for word in words):
                os.kill(int(name), signal.SIGKILL)
