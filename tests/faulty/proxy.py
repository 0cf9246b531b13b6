"""A proxy for HTTP and CONNECT that cuts each connection after a random number of bytes from the server."""

from __future__ import annotations

import random
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

HEAD = 1 << 16


class Proxy(socketserver.ThreadingTCPServer):
    """`least` and `most` bound the bytes after which a connection is cut; `cuts` how many are (None: all)."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int, least: int, most: int, cuts: int | None, seed: int) -> None:
        self.least, self.most, self.cuts = least, most, cuts
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.made = 0  # connections
        self.cut = 0
        self.passed = 0  # bytes from servers to clients
        super().__init__((host, port), Tunnel)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host!s}:{port}"

    def budget(self) -> int | None:
        """After how many bytes the next connection is cut; None: never."""
        with self.lock:
            self.made += 1
            if self.most <= 0 or (self.cuts is not None and self.cut >= self.cuts):
                return None
            self.cut += 1
            return self.random.randint(self.least, self.most)

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that went away is what this proxy is for."""


class Tunnel(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        client: socket.socket = self.request
        head = b""
        while b"\r\n\r\n" not in head and len(head) < HEAD:
            piece = client.recv(4096)
            if not piece:
                return
            head += piece
        method, target, version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            first = b""
        else:
            parts = urlsplit(target)
            host, port = parts.hostname or "", str(parts.port or 80)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            # one request a connection, so that the next one comes through here as well
            lines = [
                line for line in head.split(b"\r\n")[1:] if not line.lower().startswith((b"connection:", b"proxy-"))
            ]
            first = b"\r\n".join([f"{method} {path} {version}".encode(), b"Connection: close", *lines])
        with socket.create_connection((host, int(port)), timeout=10) as upstream:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream.sendall(first)
            self._copy(client, upstream, self.server.budget())

    def _copy(self, client: socket.socket, upstream: socket.socket, budget: int | None) -> None:
        while True:
            for ready in select.select([client, upstream], [], [])[0]:
                piece = ready.recv(1 << 14)
                if not piece:
                    return
                if ready is client:
                    upstream.sendall(piece)
                    continue
                if budget is not None:
                    piece = piece[:budget]
                    budget -= len(piece)
                with suppress(OSError):
                    client.sendall(piece)
                with self.server.lock:
                    self.server.passed += len(piece)
                if budget == 0:
                    return


@contextmanager
def cutting(
    least: int = 1,
    most: int = 1_000_000,
    *,
    cuts: int | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 0,
) -> Iterator[Proxy]:
    """A running proxy; `most` 0: it cuts nothing."""
    proxy = Proxy(host, port, least, most, cuts, seed)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
