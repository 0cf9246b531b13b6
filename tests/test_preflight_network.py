"""Preflight: can the package index be reached? Real servers, closed ports and names that are nobody's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fine_world import INDEX, planned, readings, troubles
from msgspec import structs

from dockwright.build import reach
from dockwright.build.facts import EngineFacts
from dockwright.build.preflight import Trouble
from dockwright.build.reach import Connection
from dockwright.planning import Line, Plan


class Answering(BaseHTTPRequestHandler):
    status = 200

    def do_HEAD(self) -> None:
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    do_CONNECT = do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], str]]:
    """`server(status)`: the URL of an index that gives this answer."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    running: list[HTTPServer] = []

    def start(status: int) -> str:
        running.append(HTTPServer(("127.0.0.1", 0), type("Handler", (Answering,), {"status": status})))
        threading.Thread(target=running[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{running[-1].server_port}/simple/"

    yield start
    for each in running:
        each.shutdown()
        each.server_close()


def at(url: str) -> dict[str, Trouble]:
    return troubles(readings=readings(indexes=lambda: (url,), connect=reach.connect))


@pytest.mark.parametrize("status", [200, 301, 401, 403, 404, 405])
def test_any_answer_shows_that_the_index_is_there(server: Callable[[int], str], status: int) -> None:
    assert at(server(status)) == {}


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_index_is_told_but_does_not_refuse(server: Callable[[int], str], status: int) -> None:
    trouble = at(server(status))["index-busy"]
    assert not trouble.refuses and f"answers {status}" in trouble.message


def test_a_closed_port(server: Callable[[int], str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    trouble = at(f"http://user:secret@127.0.0.1:{port}/simple/?token=secret")["index-unreachable"]
    assert trouble.refuses
    assert trouble.message == f"the package index http://127.0.0.1:{port}/simple can't be reached: Connection refused"


def test_an_index_that_never_answers(server: Callable[[int], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "TIMEOUT", 0.05)
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        trouble = at(f"http://127.0.0.1:{deaf.getsockname()[1]}/simple")["index-unreachable"]
    assert trouble.refuses and "timed out" in trouble.message


def test_a_name_that_is_nobodys(server: Callable[[int], str]) -> None:
    trouble = at("http://index.invalid/simple")["dns"]
    assert trouble.refuses and "http://index.invalid/simple can't be looked up" in trouble.message


def test_what_speaks_no_http_is_no_index(server: Callable[[int], str]) -> None:
    port = server(200).split(":")[2].partition("/")[0]
    assert at(f"https://127.0.0.1:{port}/simple")["index-unreachable"].refuses


def test_proxies_are_respected(server: Callable[[int], str], monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = server(407).removesuffix("/simple/").replace("//", "//me:secret@")
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("https_proxy", proxy)
    for url in ("http://index.invalid/simple", "https://index.invalid/simple"):
        trouble = at(url)["proxy"]
        assert trouble.refuses and "secret" not in trouble.message
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert at(server(200)) == {}


def test_only_the_main_index_refuses() -> None:
    closed = readings(
        indexes=lambda: (INDEX, "http://extra.test"),
        connect=lambda url: Connection(200) if url == INDEX else Connection(0, "refused", "Connection refused"),
    )
    assert not troubles(readings=closed)["index-unreachable"].refuses


def test_a_certificate_that_only_the_image_may_trust_does_not_refuse() -> None:
    said = Connection(0, "certificate", "self-signed certificate in certificate chain")
    assert not troubles(readings=readings(connect=lambda _: said))["index-certificate"].refuses


def test_the_index_is_not_asked_where_nothing_is_to_be_had_from_it() -> None:
    closed = readings(connect=lambda _: Connection(0, "refused", "Connection refused"))
    assert troubles(readings=closed)["index-unreachable"].refuses
    assert troubles(readings=closed, offline=True) == {}
    installed = Plan((structs.replace(planned(1).targets[0], lines=(Line("pip", "25", "installed"),)),))
    assert troubles(readings=closed, plan=installed) == {}


def test_an_engine_elsewhere_has_its_own_network() -> None:
    away = readings(
        engine=lambda _: EngineFacts(endpoint="tcp://far:2376", local=False),
        connect=lambda _: Connection(0, "refused", "Connection refused"),
    )
    assert not troubles(readings=away)["index-unreachable"].refuses
