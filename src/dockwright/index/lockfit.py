"""What a lock file alone tells of an install into an image: releases without a wheel that fits, folders, repositories."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from dockwright.index.fits import Fit, native
from dockwright.index.question import Locked
from dockwright.patterns import pattern

_ITSELF = pattern(r'^source = \{ (?:virtual|editable|directory) = "\." \}$', 8)  # re.MULTILINE
PURE = ("-py3-none-any.whl", ".py3-none-any.whl")


class Unfit(Struct, frozen=True):
    """A release of which no wheel fits. `kind`: sdist (it is built), wheel (for other platforms), python (for other Pythons)."""

    name: str
    version: str
    kind: str
    native: bool = False
    index: str = ""  # the index that the lock file names
    says: str = ""


class Local(Struct, frozen=True):
    """A folder or archive that is installed as well; `member`: of the same workspace."""

    name: str
    path: str
    member: bool = False


class Look(Struct, frozen=True):
    unfit: tuple[Unfit, ...] = ()
    local: tuple[Local, ...] = ()
    repositories: tuple[str, ...] = ()  # what is cloned with git
    nameless: tuple[Unfit, ...] = ()  # of which the lock file tells hashes and no names


@lru_cache(maxsize=8)
def look(locked: Locked) -> Look:
    """Reads the whole file only where a quick look finds something to ask about."""
    fit = Fit(locked.image)
    if not fit.known or (locked.tool != "pipenv" and _plain(locked, fit)):
        return Look()
    from dockwright.index.chosen import chosen_of

    unfit, local, repositories, nameless = [], [], [], []
    for each in chosen_of(locked) or ():
        if each.local and each.local != ".":
            local.append(Local(each.name, each.local, each.member))
        elif each.outside == "a git repository":
            repositories.append(each.name)
        elif not each.local and not each.outside:
            names = [file.name or _tail(file.url) for file in each.files]
            kind = _kind(fit, names) if names and all(names) else ""
            if names and not all(names):
                nameless.append(Unfit(each.name, each.version, "", index=each.index))
            elif kind:
                says = _says(f"{each.name} {each.version}", kind, names, locked)
                unfit.append(Unfit(each.name, each.version, kind, native(names), each.index, says))
    return Look(tuple(unfit), tuple(local), tuple(repositories), tuple(nameless))


def _plain(locked: Locked, fit: Fit) -> bool:
    """Has every package a wheel that fits, whether or not it is wanted?"""
    header = "[[packages]]" if locked.tool == "pylock" else "[[package]]"
    for part in locked.text.split(header)[1:]:
        if any(mark in part for mark in PURE) or _ITSELF.search(part):
            continue
        if not any(fit.takes(name) for name in _wheels(part, fit.minor)):
            return False
    return True


def _wheels(part: str, minor: int) -> Iterator[str]:
    """Names of wheels that may be for this Python. A pattern that finds them takes a tenth of a second for a long file."""
    for piece in part.split(".whl")[:-1]:
        name = piece[max(piece.rfind("/"), piece.rfind('"')) + 1 :]
        if f"cp3{minor}" in name or "abi3" in name or "none" in name:
            yield f"{name}.whl"


def _tail(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rpartition("/")[2]


def _kind(fit: Fit, names: list[str]) -> str:
    """Empty: some wheel fits."""
    if any(fit.takes(name) for name in names):
        return ""
    if any(not name.endswith((".whl", ".egg")) for name in names):
        return "sdist"
    return "python" if any(fit.here(name) for name in names) else "wheel"


def _says(release: str, kind: str, names: list[str], locked: Locked) -> str:
    image = locked.image
    minor = ".".join(image.python.split(".")[:2])
    if kind == "sdist":
        return f"{release} has no wheel for Python {minor} on {image.libc}: it is built from its sources"
    what = f"Python {minor}" if kind == "python" else f"{image.platform} with {image.libc}"
    return f"{release} has no wheel for {what} in {locked.path.rpartition('/')[2]}, and no source archive"
