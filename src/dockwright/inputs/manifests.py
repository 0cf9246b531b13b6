"""Packaging metadata of a folder: what `pip install .` there would read, need and install. Nothing is executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dockwright.finding import UNKNOWN, Place
from dockwright.inputs.problem import Problem
from dockwright.inputs.requirement import Malformed, Requirement, canonical
from dockwright.inputs.requirement import parse as parse_requirement
from dockwright.inputs.targets import in_tree, join
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree, Unknown


class Declared(Struct, frozen=True):
    """A dependency as a manifest declares it. `constraint` is as written there: PEP 440, or Poetry's `^1.2`."""

    name: str
    constraint: str
    place: Place
    extras: tuple[str, ...] = ()
    marker: str | None = None
    optional: bool = False
    path: str | None = None  # a local folder or archive, seen from the manifest's folder
    url: str | None = None  # `git+https://…` for a repository
    requirement: Requirement | None = None  # where the manifest writes PEP 508

    @property
    def key(self) -> str:
        return canonical(self.name)


class Needed(Struct, frozen=True):
    """Files that the build reads: one of `paths` (seen from the project's folder) must be there.

    `fatal` is false where the backend only warns, or a `try` or `if` guards the reading. With `holding`, one that is a
    folder must have a file with that ending somewhere below.
    """

    paths: tuple[str, ...]
    why: str
    place: Place
    fatal: bool = True
    holding: str = ""


class Imported(Struct, frozen=True):
    """A module that setup.py imports before anything is installed by it."""

    module: str
    place: Place
    guarded: bool = False


class LocalProject(Struct, frozen=True, kw_only=True):
    """None in `name`, `version` and `requires_python`: not written, or not readable without running something."""

    folder: str
    backend: str = "setuptools.build_meta:__legacy__"  # what pip takes when pyproject.toml names none
    manifests: tuple[str, ...] = ()  # paths of the files read
    name: str | None = None
    version: str | None = None
    requires_python: str | None = None
    dependencies: tuple[Declared, ...] = ()
    extras: Mapping[str, tuple[Declared, ...]] = {}
    groups: Mapping[str, tuple[Declared, ...]] = {}
    build_requires: tuple[Declared, ...] = ()
    dynamic: tuple[str, ...] = ()
    scripts: Mapping[str, str] = {}
    needs_files: tuple[Needed, ...] = ()
    imports: tuple[Imported, ...] = ()
    installable: bool = True  # false: Poetry's package-mode = false, uv's package = false
    lists_packages: bool = False  # false: setuptools looks for packages by itself
    complete: bool = True  # false: some dependencies are computed, or written where they can't be read
    problems: tuple[Problem, ...] = ()

    @property
    def family(self) -> str:
        """`hatchling`, `poetry`, `flit`, `pdm`, `uv_build`, `maturin`, `setuptools`, …"""
        top = self.backend.partition(":")[0].partition(".")[0]
        return {"flit_core": "flit", "flit": "flit", "pdm": "pdm"}.get(top, top)

    def missing(self, tree: Tree) -> tuple[Needed, ...]:
        """What this tree is known not to have."""
        return tuple(need for need in self.needs_files if all(self._absent(tree, need, path) for path in need.paths))

    def _absent(self, tree: Tree, need: Needed, path: str) -> bool:
        place = in_tree(join(self.folder, path))
        kind = tree.kind(place)
        if kind != "dir" or not need.holding:
            return kind is None
        return tree.complete and not any(
            kind is UNKNOWN or kind == "link" or below.endswith(need.holding) for below, kind in tree.walk(place)
        )


def read_project(tree: Tree, folder: str = ".", *, builds: bool = True) -> LocalProject | Unknown | None:
    """None: neither pyproject.toml nor setup.py, so nothing there can be installed.

    `builds`: what the build backend will read and refuse is wanted too.
    """
    texts = {name: tree.read(in_tree(join(folder, name))) for name in ("pyproject.toml", "setup.py", "setup.cfg")}
    pyproject, setup = texts["pyproject.toml"], texts["setup.py"]
    if pyproject is UNKNOWN or (pyproject is None and setup is UNKNOWN):
        return UNKNOWN
    if pyproject is None and setup is None:
        return None
    project = LocalProject(folder=folder)
    sources = {name: Source(join(folder, name), text) for name, text in texts.items() if isinstance(text, str)}
    if "setup.cfg" in sources:
        from dockwright.inputs.setupcfg import from_setupcfg

        project = from_setupcfg(project, sources["setup.cfg"])
    if "setup.py" in sources:
        from dockwright.inputs.setuppy import from_setuppy

        project = from_setuppy(project, sources["setup.py"])
    if "pyproject.toml" in sources:
        from dockwright.inputs.pyproject import from_pyproject

        project = from_pyproject(project, sources["pyproject.toml"])
    if not builds:
        return project
    from dockwright.inputs.backends import with_needs

    return with_needs(project, tree, sources)


def declared(text: str, source: Source, near: Span, problems: list[Problem]) -> Declared | None:
    """A PEP 508 string of a manifest; its place is the string itself where it is found as written."""
    at = source.text.find(text, near.start)
    span = Span(at, at + len(text)) if at >= 0 and text else near
    try:
        requirement = parse_requirement(text, span.start)
    except Malformed as error:
        problems.append(Problem(error.code, f"{error.message} in {text!r}", Place(source, span)))
        return None
    if requirement.name is None:
        problems.append(Problem("requirement-name", f"{text!r} has no name", Place(source, span)))
        return None
    return Declared(
        name=requirement.name,
        constraint=",".join(operator + version for operator, version in requirement.specifiers),
        place=Place(source, span),
        extras=requirement.extras,
        marker=requirement.marker,
        url=requirement.url,
        requirement=requirement,
    )


def declared_all(texts: Any, source: Source, near: Span, problems: list[Problem]) -> tuple[Declared, ...]:
    if not isinstance(texts, list | tuple):
        return ()
    found: list[Declared] = []
    after = near  # they stand in the file in their order: each is looked for behind the one before
    for text in texts:
        one = declared(text, source, after, problems) if isinstance(text, str) else None
        if one is not None:
            found.append(one)
            after = Span(one.place.span.start, near.end) if one.place.span != after else after
    return tuple(found)
