"""The wheelhouse over HTTP, for steps that an engine of this machine runs: each file is given as soon as it is here.

A build need not wait for the plan and the download, nor is the engine sent the files before the step begins. Who asks for
what is still on its way is told to wait (RFC 9110, section 15.2: a client takes any number of 1xx answers), so that
no installer's own patience ends. What can't be had is redirected to where the index has it.

    /TOKEN/TARGET/links               wheels whose names have a build tag above all others (find-links)
    /TOKEN/TARGET/tagged/FILE         one of these
    /TOKEN/TARGET/sources/NAME/       source archives of one name (an index that comes last)
    /TOKEN/TARGET/simple/NAME/        all files of one name (PEP 503)
    /TOKEN/TARGET/files/FILE

The token keeps others that reach this address from the files, which may be of a private index.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote

from dockwright.build.derive import house
from dockwright.build.gateway import remember_deaf
from dockwright.inputs.requirement import canonical
from dockwright.wheels.artefact import Artefact, Wanted
from dockwright.wheels.network import without_user

WAIT = 5.0  # seconds after which a client that waits is told so
IDLE = 60.0  # seconds that a connection is kept for
SILENT = 4.0  # seconds after pip names the address, in which it has asked for it if it can
T = TypeVar("T")
RANGE = re.compile(r"bytes=(\d+)-(\d*)$|bytes=-(\d+)$")


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
        self.token = secrets.token_urlsafe(16)
        self.asked: set[str] = set()  # targets whose steps have come here
        self.deaf = False  # steps were seen not to reach it
        self.closed = threading.Event()
        self.server = _Server((host, 0), self)
        self.address = f"http://{host}:{self.server.server_address[1]}/{self.token}"

    def start(self) -> None:
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True, name="relay").start()

    def url(self, target: str) -> str:
        return f"{self.address}/{quote(target, safe='')}"

    def close(self) -> None:
        self.closed.set()
        if self.deaf and not self.asked:
            remember_deaf(self.host)
        self.server.shutdown()
        self.server.server_close()

    def unheard(self, target: str, seconds: float = SILENT) -> bool:
        """Has no step come here, for so long after it said that it would?"""
        until = time.monotonic() + seconds
        while target not in self.asked and time.monotonic() < until and not self.closed.wait(0.1):
            pass
        return target not in self.asked and not self.closed.is_set()

    # -- what is answered ---------------------------------------------------------------------------------------------

    def page(self, kind: str, wanted: Wanted, name: str) -> str | None:
        """HTML, with addresses relative to the page's own; None: there is no such page."""
        if kind == "links" and not name:
            wheels = (each for each in wanted.artefacts if each.filename.endswith(".whl"))
            return house.page((f"tagged/{house.tagged(each.filename)}", each.sha256) for each in wheels)
        if kind not in ("simple", "sources") or not name:
            return None
        files = [
            each
            for each in wanted.artefacts
            if canonical(each.name) == name and (kind == "simple" or not each.filename.endswith(".whl"))
        ]
        if not files and name not in house.ALWAYS:
            return None
        return house.page((f"../../files/{each.filename}", each.sha256) for each in files)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], relay: Relay) -> None:
        self.relay = relay
        super().__init__(address, _Answer)

    def handle_error(self, request: object, client_address: object) -> None:
        """An installer that goes away is none of the user's errors."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    server: _Server

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *arguments: object) -> None:
        return

    def _answer(self, body: bool) -> None:
        relay = self.server.relay
        token, target, kind, name = _parts(self.path)
        if not secrets.compare_digest(token.encode(), relay.token.encode()):
            self._empty(404)
            return
        relay.asked.add(target)
        wanted = self._waited(lambda seconds: relay.filling.known(target, seconds))
        if wanted is None:
            self._empty(503)
        elif kind in ("files", "tagged"):
            self._file(_named(wanted.artefacts, kind, name), body)
        else:
            self._page(relay.page(kind, wanted, name), body)

    def _waited(self, ask: Callable[[float], T | None]) -> T | None:
        """None: the run ends."""
        while not self.server.relay.closed.is_set():
            found = ask(WAIT)
            if found is not None:
                return found
            self.send_response_only(100)
            self.end_headers()
        return None

    def _page(self, text: str | None, body: bool) -> None:
        if text is None:
            self._empty(404)
            return
        data = text.encode()
        self._begin(200, len(data), "text/html; charset=utf-8")
        if body:
            self.wfile.write(data)

    def _file(self, artefact: Artefact | None, body: bool) -> None:
        relay = self.server.relay
        if artefact is None:
            self._empty(404)
            return
        here = self._waited(lambda seconds: relay.filling.settled(artefact.sha256, seconds))
        if here is None:
            self._empty(503)
            return
        with suppress(OSError):
            if here:
                with open(relay.path(artefact.sha256), "rb") as file:
                    self._send(file.fileno(), body)
                return
        elsewhere = artefact.url.startswith(("http:", "https:"))
        self._empty(302, Location=without_user(artefact.url)) if elsewhere else self._empty(404)

    def _send(self, file: int, body: bool) -> None:
        size = os.fstat(file).st_size
        part = _range(self.headers.get("Range"), size)
        begin, end = part or (0, size)
        more = {"Content-Range": f"bytes {begin}-{end - 1}/{size}"} if part else {}
        self._begin(206 if part else 200, end - begin, "application/octet-stream", **more)
        if body:
            self.wfile.flush()
            with open(file, "rb", closefd=False) as stream, suppress(ConnectionError):
                stream.seek(begin)
                if self.connection.sendfile(stream, begin, end - begin) < end - begin:
                    self.close_connection = True

    def _begin(self, status: int, length: int, kind: str = "", **headers: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")  # an installer's cache would stay in the image
        self.send_header("Accept-Ranges", "bytes")
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _empty(self, status: int, **headers: str) -> None:
        self._begin(status, 0, **headers)


def _parts(path: str) -> tuple[str, str, str, str]:
    """Token, target, kind and name of a path."""
    parts = [unquote(part) for part in path.partition("?")[0].strip("/").split("/")]
    token, target, kind, name = [*parts, "", "", "", ""][:4]
    return token, target, kind, name


def _named(artefacts: Iterable[Artefact], kind: str, name: str) -> Artefact | None:
    of: Callable[[str], str] = house.tagged if kind == "tagged" else str
    return next((each for each in artefacts if of(each.filename) == name), None)


def _range(header: str | None, size: int) -> tuple[int, int] | None:
    """The one range that is asked for; None: all (RFC 9110, section 14.2 lets a server ignore what it does not like)."""
    found = RANGE.match(header or "")
    if found is None or not size:
        return None
    if found[3]:
        return max(0, size - int(found[3])), size
    begin, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    return (begin, end) if begin < end else None
