"""Files with some left out by patterns, as BuildKit's context transfer and COPY --exclude / --parents do it.

A folder that the patterns leave out is there all the same when something below it is not (fsutil filter.go, copy.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.inputs.files import UNKNOWN, Files, Kind, Unknown, join, walk

if TYPE_CHECKING:
    from dockwright.inputs.dockerignore import Matcher

SEARCH = 20_000  # entries looked at below a folder before its fate is called unknown


class Filtered(Files):
    """`below` is the folder of `files` that is the root here; `only` lets nothing through but what it matches."""

    def __init__(
        self, files: Files, without: Matcher | None = None, only: Matcher | None = None, below: str = ""
    ) -> None:
        self.files = files
        self.without = without
        self.only = only
        self.below = below
        self.open = without is None and only is None
        self._kept: dict[str, Kind | Unknown | None] = {}

    def kind(self, path: str) -> Kind | Unknown | None:
        kind = self.files.kind(self.full(path))
        if kind is None or not path or self.open or self.lets(path):
            return kind
        if kind != "dir" and kind is not UNKNOWN:
            return None
        if path not in self._kept:
            self._kept[path] = self._folder(path, kind)
        return self._kept[path]

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        names = self.files.names(self.full(path))
        if self.open:
            return names
        if names is UNKNOWN or self.kind(path) is None:
            return names if self.kind(path) is not None else ()
        return tuple(name for name in names if self.kind(join(path, name)) is not None)

    def target(self, path: str) -> str | Unknown | None:
        return None if self.kind(path) is None else self.files.target(self.full(path))

    def lets(self, path: str) -> bool:
        """Whether the patterns let this path through, be it there or not."""
        if self.only is not None and not self.only.excludes(path):
            return False
        return self.without is None or not self.without.excludes(path)

    def full(self, path: str) -> str:
        return (join(self.below, path) if path else self.below) if self.below else path

    def _folder(self, path: str, kind: Kind | Unknown) -> Kind | Unknown | None:
        """A folder that is left out itself: is there something below it that is not?"""
        if self.without is not None and self.without.excludes(path) and not self.without.may_return(path):
            return None
        if kind is UNKNOWN:
            return UNKNOWN
        start = self.full(path)
        cut = len(start) - len(path)
        seen = 0
        for entry, found in walk(self.files, start, SEARCH):
            seen += 1
            if self.lets(entry[cut:]):
                return UNKNOWN if found is UNKNOWN else "dir"
        return UNKNOWN if seen >= SEARCH or self.files.names(start) is UNKNOWN else None
