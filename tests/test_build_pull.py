"""Base images: one at a time, the name looked up first, and again when the network failed. The engine is played."""

from __future__ import annotations

import threading

import pytest

from dockwright.build import pull, retry
from dockwright.build.pull import Pulls, host_of, lookup

AWAY = 'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host\n'
DENIED = (
    "Error response from daemon: pull access denied for x/y, repository does not exist or may require 'docker login'\n"
)


class Played(Pulls):
    def __init__(
        self, answers: dict[str, list[tuple[int, str]]], here: tuple[str, ...] = (), budget: float = 900
    ) -> None:
        self.said: list[str] = []
        super().__init__("docker", [*here, *answers], budget, self.said.append, threading.Event())
        self.answers, self.here, self.ran = answers, here, list[str]()

    def _there(self, image: str) -> bool:
        return image in self.here

    def _run(self, words: list[str]) -> tuple[int, str]:
        self.ran.append(words[-1])
        return self.answers[words[-1]].pop(0)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "WAITS", (0.0,))
    monkeypatch.setattr(pull, "lookup", lambda host: "")


def test_only_what_is_not_here_is_pulled() -> None:
    pulls = Played({"python:3.12": [(0, "")]}, here=("debian:12",))
    pulls.run()
    assert (pulls.ran, pulls.lost, pulls.done.is_set()) == (["python:3.12"], {}, True)


def test_a_name_that_is_not_found_is_tried_again() -> None:
    pulls = Played({"python:3.12": [(1, AWAY), (1, AWAY), (0, "")], "node:20": [(0, "")]})
    pulls.run()
    assert (pulls.ran, pulls.lost) == (["python:3.12"] * 3 + ["node:20"], {})


def test_what_outlasts_the_budget_is_lost_and_the_others_are_pulled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "WAITS", (0.0, 1e6))
    pulls = Played({"python:3.12": [(1, AWAY)] * 2, "node:20": [(0, "")]})
    pulls.run()
    assert list(pulls.lost) == ["python:3.12"] and "no such host" in pulls.lost["python:3.12"]
    assert pulls.ran[-1] == "node:20"


def test_what_is_denied_is_left_to_the_build_to_explain() -> None:
    pulls = Played({"x/y": [(1, DENIED)]})
    pulls.run()
    assert (pulls.ran, pulls.lost) == (["x/y"], {})
    assert "x/y can't be pulled" in pulls.said[-1]


def test_an_interruption_ends_it() -> None:
    pulls = Played({"x": [(0, "")]})
    pulls.stop.set()
    pulls.run()
    assert (pulls.ran, pulls.done.is_set()) == ([], True)


def test_a_name_that_nobody_has() -> None:
    assert "can't be looked up" in lookup("no-such-host.invalid", 30) or "longer than" in lookup(
        "no-such-host.invalid", 30
    )
    assert host_of("localhost:5000/x") == "localhost" and lookup("localhost", 30) == ""
