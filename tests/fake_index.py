"""A package index of a few made-up projects, served by a thread; and one that misbehaves."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


class Served:
    """`replies` by path; `asked` lists the paths in the order they were asked for."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    @property
    def base(self) -> str:
        return f"{self.url}/simple"

    def page(self, name: str, files: list[dict[str, Any]]) -> None:
        body = json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": files}).encode()
        head = {"Content-Type": "application/vnd.pypi.simple.v1+json", "ETag": f'"{sha256(body).hexdigest()[:8]}"'}
        self.replies[f"/simple/{name}/"] = (200, head, body)

    def project(self, name: str, *releases: dict[str, Any]) -> None:
        """Releases: version, requires, tag (none: a source archive), python (Requires-Python), yanked, uploaded."""
        self.page(name, [self._file(name, release) for release in releases])

    def _file(self, name: str, release: dict[str, Any]) -> dict[str, Any]:
        stem = f"{name.replace('-', '_')}-{release['version']}"
        tag = release.get("tag", "py3-none-any")
        body = wheel(stem, release) if tag else sdist(stem, name, release)
        file = f"{stem}-{tag}.whl" if tag else f"{stem}.tar.gz"
        self.replies[f"/files/{file}"] = (200, {"Content-Type": "application/octet-stream"}, body)
        if tag:
            self.replies[f"/files/{file}.metadata"] = (200, {}, metadata(name, release).encode())
        return {
            "filename": file,
            "url": f"{self.url}/files/{file}",
            "hashes": {"sha256": sha256(body).hexdigest()},
            "requires-python": release.get("python"),
            "size": len(body),
            "yanked": release.get("yanked", False),
            "upload-time": release.get("uploaded", "2024-01-01T00:00:00.000000Z"),
            "core-metadata": bool(tag),
        }


def metadata(name: str, release: dict[str, Any]) -> str:
    lines = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {release['version']}"]
    return "\n".join([*lines, *(f"Requires-Dist: {text}" for text in release.get("requires", ()))]) + "\n"


def wheel(stem: str, release: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        name = stem.rsplit("-", 1)[0].replace("_", "-")
        archive.writestr(zipfile.ZipInfo(f"{stem}.dist-info/METADATA"), metadata(name, release))
        archive.writestr(
            zipfile.ZipInfo(f"{stem}.dist-info/WHEEL"),
            f"Wheel-Version: 1.0\nTag: {release.get('tag', 'py3-none-any')}\n",
        )
        archive.writestr(zipfile.ZipInfo(f"{stem}.dist-info/RECORD"), "")
    return buffer.getvalue()


def sdist(stem: str, name: str, release: dict[str, Any]) -> bytes:
    import tarfile

    buffer = io.BytesIO()
    # executed, it would fail: nothing may ever run it
    setup = b"raise SystemExit('setup.py was run')"
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, body in (("PKG-INFO", metadata(name, release).encode()), ("setup.py", setup)):
            member = tarfile.TarInfo(f"{stem}/{path}")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return buffer.getvalue()


@contextmanager
def serve() -> Iterator[Served]:
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, self.headers.get("If-None-Match", "")))
            status, head, body = served.replies.get(self.path, (404, {}, b"not found"))
            if head.get("ETag") and head["ETag"] == self.headers.get("If-None-Match"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in head.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
