"""Which files fit an image by their names alone, without `packaging`, whose import takes as long as the rest of a check.

PyPA: "Platform compatibility tags" and "Binary distribution format"; `index/tags.py` ranks the same tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockwright.index.question import Question
from dockwright.patterns import pattern

# A wheel's last three parts; names and versions may hold dashes no more, a build number may be there.
_TAGS = pattern(r"-([\w.]{2,200})-([\w.]{2,200})-([\w.]{2,300})\.whl\Z")
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}
OLD = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}


class Fit:
    """What an image takes: CPython's version, processor and C library."""

    def __init__(self, image: Question) -> None:
        parts = image.python.split(".")
        self.minor = int(parts[1]) if len(parts) > 1 and parts[0] == "3" and parts[1].isdigit() else -1
        self.arch = MACHINES.get(image.platform.split("/")[1] if "/" in image.platform else "", "")
        self.musl = image.libc == "musl"
        after = image.libc_version.partition(".")[2]
        self.libc = int(after) if after.isdigit() else -1

    @property
    def known(self) -> bool:
        return self.minor >= 0 and self.libc >= 0 and bool(self.arch)

    def takes(self, filename: str) -> bool:
        return any(
            self.interpreter(py, abi) and self.platform(plat) and (plat != "any" or abi == "none")
            for py, abi, plat in tags(filename)
        )

    def here(self, filename: str) -> bool:
        """Is it for this platform, whatever the Python?"""
        return any(self.platform(plat) for _, _, plat in tags(filename))

    def interpreter(self, py: str, abi: str) -> bool:
        own = f"cp3{self.minor}"
        if abi in (own, f"{own}m"):
            return py == own and (abi == own) != (self.minor < 8)
        if abi == "abi3":
            return py.startswith("cp3") and py[3:].isdigit() and 2 <= int(py[3:]) <= self.minor
        if abi != "none":
            return False
        return py in (own, "py3") or (py.startswith("py3") and py[3:].isdigit() and int(py[3:]) <= self.minor)

    def platform(self, tag: str) -> bool:
        if tag == "any":
            return True
        if not tag.endswith(f"_{self.arch}"):
            return False
        kind = tag[: -len(self.arch) - 1]
        if kind == "linux":
            return True
        name, _, version = kind.partition("_")
        if name == "musllinux" or self.musl:
            major, _, minor = version.partition("_")
            return self.musl and name == "musllinux" and major == "1" and minor.isdigit() and int(minor) <= self.libc
        least = OLD.get(name, -1) if not version else _glibc(name, version)
        return (5 if self.arch == "x86_64" else 17) <= least <= self.libc


def _glibc(name: str, version: str) -> int:
    major, _, minor = version.partition("_")
    return int(minor) if name == "manylinux" and major == "2" and minor.isdigit() else -1


def tags(filename: str) -> Iterator[tuple[str, str, str]]:
    """Every combination of a compressed tag set; nothing for a name that is no wheel's."""
    match = _TAGS.search(filename)
    parts = [part.split(".") for part in match.groups()] if match is not None else []
    if parts and max(map(len, parts)) <= 20:
        yield from ((py, abi, plat) for py in parts[0] for abi in parts[1] for plat in parts[2])


def native(filenames: Iterable[str]) -> bool:
    """Do some of these wheels hold compiled code?"""
    return any(name.endswith(".whl") and not name.endswith("-any.whl") for name in filenames)
