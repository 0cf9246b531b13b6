"""Artefacts on disk, each under its sha256, shared by all projects; several processes use it at once.

    v1/ab/abcd…      an artefact, whole and verified; nothing else ever has such a name
    v1/part/abcd….part        what is there of one that is being loaded, locked by who loads it
    v1/part/abcd….from        where that came from (address, ETag)
    v1/lease/…       which artefacts a running process needs, locked as long as it lives
    v1/boot          the machine's start during which the artefacts were verified

An artefact's modification time is a mark that only verification sets: a file that was changed, and all files after
the machine's restart (which may have lost what was not written out), are verified again by their hash before they are used.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress

from dockwright.errors import PREREQUISITE, ToolError
from dockwright.wheels.artefact import DIGEST, Artefact
from dockwright.wheels.eviction import Evicted, Lease, evict
from dockwright.wheels.part import Part, digest_of

LIMIT = 20_000_000_000  # bytes
MARK = 1_000_000_000 * 10**9  # ns: the modification time of what is verified


class Store:
    def __init__(self, root: str | os.PathLike[str], limit_bytes: int = LIMIT) -> None:
        self.root = os.path.join(root, "v1")
        self.limit = limit_bytes
        try:
            for folder in ("part", "lease"):
                os.makedirs(os.path.join(self.root, folder), exist_ok=True)
            self._restarted()
        except OSError as error:
            raise unusable(self.root, error) from None

    def path(self, sha256: str) -> str:
        """Where the artefact is, or will be."""
        if DIGEST.fullmatch(sha256) is None:
            raise ValueError(f"{sha256!r} is no sha256")
        return os.path.join(self.root, sha256[:2], sha256)

    def has(self, sha256: str, size: int | None = None) -> bool:
        """Is it there, whole? Its hash is computed where the file is not as verification left it, or of another size."""
        path = self.path(sha256)
        try:
            found = os.stat(path)
        except OSError:
            return False
        if found.st_mtime_ns == MARK and size in (None, found.st_size):
            self._used(path)
            return True
        return self._verified(path, sha256)

    def _verified(self, path: str, sha256: str) -> bool:
        try:
            if digest_of(path) == sha256:
                self._used(path)
                return True
            os.unlink(path)
        except OSError:
            pass
        return False

    def _used(self, path: str) -> None:
        """The access time is when it was last wanted, whatever the file system does about reading."""
        import time

        with suppress(OSError):  # another user's store: eviction takes it for older than it is
            os.utime(path, ns=(time.time_ns(), MARK))

    # -- filling ------------------------------------------------------------------------------------------------------

    def part(self, sha256: str) -> Part | None:
        """What is there of an artefact, locked for this process; None when another one is loading it."""
        return Part.open(os.path.join(self.root, "part", f"{sha256}.part"))

    def partly(self, sha256: str) -> int:
        """Bytes that are there of an artefact that some process is loading."""
        try:
            return os.stat(os.path.join(self.root, "part", f"{sha256}.part")).st_size
        except OSError:
            return 0

    def keep(self, part: Part, sha256: str) -> bool:
        """Give a part its name if its bytes as a whole have this hash."""
        if part.digest() != sha256:
            return False
        path = self.path(sha256)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part.rename(path, MARK)
        return True

    def add(self, source: str | os.PathLike[str]) -> str:
        """Take in a copy of a file of this machine; answers its sha256."""
        sha256 = digest_of(source)
        if self.has(sha256):
            return sha256
        part = self.part(sha256)
        if part is not None:
            with part:
                part.restart()
                with open(source, "rb") as file:
                    while piece := file.read(1 << 20):
                        part.write(piece)
                if not self.keep(part, sha256):
                    raise ToolError("file-changed", f"{os.fspath(source)} changed while it was read")
        return sha256

    # -- using --------------------------------------------------------------------------------------------------------

    def lay(self, artefacts: Iterable[Artefact], folder: str | os.PathLike[str]) -> tuple[str, ...]:
        """Put artefacts into a folder under their file names, as hard links where it can be; answers the names.

        Those that are not in the store, whole, are left out.
        """
        os.makedirs(folder, exist_ok=True)
        return tuple(artefact.filename for artefact in artefacts if self._lay(artefact, folder))

    def _lay(self, artefact: Artefact, folder: str | os.PathLike[str]) -> bool:
        if not artefact.valid or not self.has(artefact.sha256, artefact.size):
            return False
        try:
            _link(self.path(artefact.sha256), os.path.join(folder, artefact.filename))
        except FileNotFoundError:
            return False  # evicted since: the caller holds no lease
        return True

    def lease(self, digests: Iterable[str]) -> Lease:
        """Keeps these from eviction until it is closed or the process ends, however it ends."""
        return Lease(self.root, digests)

    def evict(self, room: int = 0) -> Evicted:
        """Remove what was not used for longest until the store is within its limit and has room for so many bytes more."""
        return evict(self.root, max(0, self.limit - room))

    def clear(self) -> Evicted:
        """Remove everything that no running process needs."""
        return evict(self.root, 0)

    @property
    def size(self) -> int:
        return sum(size for _, size in self._files())

    @property
    def free(self) -> int:
        """Bytes that the disk has left."""
        return shutil.disk_usage(self.root).free

    def _files(self) -> Iterator[tuple[str, int]]:
        from dockwright.wheels.eviction import kept

        return ((each.path, each.size) for each in kept(self.root))

    def _restarted(self) -> None:
        """After a restart nothing counts as verified; the mark of the new start is written when all others are gone."""
        boot, marker = boot_id(), os.path.join(self.root, "boot")
        try:
            with open(marker, encoding="utf-8") as file:
                known = file.read()
        except OSError:
            known = ""
        if boot and known == boot:
            return
        for path, _ in self._files():
            try:
                os.utime(path, ns=(os.stat(path).st_atime_ns, 0))
            except OSError:
                continue
        if boot:
            with open(f"{marker}.{os.getpid()}", "w", encoding="utf-8") as file:
                file.write(boot)
            os.replace(file.name, marker)


def boot_id() -> str:
    """What differs at each start of the machine; empty where that is not told: then each process verifies for itself."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def default_root() -> str:
    from dockwright.index.cache import folder

    return os.path.join(folder(), "wheelhouse")


def unusable(root: str, error: OSError) -> ToolError:
    return ToolError(
        "wheelhouse-unusable",
        f"the wheelhouse {root} can't be written: {error.strerror}",
        hint="--wheelhouse names another place",
        exit_code=PREREQUISITE,
    )


def _link(source: str, target: str) -> None:
    """A hard link; where the folder is on another disk, a copy that is written under another name first."""
    with suppress(FileNotFoundError):
        os.unlink(target)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, f"{target}.part")
        os.replace(f"{target}.part", target)
