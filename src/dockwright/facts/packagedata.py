"""The tables of the package database (facts.sqlite), each read where it is asked about.

Made by `python -m tools.refresh_facts debian`, and opened read-only. `bit`: of the releases that are meant.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

DATABASE = os.path.dirname(__file__) + "/facts.sqlite"
FOLDERS = ("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/games")
PLACES = "SELECT package, folder FROM command WHERE name = ? AND releases & ? ORDER BY folder DESC"


@lru_cache(maxsize=1)
def database() -> sqlite3.Connection:
    from _sqlite3 import connect  # what sqlite3 adds to it is for dates

    return connect(f"file:{DATABASE}?mode=ro&immutable=1", uri=True, check_same_thread=False)


@lru_cache(maxsize=4)
def text(name: str) -> str:
    (packed,) = database().execute("SELECT data FROM text WHERE name = ?", (name,)).fetchone()
    return unpacked(packed)


def unpacked(packed: bytes) -> str:
    import zlib

    return zlib.decompress(packed).decode()


@lru_cache(maxsize=1)
def bits() -> dict[str, int]:
    from dockwright.facts.tables import table

    return dict(table("suites")["releases"])


@lru_cache(maxsize=1)
def origin() -> dict[str, str]:
    """Date, source and command of the data."""
    return dict(database().execute("SELECT key, value FROM meta"))


# Few names are asked about, each of them often.


@lru_cache(maxsize=1 << 14)
def package(name: str) -> tuple[int | None, int] | None:
    """Its number and the releases that have it."""
    row: tuple[int | None, int] | None = (
        database().execute("SELECT id, releases FROM package WHERE name = ?", (name,)).fetchone()
    )
    return row


@lru_cache(maxsize=1 << 12)
def places(command: str, bit: int) -> dict[str, str]:
    rows = database().execute(PLACES, (command, bit))
    found = {name(number): f"{FOLDERS[folder]}/{command}" for number, folder in rows}
    query = "SELECT package, path FROM alternative WHERE name = ? AND releases & ?"
    for number, path in database().execute(query, (command, bit)):
        found.setdefault(name(number), path)
    return found


@lru_cache(maxsize=1 << 13)
def record(number: int | None, bit: int) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    query = "SELECT depends, recommends FROM record WHERE package = ? AND releases & ?"
    row = database().execute(query, (number, bit)).fetchone()
    return (groups(row[0]), groups(row[1])) if row else ((), ())


def groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name(int(number)) for number in word.split("|") if number != "0") for word in text.split())


def name(number: int) -> str:
    return block((number - 1) // _BLOCK)[(number - 1) % _BLOCK]


_BLOCK = 256


@lru_cache(maxsize=512)
def block(number: int) -> list[str]:
    (packed,) = database().execute("SELECT data FROM names WHERE first = ?", (number,)).fetchone()
    return unpacked(packed).split("\n")


@lru_cache(maxsize=4096)
def popularity(name: str) -> int:
    row = database().execute("SELECT popularity FROM package WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def other(name: str) -> int:
    """Releases of a package whose name alone is kept."""
    query = "SELECT data FROM others WHERE first <= ? ORDER BY first DESC LIMIT 1"
    row = database().execute(query, (name,)).fetchone()
    names = unpacked(row[0]) if row else ""
    at = names.find(f"\n{name} ")
    if at < 0:
        return 0
    start = at + len(name) + 2
    return int(names[start : names.index("\n", start)])
