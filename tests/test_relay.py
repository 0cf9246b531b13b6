"""The wheelhouse over HTTP: who asks too early is told to wait, what can't be had is looked for where the index has it."""

from __future__ import annotations

import hashlib
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import pytest

from dockwright.build import listening, serving
from dockwright.build.derive.relays import relays
from dockwright.build.listening import Listening, takes
from dockwright.build.relay import Relay
from dockwright.engine.events import Event
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted

BYTES = b"0123456789" * 1000
WHEEL = Artefact(
    "Demo.x", "1.0", "demo_x-1.0-py3-none-any.whl", "https://user:secret@example.org/demo.whl",
    hashlib.sha256(BYTES).hexdigest(), len(BYTES),
)  # fmt: skip
SOURCE = Artefact("old", "2", "old-2.tar.gz", "https://example.org/old-2.tar.gz", "b" * 64, 5)


class Filling:
    """`early`: how often it is asked in vain before it knows."""

    def __init__(self) -> None:
        self.early = 0
        self.here = {WHEEL.sha256: True, SOURCE.sha256: False}

    def known(self, target: str, seconds: float) -> Wanted | None:
        self.early -= 1
        return None if self.early >= 0 else Wanted(target, (WHEEL, SOURCE) if target == "web" else ())

    def settled(self, sha256: str, seconds: float) -> bool | None:
        self.early -= 1
        return None if self.early >= 0 else self.here[sha256]


@pytest.fixture
def filling() -> Filling:
    return Filling()


@pytest.fixture
def relay(filling: Filling, tmp_path: Path) -> Iterator[Relay]:
    (tmp_path / WHEEL.sha256).write_bytes(BYTES)
    made = Relay("127.0.0.1", filling, lambda sha256: str(tmp_path / sha256))
    made.start()
    yield made
    made.close()


def get(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)) as connection:
        connection.request(method, parts.path, headers=headers)
        with connection.getresponse() as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def test_a_page_of_wheels_that_win_and_an_index_of_all(relay: Relay) -> None:
    status, headers, page = get(relay.url("web") + "/links")
    name = "demo_x-1.0-99999999-py3-none-any.whl"
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert f'href="tagged/{name}#sha256={WHEEL.sha256}"'.encode() in page and b"old-2" not in page
    assert get(f"{relay.url('web')}/tagged/{name}")[2] == BYTES
    assert b"../../files/old-2.tar.gz#" in get(relay.url("web") + "/sources/old/")[2]
    assert get(relay.url("web") + "/sources/demo-x/")[0] == 404
    assert b"../../files/demo_x-1.0-py3-none-any.whl#" in get(relay.url("web") + "/simple/demo-x/")[2]
    assert get(relay.url("other") + "/simple/demo-x/")[0] == 404


def test_nothing_of_it_is_kept_in_an_installers_cache(relay: Relay) -> None:
    assert get(f"{relay.url('web')}/files/{WHEEL.filename}")[1]["cache-control"] == "no-store"


def test_who_asks_before_it_is_here_waits_and_hears_so(relay: Relay, filling: Filling) -> None:
    """Read from the socket itself: clients of HTTP pass over the answers in between."""
    filling.early = 3
    address = urlsplit(f"{relay.url('web')}/files/{WHEEL.filename}")
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=20) as connection:
        connection.sendall(f"GET {address.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        heard = b"".join(iter(lambda: connection.recv(65536), b""))
    assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 200 OK") and heard.endswith(BYTES)
    filling.early = 2
    assert get(f"{relay.url('web')}/files/{WHEEL.filename}")[2] == BYTES


def test_what_can_not_be_had_is_asked_of_the_index_without_our_password(relay: Relay, filling: Filling) -> None:
    filling.here[WHEEL.sha256] = False
    status, headers, _ = get(f"{relay.url('web')}/files/{WHEEL.filename}")
    assert (status, headers["location"]) == (302, "https://example.org/demo.whl")


def test_what_was_evicted_meanwhile_too(relay: Relay, tmp_path: Path) -> None:
    (tmp_path / WHEEL.sha256).unlink()
    assert get(f"{relay.url('web')}/files/{WHEEL.filename}")[0] == 302


def test_after_half_a_file_comes_nothing(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes too long is left: what it has must not look whole, nor go on with another answer."""

    def slow(connection: socket.socket, file: BinaryIO, offset: int = 0, count: int | None = None) -> int:
        connection.sendall(BYTES[:100])
        raise TimeoutError

    monkeypatch.setattr(socket.socket, "sendfile", slow)
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(f"{relay.url('web')}/files/{WHEEL.filename}")
    assert cut.value.partial == BYTES[:100]


@pytest.mark.parametrize("path", ["", "/x", "/x/web/links", "/x/web/files/demo_x-1.0-py3-none-any.whl"])
def test_without_the_token_nothing_is_told(relay: Relay, path: str) -> None:
    base = relay.address.rpartition("/")[0]
    assert get(f"{base}{path}")[0] == 404 and not relay.asked


@pytest.mark.parametrize(
    "path",
    ["/files/../../etc/passwd", "/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/tagged/demo.whl", "/what/x", "/links/x"],
)
def test_only_what_the_target_wants_is_there(relay: Relay, path: str) -> None:
    assert get(relay.url("web") + path)[0] == 404


def test_what_a_lock_names(relay: Relay) -> None:
    """By its hash; what nobody planned is where the lock says."""
    base, url = relay.url("web"), "https://example.org/a//b-1.whl"
    assert get(f"{base}/at/{WHEEL.sha256}/{url}")[2] == BYTES
    status, headers, _ = get(f"{base}/at/{'c' * 64}/{url}")
    assert (status, headers["location"]) == (302, url)
    assert get(f"{base}/at/{'c' * 64}/file:///etc/passwd")[0] == 404
    assert b'href="files/old-2.tar.gz#' in get(f"{base}/named")[2]


@pytest.mark.parametrize(
    ("asked", "begin", "end"), [("bytes=0-9", 0, 10), ("bytes=9990-", 9990, 10000), ("bytes=-5", 9995, 10000)]
)
def test_ranges(relay: Relay, asked: str, begin: int, end: int) -> None:
    status, headers, body = get(f"{relay.url('web')}/files/{WHEEL.filename}", Range=asked)
    assert (status, body) == (206, BYTES[begin:end])
    assert headers["content-range"] == f"bytes {begin}-{end - 1}/{len(BYTES)}"


@pytest.mark.parametrize("asked", ["bytes=20000-", "lines=1-2", "bytes=5-2", "bytes=0-1,3-4"])
def test_ranges_that_are_none_get_all(relay: Relay, asked: str) -> None:
    assert get(f"{relay.url('web')}/files/{WHEEL.filename}", Range=asked)[2] == BYTES


def test_head_has_no_body(relay: Relay) -> None:
    status, headers, body = get(f"{relay.url('web')}/files/{WHEEL.filename}", "HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(BYTES)), b"")


def test_a_step_that_never_comes_is_noticed(relay: Relay) -> None:
    """pip says where it looks; a quiet one says nothing for long. As soon as anybody came there is no firewall."""
    heard = Listening(relay, "web", lambda: None)
    heard.over.set()  # without its thread: `waits_in_vain` is what that asks
    heard.hear(
        Event("started", "1", "[2/2] RUN --mount=type=secret,id=dockwright-wheelhouse-links,target=/x pip install x")
    )
    began = heard.heard
    assert not heard.waits_in_vain(began + listening.MUTE - 1) and heard.waits_in_vain(began + listening.MUTE + 1)
    heard.hear(Event("output", "1", text=f"Looking in links: {relay.url('web')}/links"))
    assert heard.waits_in_vain(heard.heard + listening.SILENT + 1) and heard.unreached(f"Retrying {relay.url('web')}")
    get(relay.url("api") + "/links")
    assert not heard.waits_in_vain(began + 1000) and not heard.unreached(relay.url("web"))


def test_a_build_whose_steps_wait_in_vain_is_ended(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SILENT", -1.0)
    monkeypatch.setattr(listening, "LOOK", 0.0)
    ended = threading.Event()
    heard = Listening(relay, "web", ended.set)
    heard.hear(Event("output", "1", text=f"Looking in links: {relay.url('web')}/links"))
    assert ended.wait(20) and heard.deaf


@pytest.mark.parametrize(
    "said", ["Looking in links: {}/links", "WARNING: Retrying (…) after connection broken by 'x': {path}/links"]
)
def test_a_step_that_asks_the_relay_of_a_run_that_is_gone_begins_anew(said: str, relay: Relay) -> None:
    """BuildKit has one step for two runs that build the same."""
    other = Relay("127.0.0.1", Filling(), str)
    ended = threading.Event()
    heard = Listening(relay, "web", ended.set)
    address = other.url("web")
    other.socket.close()
    heard.hear(Event("output", "1", text=said.format(address, path=address[address.index("/", 8) :])))
    assert ended.wait(20) and heard.strayed and not heard.deaf


def test_a_step_may_ask_the_relay_of_another_run_while_that_is_there(relay: Relay) -> None:
    other = Relay("127.0.0.1", Filling(), str)
    heard = Listening(relay, "web", lambda: None)
    heard.over.set()
    heard.hear(Event("output", "1", text=f"Looking in links: {other.url('web')}/links"))
    assert not heard.strayed and not heard.waits_in_vain(heard.heard + 1000)
    heard.hear(Event("output", "1", text=f"Looking in links: {relay.url('web')}/links, {relay.url('web')}/simple"))
    assert takes("127.0.0.1", heard.other) and not heard.strayed
    other.socket.close()
    assert not takes("127.0.0.1", heard.other)


def test_an_address_of_another_machine_is_no_relay() -> None:
    with pytest.raises(OSError):
        Relay("192.0.2.77", Filling(), str)


PIP = "FROM python:3.12-slim\nCOPY requirements.txt .\n{}RUN pip install -r requirements.txt\n"


@pytest.mark.parametrize(
    ("text", "can"),
    [
        (PIP.format(""), True),
        ("FROM python:3.12-slim\nRUN true\n", True),
        (PIP.format("RUN pip install uv && uv pip install --system six\n"), True),
        (PIP.format("ENV HTTP_PROXY=http://proxy:3128\n"), False),
        (PIP.format("ENV PIP_TRUSTED_HOST=example.org\n"), False),
        (PIP.format("RUN pip install poetry && poetry install\n"), False),
        (PIP.format("RUN pip --proxy http://p install x\n"), False),
    ],
)
def test_which_targets_can_ask(text: str, can: bool) -> None:
    project = Project.of({"Dockerfile": text, "requirements.txt": "six\n", "pyproject.toml": ""})
    found = relays(project, project.targets[0])
    assert (found.can, found.early) == (can, can and "uv" not in text)


def test_the_wait_is_shorter_than_any_installers_patience() -> None:
    assert serving.WAIT < 10  # uv's connections end after 30 silent seconds, pip's after 15
