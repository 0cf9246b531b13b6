"""The build context: what the engine is sent of a folder, and why a path is not in it.

BuildKit treats the Dockerfile and .dockerignore like any other file here: it reads them apart from the context, and an
ignored Dockerfile cannot be copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.finding import Place
from dockwright.inputs.files import LINK_LIMIT, PATH_LIMIT, UNKNOWN, Files, Kind, Tree, Unknown, join, parent
from dockwright.inputs.filtered import Filtered
from dockwright.inputs.globs import clean
from dockwright.inputs.tree import SubTree
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.dockerignore import Matcher

SEARCH = 5000  # entries looked at for a path like the one that is missing
NEAREST = 3


class Status(Enum):
    PRESENT = "present"
    IGNORED = "ignored"
    MISSING = "missing"
    OUTSIDE = "outside"  # missing, and the path climbs over the root or leads over a link out of it
    UNKNOWN = "unknown"


class Presence(Struct, frozen=True):
    """`path` is where the links lead, `rule` the .dockerignore line that decided, `nearest` what may be meant."""

    status: Status
    path: str = ""
    kind: Kind | Unknown | None = None
    rule: Place | None = None
    nearest: tuple[str, ...] = ()


class Context(Filtered):
    """`tree` without what `matcher` excludes; `ignore` is the file whose lines the patterns of the matcher are.

    With an ignore file of UNKNOWN contents whatever exists is UNKNOWN. Raises PatternError for what BuildKit refuses.
    """

    def __init__(self, tree: Tree, matcher: Matcher | None = None, ignore: Source | Unknown | None = None) -> None:
        if matcher is not None:
            matcher.compile()
        super().__init__(tree, matcher)
        self.tree = tree
        self.hidden = ignore is UNKNOWN
        self.ignore = None if ignore is UNKNOWN else ignore

    @staticmethod
    def of(tree: Tree, folder: str = "", dockerfile: str = "Dockerfile") -> Context:
        """The context `folder` of a project. Raises PatternError."""
        ignore = find(tree, dockerfile, folder)
        matcher: Matcher | None = None
        if isinstance(ignore, Source):
            from dockwright.inputs.dockerignore import Matcher, read

            matcher = Matcher([pattern for pattern, _ in read(ignore.text)])
        return Context(SubTree(tree, folder) if folder else tree, matcher, ignore)

    def kind(self, path: str) -> Kind | Unknown | None:
        kind = super().kind(path)
        return UNKNOWN if self.hidden and path and kind is not None else kind

    def look(self, path: str) -> Presence:
        """A source as COPY names it: cleaned at the root, links followed as if the root were `/`."""
        wanted = rooted(path)
        found = follow(self, wanted)
        if found is UNKNOWN:
            return Presence(Status.UNKNOWN, wanted, UNKNOWN)
        kind = None if found is None else self.kind(found)
        if found is not None and kind is not None:
            return Presence(Status.UNKNOWN if kind is UNKNOWN else Status.PRESENT, found, kind)
        return self._absent(path, wanted)

    def _absent(self, path: str, wanted: str) -> Presence:
        there = follow(self.tree, wanted)
        if there is UNKNOWN:
            return Presence(Status.UNKNOWN, wanted, UNKNOWN)
        kind = None if there is None else self.tree.kind(there)
        if kind is UNKNOWN or (kind is None and not self.tree.complete):
            return Presence(Status.UNKNOWN, wanted, UNKNOWN)
        if there is not None and kind is not None:
            return Presence(Status.IGNORED, there, kind, self._rule(wanted, there))
        status = Status.OUTSIDE if _climbs(path) or self.tree.resolve(wanted) is None else Status.MISSING
        return Presence(status, wanted, nearest=nearest(self, wanted))

    def _rule(self, *paths: str) -> Place | None:
        """The line that excludes the first of the paths that is excluded: the path, or what its links lead to."""
        for path in paths:
            index = self.without.rule(path) if self.without is not None and not self.lets(path) else None
            if index is not None and self.ignore is not None:
                from dockwright.inputs.dockerignore import read

                span = read(self.ignore.text)[index][1]
                return Place(self.ignore, span, self.ignore[span])
        return None


def find(tree: Tree, dockerfile: str, context: str = "") -> Source | Unknown | None:
    """The ignore file in force: NAME.dockerignore beside the Dockerfile before the one of the context.

    UNKNOWN: there is one, but what it says is not known.
    """
    for path in (f"{dockerfile}.dockerignore", join(context, ".dockerignore")):
        text = tree.read(path)
        if text is not None:
            return text if text is UNKNOWN else Source(path, text)
    return None


def rooted(path: str) -> str:
    """`..` stops at the root, as it does in `/`: COPY ../x means x. Without the leading slash."""
    return clean("/" + path)[1:]


def _climbs(path: str) -> bool:
    return clean(path.lstrip("/") or ".").split("/")[0] == ".."


def follow(files: Files, path: str) -> str | Unknown | None:
    """The path with all links followed as if the root were `/`; None for a loop of links."""
    if len(path) > PATH_LIMIT:
        return None
    done: list[str] = []
    todo = [part for part in reversed(path.split("/")) if part]
    links = 0
    while todo:
        part = todo.pop()
        if part in (".", ".."):
            del done[len(done) - (part == "..") :]
            continue
        here = "/".join([*done, part])
        kind = files.kind(here)
        target = files.target(here) if kind == "link" else None
        if kind is UNKNOWN or target is UNKNOWN:
            return UNKNOWN
        if target is None:
            done.append(part)
            continue
        links += 1
        if links > LINK_LIMIT:
            return None
        done = [] if target.startswith("/") else done
        todo += [piece for piece in reversed(target.split("/")) if piece]
    return "/".join(done)


def nearest(files: Files, path: str) -> tuple[str, ...]:
    """Existing paths that may be meant: another case first, the same name elsewhere, then similar names.

    Of those with the same name, one that shares more of the path's end comes first: where `app/web/x.txt` is wanted
    and `web/x.txt` is there, the context lies deeper than the author thought.
    """
    found: dict[str, None] = {}
    other = _other_case(files, path)
    if other is not None:
        found[other] = None
    name = path.rpartition("/")[2].casefold()
    same = [entry for entry in _breadth_first(files) if entry.rpartition("/")[2].casefold() == name]
    found.update((entry, None) for entry in sorted(same, key=lambda entry: -shared_end(entry, path)))
    found.update((join(parent(path), like), None) for like in _similar(files, path))
    return tuple(found)[:NEAREST]


def shared_end(one: str, other: str) -> int:
    """How many last components two paths have in common, whatever their case."""
    pairs = zip(reversed(one.casefold().split("/")), reversed(other.casefold().split("/")), strict=False)
    return next(
        (count for count, (left, right) in enumerate(pairs) if left != right), min(one.count("/"), other.count("/")) + 1
    )


def meant(path: str, near: tuple[str, ...]) -> str | None:
    """The one of the nearest paths that a missing one stands for: of its name, and with more of its end than others.

    Where none has its name: the only one beside it that one slip of the keyboard makes of it.
    """
    shared = [shared_end(entry, rooted(path)) for entry in near]
    best = max(shared, default=0)
    if best:
        return near[shared.index(best)] if shared.count(best) == 1 else None
    folder, _, name = rooted(path).rpartition("/")
    slips = [entry for entry in near if parent(entry) == folder and slipped(name, entry.rpartition("/")[2])]
    return slips[0] if len(slips) == 1 else None


def slipped(one: str, other: str) -> bool:
    """One letter more, less, other, or two swapped. Another digit is another name (`app1`, `app2`)."""
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    left, right = short[at:], long[at:]
    if len(left) < len(right):
        return left == right[1:] and not right[0].isdigit()
    if left[2:] == right[2:] and left[:2] == right[1::-1]:
        return left[:2].isalpha()
    return left[1:] == right[1:] and not (left[0].isdigit() or right[0].isdigit())


def _other_case(files: Files, path: str) -> str | None:
    at = ""
    for part in path.split("/"):
        names = files.names(at)
        if names is UNKNOWN:
            return None
        match = next((name for name in (part, *names) if name in names and name.casefold() == part.casefold()), None)
        if match is None:
            return None
        at = join(at, match)
    return at


def _breadth_first(files: Files) -> Iterator[str]:
    folders, left = [""], SEARCH
    for folder in folders:
        names = files.names(folder)
        for name in () if names is UNKNOWN else names:
            left -= 1
            if left < 0:
                return
            entry = join(folder, name)
            yield entry
            if files.kind(entry) == "dir":
                folders.append(entry)


def _similar(files: Files, path: str) -> list[str]:
    from difflib import get_close_matches

    names = files.names(parent(path))
    if names is UNKNOWN or len(path) > 255:
        return []
    return get_close_matches(path.rpartition("/")[2], names[:2000], NEAREST, 0.75)
