"""Preflight: each fault is made for real where a test may (closed port, full file system, wrong address), else in the reading."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fine_world import GB, PROJECT, planned, readings, troubles

from dockwright.build import facts
from dockwright.build.facts import Disk, EngineFacts, ImageFacts
from dockwright.build.preflight import fix
from dockwright.project import Project


def test_a_world_without_troubles_has_none() -> None:
    assert troubles(readings=readings()) == {}


# -- the engine -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_a_wrong_docker_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setenv("DOCKER_HOST", address)
    found = troubles(readings=readings(engine=facts.engine))
    assert list(found) == ["engine-unreachable"]
    trouble = found["engine-unreachable"]
    assert trouble.refuses and f"docker does not answer at {address} (DOCKER_HOST)" in trouble.message


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_a_context_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "no-such-context")
    trouble = troubles(readings=readings(engine=facts.engine))["engine-unreachable"]
    assert trouble.refuses and '"no-such-context"' in trouble.message and "docker context ls" in trouble.hint


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_a_builder_that_is_not_there_is_named() -> None:
    found = troubles(readings=readings(builder=facts.builder), builder="no-such-builder")
    assert found["builder-missing"].refuses and "no-such-builder" in found["builder-missing"].message
    assert "builder-missing" not in troubles(readings=readings(builder=lambda name: ""), builder="far")


def test_a_socket_that_this_user_may_not_use() -> None:
    said = "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock"
    found = troubles(readings=readings(engine=lambda _: EngineFacts(trouble=said)))
    assert "usermod -aG docker" in found["engine-unreachable"].hint


def test_an_engine_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dockwright.build.preflight.PATIENCE", 0.05)
    silent = threading.Event()

    def never(_: str) -> EngineFacts:
        silent.wait()
        return EngineFacts()

    found = troubles(readings=readings(engine=never))
    silent.set()
    assert found["engine-unreachable"].refuses


# -- the disk ---------------------------------------------------------------------------------------------------------


def test_disk_against_what_the_builds_write() -> None:
    """800 MB of distributions take 3.2 GB: the download and the installed files."""
    assert troubles(readings=readings(disk=lambda _: Disk(5 * GB))) == {}
    tight = troubles(readings=readings(disk=lambda _: Disk(int(3.5 * GB))))["disk"]
    assert not tight.refuses
    full = troubles(readings=readings(disk=lambda _: Disk(1 * GB)))["disk"]
    assert full.refuses
    assert full.message == (
        "/var/lib/docker has 1.0 GB free, and these builds may write 3.2 GB: 800 MB of distributions, 4 times"
    )


def test_base_images_that_must_be_pulled_take_disk_too() -> None:
    remote = readings(disk=lambda _: Disk(4 * GB), image=lambda *_: ImageFacts("remote", 500 * 10**6))
    assert troubles(readings=remote)["disk"].refuses


def test_what_an_earlier_build_has_left_in_the_cache_does_not_refuse() -> None:
    known = readings(disk=lambda _: Disk(1 * GB), here=lambda *_: ImageFacts("local"))
    found = troubles(readings=known, tags={PROJECT.targets[0].name: ["web:latest"]})
    assert not found["disk"].refuses


def test_a_disk_that_is_not_known_says_nothing() -> None:
    assert troubles(readings=readings(engine=lambda _: EngineFacts(root=""))) == {}
    assert troubles(readings=readings(disk=lambda _: None)) == {}
    assert troubles(readings=readings(disk=lambda _: Disk(0)), builder="kube") == {}


def test_no_inodes_left() -> None:
    trouble = troubles(readings=readings(disk=lambda _: Disk(100 * GB, 12)))["disk-inodes"]
    assert trouble.refuses and "12 more files" in trouble.message


@contextmanager
def small_file_system(path: Path, options: str) -> Iterator[None]:
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("may not mount")
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="only root may mount")
def test_a_file_system_that_is_really_full(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with small_file_system(store, "size=64m,nr_inodes=100"):
        (store / "layer").write_bytes(bytes(50 * 2**20))
        here = readings(engine=lambda _: EngineFacts(root=str(store)), disk=facts.disk)
        found = troubles(readings=here)
    assert found["disk"].refuses and f"{store} has 14.7 MB free" in found["disk"].message
    assert found["disk-inodes"].refuses


def test_the_only_fix_is_dangling_build_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    trouble = troubles(readings=readings(disk=lambda _: Disk(1 * GB)))["disk"]
    assert trouble.fix == ("docker", "builder", "prune", "--force")
    assert "dangling build cache only" in trouble.fix_says
    ran: list[list[str]] = []

    def prune(words: list[str], _: float) -> tuple[int, str, str]:
        ran.append(words)
        return 0, "Total: 1.2GB\n", ""

    monkeypatch.setattr("dockwright.build.preflight.run", prune)
    assert fix(trouble) == (0, "Total: 1.2GB") and ran == [list(trouble.fix)]
    assert troubles(engine="buildah", readings=readings(disk=lambda _: Disk(1 * GB)))["disk"].fix == ()


# -- memory -----------------------------------------------------------------------------------------------------------


def test_memory() -> None:
    assert troubles(readings=readings(memory=lambda: 100 * 10**6))["memory"].refuses
    tight = troubles(readings=readings(memory=lambda: 1 * GB))["memory"]
    assert not tight.refuses and "800 MB" in tight.message
    assert troubles(readings=readings(memory=lambda: 0)) == {}


# -- base images ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "code", "refuses"),
    [
        ("missing", "base-missing", True),
        ("denied", "base-denied", True),
        ("unnamed", "base-missing", True),
        ("unknown", "base-unknown", False),
    ],
)
def test_base_images(state: str, code: str, refuses: bool) -> None:
    found = troubles(readings=readings(image=lambda *_: ImageFacts(state, said="what the registry said")))
    assert found[code].refuses is refuses and "what the registry said" in found[code].message


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("no such manifest: docker.io/library/python:3.99", "missing"),
        ("dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host", "unknown"),
        ("manifest unknown: manifest unknown", "missing"),
        ("errors: denied: requested access to the resource is denied unauthorized: authentication required", "denied"),
        ("net/http: TLS handshake timeout", "unknown"),
        (
            'short-name "nginx:1" did not resolve to an alias and no unqualified-search registries are defined',
            "unnamed",
        ),
        ("something new", "unknown"),
    ],
)
def test_what_registries_say(said: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "run", lambda words, _: (1, "", said))
    assert facts.image("docker", "python:3.99").state == state


# -- devices ----------------------------------------------------------------------------------------------------------

COMPOSE = """services:
  web:
    build: .
    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}
"""
WITH_GPU = Project.of({"Dockerfile": "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\n", "compose.yaml": COMPOSE})


def test_a_reserved_gpu_that_is_absent() -> None:
    found = troubles(WITH_GPU, readings=readings())
    assert found["gpu-absent"].refuses
    assert "compose.yaml: services.web.deploy.resources.reservations.devices" in found["gpu-absent"].message
    chosen = Project.of({"Dockerfile": "FROM a\n", "compose.gpu.yaml": COMPOSE})
    assert not troubles(chosen, readings=readings())["gpu-absent"].refuses  # only when that file is named
    assert not troubles(WITH_GPU, readings=readings(), allow=["gpu-absent"])["gpu-absent"].refuses
    assert troubles(WITH_GPU, readings=readings(gpu=lambda: True)) == {}


@pytest.mark.parametrize("line", ["gpus: all", "runtime: nvidia"])
def test_other_ways_to_ask_for_a_gpu(line: str) -> None:
    project = Project.of({"Dockerfile": "FROM a\n", "compose.yaml": f"services:\n  web:\n    build: .\n    {line}\n"})
    assert troubles(project, readings=readings())["gpu-absent"].refuses


def test_a_gpu_that_the_engine_can_not_hand_on() -> None:
    world = readings(engine=lambda _: EngineFacts(gpu=False), gpu=lambda: True)
    assert "container toolkit" in troubles(WITH_GPU, readings=world)["gpu-absent"].message


def test_a_cuda_base_alone_builds_without_a_gpu() -> None:
    assert not troubles(plan=planned(1, gpu_base=True), readings=readings())["gpu-base"].refuses


# -- on this machine --------------------------------------------------------------------------------------------------


@pytest.mark.engine
@pytest.mark.parametrize("engine", ["docker", "podman", "buildah"])
def test_the_real_engine_is_read(engine: str) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"no {engine}")
    read = facts.engine(engine)
    assert not read.trouble and read.local and Path(read.root).is_dir()
    assert (read.version >= (1, 0)) is (engine != "docker")
    assert facts.image(engine, "no.such.registry.invalid/image:1").state == "unknown"
