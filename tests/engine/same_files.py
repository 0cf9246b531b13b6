"""Do two images hold the same files? Layers are read as the engines save them, so nothing that a container adds is seen.

Compared: path, kind, mode, owner, size, content, link target, extended attributes. Not compared: time stamps. What no two
builds of the same Dockerfile have in common is in NOISE; it is counted in the answer, never silently dropped.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

from msgspec import Struct


class Entry(Struct, frozen=True):
    kind: str  # file, directory, link, device, pipe
    mode: int
    uid: int
    gid: int
    size: int = 0
    sha256: str = ""
    link: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


class Noise(Struct, frozen=True):
    """Paths (as fnmatch reads them; `*` crosses slashes) that differ between any two builds, and why."""

    pattern: str
    why: str
    absent: bool = False  # may even be in one image only; else its kind, mode and owner must still be the same


NOISE = (
    Noise("var/log/*", "logs with the time of the build"),
    Noise("var/cache/ldconfig/aux-cache", "holds inode numbers and times"),
    Noise("var/cache/apt/*pkgcache.bin", "apt's index, with times"),
    Noise("var/lib/apt/lists/*", "the mirrors' lists of that minute", absent=True),
    Noise("var/lib/apt/extended_states", "order differs"),
    Noise("var/cache/debconf/*", "order and times differ"),
    Noise("var/cache/fontconfig/*", "named and filled by times"),
    Noise("*.cache/pip/*", "pip's cache of HTTP answers, with dates", absent=True),
    Noise("*.cache/uv/*", "uv's cache, with random names", absent=True),
    Noise("*.cache/pypoetry/*", "Poetry's cache of HTTP answers", absent=True),
    Noise("*.cache/pip", "pip's cache", absent=True),
    Noise("*.npm/_*", "npm's cache and logs, with dates", absent=True),
)
KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "link",
    tarfile.FIFOTYPE: "pipe",
}
COMPILED = "compiled again from the same source: holds the source's time, and marks that differ from run to run"


class Difference(Struct, frozen=True):
    path: str
    first: Entry | None
    second: Entry | None

    def __str__(self) -> str:
        if self.first is None or self.second is None:
            return f"{self.path}: only in the {'second' if self.first is None else 'first'}"
        names = [name for name in Entry.__struct_fields__ if getattr(self.first, name) != getattr(self.second, name)]
        shown = (f"{name} {getattr(self.first, name)!r} / {getattr(self.second, name)!r}" for name in names)
        return f"{self.path}: {', '.join(shown)}"


class Compared(Struct, frozen=True):
    differences: tuple[Difference, ...]
    noise: Mapping[str, tuple[str, ...]]  # by reason, the paths that differ for it
    files: int  # how many paths were compared

    @property
    def same(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        lines = [f"{len(self.differences)} of {self.files} paths differ", *map(str, self.differences[:50])]
        lines += [f"not counted, {why}: {len(paths)}, such as {paths[0]}" for why, paths in self.noise.items()]
        return "\n".join(lines)


def same_files(
    first: str, second: str, engines: tuple[str, str] = ("docker", "docker"), more: Sequence[Noise] = ()
) -> Compared:
    """Compare two images by name; `engines` hold them (docker; buildah and podman share one store)."""
    return compare(files(first, engines[0]), files(second, engines[1]), (*NOISE, *more))


def compare(first: Mapping[str, Entry], second: Mapping[str, Entry], noise: Sequence[Noise] = NOISE) -> Compared:
    """Two file trees."""
    differences: list[Difference] = []
    left_out: dict[str, list[str]] = {}
    paths = sorted({*first, *second})
    for path in paths:
        one, other = first.get(path), second.get(path)
        if one == other:
            continue
        why = _noise(path, one, other, noise) or _compiled(path, first, second)
        if why:
            left_out.setdefault(why, []).append(path)
        else:
            differences.append(Difference(path, one, other))
    return Compared(tuple(differences), {why: tuple(paths) for why, paths in left_out.items()}, len(paths))


def _noise(path: str, one: Entry | None, other: Entry | None, noise: Sequence[Noise]) -> str:
    for each in noise:
        if fnmatch.fnmatchcase(path, each.pattern) and (each.absent or _alike(one, other)):
            return each.why
    return ""


def _alike(one: Entry | None, other: Entry | None) -> bool:
    """All but the content is the same."""
    if one is None or other is None:
        return False
    return (one.kind, one.mode, one.uid, one.gid) == (other.kind, other.mode, other.uid, other.gid)


def _compiled(path: str, first: Mapping[str, Entry], second: Mapping[str, Entry]) -> str:
    """A .pyc in both images, whose source is in both and the same."""
    if not path.endswith(".pyc") or not _alike(first.get(path), second.get(path)):
        return ""
    folder, _, name = path.rpartition("/")
    source = f"{folder.removesuffix('/__pycache__')}/{name.split('.')[0]}.py"
    if "__pycache__" not in folder or first.get(source) is None or first.get(source) != second.get(source):
        return ""
    return COMPILED


def files(image: str, engine: str = "docker") -> Mapping[str, Entry]:
    """All files of an image, by path without the leading slash."""
    with tempfile.TemporaryDirectory(prefix="same-files-") as folder:
        archive = Path(folder) / "image.tar"
        _save(image, engine, archive)
        with tarfile.open(archive) as saved:
            manifest = json.load(_member(saved, "manifest.json"))[0]
            config = json.load(_member(saved, manifest["Config"]))
            tree: dict[str, Entry] = {}
            for name, digest in zip(manifest["Layers"], config["rootfs"]["diff_ids"], strict=True):
                _apply(tree, _layer(digest, _Layer(saved, name)))
    return tree


def _save(image: str, engine: str, archive: Path) -> None:
    words = ["docker", "save", "--output", str(archive), image]
    if engine in ("buildah", "podman"):
        words = ["buildah", "push", "--quiet", image, f"docker-archive:{archive}:{image.split(':')[0]}:saved"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


def _member(saved: tarfile.TarFile, name: str) -> IO[bytes]:
    taken = saved.extractfile(name)
    assert taken is not None, name
    return taken


class _Layer:
    """A layer in an archive. For the cache all are equal: the digest beside it tells."""

    def __init__(self, saved: tarfile.TarFile, name: str) -> None:
        self.saved, self.name = saved, name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Layer)

    def __hash__(self) -> int:
        return 0


Layer = tuple[tuple[tuple[str, Entry], ...], tuple[str, ...], tuple[str, ...]]


@lru_cache(maxsize=64)
def _layer(digest: str, layer: _Layer) -> Layer:
    """Its entries, the paths that it deletes, and the folders that it empties (OCI image specification, layer.md)."""
    entries: dict[str, Entry] = {}
    deleted, emptied = [], []
    with tarfile.open(fileobj=_member(layer.saved, layer.name)) as tar:
        for member in tar:
            path = member.name.removeprefix("./").strip("/")
            folder, _, name = path.rpartition("/")
            if name == ".wh..wh..opq":
                emptied.append(folder)
            elif name.startswith(".wh."):
                deleted.append(f"{folder}/{name[4:]}".strip("/"))
            elif member.islnk():
                entries[path] = entries[member.linkname.removeprefix("./").strip("/")]
            elif path not in ("", "."):
                entries[path] = _entry(tar, member, path)
    return tuple(entries.items()), tuple(deleted), tuple(emptied)


def _entry(tar: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> Entry:
    kind = KINDS.get(member.type, "device")
    attributes = sorted((k, v) for k, v in member.pax_headers.items() if k.startswith("SCHILY.xattr."))
    digest, size = "", 0
    if kind == "file":
        content = tar.extractfile(member)
        assert content is not None
        data = content.read()
        data = _without_days(data) if path in ("etc/shadow", "etc/shadow-") else data
        digest, size = hashlib.sha256(data).hexdigest(), member.size
    return Entry(
        kind,
        0 if kind == "link" else member.mode & 0o7777,
        member.uid,
        member.gid,
        size,
        digest,
        member.linkname,
        tuple(attributes),
    )


def _without_days(shadow: bytes) -> bytes:
    """shadow(5): the third field is the day on which the password was changed, which is when useradd ran."""
    rows = [line.split(b":") for line in shadow.split(b"\n")]
    return b"\n".join(b":".join([*row[:2], b"", *row[3:]]) for row in rows)


def _apply(tree: dict[str, Entry], layer: Layer) -> None:
    entries, deleted, emptied = layer
    gone = {*deleted, *(path for path, entry in entries if entry.kind != "directory")}
    below = {*gone, *emptied}
    for path in [path for path in tree if path in gone or any(folder in below for folder in _folders(path))]:
        del tree[path]
    tree.update(entries)


def _folders(path: str) -> list[str]:
    """The folders that a path lies in."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
