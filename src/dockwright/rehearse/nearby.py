"""Where in the image a file is that was looked for elsewhere: what lines made, and the trees that copies laid down."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from dockwright.finding import YES
from dockwright.inputs.files import UNKNOWN, walk
from dockwright.inputs.nearest import shared_end
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Node

ENTRIES = 2000  # of a copied tree that are looked at
NEAR = 3


def nearby(image: Image, path: str) -> tuple[str, ...]:
    """Paths of the same name, those that share most of the end of `path` first; without what the base image brings."""
    name = posixpath.basename(path)
    if not name:
        return ()
    found = {each for each in _named(image, name) if each != path and _there(image, each)}
    return tuple(sorted(found, key=lambda each: (-shared_end(each, path), len(each), each))[:NEAR])


def only(paths: tuple[str, ...], path: str) -> str | None:
    """The one that shares more of the end than any other."""
    if not paths:
        return None
    best = shared_end(paths[0], path)
    return paths[0] if len(paths) == 1 or shared_end(paths[1], path) < best else None


def _named(image: Image, name: str) -> Iterator[str]:
    for path, (_, entry) in image.paths.items():
        if isinstance(entry, Node) and path.endswith("/" + name):
            yield path
    for cover in image.covers:
        files: Any = getattr(cover.below, "files", None)
        if cover.kind == "tree" and files is not None and files is not UNKNOWN:
            for entry_path, _ in walk(files, "", ENTRIES):
                if posixpath.basename(entry_path) == name:
                    yield posixpath.join(cover.folder, entry_path)


def _there(image: Image, path: str) -> bool:
    look = image.find(path)
    return look.answer is YES and look.node is not None and look.node.made is not None and look.node.kind != "dir"
