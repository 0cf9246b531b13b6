"""The build context: what the engine is sent of a folder, and why a path is not in it.

BuildKit treats the Dockerfile and .dockerignore like any other file here: it reads them apart from the context, and an
ignored Dockerfile cannot be copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from dockwright.finding import Place
from dockwright.inputs.files import LINK_LIMIT, PATH_LIMIT, UNKNOWN, Files, Kind, Tree, Unknown, join
from dockwright.inputs.filtered import Filtered
from dockwright.inputs.globs import clean
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.dockerignore import Matcher
    from dockwright.inputs.globs import PatternError


Status: TypeAlias = """Literal[
    "present",
    "ignored",
    "missing",
    "outside",  # missing, and the path climbs over the root or leads over a link out of it
    "unknown",
]"""


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
        self.refused: PatternError | None = (
            None  # what BuildKit says of the ignore file, where nothing could be made of it
        )

    @staticmethod
    def of(tree: Tree, folder: str = "", dockerfile: str = "Dockerfile") -> Context:
        """The context `folder` of a project. Raises PatternError."""
        ignore = find(tree, dockerfile, folder)
        matcher: Matcher | None = None
        if isinstance(ignore, Source):
            from dockwright.inputs.dockerignore import Matcher, read

            matcher = Matcher([pattern for pattern, _ in read(ignore.text)])
        if folder:
            from dockwright.inputs.overlay import SubTree

            tree = SubTree(tree, folder)
        return Context(tree, matcher, ignore)

    def kind(self, path: str) -> Kind | Unknown | None:
        kind = super().kind(path)
        return UNKNOWN if self.hidden and path and kind is not None else kind

    def look(self, path: str) -> Presence:
        """A source as COPY names it: cleaned at the root, links followed as if the root were `/`."""
        wanted = rooted(path)
        found = follow(self, wanted)
        if found is UNKNOWN:
            return Presence("unknown", wanted, UNKNOWN)
        kind = None if found is None else self.kind(found)
        if found is not None and kind is not None:
            return Presence("unknown" if kind is UNKNOWN else "present", found, kind)
        return self._absent(path, wanted)

    def _absent(self, path: str, wanted: str) -> Presence:
        there = follow(self.tree, wanted)
        if there is UNKNOWN:
            return Presence("unknown", wanted, UNKNOWN)
        kind = None if there is None else self.tree.kind(there)
        if kind is UNKNOWN or (kind is None and not self.tree.complete):
            return Presence("unknown", wanted, UNKNOWN)
        if there is not None and kind is not None:
            return Presence("ignored", there, kind, self._rule(wanted, there))
        status: Status = "outside" if _climbs(path) or self.tree.resolve(wanted) is None else "missing"
        from dockwright.inputs.nearest import nearest

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
