"""Pipfile: the packages of each category, `main`, `dev` and any others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from dockwright.inputs.documents import load_toml
from dockwright.inputs.manifests import Declared
from dockwright.inputs.places import key_place
from dockwright.inputs.problem import Problem
from dockwright.inputs.pyproject import table, text
from dockwright.source import Source

_TABLES = ("source", "requires", "scripts", "pipenv", "pipfile")


class Pipfile(Struct, frozen=True):
    source: Source
    groups: Mapping[str, tuple[Declared, ...]] = {}
    python: str | None = None  # `python_version` or `python_full_version`
    scripts: Mapping[str, str] = {}
    problems: tuple[Problem, ...] = ()


def pipfile(source: Source) -> Pipfile:
    data, problems = load_toml(source)
    names = {"packages": "main", "dev-packages": "dev"}
    groups = {
        names.get(name, name): tuple(_declared(source, name, package, value) for package, value in packages.items())
        for name, packages in data.items()
        if name not in _TABLES and isinstance(packages, dict)
    }
    requires = table(data, "requires")
    python = text(requires.get("python_full_version")) or text(requires.get("python_version"))
    scripts = {name: value for name, value in table(data, "scripts").items() if isinstance(value, str)}
    return Pipfile(source, groups, python, scripts, problems)


def _declared(source: Source, group: str, name: str, value: Any) -> Declared:
    """`"*"`, `">=1"`, or a table with `version`, `extras`, `markers`, `path`, `git`, `ref`."""
    place = key_place(source, (group,), name)
    entry = value if isinstance(value, dict) else {"version": value}
    repository = text(entry.get("git"))
    return Declared(
        name=name,
        constraint=text(entry.get("version")) or "*",
        place=place,
        extras=tuple(extra for extra in entry.get("extras", ()) if isinstance(extra, str)),
        marker=text(entry.get("markers")),
        path=text(entry.get("path")),
        url=f"git+{repository}" if repository else text(entry.get("file")),
    )
