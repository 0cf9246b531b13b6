"""What a derived Dockerfile builds is what the user's own builds, and its files come from the wheelhouse."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dockwright.build.derive import derive
from dockwright.engine.argv import BuildRequest
from dockwright.engine.run import build as run_build
from dockwright.project import Project
from dockwright.wheels.prefetch import prefetch
from dockwright.wheels.store import Store

from . import examples
from .builds import build, docker, missing_bases
from .derived import Shop, build_derived, derived, opened, relaying, written
from .examples import Example
from .other_engines import need, remove
from .same_files import Noise, same_files

pytestmark = pytest.mark.engine
BASE = "python:3.12-slim"
CACHE = Noise("root/.cache*", "what pip and Poetry would keep of their downloads", absent=True)


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


USUAL = r"""
COPY hashed.txt install.sh more.txt /app/
RUN pip install --no-cache-dir --require-hashes {pip} -t /o/hashed -r hashed.txt
RUN pip install --no-cache-dir {pip} -t /o/more -r more.txt && sh ./install.sh
RUN pip wheel --no-cache-dir {pip} --wheel-dir /o/wheels demo
RUN <<EOF
set -e
pip install --no-cache-dir {pip} demo
pip freeze > /o/frozen
EOF
RUN useradd --create-home app
USER app
RUN pip install --no-cache-dir --user {pip} extra
"""
RARE = r"""
RUN pip install {pip} --target /o/cached demo extra==0.3
RUN python -m pip install --no-cache-dir {pip} --target=/o/module demo
RUN ["pip", "install", "--no-cache-dir", "--index-url", "{url}", "--trusted-host", "172.17.0.1", "-t", "/o/exec", "demo"]
RUN pip install --no-cache-dir {pip} --prefix /o/prefix demo
RUN pip download --no-cache-dir {pip} --dest /o/downloads demo
RUN pip install --no-index --find-links=/o/downloads -t /o/offline demo
RUN python -m venv --without-pip /o/venv && pip --python /o/venv/bin/python install --no-cache-dir {pip} demo
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
RUN pip install --no-cache-dir {pip} extra
"""


@pytest.mark.parametrize("forms", [USUAL, RARE], ids=["usual", "rare"])
def test_forms_of_pip(forms: str, shop: Shop, tags: tuple[str, str], tmp_path: Path) -> None:
    """The index sends no file, the image has the same files, and the engine has every step in its cache the next time."""
    text = forms.replace("{pip}", shop.options).replace("{url}", shop.index.simple)
    script = f"#!/bin/sh\npip install --no-cache-dir {shop.options} -t /o/script demo\n"
    files = {
        "Dockerfile": f"FROM {BASE}\nWORKDIR /app\n{text}",
        "hashed.txt": shop.hashed(),
        "install.sh": script,
        "more.txt": f"--extra-index-url {shop.index.simple}\nextra\n",
    }
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
    compared = same_files(*tags, more=(CACHE,))
    assert compared.same, str(compared)


@pytest.mark.parametrize("forms", [USUAL, RARE], ids=["usual", "rare"])
def test_forms_of_pip_that_ask_the_relay(forms: str, shop: Shop, tags: tuple[str, str], tmp_path: Path) -> None:
    """The same image; the cache of a step does not depend on where the relay was."""
    text = forms.replace("{pip}", shop.options).replace("{url}", shop.index.simple)
    files = {
        "Dockerfile": f"FROM {BASE}\nWORKDIR /app\n{text}",
        "hashed.txt": shop.hashed(),
        "install.sh": f"#!/bin/sh\npip install --no-cache-dir {shop.options} -t /o/script demo\n",
        "more.txt": f"--extra-index-url {shop.index.simple}\nextra\n",
    }
    project = written(tmp_path / "project", files)
    with relaying(shop) as relay:
        built = build_derived(project, derived(project, shop, tmp_path / "context", relay=relay), tags[1])
        assert built.code == 0, built.log
        assert not shop.loaded(), "these came from the index:\n" + built.log
    with relaying(shop) as another:
        again = build_derived(project, derived(project, shop, tmp_path / "again", relay=another), tags[1])
        assert again.code == 0 and "Collecting" not in again.log, again.log
    plain = build(project, tag=tags[0])
    assert plain.code == 0, plain.log
    compared = same_files(*tags, more=(CACHE,))
    assert compared.same, str(compared)


UV_PROJECT = """[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["demo==1.0"]
[[tool.uv.index]]
url = "{url}"
default = true
"""


def test_uv_that_asks_the_relay(shop: Shop, tags: tuple[str, str], tmp_path: Path) -> None:
    """`uv pip install` and `uv sync` leave the files that a plain build leaves."""
    base = "dockwright-test-uv:1"
    written(tmp_path / "base", {"Dockerfile": f"FROM {BASE}\nRUN pip install --no-cache-dir uv\n"})
    assert build(tmp_path / "base", tag=base).code == 0
    text = f"""FROM {base}
WORKDIR /app
RUN uv pip install --system --no-cache --index-url {shop.index.simple} extra
COPY pyproject.toml .
RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync --no-cache --locked --no-install-project
COPY uv.lock .
RUN uv sync --no-cache --frozen
"""
    project = written(
        tmp_path / "project", {"Dockerfile": text, "pyproject.toml": UV_PROJECT.format(url=shop.index.simple)}
    )
    mount = f"{project}:/app"
    locked = docker("run", "--rm", "--volume", mount, "--workdir", "/app", base, "uv", "lock", "--no-cache")
    assert locked.code == 0, locked.log
    shop.index.reset()
    with relaying(shop) as relay:
        made = derived(project, shop, tmp_path / "context", relay=relay)
        assert made.text.count("target=/app/uv.lock,mode=0444") == 2, made.notes
        built = build_derived(project, made, tags[1])
    assert built.code == 0, built.log
    assert not shop.loaded(), "these came from the index:\n" + built.log
    plain = build(project, tag=tags[0])
    assert plain.code == 0, plain.log
    assert shop.loaded() == ["base-2.1-py3-none-any.whl", "demo-1.0-py3-none-any.whl", "extra-0.3-py3-none-any.whl"]
    compared = same_files(*tags, more=(CACHE,))
    assert compared.same, str(compared)


POETRY = """[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["demo (==1.0)"]
[tool.poetry]
package-mode = false
[[tool.poetry.source]]
name = "here"
url = "{url}"
priority = "primary"
"""
POETRY_1 = """[tool.poetry]
name = "app"
version = "1"
description = ""
authors = []
package-mode = false
[tool.poetry.dependencies]
python = ">=3.9"
demo = "1.0"
[[tool.poetry.source]]
name = "here"
url = "{url}"
priority = "primary"
"""


@pytest.mark.parametrize(("version", "manifest"), [("1.8.5", POETRY_1), ("2.1.3", POETRY)])
def test_poetry(version: str, manifest: str, shop: Shop, tags: tuple[str, str], tmp_path: Path) -> None:
    """Poetry asks the index for its pages, and has the files already."""
    base = f"dockwright-test-poetry:{version}"
    written(tmp_path / "base", {"Dockerfile": f"FROM {BASE}\nRUN pip install --no-cache-dir poetry=={version}\n"})
    assert build(tmp_path / "base", tag=base).code == 0
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\nENV POETRY_VIRTUALENVS_CREATE=false\nRUN poetry install --no-root\n"
    project = written(
        tmp_path / "project", {"Dockerfile": text, "pyproject.toml": manifest.format(url=shop.index.simple)}
    )
    locked = docker("run", "--rm", "--volume", f"{project}:/app", "--workdir", "/app", base, "poetry", "lock")
    assert locked.code == 0, locked.log
    is_given_its_files(project, "pypoetry/artifacts", shop, tags, tmp_path / "context")


def is_given_its_files(project: Path, mount: str, shop: Shop, tags: tuple[str, str], context: Path) -> None:
    """From the wheelhouse, into the image that a plain build makes."""
    shop.index.reset()
    made = derived(project, shop, context)
    assert mount in made.text, made.notes
    built = build_derived(project, made, tags[1])
    assert built.code == 0, built.log
    assert not shop.loaded(), "these came from the index:\n" + built.log
    plain = build(project, tag=tags[0])
    assert plain.code == 0, plain.log
    assert shop.loaded() == ["base-2.1-py3-none-any.whl", "demo-1.0-py3-none-any.whl"]
    compared = same_files(*tags, more=(CACHE,))
    assert compared.same, str(compared)


PIPFILE = """[[source]]
name = "here"
url = "{url}"
verify_ssl = false
[packages]
demo = "==1.0"
"""


@pytest.mark.parametrize("version", ["2023.12.1", "2026.10.3"])
def test_pipenv(version: str, shop: Shop, tags: tuple[str, str], tmp_path: Path) -> None:
    """Its pip asks the index for its pages, and has in its cache what the index answered for files."""
    base = f"dockwright-test-pipenv:{version}"
    written(tmp_path / "base", {"Dockerfile": f"FROM {BASE}\nRUN pip install --no-cache-dir pipenv=={version}\n"})
    assert build(tmp_path / "base", tag=base).code == 0
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\nRUN pipenv install --system --deploy\n"
    project = written(tmp_path / "project", {"Dockerfile": text, "Pipfile": PIPFILE.format(url=shop.index.simple)})
    locked = docker("run", "--rm", "--volume", f"{project}:/app", "--workdir", "/app", base, "pipenv", "lock")
    assert locked.code == 0, locked.log
    is_given_its_files(project, "pipenv/http-v2", shop, tags, tmp_path / "context")


BUILDAH = """FROM python:3.12-slim
RUN pip install --no-cache-dir {pip} demo
RUN useradd --create-home app
USER app
RUN pip install --no-cache-dir --user {pip} extra
"""


def test_buildah(shop: Shop, tmp_path: Path) -> None:
    """buildah removes a mount's own folder alone: none but such that the base has may be above a mount."""
    need("buildah", (BASE,))
    tag = f"dockwright-test:{uuid.uuid4().hex[:12]}"
    project = written(tmp_path / "project", {"Dockerfile": BUILDAH.format(pip=shop.options)})
    made = derived(project, shop, tmp_path / "context", "buildah")
    written(tmp_path, {"Derived": made.text})
    try:
        request = BuildRequest(str(tmp_path / "Derived"), str(project), f"{tag}-d", named_contexts=made.contexts)
        built = run_build("buildah", request)
        assert built.code == 0, built.output
        assert not shop.loaded(), "these came from the index:\n" + built.output
        plain = run_build("buildah", BuildRequest(str(project / "Dockerfile"), str(project), f"{tag}-p"))
        assert plain.code == 0, plain.output
        compared = same_files(f"{tag}-p", f"{tag}-d", ("buildah", "buildah"))
        assert compared.same, str(compared)
    finally:
        remove("buildah", f"{tag}-p")
        remove("buildah", f"{tag}-d")


@pytest.mark.parametrize("name", examples.names())
def test_mended_examples(example: Callable[[str], Example], name: str, tags: tuple[str, str], tmp_path: Path) -> None:
    """With the wheels that were planned and fetched from the real index."""
    copy = example(name)
    by_hand = copy.expected.mended.by_hand[0]
    copy.edit(by_hand.edits)
    for place, target in enumerate(copy.expected.targets):
        context = copy.folder / (by_hand.context or target.context)
        project = Project.read(str(copy.folder), files=[str(copy.folder / target.dockerfile)], context=str(context))
        loaded = prefetch(project, store=Store(tmp_path / "store"))
        folder = tmp_path / f"context-{place}"
        folder.mkdir()
        made = derive(project, project.targets[0], loaded.wanted[0], str(folder), "docker", loaded.store)
        loaded.lease.close()
        print(target.name, *made.notes, sep="\n  ")
        built = build_derived(context, made, tags[1])
        assert built.code == 0, built.log
        plain = copy.build(target, tag=tags[0], context=by_hand.context)
        assert plain.code == 0, plain.log
        compared = same_files(*tags)
        assert compared.same, str(compared)
