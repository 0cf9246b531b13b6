"""The folder that goes with the build as a named context: the wheels, and what points the tools at them.

    pip/files/NAME-1.0-….whl     the artefacts, as links to the wheelhouse
    pip/simple/NAME/index.html   an index of them (PEP 503) with their hashes
    conf/pip.conf, …             settings of the tools
    poetry/ab/cd/ef/…/NAME….whl  the same files where Poetry looks for what it has downloaded

Everything can be read by every user of the image, and is written the same for the same artefacts: the engine's cache of a
step depends on it.
"""

from __future__ import annotations

import html
import os
from collections.abc import Iterable, Iterator
from typing import Protocol

from dockwright.inputs.requirement import canonical
from dockwright.wheels.artefact import Artefact

# pip says a warning for each package without a page; these it asks for by itself.
ALWAYS = ("pip", "setuptools", "wheel")


class Shelf(Protocol):
    """Where artefacts are on this machine: wheels.store.Store."""

    def lay(self, artefacts: Iterable[Artefact], folder: str, /) -> tuple[str, ...]: ...


def lay(artefacts: Iterable[Artefact], shelf: Shelf | None, folder: str) -> tuple[Artefact, ...]:
    """Lay the artefacts and the index of them; answers those that are there."""
    wanted = sorted({each.filename: each for each in artefacts}.values(), key=lambda each: each.filename)
    files = os.path.join(folder, "pip", "files")
    laid = set(shelf.lay(wanted, files)) if shelf is not None and wanted else set()
    there = tuple(each for each in wanted if each.filename in laid)
    if there:
        for artefact in there:
            _readable(os.path.join(files, artefact.filename))
        for name in (*ALWAYS, *(canonical(each.name) for each in there)):
            write(folder, f"pip/simple/{name}/index.html", _page(name, there))
        _open(os.path.join(folder, "pip"))
    return there


def _page(name: str, there: Iterable[Artefact]) -> str:
    links = [
        f'<a href="../../files/{_quoted(each.filename)}#sha256={each.sha256}">{html.escape(each.filename)}</a><br>'
        for each in there
        if canonical(each.name) == name
    ]
    return "\n".join(["<!DOCTYPE html>", "<html><body>", *links, "</body></html>", ""])


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def _readable(path: str) -> None:
    """The file of another user's wheelhouse may not be ours to open up: then it is copied."""
    if os.stat(path).st_mode & 0o444 == 0o444:
        return
    try:
        os.chmod(path, 0o644)
    except OSError:
        import shutil

        shutil.copyfile(path, f"{path}.part")
        os.chmod(f"{path}.part", 0o644)
        os.replace(f"{path}.part", path)


def write(folder: str, path: str, text: str) -> None:
    at = os.path.join(folder, path)
    os.makedirs(os.path.dirname(at), exist_ok=True)
    with open(at, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.chmod(at, 0o644)
    _open(os.path.join(folder, path.split("/", 1)[0]))


def _open(folder: str, mode: int = 0o755) -> None:
    """Folders get a mode of their own, whatever the umask."""
    for at, _, _ in os.walk(folder):
        os.chmod(at, mode)


# -- Poetry -------------------------------------------------------------------------------------------------------------


def lay_for_poetry(there: Iterable[Artefact], folder: str) -> None:
    """Poetry's artifact cache (ArtifactCache.get_cache_directory_for_link of Poetry 1.5 to 2.1; earlier ones key alike
    for wheels). Writable for all: what is not there is downloaded into it."""
    root = os.path.join(folder, "poetry")
    for artefact in there:
        place = os.path.join(root, *poetry_key(artefact.url, artefact.sha256))
        os.makedirs(place, exist_ok=True)
        os.link(os.path.join(folder, "pip", "files", artefact.filename), os.path.join(place, artefact.filename))
    _open(root, 0o777)


def poetry_key(url: str, sha256: str) -> Iterator[str]:
    """The folders for one link: the hash of its address and of its own hash, as compact JSON."""
    import hashlib
    import json

    parts = {"sha256": sha256, "url": url.partition("#")[0]}
    key = hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
    yield from (key[:2], key[2:4], key[4:6], key[6:])
