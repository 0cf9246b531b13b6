"""A small index of synthetic wheels that RUN steps can reach, their wheelhouse, and builds with and without it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from faulty import Index, Wheel, serving
from msgspec import Struct

from dockwright.build.derive import Derived, derive
from dockwright.build.relay import Relay
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted

from .builds import Built, build, docker

HOST = "172.17.0.1"  # docker0's: RUN steps reach this machine there
WHEELS = (Wheel("demo", "1.0", 60_000, ("base>=1",)), Wheel("base", "2.1", 40_000), Wheel("extra", "0.3", 30_000))


class Folder(Struct):
    """Artefacts in a folder, as the wheelhouse lays them."""

    path: Path

    def lay(self, artefacts: Iterable[Artefact], folder: str, /) -> tuple[str, ...]:
        Path(folder).mkdir(parents=True, exist_ok=True)
        laid = []
        for artefact in artefacts:
            shutil.copyfile(self.path / artefact.filename, Path(folder) / artefact.filename)
            laid.append(artefact.filename)
        return tuple(laid)


class Shop(Struct):
    """The index, and what a wheelhouse holds of it."""

    index: Index
    wheelhouse: Folder
    artefacts: tuple[Artefact, ...]

    @property
    def options(self) -> str:
        """pip's words for the index."""
        return f"--index-url {self.index.simple} --trusted-host {HOST}"

    def hashed(self) -> str:
        return "".join(f"{each.name}=={each.version} --hash=sha256:{each.sha256}\n" for each in self.artefacts)

    def loaded(self) -> list[str]:
        """Files of the index that were asked for since the last reset."""
        self.index.settle()
        return sorted(
            {asked.path.rpartition("/")[2] for asked in self.index.asked if asked.path.endswith((".whl", ".gz"))}
        )


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    if HOST not in docker("network", "inspect", "bridge").log:
        pytest.skip("containers reach this machine at another address")
    with serving(WHEELS, host=HOST) as index:
        artefacts = []
        folder.mkdir(parents=True, exist_ok=True)
        for made in index.files.values():
            (folder / made.filename).write_bytes(b"".join(made.pieces()))
            artefacts.append(Artefact(made.name, made.version, made.filename, made.url, made.sha256, made.size))
        yield Shop(index, Folder(folder), tuple(artefacts))


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def derived(
    project: Path, shop: Shop, folder: Path, engine: str = "docker", *, exact: bool = True, relay: str = ""
) -> Derived:
    read = Project.read(str(project))
    folder.mkdir(parents=True, exist_ok=True)
    wanted = Wanted("demo", shop.artefacts)
    return derive(read, read.targets[0], wanted, str(folder), engine, shop.wheelhouse, exact=exact, relay=relay)


class Filled(Struct):
    """All of the shop is planned and here."""

    shop: Shop

    def known(self, target: str, seconds: float) -> Wanted | None:
        return Wanted(target, self.shop.artefacts)

    def settled(self, sha256: str, seconds: float) -> bool | None:
        return True


@contextmanager
def relaying(shop: Shop) -> Iterator[str]:
    """The address at which steps find the shop's wheelhouse."""
    names = {each.sha256: str(shop.wheelhouse.path / each.filename) for each in shop.artefacts}
    relay = Relay(HOST, Filled(shop), names.__getitem__)
    relay.start()
    yield relay.url("demo")
    relay.close()


def build_derived(project: Path, made: Derived, tag: str, *options: str) -> Built:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Dockerfile"
        file.write_text(made.text)
        for name, text in made.secrets.items():
            (Path(folder) / name).write_text(text)
            options = (*options, "--secret", f"id={name},src={Path(folder) / name}")
        contexts = [word for name, path in made.contexts.items() for word in ("--build-context", f"{name}={path}")]
        return build(project, file, tag=tag, options=[*contexts, *options])
