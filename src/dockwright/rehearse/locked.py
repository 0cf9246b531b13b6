"""Installs from lock files, noted as they are met: what they bring is read from the lock file when somebody plans the build."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python

FILES = {
    "uv": ("uv.lock", "pyproject.toml"),
    "poetry": ("poetry.lock", "pyproject.toml"),
    "pdm": ("pdm.lock", "pyproject.toml"),
    "pipenv": ("Pipfile.lock", "Pipfile"),
    "pylock": ("pylock.toml", "pyproject.toml"),
}


def note(
    call: Call,
    tool: str,
    folder: str,
    python: Python | None = None,
    *,
    groups: Iterable[str] = (),
    without: Iterable[str] = (),
    only: Iterable[str] = (),
    extras: Iterable[str] = (),
    development: bool = True,
) -> None:
    """Nothing is noted where nobody asks; where the lock file or the interpreter is not known, that."""
    index = call.world.index
    if index is None:
        return
    from dockwright.index.question import Locked, Question
    from dockwright.rehearse.resolution import c_library

    tree = ImageTree(call.image, folder)
    lock, manifest = (tree.read(name) for name in FILES[tool])
    python = python or python_of(call, "python3")
    libc, version = c_library(call.image)
    if not isinstance(lock, str):
        index.unplanned[f"{tool} finds no {FILES[tool][0]} that is known, and what it will choose is not planned"] = (
            None
        )
        return
    if python is None or not isinstance(python.version, str) or not version:
        index.unplanned[
            f"what {tool} will take from {FILES[tool][0]} is not known, since the image's Python is not"
        ] = None
        return
    platforms = call.world.target.platforms
    image = Question(str(python.version), str(platforms[0]) if platforms else "linux/amd64", libc, version)
    index.locked[
        Locked(
            tool,
            posixpath.join(folder, FILES[tool][0]),
            lock,
            manifest if isinstance(manifest, str) else "",
            image,
            tuple(groups),
            tuple(without),
            tuple(only),
            tuple(extras),
            development,
        )
    ] = None


def repeated(call: Call, *names: str) -> list[str]:
    """The values of an option that may be given several times, or with a list: `--with a,b --with c`."""
    found = []
    words = [str(word.value) for word in call.arguments]
    for at, word in enumerate(words):
        name, has, value = word.partition("=")
        if name in names:
            found.append(value if has else words[at + 1] if at + 1 < len(words) else "")
    return [part.strip() for text in found for part in text.replace(",", " ").split()]
