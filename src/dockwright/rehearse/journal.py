"""Paths as a journal: what lines made and changed (`Node`), and trees laid over a folder (`Cover`).

A cover is a copied context, a removed folder, or a folder that an unknown command may have changed. The newest entry that
speaks of a path wins.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence

# Aliases are texts: a Literal costs a tenth of a million instructions to make, a union with one a quarter.
Value: TypeAlias = "str | Literal[Answer.UNKNOWN]"
Kind: TypeAlias = 'Literal["file", "dir", "link"]'
LONGEST = 4096  # characters of a path that Linux opens
LINKS = 40  # the kernel's own limit


class Contents(Struct, frozen=True):
    """A file of the context, read when somebody asks."""

    tree: Any
    path: str

    def read(self) -> Value:
        text = self.tree.read(self.path)
        return text if isinstance(text, str) else UNKNOWN


class Node(Struct, frozen=True):
    """A path that is there, as far as known. Owner and group are names or numbers as text."""

    kind: Kind | Literal[Answer.UNKNOWN] = "file"
    made: Evidence | None = None  # None: the base image
    owner: Value = "root"
    group: Value = "root"
    mode: int | Literal[Answer.UNKNOWN] = UNKNOWN
    content: Value | Contents = UNKNOWN
    target: str = ""  # of a link
    added: str = ""  # text that lines put at the end of a file whose beginning is not known
    changed: Evidence | None = None  # the line that last changed owner or mode

    @property
    def text(self) -> Value:
        """What the file holds."""
        return self.content.read() if isinstance(self.content, Contents) else self.content


# UNKNOWN: there after one way of a branch, not after the other.
Entry: TypeAlias = "Node | Literal[Answer.UNKNOWN]"


class Look(Struct, frozen=True):
    """Answer to "is this path there"; `node` when YES, `gone` when a line removed it."""

    answer: Answer
    node: Node | None = None
    gone: Evidence | None = None


MISSING = Look(NO)
UNSURE = Look(UNKNOWN)
Below: TypeAlias = (
    "Callable[[str], Look]"  # path relative to the cover's folder -> what it says of it; NO means "not mine"
)


class Cover(Struct, frozen=True):
    """A statement on all paths under `folder`."""

    order: int
    folder: str
    kind: Literal["tree", "gone", "unsure", "owner"]
    by: Evidence
    below: Below | None = None  # tree
    owner: Value | None = None  # owner
    group: Value | None = None
    mode: int | Literal[Answer.UNKNOWN] | None = None


class Journal:
    """What lines did to the paths of an image; what was there before them says `beneath`."""

    __slots__ = ("covers", "linked", "order", "paths")

    def __init__(self) -> None:
        self.paths: dict[str, tuple[int, Entry]] = {}
        self.covers: list[Cover] = []
        self.order = 0
        self.linked = (0, 0, False)  # order and number of paths when they were looked through: does one name a link

    def beneath(self, path: str) -> Look:
        """What is at a path that no line made or changed."""
        raise NotImplementedError

    # -- reading ----------------------------------------------------------------------------------------------------

    def look(self, path: str, links: int = 0) -> Look:
        """What is at an absolute path, links in its parents followed (the last component is not)."""
        path = normal(path)
        parent, name = posixpath.split(path)
        if parent != path and links < LINKS:
            followed = self.follow(parent, links + 1)
            if followed is None:
                return UNSURE
            path = posixpath.join(followed, name)
        return self._look(path)

    def find(self, path: str) -> Look:
        """What is at an absolute path, all links followed."""
        followed = self.follow(normal(path), 0)
        return UNSURE if followed is None else self._look(followed)

    def follow(self, path: str, links: int = 0) -> str | None:
        """The path with every known link in it resolved; None in a loop."""
        if not self._has_links():
            return path
        parts, at = [part for part in path.split("/") if part], "/"
        while parts:
            at = posixpath.join(at, parts.pop(0))
            look = self._look(at)
            if look.node is not None and look.node.kind == "link" and look.node.target:
                links += 1
                if links > LINKS:
                    return None
                at = normal(posixpath.join(posixpath.dirname(at), look.node.target))
                parts = [part for part in at.split("/") if part] + parts
                at = "/"
        return at

    def _has_links(self) -> bool:
        order, count, found = self.linked
        if (order, count) != (self.order, len(self.paths)):
            found = any(isinstance(node, Node) and node.kind == "link" for _, node in self.paths.values())
            self.linked = (self.order, len(self.paths), found)
        return found

    def _look(self, path: str) -> Look:
        if path == "/":
            return Look(YES, Node("dir", mode=0o755))
        order, own = self.paths.get(path, (-1, None))
        unsure, owned = False, []
        for cover in reversed(self.covers):
            if cover.order < order:
                break
            if not under(path, cover.folder):
                continue
            if cover.kind == "owner":
                owned.append(cover)
            elif cover.kind == "gone":
                return UNSURE if unsure else Look(NO, gone=cover.by)
            elif cover.kind == "unsure":
                unsure = True
            elif cover.below is not None:
                seen = cover.below(path[len(cover.folder) :].lstrip("/"))
                if seen.answer is YES and seen.node is not None:
                    return Look(YES, _owned(seen.node, owned))
                unsure = unsure or seen.answer is UNKNOWN
        if own is None:
            below = self.beneath(path)
            own = below.node
            if own is None:
                return UNSURE if unsure else below
        return UNSURE if own is UNKNOWN else Look(YES, _owned(own, owned))

    # -- writing ----------------------------------------------------------------------------------------------------

    def put(self, path: str, node: Node) -> None:
        """Make a path, and the folders above it that are not there yet."""
        path = normal(path)
        followed = self.follow(posixpath.dirname(path))
        if followed is not None:
            path = posixpath.join(followed, posixpath.basename(path))
        if len(path) > LONGEST:
            return
        missing, folder = [], posixpath.dirname(path)
        while folder != "/" and self._look(folder).answer is not YES:
            missing.append(folder)
            folder = posixpath.dirname(folder)
        for each in reversed(missing):
            self.order += 1
            self.paths[each] = (self.order, Node("dir", node.made, node.owner, node.group, 0o755))
        self.order += 1
        self.paths[path] = (self.order, node)

    def lay(self, folder: str, below: Below, by: Evidence) -> None:
        """Lay a tree over a folder: a copied directory of the context or of another stage."""
        folder = normal(folder)
        if self._look(folder).answer is not YES:
            self.put(folder, Node("dir", by, mode=0o755))
        self._cover(folder, "tree", by, below=below)

    def remove(self, path: str, by: Evidence) -> None:
        path = normal(path)
        for known in [known for known in self.paths if under(known, path)]:
            del self.paths[known]
        self._cover(path, "gone", by)

    def blur(self, folder: str, by: Evidence) -> None:
        """Anything under the folder may have been made or changed; what lines made explicitly stays."""
        folder = normal(folder)
        self.order += 1
        kept = [(path, node) for path, (_, node) in self.paths.items() if under(path, folder)]
        self._cover(folder, "unsure", by)
        for path, node in kept:
            self.order += 1
            self.paths[path] = (self.order, node)

    def own(self, path: str, by: Evidence, owner: Value | None, group: Value | None, recursive: bool) -> None:
        self._change(path, by, recursive, owner=owner, group=group)

    def permit(self, path: str, by: Evidence, mode: int | Literal[Answer.UNKNOWN], recursive: bool) -> None:
        self._change(path, by, recursive, mode=mode)

    def _change(self, path: str, by: Evidence, recursive: bool, **what: Any) -> None:
        path = self.follow(normal(path)) or normal(path)
        if recursive:
            self._cover(path, "owner", by, **what)
            return
        look = self._look(path)
        if look.node is not None:
            self.order += 1
            given = {name: value for name, value in what.items() if value is not None}
            self.paths[path] = (self.order, replace(look.node, changed=by, **given))

    def _cover(self, folder: str, kind: Any, by: Evidence, **more: Any) -> None:
        self.order += 1
        self.covers.append(Cover(self.order, folder, kind, by, **more))

    def children(self, folder: str) -> tuple[str, ...]:
        """Names directly under a folder that lines made (not those of covers or the base)."""
        head = normal(folder).rstrip("/") + "/"
        names = (
            path[len(head) :]
            for path, (_, node) in self.paths.items()
            if path.startswith(head) and isinstance(node, Node)
        )
        return tuple(sorted({name.split("/")[0] for name in names if name}))


def normal(path: str) -> str:
    """Absolute, without `.`, `..`, doubled or trailing slashes."""
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def under(path: str, folder: str) -> bool:
    return path == folder or folder == "/" or path.startswith(folder + "/")


def _owned(node: Node, covers: list[Cover]) -> Node:
    """The node with the owner and mode that covers laid over it; the newest cover comes first."""
    for cover in reversed(covers):
        given = {
            name: value
            for name, value in (("owner", cover.owner), ("group", cover.group), ("mode", cover.mode))
            if value is not None
        }
        node = replace(node, changed=cover.by, **given)
    return node
