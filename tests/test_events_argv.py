"""Command lines of the engines as data, and which engine is taken."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from dockwright.engine import argv
from dockwright.engine.argv import BuildRequest
from dockwright.engine.run import find_engine
from dockwright.errors import ToolError

REQUEST = BuildRequest(dockerfile="web/Dockerfile", context="web", tag="web:1")
FULL = BuildRequest(
    dockerfile="web/Dockerfile",
    context="web",
    tag="web:1",
    stage="run",
    arguments={"A": "1 2", "TOKEN": None},
    platform="linux/arm64",
    named_contexts={"wheels": "/tmp/wheels"},
    network="host",
    secrets=("id=token,src=token.txt",),
    ssh=("default",),
    labels={"a": "b"},
    no_cache=True,
    pull=True,
)
COMMON = (
    "--target run --platform linux/arm64 --network host --no-cache --build-arg 'A=1 2' --build-arg TOKEN --label a=b"
)
CONTEXTS = "--build-context wheels=/tmp/wheels --secret id=token,src=token.txt --ssh default"
LINES = {
    "docker": f"docker buildx build --progress=rawjson --file web/Dockerfile --tag web:1 --load {COMMON} {CONTEXTS} --pull web",
    "docker-classic": f"env DOCKER_BUILDKIT=0 docker build --force-rm --file web/Dockerfile --tag web:1 {COMMON} --pull web",
    "podman": f"podman build --layers --force-rm --file web/Dockerfile --tag web:1 {COMMON} {CONTEXTS} --pull=always web",
    "buildah": f"buildah build --isolation chroot --layers --force-rm --file web/Dockerfile --tag web:1 {COMMON} {CONTEXTS} --pull=always web",
}


@pytest.mark.parametrize("engine", argv.ENGINES)
def test_a_command_line_can_be_typed_by_hand(engine: str) -> None:
    words = argv.BUILDERS[engine](FULL)
    assert argv.shown(words) == LINES[engine]
    assert shlex.split(argv.shown(words)) == words


def test_another_builder_of_buildx() -> None:
    words = argv.docker_build(
        structs.replace(REQUEST, builder="kube", cache_from=("type=gha",), cache_to=("type=inline",))
    )
    assert argv.shown(words) == (
        "docker buildx build --progress=rawjson --file web/Dockerfile --builder kube --tag web:1 --load "
        "--cache-from type=gha --cache-to type=inline web"
    )


def test_images_are_loaded_only_where_they_are_wanted_here() -> None:
    assert "--load" not in argv.docker_build(structs.replace(REQUEST, output="type=registry"))
    assert "--load" not in argv.docker_build(structs.replace(REQUEST, tag=""))


# -- which engine -----------------------------------------------------------------------------------------------------


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """`programs(docker="exit 0")`: only these are installed."""

    def install(**scripts: str) -> None:
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("dockwright.engine.run.answers", lambda: False)  # this machine's own socket
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    return install


NO_BUILDX = '[ "$1" = buildx ] && { echo "docker: \'buildx\' is not a docker command." >&2; exit 1; }; exit 0'


def test_the_first_that_answers_is_taken(programs: Callable[..., None]) -> None:
    programs(docker="exit 0", podman="exit 0", buildah="exit 0")
    assert find_engine() == "docker" and find_engine("buildah") == "buildah"


def test_podman_before_buildah_before_the_classic_builder(programs: Callable[..., None]) -> None:
    programs(docker=NO_BUILDX, buildah="exit 0")
    assert find_engine() == "buildah"
    programs(podman="exit 0")
    assert find_engine() == "podman"


def test_the_classic_builder_where_there_is_nothing_else(programs: Callable[..., None]) -> None:
    programs(docker=NO_BUILDX)
    assert find_engine() == "docker-classic"


def test_the_classic_builder_of_the_engine_that_is_named(
    programs: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(docker=NO_BUILDX, podman="exit 0")
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/user/1000/docker.sock")
    assert find_engine() == "docker-classic"


def test_none_answers(programs: Callable[..., None]) -> None:
    programs(docker="echo 'Cannot connect to the Docker daemon at tcp://127.0.0.1:1.' >&2; exit 1")
    with pytest.raises(ToolError) as raised:
        find_engine()
    assert raised.value.code == "engine-missing" and raised.value.exit_code == 3
    assert "podman is not installed" in raised.value.message
    assert "Cannot connect to the Docker daemon at tcp://127.0.0.1:1." in raised.value.message
    with pytest.raises(ToolError, match="podman is not installed"):
        find_engine("podman")


def test_an_engine_that_nobody_knows() -> None:
    with pytest.raises(ToolError, match="kaniko is no engine") as raised:
        find_engine("kaniko")
    assert raised.value.hint == "one of docker, podman, buildah, docker-classic"
