"""What a build begins before it is needed: planning, and readings of the world that are judged beside it. Nothing here sleeps."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dockwright.build.ahead import Ahead
from dockwright.build.board import Board
from dockwright.build.fetching import Fetching
from dockwright.engine import api
from dockwright.errors import PREREQUISITE, ToolError
from dockwright.wheels.artefact import Artefact, Wanted
from dockwright.wheels.download import Fetched

FILE = Artefact("x", "1.0", "x-1.0-py3-none-any.whl", "http://index.test/x-1.0-py3-none-any.whl", "a" * 64, 100)


def test_what_is_raised_ahead_is_raised_where_the_result_is_asked_for() -> None:
    assert Ahead(lambda: 7).result() == 7
    broken = Ahead(lambda: int("seven"))
    with pytest.raises(ValueError, match="seven"):
        broken.result()


def test_no_build_gets_its_wheels_before_the_preflight_has_judged_the_plan() -> None:
    judged: list[int] = []

    def judge() -> None:
        judged.append(1)
        if len(judged) == 2:
            raise ToolError("disk", "the disk is too small", exit_code=PREREQUISITE)

    fetching = made([Wanted("web", (FILE,))], judge)
    fetching.run()
    assert isinstance(fetching.refused, ToolError) and fetching.allowed.is_set()
    assert not fetching.ready("web")


def test_a_plan_that_the_index_did_not_answer_is_made_again_before_the_next_attempt() -> None:
    planned = [Wanted("web", (), ("the index does not answer",), True)]
    fetching = made(planned)
    fetching.run()
    assert fetching.ready("web") and not fetching.results
    assert not fetching.again("web")
    planned[:] = [Wanted("web", (FILE,))]
    assert fetching.again("web") and fetching.loaded.files == 1
    assert not fetching.again("web")


def made(planned: list[Wanted], judge: Callable[[], None] | None = None) -> Fetching:
    return Fetching(
        ["web"], lambda: list(planned), lambda wanted, watch: Fetched(downloaded=1), Board(("web",)),
        lambda text: None, threading.Event(), judge,
    )  # fmt: skip


def test_the_engine_is_asked_directly_only_where_the_client_would_ask_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = str(tmp_path / "docker.sock")
    monkeypatch.setattr(api, "SOCKET", place)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    assert api.ask("/info", 5) is None
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        answering = Ahead(lambda: answer(server))
        assert api.ask("/info", 5) == (404, b"{}")
        assert answering.result().startswith("GET /info HTTP/1.1")
        (tmp_path / "config.json").write_text('{"currentContext": "far"}')
        assert api.ask("/info", 5) is None
        (tmp_path / "config.json").write_text("{")
        assert api.ask("/info", 5) is None
        (tmp_path / "config.json").unlink()
        monkeypatch.setenv("DOCKER_HOST", "tcp://far:2375")
        assert api.ask("/info", 5) is None
        monkeypatch.setattr(api, "SOCKET", "/nowhere")
        monkeypatch.setenv("DOCKER_CONTEXT", "far")
        monkeypatch.setenv("DOCKER_HOST", f"unix://{place}")
        answering = Ahead(lambda: answer(server))
        assert api.ask("/info", 5) == (404, b"{}")
        answering.result()


def answer(server: socket.socket) -> str:
    connection, _ = server.accept()
    with connection:
        said = connection.recv(4096).decode()
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
    return said
