"""Read-only folders: on disk, or from a list of names. (`overlay`: those that are made of another.)"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from dockwright.inputs.files import PATH_LIMIT, READ_LIMIT, UNKNOWN, Kind, Tree, Unknown, join, parent, resolve

__all__ = [
    "READ_LIMIT",
    "UNKNOWN",
    "DiskTree",
    "Kind",
    "ListTree",
    "Tree",
    "Unknown",
    "resolve",
]


class DiskTree(Tree):
    """A folder on disk. Folders are listed when something in them is asked for, once."""

    complete = True

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root)
        self._listings: dict[str, dict[str, Kind] | Unknown] = {}

    def kind(self, path: str) -> Kind | Unknown | None:
        if not path:
            return "dir" if os.path.isdir(self.root) else None
        at = ""
        kind: Kind | None = "dir"
        for part in path.split("/"):
            if kind != "dir":
                return None
            listing = self._listing(at)
            if listing is UNKNOWN:
                return UNKNOWN
            kind = listing.get(part)
            if kind is None:
                return None
            at = join(at, part)
        return kind

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        kind = self.kind(path)
        if kind is UNKNOWN:
            return UNKNOWN
        if kind != "dir":
            return ()
        listing = self._listing(path)
        return UNKNOWN if listing is UNKNOWN else tuple(listing)

    def target(self, path: str) -> str | Unknown | None:
        if self.kind(path) != "link":
            return None
        try:
            return os.readlink(self._full(path))
        except OSError:
            return UNKNOWN

    def read(self, path: str, limit: int = READ_LIMIT) -> str | Unknown | None:
        found = resolve(self, path)
        if found is None or found is UNKNOWN:
            return found
        kind = self.kind(found)
        if kind is None:
            return None
        data = UNKNOWN if kind != "file" else _read(self._full(found), limit + 1)
        return UNKNOWN if data is UNKNOWN or len(data) > limit else data.decode("utf-8", "surrogateescape")

    def head(self, path: str, length: int) -> bytes | Unknown | None:
        kind = self.kind(path)
        return _read(self._full(path), length) if kind == "file" else None if kind is None else UNKNOWN

    def mode(self, path: str) -> int | Unknown | None:
        found = self._lstat(path)
        return stat.S_IMODE(found.st_mode) if isinstance(found, os.stat_result) else found

    def size(self, path: str) -> int | Unknown | None:
        found = self._lstat(path)
        return found.st_size if isinstance(found, os.stat_result) else found

    def _full(self, path: str) -> str:
        return f"{self.root}/{path}"

    def _lstat(self, path: str) -> os.stat_result | Unknown | None:
        kind = self.kind(path)
        if kind is None or kind is UNKNOWN:
            return kind
        try:
            return os.lstat(self._full(path))
        except OSError:
            return UNKNOWN

    def _listing(self, path: str) -> dict[str, Kind] | Unknown:
        """Names of a folder that is known to be one; sorted."""
        found = self._listings.get(path)
        if found is None:
            found = self._listings[path] = _scan(self._full(path))
        return found


def _scan(folder: str) -> dict[str, Kind] | Unknown:
    try:
        with os.scandir(folder) as entries:
            return dict(sorted((entry.name, _entry_kind(entry)) for entry in entries))
    except OSError:
        return UNKNOWN


def _entry_kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return "link"
    return "dir" if entry.is_dir(follow_symlinks=False) else "file"


def _read(full: str, length: int) -> bytes | Unknown:
    try:
        # O_NONBLOCK: opening a fifo for reading would wait for a writer.
        handle = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return UNKNOWN
    with os.fdopen(handle, "rb") as file:
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return UNKNOWN
            return file.read(length)
        except OSError:
            return UNKNOWN


class ListTree(Tree):
    """A folder known by the names of its files, as `find` or `git ls-files` prints them; the contents are unknown.

    When the list is not complete, what is not on it is UNKNOWN.
    """

    def __init__(self, paths: Iterable[str], complete: bool = True) -> None:
        self.complete = complete
        self._folders: dict[str, set[str]] = {"": set()}
        for path in paths:
            self._add(path)

    def _add(self, line: str) -> None:
        """A name that ends with a slash, or that other names lie below, is a folder."""
        path = line.rstrip("\r\n")
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if not parts or ".." in parts or len(path) > PATH_LIMIT:
            return
        at = ""
        for part in parts:
            self._folders.setdefault(at, set()).add(part)
            at = join(at, part)
        if path.endswith("/"):
            self._folders.setdefault(at, set())

    def kind(self, path: str) -> Kind | Unknown | None:
        if path in self._folders:
            return "dir"
        if path.rpartition("/")[2] in self._folders.get(parent(path), ()):
            return "file"
        return None if self.complete else UNKNOWN

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return tuple(sorted(self._folders.get(path, ()))) if self.complete else UNKNOWN

    def target(self, path: str) -> str | Unknown | None:
        return None

    def read(self, path: str, limit: int = READ_LIMIT) -> str | Unknown | None:
        return None if self.kind(path) is None else UNKNOWN

    def mode(self, path: str) -> int | Unknown | None:
        return None if self.kind(path) is None else UNKNOWN

    size = mode
