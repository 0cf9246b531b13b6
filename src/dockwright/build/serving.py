"""What the relay answers (build.relay): pages of links, and files as soon as they are here."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from urllib.parse import unquote

from dockwright.build.derive import house
from dockwright.inputs.requirement import canonical
from dockwright.wheels.artefact import Artefact, Wanted
from dockwright.wheels.network import without_user

if TYPE_CHECKING:
    from dockwright.build.relay import Relay

WAIT = 5.0  # seconds after which a client that waits is told so
IDLE = 60.0  # seconds that a connection is kept for
T = TypeVar("T")
RANGE = re.compile(r"bytes=(\d+)-(\d*)$|bytes=-(\d+)$")


def page(kind: str, wanted: Wanted, name: str) -> str | None:
    """HTML, with addresses relative to the page's own; None: there is no such page."""
    if kind == "links" and not name:
        wheels = (each for each in wanted.artefacts if each.filename.endswith(".whl"))
        return house.page((f"tagged/{house.tagged(each.filename)}", each.sha256) for each in wheels)
    if kind == "named" and not name:
        return house.page((f"files/{each.filename}", each.sha256) for each in wanted.artefacts)
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


def serve(relay: Relay) -> None:
    """Until the relay is closed."""
    server = _Server(relay)
    while not relay.closed.is_set():
        server.handle_request()


class _Server(ThreadingHTTPServer):
    """On a socket that listens already."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(relay.socket.getsockname(), _Answer, bind_and_activate=False)
        self.socket.close()
        self.socket = relay.socket

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
        elif kind == "at":
            self._at(wanted, name, body)
        else:
            self._page(page(kind, wanted, name), body)

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

    def _at(self, wanted: Wanted, sha256: str, body: bool) -> None:
        """A file that a lock file names; one that is not planned is the index's to give."""
        artefact = next((each for each in wanted.artefacts if each.sha256 == sha256), None)
        if artefact is not None:
            self._file(artefact, body)
            return
        url = self.path.partition(f"/at/{sha256}/")[2]
        self._empty(302, Location=url) if url.startswith(("http:", "https:")) else self._empty(404)

    def _file(self, artefact: Artefact | None, body: bool) -> None:
        relay = self.server.relay
        if artefact is None:
            self._empty(404)
            return
        here = self._waited(lambda seconds: relay.filling.settled(artefact.sha256, seconds))
        if here is None:
            self._empty(503)
            return
        file = _opened(relay.path(artefact.sha256)) if here else None
        if file is not None:
            with file:
                self._send(file, body)
            return
        elsewhere = artefact.url.startswith(("http:", "https:"))
        self._empty(302, Location=without_user(artefact.url)) if elsewhere else self._empty(404)

    def _send(self, file: BinaryIO, body: bool) -> None:
        size = os.fstat(file.fileno()).st_size
        part = _range(self.headers.get("Range"), size)
        begin, end = part or (0, size)
        more = {"Content-Range": f"bytes {begin}-{end - 1}/{size}"} if part else {}
        self._begin(206 if part else 200, end - begin, "application/octet-stream", **more)
        if body:
            asked, self.close_connection = self.close_connection, True  # nothing else may follow half a file
            with suppress(OSError):
                if self.connection.sendfile(file, begin, end - begin) == end - begin:
                    self.close_connection = asked

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


def _opened(path: str) -> BinaryIO | None:
    """None: it was evicted meanwhile."""
    try:
        return open(path, "rb")
    except OSError:
        return None


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
