"""Engines besides Docker's BuildKit in tests: which run here, and the base images they need, taken over from Docker."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from dockwright.engine import argv
from dockwright.engine.run import unanswered

from .builds import docker

CONTAINERS = ("podman", "buildah")  # they share one store
# What podman may need where it is not at home: another runtime, or none.
SURROUNDINGS: tuple[dict[str, str], ...] = ({}, {"CONTAINERS_CONF": "runc"}, {"BUILDAH_ISOLATION": "chroot"})


def need(engine: str, images: Sequence[str]) -> None:
    """Skip the test where the engine can't run; give it these images."""
    trouble = unanswered(engine)
    if trouble:
        pytest.skip(trouble)
    if engine == "podman":
        surroundings = podman_runs(images[0]) if images else {}
        if surroundings is None:
            pytest.skip("podman can't run a container here")
        os.environ.update(surroundings)
    for image in images if engine in CONTAINERS else ():
        hand_over(image)


def hand_over(image: str) -> None:
    """`docker save` and `buildah pull docker-archive:`; nothing is to be pulled in tests."""
    if (
        subprocess.run(["buildah", "inspect", "--type", "image", image], capture_output=True, check=False).returncode
        == 0
    ):
        return
    with tempfile.TemporaryDirectory(prefix="hand-over-") as folder:
        archive = Path(folder) / "image.tar"
        saved = docker("save", "--output", str(archive), image, timeout=600)
        assert saved.code == 0, saved.log
        subprocess.run(["buildah", "pull", "--quiet", f"docker-archive:{archive}"], check=True, capture_output=True)


@lru_cache
def podman_runs(image: str) -> dict[str, str] | None:
    """The variables with which podman really runs a RUN; None when it never does."""
    if shutil.which("podman") is None:
        return None
    hand_over(image)
    folder = Path(tempfile.mkdtemp(prefix="podman-runs-"))
    (folder / "Dockerfile").write_text(f"FROM {image}\nRUN true\n")
    (folder / "containers.conf").write_text('[engine]\nruntime = "runc"\n')
    for each in SURROUNDINGS:
        more = {
            name: str(folder / "containers.conf") if name == "CONTAINERS_CONF" else value
            for name, value in each.items()
        }
        words = argv.podman_build(
            argv.BuildRequest(str(folder / "Dockerfile"), str(folder), "podman-runs", no_cache=True)
        )
        done = subprocess.run(words, env={**os.environ, **more}, capture_output=True, timeout=300, check=False)
        if done.returncode == 0:
            remove("podman", "podman-runs")
            return more
    return None


def remove(engine: str, image: str) -> None:
    """The image goes; of buildah and podman also what no other image needs of its layers."""
    if engine in CONTAINERS:
        subprocess.run(["buildah", "rmi", "--force", image], capture_output=True, check=False)
    else:
        docker("image", "rm", "--force", image)
