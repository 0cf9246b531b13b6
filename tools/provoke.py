"""Brings failures about, really, and keeps what the engine says: tests/provoked/NAME.log, scrubbed.

    tools/provoke.py            all of tests/provoked/provoked.toml
    tools/provoke.py NAME…      some

Each log must be given its cause; one that is not is kept all the same and named at the end. Registries, indexes and
downloads that fail are played by a server of this script: it answers by the first folder of the path.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engine.builds import Built, build, docker  # noqa: E402

from dockwright.diagnose import diagnose  # noqa: E402
from dockwright.log import read  # noqa: E402
from tools.record import scrubbed  # noqa: E402

FOLDER = ROOT / "tests/provoked"
HOST = "172.17.0.1"  # this machine, as containers of Docker's default network see it
LONGEST = 300


class Provocation(Struct, frozen=True, forbid_unknown_fields=True):
    cause: str
    how: str = "build"
    files: Mapping[str, str] = {}
    options: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # causes that say the same


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    known = provocations()
    names = parser.parse_args().names or list(known)
    wrong = 0
    with serving() as (port, tls_port):
        for name in names:
            said = provoke(name, known[name], port, tls_port)
            wrong += said not in (known[name].cause, *known[name].also)
            print(f"{name:<30} {known[name].cause:<32} {said}", flush=True)
    print(f"{len(names)} brought about, {wrong} of them not given their cause")
    return 1 if wrong else 0


def provocations() -> dict[str, Provocation]:
    return msgspec.toml.decode((FOLDER / "provoked.toml").read_bytes(), type=dict[str, Provocation])


def provoke(name: str, what: Provocation, port: int, tls_port: int) -> str:
    """Bring it about, keep the log, answer the cause that it is given."""

    def told(text: str) -> str:
        return text.replace("TLSPORT", str(tls_port)).replace("HOST", HOST).replace("PORT", str(port))

    tag = f"dockwright-provoked:{name}"
    with tempfile.TemporaryDirectory(prefix="provoked-") as folder:
        for path, text in what.files.items():
            _lay(Path(folder) / path, told(text))
        ran = _run(what, Path(folder), [told(each) for each in what.options], [told(each) for each in what.words], tag)
        if what.after:
            subprocess.run(what.after, cwd=folder, capture_output=True, timeout=LONGEST, check=False)
    docker("image", "rm", "--force", tag)
    if not ran.code:
        return "does not fail"
    log = tidy(scrubbed(ran.log.replace(folder, "/project")))
    (FOLDER / f"{name}.log").write_text(log)
    ranked = diagnose(read(log)).ranked
    return ranked[0].finding.cause if ranked else ""


def _lay(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arm = (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, 0x400000, 64, 0, 0, 64, 56, 0, 0, 0, 0)
    )
    path.write_bytes(arm if text == "elf-arm64" else text.lstrip("\n").encode())


def _run(what: Provocation, folder: Path, options: Sequence[str], words: Sequence[str], tag: str) -> Built:
    if what.how == "run":
        began = time.monotonic()
        done = subprocess.run(
            words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
        return Built(done.returncode, done.stdout.decode(errors="replace"), time.monotonic() - began)
    if what.how == "legacy":
        return docker("build", *options, "--tag", tag, str(folder), env={"DOCKER_BUILDKIT": "0"}, timeout=LONGEST)
    built = build(folder, options=options, tag=tag, timeout=LONGEST)
    if what.how == "start" and not built.code:
        return docker("run", "--rm", tag, timeout=60)
    return built


def tidy(log: str) -> str:
    """Without progress that was drawn over itself, and without blanks at line ends."""
    lines = [line.rpartition("\r")[2] if not line.endswith("\r") else line.rstrip("\r") for line in log.split("\n")]
    return re.sub(r"[ \t]+$", "", "\n".join(lines), flags=re.M)


# -- odd answers ------------------------------------------------------------------------------------------------------

REGISTRY = {
    "nothere": (404, "MANIFEST_UNKNOWN", "manifest unknown"),
    "private": (401, "UNAUTHORIZED", "authentication required"),
    "limited": (429, "TOOMANYREQUESTS", "You have reached your pull rate limit."),
}


class Odd(BaseHTTPRequestHandler):
    # To a client that begins with TLS the answer must look like HTTP: then it falls back.
    default_request_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if parts[0] == "v2":
            self._registry(parts[1] if len(parts) > 1 else "")
        elif parts[0] == "private":
            self._answer(401, b"credentials, please", {"WWW-Authenticate": 'Basic realm="packages"'})
        elif parts[0] == "cut":
            self._cut()
        elif parts[0] == "hang":
            time.sleep(20)
        else:
            self._answer(404, b"not here\n")

    do_HEAD = do_GET

    def _registry(self, name: str) -> None:
        if not name:
            self._answer(200, b"{}")
            return
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
def serving() -> Iterator[tuple[int, int]]:
    """The ports of the plain server and of the one with a certificate of its own."""
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
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield plain.server_port, secure.server_port
    finally:
        plain.shutdown()
        secure.shutdown()


if __name__ == "__main__":
    sys.exit(main())
