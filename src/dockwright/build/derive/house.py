"""The folder that goes with the build as a named context: the artefacts, and what points the tools at them.

    files/NAME-1.0-….whl                as the wheelhouse lays them
    tagged/index.html, tagged/files/    for `pip install`: links whose names have a build tag above all others
    named/simple/NAME/, named/files/    an index (PEP 503) of links under their own names
    poetry/ab/cd/ef/…/NAME-1.0-….whl    links where Poetry looks for what it has downloaded
    http-v2/a/b/c/d/e/HASH, HASH.body   what pip keeps of answers: for pipenv, whose pip reads no settings
    conf/…, locks/…                     settings and lock files

A link costs nothing: BuildKit is sent each file once. Everything can be read by every user of the image, and is the same for
the same artefacts: the engine's cache of a step depends on it.
"""

from __future__ import annotations

import html
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from dockwright.inputs.requirement import canonical
from dockwright.wheels.artefact import Artefact

# pip says a warning for each package without a page; these it asks for by itself.
ALWAYS = ("pip", "setuptools", "wheel")
BUILD = "99999999"


class Shelf(Protocol):
    """Where artefacts are on this machine: wheels.store.Store."""

    def lay(self, artefacts: Iterable[Artefact], folder: str, /) -> tuple[str, ...]: ...


def lay(artefacts: Iterable[Artefact], shelf: Shelf | None, folder: str) -> tuple[Artefact, ...]:
    """Lay the artefacts; answers those that are there."""
    wanted = sorted({each.filename: each for each in artefacts}.values(), key=lambda each: each.filename)
    files = os.path.join(folder, "files")
    laid = set(shelf.lay(wanted, files)) if shelf is not None and wanted else set()
    there = tuple(each for each in wanted if each.filename in laid)
    for artefact in there:
        _readable(os.path.join(files, artefact.filename))
    return there


def tagged(filename: str) -> str:
    """A wheel's name with a build tag that wins against every other of that version, wherever pip finds them (PEP 427)."""
    parts = filename.removesuffix(".whl").split("-")
    if not filename.endswith(".whl") or len(parts) not in (5, 6):
        return filename
    return "-".join([*parts[:2], BUILD, *parts[-3:]]) + ".whl"


def lay_tagged(there: Iterable[Artefact], folder: str) -> None:
    """A page for find-links. Source archives have no build tag: pip takes those from an index that comes last."""
    wheels = [each for each in there if each.filename.endswith(".whl")]
    sources = [each for each in there if not each.filename.endswith(".whl")]
    for each in wheels:
        _link(folder, each.filename, f"tagged/files/{tagged(each.filename)}")
    links = ((f"files/{tagged(each.filename)}", each.sha256) for each in wheels)
    write(folder, "tagged/index.html", page(links))
    _lay_index(sources, folder, "tagged")


def lay_named(there: Iterable[Artefact], folder: str) -> None:
    _lay_index(tuple(there), folder, "named")


def _lay_index(artefacts: Sequence[Artefact], folder: str, tree: str) -> None:
    for each in artefacts:
        _link(folder, each.filename, f"{tree}/files/{each.filename}")
    for name in (*ALWAYS, *(canonical(each.name) for each in artefacts)) if artefacts else ():
        own = (each for each in artefacts if canonical(each.name) == name)
        links = ((f"../../files/{each.filename}", each.sha256) for each in own)
        write(folder, f"{tree}/simple/{name}/index.html", page(links))
    _open(os.path.join(folder, tree))


def _link(folder: str, filename: str, path: str) -> None:
    at = os.path.join(folder, path)
    os.makedirs(os.path.dirname(at), exist_ok=True)
    if os.path.exists(at):
        return
    try:
        os.link(os.path.join(folder, "files", filename), at)
    except OSError:  # a file system without links
        import shutil

        shutil.copy(os.path.join(folder, "files", filename), at)


def page(links: Iterable[tuple[str, str]]) -> str:
    """HTML of links: addresses relative to the page's own, and the sha256 of each file."""
    anchors = (_anchor(path, sha256) for path, sha256 in links)
    return "\n".join(["<!DOCTYPE html>", "<html><body>", *anchors, "</body></html>", ""])


def _anchor(path: str, sha256: str) -> str:
    from urllib.parse import quote

    name = html.escape(path.rpartition("/")[2])
    return f'<a href="{quote(path)}#sha256={sha256}">{name}</a><br>'


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
    write_bytes(folder, path, text.encode())


def write_bytes(folder: str, path: str, data: bytes) -> None:
    at = os.path.join(folder, path)
    os.makedirs(os.path.dirname(at), exist_ok=True)
    with open(at, "wb") as file:
        file.write(data)
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
        place = "/".join(poetry_key(artefact.url, artefact.sha256))
        _link(folder, artefact.filename, f"poetry/{place}/{artefact.filename}")
    _open(root, 0o777)


def poetry_key(url: str, sha256: str) -> Iterator[str]:
    """The folders for one link: the hash of its address and of its own hash, as compact JSON."""
    import hashlib
    import json

    parts = {"sha256": sha256, "url": url.partition("#")[0]}
    key = hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
    yield from (key[:2], key[2:4], key[4:6], key[6:])


# -- pip's cache --------------------------------------------------------------------------------------------------------

# Of all answers: a constant, since the engine's cache of a step depends on it.
FRESH = {"date": "Thu, 01 Jan 2026 00:00:00 GMT", "cache-control": "max-age=3650000000, immutable, public"}


def lay_for_pip(there: Iterable[Artefact], folder: str) -> None:
    """pip's HTTP cache from 23.3 on (SafeFileCache of pip, Serializer version 4 of CacheControl)."""
    from msgspec import msgpack

    for artefact in there:
        place = f"http-v2/{pip_key(artefact.url)}"
        size = os.path.getsize(os.path.join(folder, "files", artefact.filename))
        headers = {**FRESH, "content-type": "application/octet-stream", "content-length": str(size)}
        response = {
            "body": b"",
            "headers": headers,
            "status": 200,
            "version": 11,
            "reason": "OK",
            "decode_content": False,
        }
        _link(folder, artefact.filename, f"{place}.body")
        write_bytes(folder, place, b"cc=4," + msgpack.encode({"response": response, "vary": {}}))
    _open(os.path.join(folder, "http-v2"))


def pip_key(url: str) -> str:
    """Where the answer for an address lies: by the hash of the address, its scheme and host in lower case."""
    import hashlib
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    key = f"{parts.scheme}://{parts.netloc}".lower() + (parts.path or "/") + query
    hashed = hashlib.sha224(key.encode()).hexdigest()
    return "/".join([*hashed[:5], hashed])
