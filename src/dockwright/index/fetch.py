"""HTTP GET with limits: time, size, only http and https. A host that can't be reached is asked once."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from msgspec import Struct

from dockwright.index import netrc

CONNECT = 3.0  # seconds without any byte
TOTAL = 30.0
SIZE = 48 * 1024 * 1024
AGENT = "dockwright"


class Reply(Struct, frozen=True):
    """`status` 0: no answer came; `why` says so."""

    status: int
    body: bytes = b""
    etag: str = ""
    modified: str = ""
    type: str = ""
    url: str = ""
    why: str = ""


class Fetcher:
    """Used by several threads. `down` names hosts that could not be reached: they are not tried again."""

    def __init__(self, ca_file: str = "", *, connect: float = CONNECT) -> None:
        self.connect = connect
        self.down: dict[str, str] = {}
        self._opener = _opener(ca_file)
        self._lock = threading.Lock()

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, size: int = SIZE, part: int | None = None
    ) -> Reply:
        """`part`: read at most so many bytes and be content (a larger body is refused otherwise)."""
        host = urlsplit(url).netloc.rpartition("@")[2]
        with self._lock:
            if host in self.down:
                return Reply(0, why=self.down[host])
        if urlsplit(url).scheme not in ("http", "https"):
            return Reply(0, why="not an http address")
        try:
            return self._get(url, {"User-Agent": AGENT, **(headers or {})}, size, part)
        except (OSError, ValueError) as error:  # URLError, time-outs, TLS, HTTPException's kin below
            return self._failed(host, error)
        except Exception as error:
            return Reply(0, why=f"{type(error).__name__} from {host}")  # http.client: garbage instead of an answer

    def _get(self, url: str, headers: dict[str, str], size: int, part: int | None) -> Reply:
        from urllib.error import HTTPError

        try:
            with self._opener.open(_request(url, headers), timeout=self.connect) as answer:
                return _read(answer, size, part)
        except HTTPError as error:
            with error:
                return Reply(error.code, url=url, why=f"status {error.code}")

    def _failed(self, host: str, error: Exception) -> Reply:
        reason = getattr(error, "reason", error)
        why = f"{host} can't be reached: {reason}" if not isinstance(reason, ssl.SSLError) else f"{host}: {reason}"
        with self._lock:
            self.down[host] = why
        return Reply(0, why=why)


def _request(url: str, headers: dict[str, str]) -> Request:
    """Credentials of the address, or of netrc, go into a header, as urllib does not do by itself."""
    import base64

    parts = urlsplit(url)
    known = netrc.credentials(parts.hostname or "") if parts.username is None else None
    if parts.username is not None or known is not None:
        from urllib.parse import unquote

        user, password = known or (unquote(parts.username or ""), unquote(parts.password or ""))
        pair = f"{user}:{password}"
        headers = {**headers, "Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return Request(url, headers=headers)


def _read(answer: Any, size: int, part: int | None) -> Reply:
    import time

    ends = time.monotonic() + TOTAL
    pieces: list[bytes] = []
    got = 0
    while got < (part or size + 1):
        piece = answer.read1(min(1 << 20, (part or size + 1) - got))
        if not piece:
            break
        pieces.append(piece)
        got += len(piece)
        if time.monotonic() > ends:
            return Reply(0, why="too slow")
    if part is None and got > size:
        return Reply(0, why="too large")
    head = answer.headers
    return Reply(
        answer.status,
        b"".join(pieces),
        head.get("ETag", ""),
        head.get("Last-Modified", ""),
        head.get("Content-Type", ""),
        answer.geturl(),
    )


def _opener(ca_file: str) -> OpenerDirector:
    """Without the handlers for file:, ftp: and data: that urllib's own opener has: a redirect can't lead there."""
    from pathlib import Path
    from urllib.request import HTTPDefaultErrorHandler, HTTPErrorProcessor, HTTPRedirectHandler

    context = ssl.create_default_context(cafile=ca_file if ca_file and Path(ca_file).is_file() else None)
    opener = OpenerDirector()
    handlers = (
        ProxyHandler(),
        HTTPHandler(),
        HTTPSHandler(context=context),
        HTTPDefaultErrorHandler(),
        HTTPRedirectHandler(),
        HTTPErrorProcessor(),
    )
    for each in handlers:
        opener.add_handler(each)
    return opener
