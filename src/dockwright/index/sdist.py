"""What a source archive says of itself without being run: PKG-INFO, and the requires.txt that setuptools left in it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from msgspec import Struct

from dockwright.index.client import Index
from dockwright.index.page import File

READ = 8 * 1024 * 1024  # of an archive, packed
MEMBERS = 20_000
TEXT = 2 * 1024 * 1024


class Declared(Struct, frozen=True):
    """`sure`: the metadata say that every build gives the same (metadata 2.2, not dynamic)."""

    requires: tuple[str, ...] = ()
    sure: bool = False


def declared(index: Index, file: File) -> Declared | None:
    """Requirements of a source archive; None when they can't be read without a build."""
    if file.kind != "sdist" or not file.name.endswith(".tar.gz") or index.offline:
        return None
    key = f"declared:{file.url.partition('#')[0]}"
    entry = index.cache.get(key)
    if entry is None:
        import time

        body = _texts(index, file)
        if body is None:
            return None
        index.cache.put(key, time.time(), body)
        return read(body.decode("utf-8", "replace"))
    return read(entry.text().decode("utf-8", "replace"))


def _texts(index: Index, file: File) -> bytes | None:
    """PKG-INFO, then a form feed, then requires.txt."""
    reply = index.fetcher.get(file.url.partition("#")[0], part=READ)
    if reply.status != 200:
        return None
    found: dict[str, bytes] = {}
    for name, body in members(reply.body):
        found.setdefault(name, body)
        if len(found) == 2:
            break
    if "PKG-INFO" not in found:
        return None
    return found["PKG-INFO"] + b"\n\x0c\n" + found.get("requires.txt", b"\x00")


def members(packed: bytes) -> Iterator[tuple[str, bytes]]:
    """Texts of the archive's top that matter; a cut or hostile archive just ends."""
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r|gz") as archive:
            for count, member in enumerate(archive):
                if count > MEMBERS:
                    return
                parts = member.name.split("/")
                top = len(parts) == 2 and parts[1] == "PKG-INFO"
                egg = parts[-1] == "requires.txt" and len(parts) in (3, 4) and parts[-2].endswith(".egg-info")
                if member.isfile() and (top or egg) and member.size <= TEXT:
                    file = archive.extractfile(member)
                    if file is not None:
                        yield parts[-1], file.read(TEXT)
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return


def read(text: str) -> Declared | None:
    """The requirements in a pair of texts as `_texts` joins them."""
    info, _, listed = text.partition("\n\x0c\n")
    fields = headers(info)
    version = next((value for name, value in fields if name == "metadata-version"), "")
    dynamic = {value.lower() for name, value in fields if name == "dynamic"}
    requires = tuple(value for name, value in fields if name == "requires-dist")
    if _at_least(version, (2, 2)) and "requires-dist" not in dynamic:
        return Declared(requires, True)
    if requires:
        return Declared(requires)
    if listed and listed != "\x00":
        return Declared(tuple(_requires_txt(listed)))
    return Declared()


def headers(text: str) -> list[tuple[str, str]]:
    """Name (lower case) and value of each field before the first empty line; folded lines are joined."""
    fields: list[tuple[str, str]] = []
    for line in text.splitlines():
        if not line.strip():
            break
        if line[0] in " \t" and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif ":" in line:
            name, _, value = line.partition(":")
            fields.append((name.strip().lower(), value.strip()))
    return fields


def _at_least(version: str, least: tuple[int, int]) -> bool:
    major, _, minor = version.partition(".")
    return major.isdigit() and minor.isdigit() and (int(major), int(minor)) >= least


def _requires_txt(text: str) -> Iterator[str]:
    """setuptools: plain lines, then sections `[extra:marker]`; extras are left out."""
    marker, extra = "", ""
    for line in (raw.strip() for raw in text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
        elif line and not line.startswith("#") and not extra:
            yield f"{line} ; {marker}" if marker else line
