"""What a read-only view of a folder answers, and what follows from the answers alone.

Paths are relative, with forward slashes and no leading one; "" is the root. A path is taken as it is written: a
symbolic link in the middle of it is not followed (`resolve` does that), so nothing outside of the root is ever reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable

from dockwright.finding import Answer

UNKNOWN: Final = Answer.UNKNOWN  # Final: so that `is UNKNOWN` narrows the type
Unknown: TypeAlias = "Literal[Answer.UNKNOWN]"
Kind: TypeAlias = 'Literal["file", "dir", "link"]'

READ_LIMIT = 4 << 20
WALK_LIMIT = 250_000
PATH_LIMIT = 4096  # Linux opens no longer path
LINK_LIMIT = 255  # BuildKit gives up with "too many links" after as many


class Files(Protocol):
    """What COPY needs to know of the place it copies from: a context, or an image that is partly unknown."""

    def kind(self, path: str) -> Kind | Unknown | None: ...
    def names(self, path: str) -> tuple[str, ...] | Unknown: ...
    def target(self, path: str) -> str | Unknown | None: ...


@runtime_checkable
class Tree(Files, Protocol):
    """A folder. `kind` is None where nothing is; names() of what is no folder is empty."""

    complete: bool  # whether a path that this tree does not have is really missing

    def read(self, path: str, limit: int = READ_LIMIT) -> str | Unknown | None:
        """Text of a file, links followed inside of the root. UNKNOWN: too big, not a regular file, not permitted."""
        ...

    def head(self, path: str, length: int) -> bytes | Unknown | None:
        """The first bytes of a file, links not followed."""
        return None if self.kind(path) is None else UNKNOWN

    def mode(self, path: str) -> int | Unknown | None:
        """Permission bits of the path itself."""
        ...

    def size(self, path: str) -> int | Unknown | None: ...

    def resolve(self, path: str) -> str | None:
        """The path with every link followed, whether it exists or not; None: a link leaves the root or loops."""
        found = resolve(self, path)
        return None if found is UNKNOWN else found

    def walk(self, path: str = "", limit: int = WALK_LIMIT) -> Iterator[tuple[str, Kind | Unknown]]:
        """Everything below `path` in sorted order, parents first; links are not followed; ends after `limit`."""
        return walk(self, path, limit)


def join(parent: str, name: str) -> str:
    return f"{parent}/{name}" if parent else name


def parent(path: str) -> str:
    return path.rpartition("/")[0]


def resolve(files: Files, path: str) -> str | Unknown | None:
    if len(path) > PATH_LIMIT:
        return None
    done: list[str] = []
    todo = [part for part in reversed(path.split("/")) if part]
    links = 0
    while todo:
        part = todo.pop()
        if part == ".":
            continue
        if part == "..":
            if not done:
                return None
            done.pop()
            continue
        here = "/".join([*done, part])
        kind = files.kind(here)
        if kind is UNKNOWN:
            return UNKNOWN
        if kind != "link":
            done.append(part)
            continue
        links += 1
        target = files.target(here)
        if target is UNKNOWN:
            return UNKNOWN
        if links > LINK_LIMIT or target is None or target.startswith("/"):
            return None
        todo += [piece for piece in reversed(target.split("/")) if piece]
    return "/".join(done)


def walk(files: Files, path: str = "", limit: int = WALK_LIMIT) -> Iterator[tuple[str, Kind | Unknown]]:
    left = limit
    stack = [iter(_below(files, path))]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        if left <= 0:
            return
        left -= 1
        kind = files.kind(entry)
        if kind is not None:
            yield entry, kind
        if kind == "dir":
            stack.append(iter(_below(files, entry)))


def _below(files: Files, path: str) -> tuple[str, ...]:
    names = files.names(path)
    return () if names is UNKNOWN else tuple(join(path, name) for name in names)
