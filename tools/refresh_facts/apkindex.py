"""Reads an Alpine APKINDEX (the text inside APKINDEX.tar.gz): packages, what they depend on and provide.

Format: Alpine wiki, "Apk spec": one letter a field (P name, V version, D depends, p provides, o origin),
a blank line between packages.
A provider `cmd:pg_config=16.3-r0` names a command, `so:libpq.so.5` a library, `pc:libpq` a pkg-config file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Package(NamedTuple):
    name: str
    version: str
    depends: tuple[str, ...]
    commands: tuple[str, ...]
    libraries: tuple[str, ...]
    pkgconfig: tuple[str, ...]
    provides: tuple[str, ...]


def packages(lines: Iterable[str]) -> Iterator[Package]:
    fields: dict[str, str] = {}
    for line in [*lines, ""]:
        line = line.rstrip("\n")
        if line:
            letter, _, value = line.partition(":")
            fields[letter] = value
        elif fields:
            yield _package(fields)
            fields = {}


def _package(fields: dict[str, str]) -> Package:
    provided = [_bare(word) for word in fields.get("p", "").split()]
    depends = tuple(_bare(word) for word in fields.get("D", "").split() if not word.startswith("!"))
    kinds = {
        kind: tuple(word[len(kind) :] for word in provided if word.startswith(kind)) for kind in ("cmd:", "so:", "pc:")
    }
    plain = tuple(word for word in provided if ":" not in word)
    return Package(fields["P"], fields["V"], depends, kinds["cmd:"], kinds["so:"], kinds["pc:"], plain)


def _bare(word: str) -> str:
    """Without a version: `cmd:psql=16.3-r0`, `so:libc.musl-x86_64.so.1`, `musl>=1.2`."""
    for mark in ("~", ">", "<", "="):
        word = word.partition(mark)[0]
    return word
