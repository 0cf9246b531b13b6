"""The wheelhouse over HTTP, for steps that an engine of this machine runs: each file is given as soon as it is here.

A build need not wait for the plan and the download, nor is the engine sent the files before the step begins. Who asks for
what is still on its way is told to wait (RFC 9110, section 15.2: a client takes any number of 1xx answers), so that
no installer's own patience ends. What can't be had is redirected to where the index has it.

    /TOKEN/TARGET/links               wheels whose names have a build tag above all others (find-links)
    /TOKEN/TARGET/tagged/FILE         one of these
    /TOKEN/TARGET/sources/NAME/       source archives of one name (an index that comes last)
    /TOKEN/TARGET/simple/NAME/        all files of one name (PEP 503)
    /TOKEN/TARGET/named               links to all files (find-links)
    /TOKEN/TARGET/files/FILE
    /TOKEN/TARGET/at/SHA256/URL       what a lock file names

The token keeps others that reach this address from the files, which may be of a private index.
"""

from __future__ import annotations

import base64
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import quote

from dockwright.build.gateway import remember_deaf
from dockwright.wheels.artefact import Wanted


class Filling(Protocol):
    """What fills the wheelhouse: build.fetching.Fetching."""

    def known(self, target: str, seconds: float) -> Wanted | None:
        """What the target wants; None: not planned within this time."""

    def settled(self, sha256: str, seconds: float) -> bool | None:
        """Is the file here? None: it may still come."""


class Relay:
    """Serves from `start` to `close`. Raises OSError where nothing can listen on that address."""

    def __init__(self, host: str, filling: Filling, path: Callable[[str], str]) -> None:
        self.host, self.filling, self.path = host, filling, path
        self.token = base64.urlsafe_b64encode(os.urandom(18)).decode()
        self.asked: set[str] = set()  # targets whose steps have come here
        self.deaf = False  # steps were seen not to reach it
        self.closed = threading.Event()
        self.socket = socket.create_server((host, 0), backlog=64)
        self.address = f"http://{host}:{self.socket.getsockname()[1]}/{self.token}"

    def start(self) -> None:
        threading.Thread(target=self._serve, daemon=True, name="relay").start()

    def _serve(self) -> None:
        """Who comes before the library for it is imported waits in the socket's queue."""
        from dockwright.build.serving import serve

        with self.socket:
            serve(self)

    def url(self, target: str) -> str:
        return f"{self.address}/{quote(target, safe='')}"

    def close(self) -> None:
        self.closed.set()
        if self.deaf and not self.asked:
            remember_deaf(self.host)
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes who waits for a connection
