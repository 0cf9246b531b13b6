"""A folder of the image as a tree, for what reads manifests and requirements."""

from __future__ import annotations

import posixpath
from typing import Any

from dockwright.finding import NO, UNKNOWN
from dockwright.inputs.files import READ_LIMIT, Kind, Tree, Unknown
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import normal, under

UNHEARD_OF = "a file that no project has"


class ImageTree(Tree):
    """What is not known is UNKNOWN."""

    complete = False

    def __init__(self, image: Image, folder: str) -> None:
        self.image, self.folder = image, folder

    def _at(self, path: str) -> Any:
        return self.image.find(posixpath.join(self.folder, path) if path else self.folder)

    def kind(self, path: str) -> Kind | Unknown | None:
        look = self._at(path)
        if look.answer is NO:
            return None
        return UNKNOWN if look.node is None else look.node.kind

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        """Known where single files and folders were copied, and nothing else can have come in."""
        folder = normal(posixpath.join(self.folder, path))
        if self.image.find(posixpath.join(folder, UNHEARD_OF)).answer is not NO:
            return UNKNOWN
        if any(cover.kind in ("tree", "unsure") and under(folder, cover.folder) for cover in self.image.covers):
            return UNKNOWN
        inside = folder.rstrip("/") + "/"
        paths = (*self.image.paths, *(cover.folder for cover in self.image.covers))
        below = {each[len(inside) :].partition("/")[0] for each in paths if each.startswith(inside)}
        return tuple(sorted(name for name in below if self.image.find(inside + name).answer is not NO))

    def target(self, path: str) -> str | Unknown | None:
        return UNKNOWN

    def mode(self, path: str) -> int | Unknown | None:
        return UNKNOWN

    def size(self, path: str) -> int | Unknown | None:
        return UNKNOWN

    def read(self, path: str, limit: int = READ_LIMIT) -> str | Unknown | None:
        look = self._at(path)
        if look.answer is NO:
            return None
        text = UNKNOWN if look.node is None else look.node.text
        return text if isinstance(text, str) else UNKNOWN
