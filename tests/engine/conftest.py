"""Fixtures of the engine tests. Without an engine, or without a base image that can't be had, a test is skipped."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import examples
from .builds import docker, missing_bases


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker Engine answers."""
    if shutil.which("docker") is None or docker("info").code:
        pytest.skip("no Docker Engine answers")


@pytest.fixture
def tag(engine: None) -> Iterator[str]:
    """A name for an image, which is removed afterwards."""
    name = f"dockwright-test:{uuid.uuid4().hex[:12]}"
    yield name
    docker("image", "rm", "--force", name)


@pytest.fixture
def example(engine: None, tmp_path: Path) -> Callable[[str], examples.Example]:
    """`example(name)`: a copy of that example, its base images at hand."""

    def copy(name: str) -> examples.Example:
        made = examples.copy(name, tmp_path)
        missing = missing_bases(made.expected.engine.bases)
        if missing:
            pytest.skip(f"base images that can't be had: {', '.join(missing)}")
        return made

    return copy
