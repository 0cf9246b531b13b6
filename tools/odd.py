"""The server of tools/provoke.py: registries, indexes and downloads that fail, and those that do not.

It answers by the first folder of the path: `cut`, `hang`, `private` (with a login), `there`, `v2` (a registry).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import socket
import ssl
import struct
import subprocess
import tarfile
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "172.17.0.1"  # this machine, as containers of Docker's default network see it
LOGIN = "Basic " + base64.b64encode(b"shop:pocket").decode()
WHEEL = "billing-1.0-py3-none-any.whl"
REGISTRY = {
    "nothere": (404, "MANIFEST_UNKNOWN", "manifest unknown"),
    "private": (401, "UNAUTHORIZED", "authentication required"),
    "limited": (429, "TOOMANYREQUESTS", "You have reached your pull rate limit."),
}


@cache
def wheel() -> bytes:
    """A distribution of one module."""
    about = "billing-1.0.dist-info"
    files = {
        "billing.py": "PRICE = 3\n",
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: billing\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: odd\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": f"billing.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@cache
def image() -> dict[str, tuple[str, bytes]]:
    """An image of one file: what a registry answers, by the last part of the path."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("price")
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"3\n"))
    layer = out.getvalue()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        }
    ).encode()
    kind = "application/vnd.oci.image"
    parts = [(f"{kind}.config.v1+json", config), (f"{kind}.layer.v1.tar", layer)]
    described = [{"mediaType": type, "digest": digest(data), "size": len(data)} for type, data in parts]
    manifest = json.dumps(
        {"schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json", "config": described[0], "layers": described[1:]}
    ).encode()
    whole = (f"{kind}.manifest.v1+json", manifest)
    return {"1.0": whole, digest(manifest): whole, **{digest(data): (type, data) for type, data in parts}}


class Odd(BaseHTTPRequestHandler):
    # To a client that begins with TLS the answer must look like HTTP: then it falls back.
    default_request_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts[0] == "v2":
            self._registry(parts[1] if len(parts) > 1 else "", parts[-1])
        elif parts[0] == "private" and self.headers.get("Authorization") != LOGIN:
            self._answer(401, b"credentials, please", {"WWW-Authenticate": 'Basic realm="packages"'})
        elif parts[0] == "private" or parts[:2] == ["there", "simple"]:
            self._index(parts[-1])
        elif parts[0] == "cut":
            self._cut()
        elif parts[0] == "hang":
            time.sleep(20)
        elif parts[0] == "there":
            self._answer(200, b"here you are\n")
        else:
            self._answer(404, b"not here\n")

    do_HEAD = do_GET

    def _index(self, last: str) -> None:
        """An index of one distribution."""
        if last == WHEEL:
            self._answer(200, wheel(), {"Content-Type": "application/zip"})
        else:
            self._answer(200, f'<a href="{WHEEL}">{WHEEL}</a>'.encode(), {"Content-Type": "text/html"})

    def _registry(self, name: str, last: str) -> None:
        held = image().get(last) if name == "there" else None
        if not name:
            self._answer(200, b"{}")
        elif held is not None:
            self._answer(200, held[1], {"Content-Type": held[0], "Docker-Content-Digest": digest(held[1])})
        else:
            status, code, message = REGISTRY.get(name, REGISTRY["nothere"])
            self._answer(status, json.dumps({"errors": [{"code": code, "message": message}]}).encode())

    def _cut(self) -> None:
        """Less than was promised, then a reset."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(bytes(1000))
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Mapping[str, str]]:
    """Names in the files -> ports of the plain server and of the one with a certificate of its own, and this certificate."""
    plain, secure = Server(("0.0.0.0", 0), Odd), Server(("0.0.0.0", 0), Odd)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = f"{folder}/key.pem", f"{folder}/cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}", "-addext",
             f"subjectAltName=IP:{HOST},DNS:index.example", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        authority = Path(certificate).read_text()
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "TLSPORT": str(secure.server_port),
            "HOST": HOST,
            "PORT": str(plain.server_port),
            "BEGIN CERTIFICATE": authority,
        }
    finally:
        plain.shutdown()
        secure.shutdown()
