"""What a derived Dockerfile builds is what the user's own builds, and its files come from the wheelhouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .builds import build, docker, missing_bases
from .derived import Shop, build_derived, derived, opened, written
from .same_files import same_files

pytestmark = pytest.mark.engine
BASE = "python:3.12-slim"


@pytest.fixture
def shop(engine: None, tmp_path: Path) -> Iterator[Shop]:
    if missing_bases([BASE]):
        pytest.skip(f"{BASE} can't be had")
    with opened(tmp_path / "wheelhouse") as shop:
        yield shop


@pytest.fixture
def tags(tag: str) -> Iterator[tuple[str, str]]:
    yield f"{tag}-plain", f"{tag}-derived"
    docker("image", "rm", "--force", f"{tag}-plain", f"{tag}-derived")


FORMS = r"""
RUN pip install --no-cache-dir {pip} demo
RUN pip install {pip} --target /o/cached demo extra==0.3
RUN python -m pip install --no-cache-dir {pip} --target=/o/module demo
RUN ["pip", "install", "--no-cache-dir", "--index-url", "{url}", "--trusted-host", "172.17.0.1", "-t", "/o/exec", "demo"]
COPY hashed.txt install.sh /app/
RUN pip install --no-cache-dir --require-hashes {pip} -t /o/hashed -r hashed.txt
RUN pip install --no-cache-dir {pip} --prefix /o/prefix demo && pip freeze > /o/frozen
RUN pip wheel --no-cache-dir {pip} --wheel-dir /o/wheels demo
RUN pip install --no-index --find-links=/o/wheels -t /o/offline demo
RUN pip download --no-cache-dir {pip} --dest /o/downloads demo
RUN python -m venv --without-pip /o/venv && pip --python /o/venv/bin/python install --no-cache-dir {pip} demo
RUN sh ./install.sh
RUN <<EOF
set -e
pip install --no-cache-dir {pip} -t /o/heredoc demo
EOF
RUN set -e \
  # a comment
  && pip install \
     --no-cache-dir {pip} \
     -t /o/continued demo
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=bind,target=/src \
    pip install {pip} -t /o/mounts demo
ARG WHAT=demo
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN pip install --no-cache-dir {pip} -t /o/argument $WHAT | cat
RUN useradd --create-home app
USER app
RUN pip install --no-cache-dir --user {pip} demo
"""


def test_all_forms_of_pip(shop: Shop, tags: tuple[str, str], tmp_path: Path) -> None:
    """The index sends no file, the image has the same files, and the engine has every step in its cache the next time."""
    text = FORMS.replace("{pip}", shop.options).replace("{url}", shop.index.simple)
    script = f"#!/bin/sh\npip install --no-cache-dir {shop.options} -t /o/script demo\n"
    files = {"Dockerfile": f"FROM {BASE}\nWORKDIR /app\n{text}", "hashed.txt": shop.hashed(), "install.sh": script}
    project = written(tmp_path / "project", files)
    made = derived(project, shop, tmp_path / "context")
    assert made.changed, made.notes
    built = build_derived(project, made, tags[1])
    assert built.code == 0, built.log
    assert not shop.loaded(), "these came from the index:\n" + built.log
    again = build_derived(project, derived(project, shop, tmp_path / "again"), tags[1])
    assert "Processing /run/dockwright" not in again.log, again.log
    plain = build(project, tag=tags[0])
    assert plain.code == 0, plain.log
    assert shop.loaded() == ["base-2.1-py3-none-any.whl", "demo-1.0-py3-none-any.whl", "extra-0.3-py3-none-any.whl"]
    compared = same_files(*tags)
    assert compared.same, str(compared)
