"""The names in a tar archive, plain or compressed, read with limits and without unpacking anything.

Our own reader of headers, because the contents may be hostile: nothing here seeks, recurses or trusts a length.
ADD unpacks what moby's DecompressStream and Go's archive/tar accept, whatever the file is called.
"""

from __future__ import annotations

from collections.abc import Callable

from dockwright.inputs.files import UNKNOWN, Unknown

READ = 8 << 20  # of the file
UNPACKED = 64 << 20
MEMBERS = 100_000
BLOCK = 512
_MAGIC = (b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")  # gzip, bzip2, xz, zstd
_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst")


def listed(name: str, head: Callable[[int], bytes | Unknown | None]) -> tuple[str, ...] | Unknown | None:
    """`members` of a file of which `head` gives the first bytes; where it doesn't, the name decides."""
    first = head(BLOCK)
    if first is UNKNOWN:
        return UNKNOWN if name.lower().endswith(_SUFFIXES) else None
    if first is None or not (first.startswith(_MAGIC) or _is_header(first)):
        return None
    data = head(READ)
    return UNKNOWN if data is UNKNOWN or data is None else members(data)


def members(data: bytes) -> tuple[str, ...] | Unknown | None:
    """Names of the members, folders with a slash behind; None for what is no archive.

    `data` is the file, or its first READ bytes. UNKNOWN: too big to list, or not to be unpacked here.
    """
    tar = _unpacked(data)
    if tar is None or tar is UNKNOWN:
        return tar
    if len(tar) < BLOCK or not _is_header(tar[:BLOCK]):
        return None
    return UNKNOWN if len(data) >= READ or len(tar) >= UNPACKED else _names(tar)


def _unpacked(data: bytes) -> bytes | Unknown | None:
    """moby pkg/archive: the compression is told by the first bytes."""
    gzip, bzip2, xz, zstd = _MAGIC
    if data.startswith(zstd):
        return UNKNOWN
    try:
        if data.startswith(gzip):
            import zlib

            return zlib.decompressobj(31).decompress(data, UNPACKED)
        if data.startswith(bzip2):
            import bz2

            return bz2.BZ2Decompressor().decompress(data, UNPACKED)
        if data.startswith(xz):
            import lzma

            return lzma.LZMADecompressor(memlimit=256 << 20).decompress(data, UNPACKED)
    except Exception:  # each library has errors of its own; whichever it is, the stream is broken
        return UNKNOWN if len(data) >= READ else None
    return data


def _is_header(block: bytes) -> bool:
    """The sum of the bytes, with the field of the sum itself taken for blanks."""
    want = _number(block[148:156])
    return any(block) and want == sum(block) - sum(block[148:156]) + 8 * 32


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and all(48 <= byte <= 55 for byte in digits) else -1


def _names(tar: bytes) -> tuple[str, ...] | Unknown:
    names: list[str] = []
    at, long = 0, ""
    while at + BLOCK <= len(tar) and len(names) < MEMBERS:
        block = tar[at : at + BLOCK]
        if not any(block):
            return tuple(names)
        size, kind = _number(block[124:136]), block[156:157]
        if size < 0 or not _is_header(block):
            return UNKNOWN
        at += BLOCK
        body = tar[at : at + size] if kind in b"Lx" and kind else b""
        at += 0 if kind in (b"1", b"2", b"3", b"4", b"5", b"6") else -(-size // BLOCK) * BLOCK
        if kind == b"L":
            long = _text(body)
        elif kind == b"x":
            long = _pax_path(body) or long
        elif kind != b"g" and kind != b"K":
            name = long or _header_name(block)
            names.append(name.rstrip("/") + "/" if kind == b"5" else name)
            long = ""
    return UNKNOWN if len(names) >= MEMBERS else tuple(names)


def _header_name(block: bytes) -> str:
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    name = _text(block[:100])
    return f"{prefix}/{name}" if prefix else name


def _pax_path(body: bytes) -> str:
    """Records are `LENGTH KEY=VALUE\\n`."""
    at = 0
    while at < len(body):
        length, space, _ = body[at : at + 20].partition(b" ")
        if not space or not length.isdigit() or int(length) <= len(length):
            return ""
        record = body[at + len(length) + 1 : at + int(length)]
        key, _, value = record.partition(b"=")
        if key == b"path":
            return _text(value.removesuffix(b"\n"))
        at += int(length)
    return ""


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")
