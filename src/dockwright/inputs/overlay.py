"""Trees made of another tree: with changes laid over it, or a part of it."""

from __future__ import annotations

from collections.abc import Mapping

from dockwright.inputs.files import READ_LIMIT, UNKNOWN, Kind, Tree, Unknown, join, parent, resolve
from dockwright.inputs.tree import ListTree


class OverlayTree(Tree):
    """A tree with files written (a text) or deleted (None) over it. Deleting a folder deletes what is below it."""

    def __init__(self, tree: Tree, changes: Mapping[str, str | None]) -> None:
        self.tree = tree
        self.complete = tree.complete
        self._changes = dict(changes)
        self._made = ListTree(path for path, text in changes.items() if text is not None)

    def _gone(self, path: str) -> bool:
        """Whether the tree below is hidden here: by a deletion, or by a file where a folder was."""
        while path:
            if path in self._changes:
                return True
            path = parent(path)
        return False

    def kind(self, path: str) -> Kind | Unknown | None:
        made = self._made.kind(path)
        return made if made is not None else None if self._gone(path) else self.tree.kind(path)

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        made = self._made.names(path)
        old = () if self._gone(path) else self.tree.names(path)
        if made is UNKNOWN or old is UNKNOWN:
            return UNKNOWN
        return tuple(sorted({*made, *(name for name in old if join(path, name) not in self._changes)}))

    def target(self, path: str) -> str | Unknown | None:
        return self.tree.target(path) if self.kind(path) == "link" else None

    def read(self, path: str, limit: int = READ_LIMIT) -> str | Unknown | None:
        found = resolve(self, path)
        if found is None or found is UNKNOWN:
            return found
        if self.kind(found) is None:
            return None
        text = self._changes.get(found)
        if text is None:
            return self.tree.read(found, limit)
        return text if len(text) <= limit else UNKNOWN

    def head(self, path: str, length: int) -> bytes | Unknown | None:
        text = self._changes.get(path)
        if text is not None:
            return text.encode("utf-8", "surrogateescape")[:length]
        return None if self.kind(path) is None else self.tree.head(path, length)

    def mode(self, path: str) -> int | Unknown | None:
        """Permission bits: a patched file keeps those it had, a new one has not got any yet."""
        kind = self.kind(path)
        if kind is None or kind is UNKNOWN:
            return kind
        found = self.tree.mode(path)
        return UNKNOWN if found is None else found

    def size(self, path: str) -> int | Unknown | None:
        text = self._changes.get(path)
        if text is not None:
            return len(text.encode("utf-8", "surrogateescape"))
        return None if self.kind(path) is None else self.tree.size(path)


class SubTree(Tree):
    """A folder of a tree as a tree of its own. A link out of the folder leaves the root."""

    def __init__(self, tree: Tree, root: str) -> None:
        self.tree = tree
        self.root = root
        self.complete = tree.complete

    def kind(self, path: str) -> Kind | Unknown | None:
        return self.tree.kind(self._full(path))

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return self.tree.names(self._full(path))

    def target(self, path: str) -> str | Unknown | None:
        return self.tree.target(self._full(path))

    def read(self, path: str, limit: int = READ_LIMIT) -> str | Unknown | None:
        found = resolve(self, path)
        return found if found is None or found is UNKNOWN else self.tree.read(self._full(found), limit)

    def head(self, path: str, length: int) -> bytes | Unknown | None:
        return self.tree.head(self._full(path), length)

    def mode(self, path: str) -> int | Unknown | None:
        return self.tree.mode(self._full(path))

    def size(self, path: str) -> int | Unknown | None:
        return self.tree.size(self._full(path))

    def _full(self, path: str) -> str:
        return join(self.root, path) if path else self.root
