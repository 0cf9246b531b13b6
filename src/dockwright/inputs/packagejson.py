"""package.json: what npm, yarn and pnpm read of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dockwright.finding import Place
from dockwright.inputs.documents import load_json
from dockwright.inputs.places import json_span
from dockwright.inputs.problem import Problem
from dockwright.inputs.pyproject import table, text
from dockwright.inputs.targets import read_text
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

# the tables whose packages are installed in the project itself
TABLES = ("dependencies", "devDependencies", "optionalDependencies")


class Dependency(Struct, frozen=True):
    name: str
    wanted: str
    table: str
    place: Place


class PackageJson(Struct, frozen=True, kw_only=True):
    source: Source
    name: str | None = None
    version: str | None = None
    scripts: Mapping[str, str] = {}
    dependencies: tuple[Dependency, ...] = ()  # of all tables, `peerDependencies` too
    engines: Mapping[str, str] = {}
    package_manager: str | None = None  # `pnpm@9.1.0`
    workspaces: tuple[str, ...] = ()  # patterns
    module: bool = False  # `"type": "module"`
    overrides: bool = False  # `overrides`, `resolutions`: what is installed may differ from what is wanted
    problems: tuple[Problem, ...] = ()

    def installed(self) -> Iterator[Dependency]:
        """An optional dependency counts as that, wherever else it is named."""
        optional = {one.name for one in self.dependencies if one.table == "optionalDependencies"}
        for one in self.dependencies:
            if one.table in TABLES and (one.table == "optionalDependencies" or one.name not in optional):
                yield one


def read_package_json(tree: Tree, path: str) -> PackageJson | None:
    found = read_text(tree, path)
    return None if found is None else package_json(Source(path, found))


def package_json(source: Source) -> PackageJson:
    data, problems = load_json(source)
    return PackageJson(
        source=source,
        name=text(data.get("name")),
        version=text(data.get("version")),
        scripts=_strings(data, "scripts"),
        dependencies=tuple(_dependencies(data, source)),
        engines=_strings(data, "engines"),
        package_manager=text(data.get("packageManager")),
        workspaces=_workspaces(data.get("workspaces")),
        module=data.get("type") == "module",
        overrides=any(name in data for name in ("overrides", "resolutions", "pnpm")),
        problems=problems,
    )


def _strings(data: Mapping[str, Any], name: str) -> dict[str, str]:
    return {key: value for key, value in table(data, name).items() if isinstance(value, str)}


def _dependencies(data: Mapping[str, Any], source: Source) -> Iterator[Dependency]:
    for kind in (*TABLES, "peerDependencies"):
        start = json_span(source.text, (kind,)) or Span(0, 0)
        for name, wanted in _strings(data, kind).items():
            at = source.text.find(f'"{name}"', start.end)
            start = Span(at, at + len(name) + 2) if at >= 0 else start
            yield Dependency(name, wanted, kind, Place(source, start))


def _workspaces(value: Any) -> tuple[str, ...]:
    listed = value.get("packages") if isinstance(value, dict) else value
    return tuple(item for item in listed if isinstance(item, str)) if isinstance(listed, list) else ()
