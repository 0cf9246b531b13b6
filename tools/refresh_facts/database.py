"""Writes facts.sqlite: compact tables for what is asked often, compressed texts for what is asked seldom."""

from __future__ import annotations

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from .deb822 import relations
from .release_index import Release

SCHEMA = """
PRAGMA page_size = 4096;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE release (bit INTEGER PRIMARY KEY, os TEXT, codename TEXT, date TEXT);
CREATE TABLE package (name TEXT PRIMARY KEY, id INTEGER, releases INTEGER, popularity INTEGER) WITHOUT ROWID;
CREATE TABLE record (package INTEGER, releases INTEGER, depends TEXT, recommends TEXT, PRIMARY KEY (package,
releases)) WITHOUT ROWID;
CREATE TABLE command (name TEXT, package INTEGER, releases INTEGER, folder INTEGER, PRIMARY KEY (name, package,
releases, folder)) WITHOUT ROWID;
CREATE INDEX command_of ON command (package);
CREATE TABLE alternative (name TEXT, package INTEGER, releases INTEGER, path TEXT, PRIMARY KEY (name, package,
releases, path)) WITHOUT ROWID;
CREATE TABLE library (name TEXT, package INTEGER, releases INTEGER, PRIMARY KEY (name, package,
releases)) WITHOUT ROWID;
CREATE TABLE pkgconfig (name TEXT, package INTEGER, releases INTEGER, PRIMARY KEY (name, package,
releases)) WITHOUT ROWID;
CREATE TABLE virtual (name TEXT, releases INTEGER, providers TEXT, PRIMARY KEY (name, releases)) WITHOUT ROWID;
CREATE TABLE renamed (name TEXT, releases INTEGER, target TEXT, why TEXT, PRIMARY KEY (name, releases)) WITHOUT ROWID;
CREATE TABLE python (package INTEGER, releases INTEGER, name TEXT, version TEXT, kind TEXT, PRIMARY KEY (package,
name, releases)) WITHOUT ROWID;
CREATE TABLE version (package INTEGER, releases INTEGER, version TEXT, PRIMARY KEY (package, releases)) WITHOUT ROWID;
CREATE TABLE image (recipe TEXT, release INTEGER, packages TEXT, PRIMARY KEY (recipe, release)) WITHOUT ROWID;
CREATE TABLE names (first INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE others (first TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;
CREATE TABLE text (name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;
"""
BLOCK = 256  # names in a compressed block: small enough to unpack one for a single look-up
FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin", "usr/games")
# Names that only the package system itself uses: dh-make-perl's perlapi-*, Haskell's hashes, librust feature packages.
NOISE = (
    "librust-",
    "libghc-",
    "golang-",
    "perlapi-",
    "r-cran-",
    "r-bioc-",
    "gir1.2-",
    "ruby-",
    "node-",
    "libjs-",
    "php-",
    "elpa-",
)


class Writer:
    """Numbers the packages that are kept and merges what is the same in several releases into one row."""

    def __init__(self, path: Path, releases: Mapping[int, Release], kept: set[str]) -> None:
        path.unlink(missing_ok=True)
        self.db = sqlite3.connect(path)
        self.db.executescript(SCHEMA)
        self.releases = releases
        self.ids = {name: number for number, name in enumerate(sorted(kept), 1)}

    def all(
        self, images: Mapping[int, Mapping[str, set[str]]], alternatives: Iterable[tuple[str, str, int, str]]
    ) -> None:
        self.packages()
        self.records()
        self.commands()
        self.files()
        self.virtual()
        self.renamed()
        merged: dict[tuple[str, int, str], int] = defaultdict(int)
        for command, package, bit, path in alternatives:
            merged[command, self.ids[package], path] += bit
        self.insert("alternative", ((command, number, mask, path) for (command, number, path), mask in merged.items()))
        rows = ((name, bit, found[name]) for bit, found in images.items() for name in found)
        self.insert("image", ((recipe, bit, " ".join(sorted(names))) for recipe, bit, names in rows))

    def insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        rows = sorted(rows, key=str)
        if rows:
            self.db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)

    def packages(self) -> None:
        rows: list[tuple[object, ...]] = []
        for name, number in self.ids.items():
            mask = sum(bit for bit, release in self.releases.items() if name in release.packages)
            rows.append((name, number, mask, max(release.popularity[name] for release in self.releases.values())))
        self.insert("package", rows)
        names = list(self.ids)
        blocks = ((at // BLOCK, "\n".join(names[at : at + BLOCK])) for at in range(0, len(names), BLOCK))
        self.insert("names", ((first, zlib.compress(text.encode(), 9)) for first, text in blocks))
        others: dict[str, int] = defaultdict(int)
        for bit, release in self.releases.items():
            for name in release.packages.keys() - self.ids.keys():
                others[name] += bit
        lines = [f"{name} {mask}\n" for name, mask in sorted(others.items())]
        starts = range(0, len(lines), 4 * BLOCK)
        pieces = ((lines[at].split()[0], "\n" + "".join(lines[at : at + 4 * BLOCK])) for at in starts)
        self.insert("others", ((first, zlib.compress(text.encode(), 9)) for first, text in pieces))

    def text(self, name: str, text: str) -> None:
        packed = zlib.compress(text.encode(), 9)
        self.db.execute("INSERT INTO text VALUES (?, ?)", (name, packed))

    def records(self) -> None:
        self.insert("record", ((key[0], mask, *key[1:]) for key, mask in self._merged(self._records)))
        self.insert("version", ((key[0], mask, key[1]) for key, mask in self._merged(self._versions)))

    def _merged(self, rows: object) -> Iterator[tuple[tuple[object, ...], int]]:
        found: dict[tuple[object, ...], int] = defaultdict(int)
        for bit, release in self.releases.items():
            for key in rows(release):  # type: ignore[operator]
                found[key] += bit
        return iter(found.items())

    def _records(self, release: Release) -> Iterator[tuple[object, ...]]:
        for name, number in self.ids.items():
            if name in release.packages:
                yield (
                    number,
                    self._groups(release, release.depends(name)),
                    self._groups(release, release.recommends(name)),
                )

    def _groups(self, release: Release, groups: list[list[object]]) -> str:
        """`12 40|41`: each group's candidates by number, at most eight of them."""
        words = []
        for group in groups:
            numbers = [self.ids[name] for name in release.candidates(group) if name in self.ids]  # type: ignore[arg-type]
            words.append("|".join(map(str, numbers[:8])) or "0")
        return " ".join(dict.fromkeys(words))

    def _versions(self, release: Release) -> Iterator[tuple[object, ...]]:
        for name, number in self.ids.items():
            if name in release.packages and (release.commands.get(name) or release.popularity[name] > 20):
                yield number, release.packages[name]["Version"]

    def commands(self) -> None:
        self.insert("command", ((key[1], key[0], mask, key[2]) for key, mask in self._merged(self._commands)))

    def _commands(self, release: Release) -> Iterator[tuple[object, ...]]:
        for name, paths in release.commands.items():
            for path in paths if name in self.ids else ():
                folder, _, command = path.rpartition("/")
                yield self.ids[name], command, FOLDERS.index(folder)

    def files(self) -> None:
        for table, attribute in (("library", "libraries"), ("pkgconfig", "pkgconfig")):
            rows = self._merged(lambda release, attribute=attribute: self._owners(getattr(release, attribute)))
            self.insert(table, ((key[0], key[1], mask) for key, mask in rows))
        groups: dict[tuple[int, int], list[str]] = defaultdict(list)
        for key, mask in self._merged(lambda release: self._owners(release.headers)):
            groups[int(str(key[1])), mask].append(str(key[0]))
        blocks = (
            f"\t{number} {mask}\n" + "".join(f"/{header}\n" for header in sorted(names))
            for (number, mask), names in sorted(groups.items())
        )
        self.text("headers", "".join(blocks))

        rows = self._merged(self._python)
        self.insert("python", ((key[0], mask, *key[1:]) for key, mask in rows))

    def _python(self, release: Release) -> Iterator[tuple[object, ...]]:
        for name, found in release.python.items():
            for row in found if name in self.ids else ():
                yield self.ids[name], *row

    def _owners(self, files: Mapping[str, set[str]]) -> Iterator[tuple[object, ...]]:
        for name, packages in files.items():
            for package in packages & self.ids.keys():
                yield name, self.ids[package]

    def virtual(self) -> None:
        self.insert("virtual", ((key[0], mask, key[1]) for key, mask in self._merged(self._virtual)))

    def _virtual(self, release: Release) -> Iterator[tuple[object, ...]]:
        for name, providers in release.providers.items():
            kept = sorted(set(providers) & self.ids.keys())
            if name not in release.packages and kept and not name.startswith(NOISE):
                yield name, " ".join(str(self.ids[provider]) for provider in kept[:12])

    def renamed(self) -> None:
        rows = self._merged(lambda release: _renamed(release, list(self.releases.values()), self.ids))
        self.insert("renamed", ((key[0], mask, key[1], key[2]) for key, mask in rows))

    def close(self, meta: Mapping[str, str]) -> None:
        self.insert("meta", meta.items())
        self.db.commit()
        self.db.execute("VACUUM")
        self.db.close()


def _renamed(release: Release, releases: list[Release], kept: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
    """What took the place of names that other releases have and this one has not."""
    names = {name for other in releases for name in other.packages} & kept.keys()
    claims, stems = _claims(release), _stems(release)
    for name in sorted(names - release.packages.keys()):
        for target, why in _targets(release, name, releases, claims, stems):
            if target in release.packages:
                yield name, target, why
                break


def _claims(release: Release) -> dict[str, list[str]]:
    """name -> packages of this release that both replace it and break or conflict with it (Policy 7.6.2)."""
    found: dict[str, list[str]] = defaultdict(list)
    for package, fields in release.packages.items():
        replaced = {group[0].name for group in relations(fields.get("Replaces", ""))}
        broken = {group[0].name for field in ("Breaks", "Conflicts") for group in relations(fields.get(field, ""))}
        for name in replaced & broken:
            found[name].append(package)
    return found


def _stems(release: Release) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in release.packages:
        found[_stem(name), _source(release, name)].append(name)
    return found


def _targets(
    release: Release,
    name: str,
    releases: list[Release],
    claims: Mapping[str, list[str]],
    stems: Mapping[tuple[str, str], list[str]],
) -> Iterator[tuple[str, str]]:
    providers = release.providers.get(name, [])
    if len(providers) == 1:
        yield providers[0], "provides"
    old = next(other for other in releases if name in other.packages)
    described = old.packages[name].get("Description", "").lower()
    if "transitional" in described or "dummy package" in described:
        depends = old.depends(name)
        if len(depends) == 1:
            yield depends[0][0].name, "transitional"
    same = stems.get((_stem(name), _source(old, name)), [])
    if len(same) == 1:
        yield same[0], "same source"
    if len(claims.get(name, [])) == 1:
        yield claims[name][0], "replaces"


def _source(release: Release, name: str) -> str:
    """Source package without its version digits: icu, postgresql-13 -> postgresql."""
    source = release.packages[name].get("Source", name).split()[0]
    return source.rstrip("0123456789.").rstrip("-")


def _stem(name: str) -> str:
    """libtiff5, libtiff6 -> libtiff; libssl1.1, libssl3t64 -> libssl."""
    head = name.removesuffix("t64").removesuffix("v5")
    kind = ""
    for suffix in ("-dev", "-bin", "-common", "-data", "-dbg", "-doc"):
        if head.endswith(suffix):
            head, kind = head.removesuffix(suffix), suffix
    return head.rstrip("0123456789.").rstrip("-") + kind
