"""corporate-docs on a real engine: step 10 of 17 fails; the CPU variant runs with its databases."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from . import examples
from .builds import compose, composed, composed_service, docker
from .examples import ByHand, Example, Trap

NAME = "corporate-docs"
EXPECTED = examples.read(NAME)
GPU = EXPECTED.targets[0]
Copy = Callable[[str], Example]
pytestmark = pytest.mark.engine


def environment(example: Example, project: str) -> dict[str, str]:
    """As .env would have it, with ports that are free and a project of its own."""
    name = project.replace(":", "-")
    return {"COMPOSE_PROJECT_NAME": name, "API_PORT": "0", "WEB_PORT": "0", **example.secrets()}


def post_document(address: tuple[str, int], title: str, content: str) -> int:
    body = json.dumps({"title": title, "content": content}).encode()
    url = f"http://{address[0]}:{address[1]}/documents"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return int(response.status)


def test_pip_cannot_uninstall_what_distutils_installed(example: Copy) -> None:
    built = examples.fails_as_told(example(NAME), GPU, EXPECTED.findings[0])
    assert "[10/17] RUN pip install" in built.log
    assert "It is a distutils installed project" in built.log


def test_the_well_meant_repair_builds(example: Copy, tag: str) -> None:
    examples.variant_builds(example(NAME), EXPECTED.variants[0], tag)


@pytest.mark.parametrize("mend", EXPECTED.mended.by_hand, ids=lambda mend: mend.title)
def test_mended_by_hand_it_answers(example: Copy, tag: str, mend: ByHand) -> None:
    copy = example(NAME)
    copy.edit(mend.edits)
    examples.builds(copy, GPU, tag)
    examples.answers(tag, copy.starts(GPU.name))


@pytest.mark.parametrize("trap", EXPECTED.mended.traps, ids=lambda trap: trap.title)
def test_what_looks_like_a_mend_fails(example: Copy, tag: str, trap: Trap) -> None:
    examples.trap_closes(example(NAME), trap, tag)


def test_the_cpu_variant_runs_with_its_databases(example: Copy, tag: str) -> None:
    copy = example(NAME)
    file, env = copy.folder / "docker-compose.yml", environment(copy, tag)
    with composed(file, env=env):
        backend = composed_service(file, "backend", 8000, env)
        assert '"database":"not initialised"' in backend.poll("/ready").body
        initialised = compose(file, "exec", "-T", "backend", "python", "-m", "app.database", env=env)
        assert "0001_documents.sql, 0002_search.sql" in initialised.log
        examples.service_answers(file, EXPECTED.mended.starts, env)
        assert post_document(backend.address, "Travel policy", "Trains before planes") == 201
        frontend = composed_service(file, "frontend", 80, env)
        assert '"title":"Travel policy"' in frontend.get("/api/search?q=trains").body


def gpu_is_here() -> bool:
    return Path("/dev/nvidiactl").exists() or "nvidia" in docker("info", "--format", "{{json .Runtimes}}").log


def test_without_a_gpu_the_mended_image_is_refused(example: Copy, tag: str) -> None:
    if gpu_is_here():
        pytest.skip("this machine has a GPU")
    copy = example(NAME)
    copy.edit(EXPECTED.mended.by_hand[0].edits)
    file, env = copy.folder / GPU.origin, environment(copy, tag)
    try:
        up = compose(file, "up", "--detach", "backend", env=env)
        assert up.code != 0
        assert EXPECTED.host_findings[0].log in up.log
    finally:
        compose(file, "down", "--volumes", "--rmi", "local", "--timeout", "3", env=env)
