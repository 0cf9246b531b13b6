"""Every Dockerfile of tests/working really builds, and starts where it has something to start.

They are what dockwright must raise no alarm about. `built.toml` beside each tells with which engine and bases it was
built, when, how long that took, and what shows that the image works.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from .builds import build, missing_bases, run, serve

WORKING = Path(__file__).parents[1] / "working"


class Start(Struct, frozen=True, forbid_unknown_fields=True):
    """With `port`: one request to the started image. Without: a container that ends by itself, `command` in it."""

    output: str  # a part of the answer's body or of what the container prints
    command: tuple[str, ...] = ()
    port: int = 0
    path: str = "/"
    status: int = 200


class Working(Struct, frozen=True, forbid_unknown_fields=True):
    engine: str
    bases: tuple[str, ...]
    date: datetime.date
    seconds: float  # without a cache, two cores
    start: Start
    dockerfile: str = "Dockerfile"
    context: str = "."
    target: str = ""
    args: Mapping[str, str] = {}
    options: tuple[str, ...] = ()


def names() -> list[str]:
    return sorted(path.parent.name for path in WORKING.glob("*/built.toml"))


def read(name: str) -> Working:
    return msgspec.toml.decode((WORKING / name / "built.toml").read_bytes(), type=Working)


def test_every_folder_tells_how_it_was_built() -> None:
    assert len(names()) >= 50
    assert {path.name for path in WORKING.iterdir() if path.is_dir()} == set(names())
    for name in names():
        assert (WORKING / name / read(name).dockerfile).is_file(), name


@pytest.mark.engine
@pytest.mark.parametrize("name", names())
def test_it_builds_and_works(name: str, tag: str) -> None:
    told = read(name)
    missing = missing_bases(told.bases)
    if missing:
        pytest.skip(f"base images that can't be had: {', '.join(missing)}")
    folder = WORKING / name
    dockerfile = (folder / told.dockerfile).resolve()
    built = build(folder / told.context, dockerfile, tag=tag, target=told.target, args=told.args, options=told.options)
    assert built.code == 0, built.log
    works(tag, told.start)


def works(tag: str, start: Start) -> None:
    if not start.port:
        ended = run(tag, *start.command)
        assert ended.code == 0, ended.log
        assert start.output in ended.log, ended.log
        return
    with serve(tag, start.port) as container:
        answer = container.poll(start.path)
        assert answer.status == start.status, answer
        assert start.output in answer.body, answer
