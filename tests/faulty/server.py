"""The index: pages, files by range, faults, counters."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct, to_builtins

from .faults import Fault, Faults, read
from .synthetic import Made, Wheel

PIECE = 1 << 16


class Asked(Struct, frozen=True):
    path: str
    range: str
    status: int
    sent: int
    fault: str = ""
    authorized: str = ""


class Index:
    """What is served and what was sent. `wait` wakes up at every event."""

    def __init__(self, wheels: Iterable[Wheel], faults: Iterable[Fault] = (), *, seed: int = 0, user: str = "") -> None:
        self.files = {made.filename: made for made in (Made(wheel, seed) for wheel in wheels)}
        self.faults = Faults(faults, seed)
        self.user = user
        self.asked: list[Asked] = []
        self.sent: dict[str, int] = dict.fromkeys(self.files, 0)
        self.changed = threading.Condition()
        self.running = 0  # requests that are being answered
        self.closing = False
        self.url = ""

    @property
    def simple(self) -> str:
        return f"{self.url}/simple"

    def add(self, *faults: Fault) -> None:
        for fault in faults:
            self.faults.add(fault)

    def reset(self) -> None:
        self.faults.clear()
        with self.changed:
            self.asked.clear()
            self.sent = dict.fromkeys(self.files, 0)

    def note(self, asked: Asked) -> None:
        with self.changed:
            self.asked.append(asked)
            self.changed.notify_all()

    def count(self, filename: str, bytes_sent: int) -> None:
        with self.changed:
            self.sent[filename] += bytes_sent
            self.changed.notify_all()

    def wait(self, true: Callable[[], bool], limit: float = 60.0) -> bool:
        """Wait until something is so; the limit only keeps a broken test from hanging."""
        with self.changed:
            return self.changed.wait_for(true, limit)

    def settle(self) -> None:
        """Wait until every request that came is answered and counted: clients are done a moment earlier."""
        assert self.wait(lambda: self.running == 0)

    def begin(self, change: int) -> None:
        with self.changed:
            self.running += change
            self.changed.notify_all()

    @property
    def total(self) -> int:
        return sum(self.sent.values())

    def requests(self, filename: str) -> list[Asked]:
        return [each for each in self.asked if each.path.endswith(f"/files/{filename}")]

    def stats(self) -> dict[str, Any]:
        with self.changed:
            files = {name: self._stats(name, made) for name, made in self.files.items()}
            return {"files": files, "sent": self.total, "faults_left": self.faults.left}

    def _stats(self, name: str, made: Made) -> dict[str, Any]:
        asked = self.requests(name)
        whole = sum(each.sent == made.size for each in asked)
        return {
            "size": made.size, "sha256": made.sha256, "sent": self.sent[name], "requests": len(asked), "whole": whole,
        }  # fmt: skip

    def page(self, name: str) -> list[dict[str, Any]]:
        """Links are relative, so that a mirror's page leads to the mirror's files."""
        return [
            {
                "filename": made.filename,
                "url": f"../../files/{made.filename}",
                "hashes": {"sha256": made.sha256},
                "requires-python": made.wheel.python or None,
                "size": made.size,
                "yanked": False,
                "upload-time": "2024-01-01T00:00:00.000000Z",
                "core-metadata": True,
            }
            for made in self.files.values()
            if _canonical(made.name) == name
        ]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index: Index
    sent = 0

    def do_GET(self) -> None:
        self.index.begin(1)
        try:
            self._get()
        finally:
            self.index.begin(-1)

    def _get(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.sent = 0
        if path.startswith("/_/"):
            return self._control(path)
        if self.index.user and self._authorization() != self.index.user:
            return self._answer(path, 401, b"who are you", head={"WWW-Authenticate": 'Basic realm="index"'})
        fault = self.index.faults.take(path)
        name = path.rpartition("/")[2]
        if fault is not None and self._refused(path, fault):
            return None
        if "/files/" in path and name in self.index.files:
            return self._file(path, self.index.files[name], fault)
        if "/files/" in path and name.removesuffix(".metadata") in self.index.files:
            return self._answer(path, 200, self.index.files[name.removesuffix(".metadata")].wheel.metadata.encode())
        return self._page(path, fault)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/_/faults":
            try:
                self.index.add(*read(body))
            except ValueError as error:
                return self._answer(self.path, 400, str(error).encode())
        elif self.path == "/_/reset":
            self.index.reset()
        return self._answer(self.path, 200, b"{}", "application/json")

    def _control(self, path: str) -> None:
        data = self.index.stats() if path == "/_/stats" else [to_builtins(each) for each in list(self.index.asked)]
        self._answer(path, 200, json.dumps(data).encode(), "application/json")

    def _authorization(self) -> str:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(value).decode() if kind == "Basic" else ""

    # -- small answers ------------------------------------------------------------------------------------------------

    def _page(self, path: str, fault: Fault | None) -> None:
        parts = [part for part in path.split("/") if part]
        if len(parts) < 2 or parts[-2] != "simple":
            return self._answer(path, 404, b"not found")
        name = _canonical(parts[-1])
        files = self.index.page(name)
        if not files and name != "pip":  # every index knows pip
            return self._answer(path, 404, b"not found")
        if "json" in self.headers.get("Accept", ""):
            body = json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": files}).encode()
            return self._answer(path, 200, body, "application/vnd.pypi.simple.v1+json", fault=fault)
        links = "".join(
            f'<a href="{each["url"]}#sha256={each["hashes"]["sha256"]}" data-core-metadata="true">{each["filename"]}</a>\n'
            for each in files
        )
        return self._answer(
            path, 200, f"<!DOCTYPE html><html><body>{links}</body></html>".encode(), "text/html", fault=fault
        )

    def _answer(
        self,
        path: str,
        status: int,
        body: bytes,
        kind: str = "text/plain",
        *,
        head: dict[str, str] | None = None,
        fault: Fault | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(head or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault is not None and fault.kind == "cut":
            body = body[: self.index.faults.place(fault, len(body))]
            self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(body)
        if not path.startswith("/_/"):
            self._note(path, status, len(body), fault)

    def _note(self, path: str, status: int, sent: int, fault: Fault | None) -> None:
        authorized = self.headers.get("Authorization", "")
        self.index.note(
            Asked(path, self.headers.get("Range", ""), status, sent, fault.kind if fault else "", authorized)
        )

    def _refused(self, path: str, fault: Fault) -> bool:
        """Faults that leave no body."""
        if fault.kind == "status":
            head = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
            self._answer(path, fault.status, b"not now", head=head, fault=fault)
        elif fault.kind in ("refuse", "hang"):
            self._note(path, 0, 0, fault)
            if fault.kind == "hang":
                self._until_gone()
            self.close_connection = True
        return fault.kind in ("status", "refuse", "hang")

    # -- files --------------------------------------------------------------------------------------------------------

    def _file(self, path: str, made: Made, fault: Fault | None) -> None:
        kind = fault.kind if fault is not None else ""
        etag = f'"{made.sha256[:16]}{"x" if kind == "other" else ""}"'
        start, end = self._range(made, etag, kind)
        status = 200 if start is None else 206
        if start is not None and start >= made.size:
            return self._answer(path, 416, b"", head={"Content-Range": f"bytes */{made.size}"})
        first = start or 0
        said = first
        if start is not None and fault is not None and kind in ("shifted", "lying"):
            first = min(first + fault.by, made.size - 1)
            said = first if kind == "shifted" else said
        length = end - first
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("ETag", etag)
        self.send_header("Accept-Ranges", "bytes")
        if status == 206:
            self.send_header("Content-Range", f"bytes {said}-{end - 1}/{made.size}")
        claim = length + (fault.by if fault and kind == "longer" else -fault.by if fault and kind == "shorter" else 0)
        if kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(max(0, claim)))
        if kind in ("longer", "shorter", "cut"):
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            stop = first + max(0, claim) if kind == "shorter" else end
            try:
                self._body(made, first, stop, fault)
            finally:
                self._note(path, status, self.sent, fault)
        return None

    def _range(self, made: Made, etag: str, kind: str) -> tuple[int | None, int]:
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if match is None or kind == "no-range" or (condition is not None and condition != etag):
            return None, made.size
        return int(match[1]), min(int(match[2]) + 1, made.size) if match[2] else made.size

    def _body(self, made: Made, start: int, end: int, fault: Fault | None) -> None:
        kind = fault.kind if fault is not None else ""
        place = start + self.index.faults.place(fault, end - start) if fault is not None else end
        at = start
        for piece in made.pieces(start, place if kind in ("cut", "stall") else end):
            if kind == "corrupt" and at <= place < at + len(piece):
                wrong = bytearray(piece)
                wrong[place - at] ^= 0x55
                piece = bytes(wrong)
            self._send(made, piece, chunked=kind == "chunked")
            at += len(piece)
            if fault is not None and kind == "throttle":
                time.sleep(len(piece) / fault.rate)
        if kind == "chunked":
            self.wfile.write(b"0\r\n\r\n")
        elif kind == "stall":
            self.close_connection = True
            self._until_gone()
        elif kind == "cut" and fault is not None and fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _send(self, made: Made, piece: bytes, *, chunked: bool) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        self.sent += len(piece)
        self.index.count(made.filename, len(piece))

    def _until_gone(self) -> None:
        """Until the client leaves, or the server ends."""
        self.wfile.flush()
        self.connection.settimeout(0.05)
        while not self.index.closing:
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what this server is for."""

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        # what is counted as sent must have had room in few places to get lost
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIECE)
        return connection, address


@contextmanager
def serving(
    wheels: Iterable[Wheel],
    faults: Iterable[Fault] = (),
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 0,
    user: str = "",
    certificate: str = "",
) -> Iterator[Index]:
    """`certificate`: a file with a certificate and its key, for https."""
    index = Index(wheels, faults, seed=seed, user=user)
    handler = type("Bound", (Handler,), {"index": index})
    server = Server((host, port), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    index.url = (
        f"http{'s' if certificate else ''}://{'127.0.0.1' if host == '0.0.0.0' else host}:{server.server_address[1]}"
    )
    for made in index.files.values():
        made.url = f"{index.url}/files/{made.filename}"
    try:
        yield index
    finally:
        index.closing = True
        with suppress(OSError):
            server.shutdown()
        server.server_close()
        thread.join()
