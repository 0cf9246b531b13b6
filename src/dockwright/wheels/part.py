"""A file that is being loaded: it survives the process that loads it, and only one process loads it at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from types import TracebackType

import msgspec
from msgspec import Struct

READ = 1 << 20


class Origin(Struct, frozen=True):
    """Where the bytes of a part came from; `tag` is a strong ETag, or the date of its last modification."""

    url: str = ""  # a hash of it: addresses may hold secrets
    tag: str = ""


class Part:
    """Open and locked. Its bytes are hashed as they come; those of an earlier process are read once."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._file = descriptor
        self.size = os.fstat(descriptor).st_size
        self._hash: hashlib._Hash | None = None if self.size else hashlib.sha256()
        self.origin = self._read_origin()

    @staticmethod
    def open(path: str) -> Part | None:
        """None when another process has it."""
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # between opening and locking another process may have given it its name, or removed it
                if os.path.exists(path) and os.path.samestat(os.fstat(descriptor), os.stat(path)):
                    return Part(path, descriptor)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except FileNotFoundError:
                pass
            os.close(descriptor)

    def __enter__(self) -> Part:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leaves what is there for the next process; nothing is left of a part without bytes."""
        if self._file < 0:
            return
        if not self.size:
            self._remove(self.path, f"{self.path[:-5]}.from")
        os.close(self._file)
        self._file = -1

    def write(self, data: bytes) -> None:
        if self._hash is not None:
            self._hash.update(data)
        left = memoryview(data)
        while left:
            done = os.pwrite(self._file, left, self.size)
            self.size += done
            left = left[done:]

    def restart(self) -> None:
        """Throw away what is there."""
        os.ftruncate(self._file, 0)
        self.size = 0
        self._hash = hashlib.sha256()
        self.origin = Origin()

    def digest(self) -> str:
        """Of all its bytes: what other processes wrote is read again."""
        if self._hash is None:
            self._hash = _hashed(self._file)
        return self._hash.hexdigest()

    def came(self, origin: Origin) -> None:
        """Note where the following bytes come from."""
        if origin == self.origin:
            return
        self.origin = origin
        path = f"{self.path[:-5]}.from"
        with suppress(OSError):  # without the note the next process asks for the range without a condition
            with open(f"{path}.{os.getpid()}", "wb") as file:
                file.write(msgspec.json.encode(origin))
            os.replace(file.name, path)

    def rename(self, path: str, mark: int) -> None:
        """To its final place, in one step: readable, not writable, its time set to `mark`."""
        import time

        os.fchmod(self._file, 0o444)
        os.utime(self._file, ns=(time.time_ns(), mark))
        os.rename(self.path, path)
        self._remove(f"{self.path[:-5]}.from")
        os.close(self._file)
        self._file = -1

    def _read_origin(self) -> Origin:
        try:
            with open(f"{self.path[:-5]}.from", "rb") as file:
                return msgspec.json.decode(file.read(10_000), type=Origin)
        except (OSError, msgspec.MsgspecError):
            return Origin()

    @staticmethod
    def _remove(*paths: str) -> None:
        for path in paths:
            try:
                os.unlink(path)
            except OSError:
                continue


def _hashed(descriptor: int) -> hashlib._Hash:
    found = hashlib.sha256()
    at = 0
    while piece := os.pread(descriptor, READ, at):
        found.update(piece)
        at += len(piece)
    return found


def digest_of(path: str | os.PathLike[str]) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _hashed(descriptor).hexdigest()
    finally:
        os.close(descriptor)
