"""A build target: which Dockerfile is built, with which context, arguments and stage, and who says so."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright.finding import Place
from dockwright.inputs.problem import Problem

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

Variables = Mapping[str, str | None]


class Origin(Struct, frozen=True):
    """The file that names a target, and the line in it; `key` is the target's name in that file (`services.web`)."""

    file: str
    place: Place | None = None
    key: str = ""


class Target(Struct, frozen=True, kw_only=True):
    """Paths are relative to the project root, posix, normalised; one that starts with `../` lies outside.

    A value of None in `build_args` and `environment` is taken from the surroundings of the build: it is not known.
    An `unsure` field is one whose value could not be worked out (`dockerfile`, `context`, `stage`).
    """

    name: str
    dockerfile: str
    context: str = "."
    origin: str = "Dockerfile"
    origin_place: Place | None = None
    also: tuple[Origin, ...] = ()  # other files that name the same build
    build_args: Variables = {}
    stage: str | None = None
    platforms: tuple[str, ...] = ()
    native: str = "linux/amd64"  # the platform of the engine, which it builds for where nothing says another
    named_contexts: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()  # ids
    ssh: tuple[str, ...] = ()
    network: str | None = None
    image: str | None = None
    inline: str | None = None  # Dockerfile text written in the file that names the target
    ignore_file: str | None = None  # fly.toml's `ignorefile`; else found beside the Dockerfile or in the context
    # what the container is started with
    environment: Variables = {}
    env_files: tuple[str, ...] = ()
    command: tuple[str, ...] | str | None = None  # a str goes through the image's shell, as in a Dockerfile
    entrypoint: tuple[str, ...] | str | None = None
    user: str | None = None
    working_dir: str | None = None
    volumes: tuple[tuple[str, str], ...] = ()  # (path on the host relative to the root, path in the container)
    engine_volumes: tuple[str, ...] = ()  # paths in the container at which the engine mounts volumes of its own
    ports: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    unsure: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def platform(self) -> str | None:
        return self.platforms[0] if self.platforms else None

    @property
    def built_for(self) -> str:
        return self.platform or self.native

    @property
    def remote(self) -> bool:
        """The context is a Git repository, an archive or another image: its files are not known."""
        return is_remote(self.context)

    def same_build(self) -> tuple[object, ...]:
        """Two targets with the same key build the same image."""
        arguments = tuple(sorted((name, value or "") for name, value in self.build_args.items()))
        named = tuple(sorted(self.named_contexts.items()))
        return (self.dockerfile, self.context, self.stage, arguments, named, self.inline, self.platforms)

    def with_also(self, origin: Origin) -> Target:
        return structs.replace(self, also=(*self.also, origin))


def is_remote(context: str) -> bool:
    """`https://…`, `git@…`, `github.com/…`, `docker-image://…`, `target:name`, or `-` for standard input."""
    return context == "-" or "://" in context or context.startswith(("git@", "github.com/", "target:", "service:"))


def join(folder: str, path: str) -> str:
    """`path` seen from `folder`, relative to the root; remote and absolute paths are kept as they are."""
    if is_remote(path) or path.startswith("/"):
        return path
    return posixpath.normpath(posixpath.join(folder or ".", path))


def parent(path: str) -> str:
    return posixpath.dirname(path) or "."


def in_tree(path: str) -> str:
    """The path as a Tree takes it: the root is the empty path there, and `.` in what people write and read."""
    normal = posixpath.normpath(path)
    return "" if normal == "." else normal


def is_file(tree: Tree, path: str) -> bool:
    """A file, or a link to one inside of the root."""
    found = tree.resolve(in_tree(path))
    return found is not None and tree.kind(found) == "file"


def read_text(tree: Tree, path: str) -> str | None:
    """Text of a file, None when there is none or it is not known."""
    text = tree.read(in_tree(path))
    return text if isinstance(text, str) else None
