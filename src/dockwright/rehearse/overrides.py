"""What the file that names a target changes at the start: command, entrypoint, user, working directory, mounts.

Sources: the Compose specification (services: command, entrypoint, volumes) and the engine's merge of a container's
configuration over its image's.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from msgspec import Struct

from dockwright.finding import UNKNOWN, YES, Evidence
from dockwright.inputs.files import Tree
from dockwright.inputs.targets import Target, in_tree
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import MISSING, UNSURE, Contents, Look, Node, Value, normal

SPECIAL = frozenset("&|;<>()$`*?[]~#{}")


def words_of(target: Target, image: Image, own: tuple[Value, ...], entry: tuple[Value, ...]) -> tuple[Value, ...]:
    """What is started where the target says so: `own` is the image's whole command, `entry` its entrypoint alone.

    Empty when not known.
    """
    command = () if target.command is None else split(target, target.command)
    if command is None or (target.command is not None and not command):
        return ()
    if target.entrypoint is not None:  # the image's CMD counts no more
        given = split(target, target.entrypoint)
        return (*given, *command) if given else ()
    if not entry:
        return command
    if own == entry and image.cmd:  # an ENTRYPOINT in shell form takes no arguments
        return own
    # Platforms differ in whether their command replaces the ENTRYPOINT; compose keeps it.
    return (*entry, *command) if of_compose(target) else ()


def split(target: Target, given: Sequence[str] | str) -> tuple[str, ...] | None:
    """Compose splits a string as a shell would and starts no shell; of others that is only known of plain words."""
    if not isinstance(given, str):
        return tuple(given)
    if not of_compose(target) and SPECIAL & set(given):
        return None
    import shlex

    try:
        return tuple(shlex.split(given))
    except ValueError:
        return None


def of_compose(target: Target) -> bool:
    return "compose" in posixpath.basename(target.origin).lower()


def started(target: Target, tree: Tree, image: Image) -> Image:
    """The image as the container sees it."""
    image = image.fork()
    says = Evidence(f"{target.origin} sets it")
    if target.working_dir:
        folder = normal(posixpath.join(image.workdir if isinstance(image.workdir, str) else "/", target.working_dir))
        image.workdir = UNKNOWN if "$" in folder else folder
        if image.find(folder).answer is not YES:  # the engine makes it
            image.put(folder, Node("dir", says))
    if target.user:
        name = target.user.partition(":")[0]
        image.user = UNKNOWN if "$" in name else name
        image.set_by.pop("USER", None)
    for host, path in target.volumes:
        _mount(target, tree, image, host, normal(path))
    for path in target.engine_volumes:
        # what the image has there is copied into a new volume; an old one may hold anything
        _volume(image, normal(path), Evidence(f"{target.origin} mounts a volume at {path}"))
    return image


def _mount(target: Target, tree: Tree, image: Image, host: str, path: str) -> None:
    """A folder or file of the host hides what the image has at that path."""
    # without a place: its line is none of the Dockerfile's
    says = Evidence(f"{target.origin} mounts {host} over {path}")
    inner = in_tree(host)
    known = not host.startswith(("..", "/", "~")) and "$" not in host
    kind = tree.kind(inner) if known and inner else "dir" if known else UNKNOWN
    if path == "/":
        return
    image.remove(path, says)
    if kind == "file":
        image.put(path, Node("file", says, UNKNOWN, UNKNOWN, UNKNOWN, Contents(tree, inner)))
    else:
        image.lay(path, Mounted(tree if kind == "dir" else None, inner, says), says)


class Mounted(Struct, frozen=True):
    """What a mounted folder shows; who owns it on the host, and its modes, are not known."""

    tree: Tree | None
    folder: str
    by: Evidence

    def __call__(self, path: str) -> Look:
        if not path:
            return Look(YES, Node("dir", self.by, UNKNOWN, UNKNOWN, UNKNOWN))
        inner = posixpath.join(self.folder, path)
        kind = UNKNOWN if self.tree is None else self.tree.kind(inner)
        if kind is None:
            return MISSING
        if kind is UNKNOWN or kind == "link":
            return UNSURE
        return Look(YES, Node(kind, self.by, UNKNOWN, UNKNOWN, UNKNOWN, Contents(self.tree, inner)))


def _volume(image: Image, path: str, by: Evidence) -> None:
    image.remove(path, by)
    image.lay(path, lambda below: UNSURE, by)


def says(target: Target, words: tuple[Value, ...]) -> Evidence:
    """Who starts it that way."""
    text = " ".join(str(word) for word in words)
    return Evidence(f"{target.origin} starts it with `{text[:80]}`", target.origin_place)


def unsure_variables(target: Target, tree: Tree) -> bool:
    """May variables be set that nothing here shows: a file of them that is not in the project."""
    return any(tree.kind(in_tree(path)) != "file" for path in target.env_files)
