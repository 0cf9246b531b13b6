"""The wheelhouse kept within its limit: what was not used for longest goes first, never what a running process needs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from types import TracebackType

from msgspec import Struct

PARTS = 14 * 86_400  # seconds after which a part that nobody continued is given up


class Kept(Struct, frozen=True):
    path: str
    size: int
    used: float


class Evicted(Struct, frozen=True):
    """`left`: bytes that remain, those of parts too."""

    count: int = 0
    bytes: int = 0
    left: int = 0


class Lease:
    """A file that lists digests, locked for as long as they are needed: the kernel unlocks it when the process ends."""

    def __init__(self, root: str, digests: Iterable[str]) -> None:
        import tempfile

        with _locked(root):  # who evicts never sees a lease that nobody holds yet
            self._file, self._path = tempfile.mkstemp(dir=os.path.join(root, "lease"))
            fcntl.flock(self._file, fcntl.LOCK_EX)
            os.write(self._file, "\n".join(digests).encode())

    def close(self) -> None:
        if self._file >= 0:
            _unlink(self._path)
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _locked:
    """One process at a time evicts, or begins a lease."""

    def __init__(self, root: str) -> None:
        self._path = os.path.join(root, "lock")

    def __enter__(self) -> None:
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._file)


def kept(root: str) -> Iterator[Kept]:
    """Every artefact with its size and when it was last wanted."""
    for folder in _entries(root):
        if folder.is_dir() and len(folder.name) == 2:
            for entry in _entries(folder.path):
                try:
                    found = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if len(entry.name) == 64:
                    yield Kept(entry.path, found.st_size, found.st_atime)


def evict(root: str, limit: int) -> Evicted:
    with _locked(root):
        needed = _leased(root)
        there = sorted(kept(root), key=lambda each: each.used)
        parts = _parts(root)
        size = sum(each.size for each in (*there, *parts))
        count = freed = 0
        for each in (*_abandoned(parts, everything=limit == 0), *there):
            if size - freed <= limit and not each.path.endswith(".part"):
                break
            if os.path.basename(each.path).removesuffix(".part") not in needed and _gone(each.path):
                count += 1
                freed += each.size
        _forget(root)
        return Evicted(count, freed, size - freed)


def _forget(root: str) -> None:
    """What a killed process left beside parts that are gone: a few bytes each."""
    there = {entry.name for entry in _entries(os.path.join(root, "part"))}
    for name in there:
        digest, dot, rest = name.partition(".")
        if rest != "part" and f"{digest}{dot}part" not in there:
            _unlink(os.path.join(root, "part", name))


def _parts(root: str) -> list[Kept]:
    found = []
    for entry in _entries(os.path.join(root, "part")):
        try:
            stat = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if entry.name.endswith(".part"):
            found.append(Kept(entry.path, stat.st_size, stat.st_mtime))
    return found


def _abandoned(parts: Iterable[Kept], *, everything: bool) -> Iterator[Kept]:
    import time

    oldest = time.time() - PARTS
    return (each for each in parts if everything or each.used < oldest)


def _gone(path: str) -> bool:
    """A part that a process is loading stays."""
    if not path.endswith(".part"):
        return _unlink(path)
    from dockwright.wheels.part import Part

    part = Part.open(path)
    if part is None:
        return False
    with part:
        part.restart()  # closing an empty one removes it
    return True


def _leased(root: str) -> set[str]:
    """Digests that running processes need; leases of processes that ended are removed."""
    needed: set[str] = set()
    for entry in _entries(os.path.join(root, "lease")):
        try:
            descriptor = os.open(entry.path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _unlink(entry.path)
        except BlockingIOError:
            with open(entry.path, encoding="ascii", errors="replace") as file:
                needed |= set(file.read().split())
        finally:
            os.close(descriptor)
    return needed


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _unlink(path: str) -> bool:
    try:
        os.unlink(path)
    except OSError:
        return False
    return True
