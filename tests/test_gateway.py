"""The address at which steps find this machine, as the engine's socket tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockwright.build import gateway as module
from dockwright.build.gateway import gateway, remember_deaf


def network(*addresses: str) -> bytes:
    return json.dumps({"Name": "bridge", "IPAM": {"Config": [{"Gateway": each} for each in addresses]}}).encode()


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    answers(monkeypatch, (200, network("fd00::1", "127.0.0.1")))


def answers(monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes] | None) -> None:
    monkeypatch.setattr(module, "ask", lambda path, timeout: answer)


def test_the_bridges_own_address() -> None:
    assert gateway() == "127.0.0.1"


@pytest.mark.parametrize(
    "answer",
    [None, (404, b"{}"), (200, b""), (200, b"[]"), (200, b'{"IPAM": {"Config": null}}'), (200, network("192.0.2.77"))],
)
def test_what_is_not_known_or_not_ours(answer: tuple[int, bytes] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, answer)
    assert gateway() == ""


def test_a_client_that_gives_proxies_to_builds(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"proxies": {"default": {"httpProxy": "http://proxy:3128"}}}')
    assert gateway() == ""


def test_what_steps_did_not_reach_is_remembered_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    remember_deaf("127.0.0.1")
    assert gateway() == ""
    monkeypatch.setattr(module, "FORGET", -1.0)
    assert gateway() == "127.0.0.1"
