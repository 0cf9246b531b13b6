"""Everything that a project builds: the targets that its files name, then the Dockerfiles that nothing names."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright.inputs.dockerfiles import default_context, is_dockerfile, walk_files
from dockwright.inputs.problem import Problem
from dockwright.inputs.targets import Origin, Target, parent

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree


class Read(Struct, frozen=True):
    """What one defining file says. `files` are the files it was read from: when one changes, targets are found anew."""

    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()


MAX_FILES = 100  # of one kind

Reader = Callable[["Tree", str], Read]

_PLATFORM_FILES = frozenset({
    "render.yaml", "render.yml", "fly.toml", "railway.json", "railway.toml", "heroku.yml", "app.json",
    "cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json", "devcontainer.json",
})  # fmt: skip
_SCRIPTS = frozenset({"Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "package.json"})

# (module of inputs, does it read a file of this name); in the order in which origins win
_READERS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("composefile", lambda path: _ends(path, (".yml", ".yaml")) and "compose" in posixpath.basename(path).lower()),
    ("bake", lambda path: posixpath.basename(path) in ("docker-bake.hcl", "docker-bake.json")),
    ("platforms", lambda path: posixpath.basename(path) in _PLATFORM_FILES),
    ("workflows", lambda path: ".github/workflows/" in f"/{path}" and _ends(path, (".yml", ".yaml"))),
    ("scripts", lambda path: path.count("/") < 2 and (posixpath.basename(path) in _SCRIPTS or path.endswith(".sh"))),
)


def _ends(path: str, endings: tuple[str, ...]) -> bool:
    return path.endswith(endings)


def discover(tree: Tree, name: str, start: str = "") -> Read:
    """Targets in the order in which origins win; each build once, the other files that name it in `also`."""
    files = tuple(walk_files(tree, start))
    reads = tuple(_read_all(tree, files))
    named = [target for read in reads for target in read.targets]
    spoken_for = {target.dockerfile for target in named}
    found = [lone(tree, path, name) for path in files if is_dockerfile(posixpath.basename(path))]
    targets = once([*named, *(target for target in found if target.dockerfile not in spoken_for)])
    return Read(
        _distinct_names(targets),
        tuple(dict.fromkeys(problem for read in reads for problem in read.problems)),
        tuple(dict.fromkeys(path for read in reads for path in read.files)),
    )


def reads(path: str) -> bool:
    """Whether a file of this name is asked which targets there are."""
    return any(wanted(path) for _, wanted in _READERS)


def defines(path: str) -> bool:
    """Whether targets come and go with a file of this name."""
    return reads(path) or is_dockerfile(posixpath.basename(path))


def _read_all(tree: Tree, files: Iterable[str]) -> Iterator[Read]:
    # docker-compose.yml before docker-compose.prod.yml
    nearest_first = sorted(files, key=lambda path: (path.count("/"), len(path), path))
    for module, wanted in _READERS:
        for path in islice(filter(wanted, nearest_first), MAX_FILES):
            yield _reader(module)(tree, path)


def _reader(module: str) -> Reader:
    reader: Reader = import_module(f"dockwright.inputs.{module}").read
    return reader


def lone(tree: Tree, path: str, project: str) -> Target:
    """The target of a Dockerfile that no file names."""
    base, folder = posixpath.basename(path), parent(path)
    extra = base.removesuffix(".Dockerfile").removesuffix(".dockerfile").removeprefix("Dockerfile").strip(".-")
    name = "-".join(part for part in (posixpath.basename(folder).strip("."), extra) if part) or project
    return Target(name=name, dockerfile=path, context=default_context(tree, path), origin=base)


def once(targets: Iterable[Target]) -> list[Target]:
    """Each build once, under the first of its names."""
    kept: dict[tuple[object, ...], Target] = {}
    for target in targets:
        key = target.same_build()
        first = kept.setdefault(key, target)
        if first is not target:
            kept[key] = first.with_also(Origin(target.origin, target.origin_place, target.name))
    return list(kept.values())


def _distinct_names(targets: Iterable[Target]) -> tuple[Target, ...]:
    """`web` of a second compose file becomes `web (docker-compose.prod.yml)`."""
    taken: set[str] = set()
    renamed: list[Target] = []
    for target in targets:
        name, number = target.name, 2
        if name in taken:
            name = f"{target.name} ({target.origin})"
        while name in taken:
            name, number = f"{target.name} ({target.origin} {number})", number + 1
        taken.add(name)
        renamed.append(target if name == target.name else structs.replace(target, name=name))
    return tuple(renamed)
