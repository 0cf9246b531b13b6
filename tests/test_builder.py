"""Which instance of buildx the client takes by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockwright.engine import run
from dockwright.engine.builder import selected
from dockwright.engine.run import find_engine
from dockwright.errors import ToolError

HERE = "unix:///var/run/docker.sock"


def written(folder: Path, key: str, everywhere: bool, driver: str, endpoint: str) -> None:
    """As buildx 0.29 writes it."""
    (folder / "instances").mkdir()
    (folder / "current").write_text(json.dumps({"Key": key, "Name": "far", "Global": everywhere}))
    nodes = [{"Name": "far0", "Endpoint": endpoint, "Platforms": None}]
    (folder / "instances/far").write_text(json.dumps({"Name": "far", "Driver": driver, "Nodes": nodes}))


@pytest.mark.parametrize(
    ("key", "everywhere", "driver", "endpoint", "expected"),
    [
        (HERE, False, "remote", "tcp://192.0.2.9:1234", "far"),
        (HERE, False, "kubernetes", "kubernetes:///far", "far"),
        (HERE, False, "docker-container", "ssh://user@192.0.2.9", "far"),
        (HERE, False, "docker-container", "unix:///var/run/docker.sock", None),
        (HERE, False, "docker-container", "default", None),
        ("tcp://192.0.2.7:2375", False, "remote", "tcp://192.0.2.9:1234", None),
        ("tcp://192.0.2.7:2375", True, "remote", "tcp://192.0.2.9:1234", "far"),
    ],
)
def test_the_selected_one(
    key: str,
    everywhere: bool,
    driver: str,
    endpoint: str,
    expected: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUILDX_CONFIG", str(tmp_path))
    written(tmp_path, key, everywhere, driver, endpoint)
    assert selected({}) == expected
    assert selected({"BUILDX_BUILDER": "default"}) is None
    assert selected({"BUILDX_BUILDER": "nosuch"}) == "nosuch"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Name": 1}', '{"Name": ""}'])
def test_without_one(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDX_CONFIG", str(tmp_path))
    assert selected({}) is None
    (tmp_path / "current").write_text(text)
    assert selected({}) is None


@pytest.mark.parametrize("name", ["DOCKER_HOST", "DOCKER_CONTEXT"])
def test_an_engine_that_is_named_is_not_replaced(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image would land in another engine's store; without a name the next engine is taken, and said."""
    for program, script in {"docker": "echo no >&2; exit 1", "buildah": "exit 0"}.items():
        path = tmp_path / program
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(run, "answers", lambda: False)
    for each in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(each, raising=False)
    said: list[str] = []
    assert find_engine(None, said.append) == "buildah"
    assert len(said) == 1 and said[0].startswith("buildah builds: docker is installed but")
    monkeypatch.setenv(name, "far")
    with pytest.raises(ToolError, match="docker is installed but") as raised:
        find_engine()
    assert raised.value.exit_code == 3 and f"unset {name}" in raised.value.hint
    assert find_engine("buildah") == "buildah"
