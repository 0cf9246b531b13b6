"""Wheels of any size that exist only as a rule: any range of their bytes is computed when it is asked for."""

from __future__ import annotations

import base64
import random
import zlib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from hashlib import sha256
from struct import pack

from msgspec import Struct

BLOCK = 1 << 20


class Wheel(Struct, frozen=True):
    """What to make: about `size` bytes."""

    name: str
    version: str = "1.0"
    size: int = 20_000
    requires: tuple[str, ...] = ()
    tag: str = "py3-none-any"
    python: str = ""

    @property
    def filename(self) -> str:
        return f"{self.stem}-{self.tag}.whl"

    @property
    def stem(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}"

    @property
    def metadata(self) -> str:
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Python: {self.python}"] if self.python else []
        return "\n".join([*lines, *(f"Requires-Dist: {each}" for each in self.requires)]) + "\n"


@lru_cache(maxsize=1)
def _pool(seed: int) -> bytes:
    return random.Random(seed).randbytes(BLOCK)


def filler(key: str, size: int, seed: int = 0) -> Iterator[bytes]:
    """The same bytes for the same key, block by block, each block unlike every other."""
    for number in range(-(-size // BLOCK)):
        yield block(key, number, min(BLOCK, size - number * BLOCK), seed)


def block(key: str, number: int, size: int, seed: int = 0) -> bytes:
    mark = sha256(f"{key}:{number}".encode()).digest()
    return (mark + _pool(seed)[len(mark) :])[:size]


class Made:
    """A wheel: the texts at its head and tail are in memory, the filler between them never is as a whole."""

    def __init__(self, wheel: Wheel, seed: int = 0) -> None:
        self.wheel = wheel
        self.seed = seed
        self.filename = wheel.filename
        self.name, self.version = wheel.name, wheel.version
        self.url = ""  # set by the server
        self._filling = max(0, wheel.size - 2_000)
        self._head, self._tail = self._archive()
        self.size = len(self._head) + self._filling + len(self._tail)

    def read(self, start: int, length: int) -> bytes:
        """At most `length` bytes from `start` on; less only at a block's border or the end."""
        if start < len(self._head):
            return self._head[start : start + length]
        inner = start - len(self._head)
        if inner < self._filling:
            number, at = divmod(inner, BLOCK)
            piece = block(self.wheel.stem, number, min(BLOCK, self._filling - number * BLOCK), self.seed)
            return piece[at : at + length]
        after = inner - self._filling
        return self._tail[after : after + length]

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        end = self.size if end is None else end
        while start < end:
            piece = self.read(start, min(1 << 18, end - start))
            yield piece
            start += len(piece)

    @cached_property
    def sha256(self) -> str:
        digest = sha256()
        for piece in (self._head, *filler(self.wheel.stem, self._filling, self.seed), self._tail):
            digest.update(piece)
        return digest.hexdigest()

    def _archive(self) -> tuple[bytes, bytes]:
        """The bytes before and after the filler: a zip archive without compression (APPNOTE.TXT 4.3)."""
        wheel = self.wheel
        module, info = wheel.name.replace("-", "_"), f"{wheel.stem}.dist-info"
        texts = {
            f"{module}/__init__.py": f"VERSION = {wheel.version!r}\n".encode(),
            f"{info}/METADATA": wheel.metadata.encode(),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: faulty\nRoot-Is-Purelib: true\nTag: {wheel.tag}\n".encode(),
        }
        digest, crc = sha256(), 0
        for piece in filler(wheel.stem, self._filling, self.seed):
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
        lines = [_record(name, sha256(body).digest(), len(body)) for name, body in texts.items()]
        lines += [_record(f"{module}/data.bin", digest.digest(), self._filling), f"{info}/RECORD,,"]
        head, entries = b"", []
        for name, body in texts.items():
            entries.append(_Entry(name, zlib.crc32(body), len(body), len(head)))
            head += entries[-1].local + body
        entries.append(_Entry(f"{module}/data.bin", crc, self._filling, len(head)))
        head += entries[-1].local
        record = "\n".join([*lines, ""]).encode()
        entries.append(_Entry(f"{info}/RECORD", zlib.crc32(record), len(record), len(head) + self._filling))
        tail = entries[-1].local + record
        directory = b"".join(entry.central for entry in entries)
        at = len(head) + self._filling + len(tail)
        return head, tail + directory + pack(
            "<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), at, 0
        )


def _record(name: str, digest: bytes, size: int) -> str:
    return f"{name},sha256={base64.urlsafe_b64encode(digest).decode().rstrip('=')},{size}"


class _Entry(Struct, frozen=True):
    name: str
    crc: int
    size: int
    at: int

    @property
    def _common(self) -> bytes:
        """Version 2.0, no flags, stored, 1980-01-01."""
        return pack("<5H3L2H", 20, 0, 0, 0, 33, self.crc, self.size, self.size, len(self.name), 0)

    @property
    def local(self) -> bytes:
        return b"PK\3\4" + self._common + self.name.encode()

    @property
    def central(self) -> bytes:
        made_by = pack("<H", 3 << 8 | 20)
        rest = pack("<3H2L", 0, 0, 0, 0o100644 << 16, self.at)
        return b"PK\1\2" + made_by + self._common + rest + self.name.encode()
