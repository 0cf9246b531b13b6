"""retail-inventory on a real engine: one service's paths stop the build of all four."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

import dockwright

from . import examples
from .builds import compose, composed, docker
from .examples import EXAMPLES, ByHand, Example, Trap

NAME = "retail-inventory"
EXPECTED = examples.read(NAME)
COMPOSE = "inventario-retail/docker-compose.production.yml"
IMAGES = ("agente-deposito", "agente-negocio", "ml", "web-dashboard")
Copy = Callable[[str], Example]


@pytest.fixture
def version(tag: str) -> Iterator[str]:
    """A version of its own for the images that the compose file names."""
    name = tag.replace(":", "-")
    yield name
    docker("image", "rm", "--force", *(f"inventario-retail/{image}:{name}" for image in IMAGES))


def environment(example: Example, version: str) -> dict[str, str]:
    """As .env.staging would have it, with ports that are free."""
    ports = dict.fromkeys(("DEPOSITO_PORT", "NEGOCIO_PORT", "ML_PORT", "DASHBOARD_PORT"), "0")
    return {"VERSION": version, "COMPOSE_PROJECT_NAME": version, **ports, **example.secrets()}


def test_the_projects_own_validation_sees_nothing() -> None:
    script = EXAMPLES / NAME / "scripts" / "validate.py"
    done = subprocess.run([sys.executable, "-B", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.endswith("27 de 27 controles pasaron\n")


@pytest.mark.engine
def test_the_dashboard_copies_what_the_context_does_not_hold(example: Copy) -> None:
    copy = example(NAME)
    built = examples.fails_as_told(copy, copy.target("web_dashboard"), EXPECTED.findings[0])
    assert "failed to calculate checksum of ref" in built.log


@pytest.mark.engine
def test_one_service_stops_the_build_of_all(example: Copy, version: str) -> None:
    copy = example(NAME)
    built = compose(copy.folder / COMPOSE, "build", "--no-cache", env=environment(copy, version))
    assert built.code != 0
    assert "target web_dashboard: failed to solve" in built.log
    assert "CANCELED" in built.log


@pytest.mark.engine
@pytest.mark.parametrize("mend", EXPECTED.mended.by_hand, ids=lambda mend: mend.title)
def test_mended_by_hand_four_services_answer(example: Copy, version: str, mend: ByHand) -> None:
    copy = example(NAME)
    copy.edit(mend.edits)
    env = environment(copy, version)
    with composed(copy.folder / COMPOSE, env=env):
        examples.service_answers(copy.folder / COMPOSE, EXPECTED.mended.starts, env)


@pytest.mark.engine
def test_mended_by_rehearsal_four_services_answer(example: Copy, version: str) -> None:
    copy = example(NAME)
    result = dockwright.mend(copy.folder)
    assert result.outcome == "quiet"
    for name, text in result.files.items():
        (copy.folder / name).write_text(text)
    env = environment(copy, version)
    with composed(copy.folder / COMPOSE, env=env):
        examples.service_answers(copy.folder / COMPOSE, EXPECTED.mended.starts, env)


@pytest.mark.engine
@pytest.mark.parametrize("trap", EXPECTED.mended.traps, ids=lambda trap: trap.title)
def test_what_looks_like_a_mend_fails(example: Copy, tag: str, trap: Trap) -> None:
    examples.trap_closes(example(NAME), trap, tag)
