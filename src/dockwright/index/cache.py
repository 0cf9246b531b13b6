"""A cache on disk: one file an entry, named by a hash of its key, written whole or not at all.

Two processes may use it at once, and what an entry holds can't choose where it is written. A file that can't be read is
an entry that isn't there.
"""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
import os

import msgspec

FRESH = 3_600  # seconds for which an entry is taken without asking again
LIMIT = 64 * 1024 * 1024  # bytes of one entry, unpacked
AGE = 30 * 86_400  # seconds after which an unused entry is removed
VERSION = "v1"


class Entry(msgspec.Struct, frozen=True):
    """`stored` is in seconds since 1970; `etag` and `modified` are what the server wants to be asked with."""

    key: str
    stored: float
    status: int
    body: bytes  # packed by zlib
    etag: str = ""
    modified: str = ""
    type: str = ""

    def text(self) -> bytes:
        import zlib

        unpacker = zlib.decompressobj()
        body = unpacker.decompress(self.body, LIMIT)
        return b"" if unpacker.unconsumed_tail else body


def folder() -> str:
    """The XDG base directory specification: XDG_CACHE_HOME, else ~/.cache; only an absolute path counts."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(base if base.startswith("/") else os.path.expanduser("~/.cache"), "dockwright")


class Cache:
    """`root` None: nothing is kept (a home that can't be written)."""

    def __init__(self, root: str | os.PathLike[str] | None) -> None:
        self.root = os.path.join(root, "index", VERSION) if root is not None else None

    def _path(self, key: str) -> str | None:
        from dockwright.inputs.sha256 import hexdigest

        if self.root is None:
            return None
        name = hexdigest(key.encode("utf-8", "surrogateescape"))
        return os.path.join(self.root, name[:2], name[2:])

    def get(self, key: str) -> Entry | None:
        path = self._path(key)
        if path is None:
            return None
        try:
            if os.stat(path).st_size > LIMIT:
                return None
            with open(path, "rb") as file:
                entry = msgspec.msgpack.decode(file.read(), type=Entry)
        except (OSError, msgspec.MsgspecError):
            return None
        return entry if entry.key == key else None

    def put(
        self,
        key: str,
        stored: float,
        body: bytes,
        *,
        status: int = 200,
        etag: str = "",
        modified: str = "",
        type: str = "",
    ) -> None:
        import tempfile
        import zlib

        path = self._path(key)
        if path is None or len(body) > LIMIT:
            return
        entry = Entry(key, stored, status, zlib.compress(body, 1), etag, modified, type)
        try:
            parent = os.path.dirname(path)
            os.makedirs(parent, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=parent, prefix=".new-", delete=False) as file:
                file.write(msgspec.msgpack.encode(entry))
            os.replace(file.name, path)
        except OSError:
            self.root = None  # a full or read-only disk: go on without

    def prune(self, now: float) -> None:
        """Remove entries that were not renewed for a month; at most once a day."""
        if self.root is None:
            return
        from pathlib import Path

        root = Path(self.root)
        marker = root / "pruned"
        try:
            if marker.exists() and now - marker.stat().st_mtime < 86_400:
                return
            root.mkdir(parents=True, exist_ok=True)
            marker.touch()
            for path in root.glob("??/*"):
                if now - path.stat().st_mtime > AGE:
                    path.unlink(missing_ok=True)
        except OSError:
            return
