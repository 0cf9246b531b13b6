"""Which wheels fit an image: its Python, its processor, its C library (PyPA: platform compatibility tags)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from dockwright.index.environment import machine

if TYPE_CHECKING:
    from dockwright.index.page import File
    from dockwright.index.question import Question

# uv names manylinux platforms up to here; wheels that want a newer glibc than 2.40 are not published yet.
UV_GLIBC = (17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40)


def uv_platform(question: Question) -> str | None:
    """The value of uv's --python-platform that comes nearest without claiming more than the image has."""
    arch = machine(question.platform)
    if arch is None:
        return None
    if question.libc == "musl":
        return f"{arch}-unknown-linux-musl"
    known = _glibc(question.libc_version)
    minor = max((minor for minor in UV_GLIBC if minor <= known), default=None)
    return None if minor is None else f"{arch}-manylinux_2_{minor}"


def _glibc(version: str) -> int:
    major, _, minor = version.partition(".")
    return int(minor) if major == "2" and minor.isdigit() else 0


@lru_cache(maxsize=16)
def supported(python: tuple[int, int], arch: str, libc: str, version: str) -> dict[str, int]:
    """Tags that fit, with their rank: the lower the better."""
    from packaging.tags import compatible_tags, cpython_tags

    platforms = list(_platforms(arch, libc, version))
    tags = [
        *cpython_tags(python, platforms=platforms),
        *compatible_tags(python, f"cp{python[0]}{python[1]}", platforms),
    ]
    return {str(tag): rank for rank, tag in enumerate(tags)}


def _platforms(arch: str, libc: str, version: str) -> Iterator[str]:
    if libc == "musl":
        yield from (f"musllinux_1_{minor}_{arch}" for minor in (2, 1, 0))
    else:
        oldest = 5 if arch == "x86_64" else 17
        old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
        for minor in range(_glibc(version), oldest - 1, -1):
            yield f"manylinux_2_{minor}_{arch}"
            if minor in old:
                yield f"{old[minor]}_{arch}"
    yield f"linux_{arch}"


def rank(file: File, tags: dict[str, int]) -> int | None:
    """How well a wheel fits; None when it doesn't. Compressed tag sets (cp38.cp39-abi3-…) mean every combination."""
    parts = file.tags.split("-")
    if len(parts) != 3 or max(part.count(".") for part in parts) > 20:
        return None
    ranks = (
        tags.get(f"{python}-{abi}-{platform}")
        for python in parts[0].split(".")
        for abi in parts[1].split(".")
        for platform in parts[2].split(".")
    )
    return min((each for each in ranks if each is not None), default=None)


def allows(specifier: str, python: str) -> bool | None:
    """Does Requires-Python let this Python in? None when the version is not known exactly enough."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not specifier:
        return True
    try:
        wanted = SpecifierSet(specifier)
    except InvalidSpecifier:
        return True  # pip lets it pass
    if python.count(".") >= 2:
        return wanted.contains(python)
    low, high = wanted.contains(f"{python}.0"), wanted.contains(f"{python}.99")
    return low if low == high else None
