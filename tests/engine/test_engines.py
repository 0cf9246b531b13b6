"""Each engine builds the mended examples; the events tell the build; the image has the same files as a plain build's."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator

import pytest

from dockwright.engine import argv
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Event
from dockwright.engine.run import build
from dockwright.log import read

from . import examples
from .examples import Example
from .other_engines import need, remove
from .same_files import Noise, same_files

pytestmark = pytest.mark.engine
Copy = Callable[[str], Example]
SMALL = ("arq-worker", "email-assistant")
ENDS = ("done", "cached", "failed", "canceled")
# What an engine itself leaves in an image, whatever the Dockerfile says.
OWN = {
    "buildah": (Noise("etc/hosts", "where buildah's chroot mounts its own", absent=True),),
    "podman": (Noise("etc/hosts", "where podman mounts its own", absent=True),),
}


@pytest.fixture
def names(engine: None) -> Iterator[list[tuple[str, str]]]:
    """Images (engine, name) that go at the end."""
    made: list[tuple[str, str]] = []
    yield made
    for each in made:
        remove(*each)


def told(events: list[Event]) -> dict[str, str]:
    """How each step ended."""
    ended = {event.step: event.kind for event in events if event.kind in ENDS}
    started = {event.step for event in events if event.kind == "started"}
    assert started <= set(ended), [event for event in events if event.step in started - set(ended)]
    return ended


def pairs() -> list[tuple[str, str]]:
    """Every engine with every example takes an hour of two cores: all of them with DOCKWRIGHT_TESTS=all, else a part."""
    every = [(engine, name) for engine in argv.ENGINES for name in examples.names()]
    whole = os.environ.get("DOCKWRIGHT_TESTS") == "all"
    return [(engine, name) for engine, name in every if whole or engine == "docker" or name in SMALL]


@pytest.mark.parametrize(("engine_name", "name"), pairs())
def test_each_engine_builds_the_mended_examples(
    example: Copy, names: list[tuple[str, str]], engine_name: str, name: str
) -> None:
    copy = example(name)
    need(engine_name, copy.expected.engine.bases)
    by_hand = copy.expected.mended.by_hand[0]
    copy.edit(by_hand.edits)
    for target in copy.expected.targets:
        tag = f"dockwright-test:{uuid.uuid4().hex[:12]}"
        names += [("docker", f"{tag}-plain"), (engine_name, tag)]
        folder = by_hand.context or target.context
        plain = copy.build(target, tag=f"{tag}-plain", context=by_hand.context)
        assert plain.code == 0, plain.log
        events: list[Event] = []
        # buildah would take podman's layers, which lie in the same store
        own = engine_name == "buildah"
        request = BuildRequest(str(copy.folder / target.dockerfile), str(copy.folder / folder), tag, no_cache=own)
        ran = build(engine_name, request, events.append)
        assert ran.code == 0, ran.output
        assert set(told(events).values()) <= {"done", "cached"}
        assert read(ran.output).outcome == "succeeded"
        compared = same_files(f"{tag}-plain", tag, ("docker", engine_name), OWN.get(engine_name, ()))
        print(f"{engine_name} {name} {target.name}: {ran.seconds:.0f} s\n{compared}")
        assert compared.same, str(compared)
