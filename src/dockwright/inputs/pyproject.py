"""pyproject.toml: PEP 517/518 (build-system), PEP 621 (project), PEP 735 (groups), and Poetry's own tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import structs

from dockwright.finding import Place
from dockwright.inputs.documents import load_toml
from dockwright.inputs.manifests import Declared, LocalProject, declared_all
from dockwright.inputs.places import key_place
from dockwright.inputs.problem import Problem
from dockwright.source import Source

LEGACY = "setuptools.build_meta:__legacy__"


def table(data: Any, *names: str) -> dict[str, Any]:
    """A nested table, empty where it is missing or something else."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def from_pyproject(project: LocalProject, source: Source) -> LocalProject:
    data, problems = load_toml(source)
    if problems:
        return structs.replace(
            project,
            manifests=(*project.manifests, source.name),
            complete=False,
            problems=(*project.problems, *problems),
        )
    build = table(data, "build-system")
    project = structs.replace(
        project,
        manifests=(source.name, *project.manifests),
        backend=text(build.get("backend")) or text(build.get("build-backend")) or LEGACY,
        lists_packages=project.lists_packages or _lists_packages(table(data, "tool", "setuptools")),
    )
    found: list[Problem] = []
    requires = declared_all(build.get("requires"), source, key_place(source, ("build-system",), "requires").span, found)
    project = structs.replace(project, build_requires=requires)
    if "project" in data:
        project = _with_project(project, table(data, "project"), source, found)
    if table(data, "tool", "poetry"):
        project = _with_poetry(project, data, source)
    if table(data, "tool", "uv").get("package") is False:
        project = structs.replace(project, installable=False)
    groups = dict(_groups(table(data, "dependency-groups"), source, found))
    return structs.replace(project, groups={**project.groups, **groups}, problems=(*project.problems, *found))


def _lists_packages(tool: Mapping[str, Any]) -> bool:
    """`packages` as a list or with `find`, `py-modules`, or `package-dir` for packages by name."""
    return any(key in tool for key in ("packages", "py-modules", "ext-modules")) or bool(table(tool, "package-dir"))


def _with_project(
    project: LocalProject, fields: Mapping[str, Any], source: Source, problems: list[Problem]
) -> LocalProject:
    """PEP 621. What it declares dynamic may come from setup.py or setup.cfg, and is kept from there."""
    dynamic = tuple(name for name in fields.get("dynamic", ()) if isinstance(name, str))
    near = key_place(source, ("project",), "dependencies").span
    extras_near = key_place(source, ("project", "optional-dependencies"), "").span
    own = declared_all(fields.get("dependencies"), source, near, problems)
    extras = {
        name: declared_all(texts, source, extras_near, problems)
        for name, texts in table(fields, "optional-dependencies").items()
    }
    if "name" not in fields:
        problems.append(Problem("project-name-missing", "[project] has no name", key_place(source, (), "project")))
    if "version" not in fields and "version" not in dynamic:
        message = '[project] has neither a version nor `dynamic = ["version"]`'
        problems.append(Problem("project-version-missing", message, key_place(source, ("project",), "name")))
    return structs.replace(
        project,
        name=text(fields.get("name")) or project.name,
        version=text(fields.get("version")) or (project.version if "version" in dynamic else None),
        requires_python=text(fields.get("requires-python")) or project.requires_python,
        dependencies=own if "dependencies" not in dynamic else project.dependencies,
        extras=extras if "optional-dependencies" not in dynamic else project.extras,
        dynamic=dynamic,
        complete=project.complete if "dependencies" in dynamic else True,
        scripts={name: value for name, value in table(fields, "scripts").items() if isinstance(value, str)},
    )


def _with_poetry(project: LocalProject, data: Mapping[str, Any], source: Source) -> LocalProject:
    poetry = table(data, "tool", "poetry")
    main = table(poetry, "dependencies")
    own = tuple(_poetry_dependencies(main, source, ("tool", "poetry", "dependencies")))
    groups = {
        "dev": tuple(
            _poetry_dependencies(table(poetry, "dev-dependencies"), source, ("tool", "poetry", "dev-dependencies"))
        )
    }
    for name, group in table(poetry, "group").items():
        path = ("tool", "poetry", "group", name, "dependencies")
        groups[name] = (*groups.get(name, ()), *_poetry_dependencies(table(group, "dependencies"), source, path))
    extras = {
        name: tuple(one for one in own if one.name in names)
        for name, names in table(poetry, "extras").items()
        if isinstance(names, list)
    }
    declared_there = {one.key for one in project.dependencies}
    scripts = {name: value for name, value in table(poetry, "scripts").items() if isinstance(value, str)}
    return structs.replace(
        project,
        name=project.name or text(poetry.get("name")),
        version=project.version or text(poetry.get("version")),
        requires_python=project.requires_python or text(main.get("python")),
        # with both tables, Poetry's enriches the standard one (sources, develop)
        dependencies=(*project.dependencies, *(one for one in own if one.key not in declared_there)),
        extras={**extras, **project.extras},
        groups={name: found for name, found in groups.items() if found},
        scripts={**scripts, **project.scripts},
        installable=poetry.get("package-mode") is not False and project.installable,
    )


def _poetry_dependencies(entries: Mapping[str, Any], source: Source, path: tuple[str, ...]) -> Iterator[Declared]:
    for name, value in entries.items():
        if name.lower() == "python":
            continue
        place = key_place(source, path, name)
        for one in value if isinstance(value, list) else (value,):
            yield _poetry_dependency(name, one, place)


def _poetry_dependency(name: str, value: Any, place: Place) -> Declared:
    if not isinstance(value, dict):
        return Declared(name, value if isinstance(value, str) else "*", place)
    repository = text(value.get("git"))
    return Declared(
        name=name,
        constraint=text(value.get("version")) or "*",
        place=place,
        extras=tuple(extra for extra in value.get("extras", ()) if isinstance(extra, str)),
        marker=_poetry_marker(value),
        optional=value.get("optional") is True,
        path=text(value.get("path")) or text(value.get("file")),
        url=f"git+{repository}" if repository else text(value.get("url")),
    )


def _poetry_marker(value: Mapping[str, Any]) -> str | None:
    """`markers` and `python` of a dependency; a `python` that no marker can say holds for none."""
    said, python = text(value.get("markers")), text(value.get("python"))
    if python is None:
        return said
    from dockwright.inputs.caret import python_marker

    marker = python_marker(python)
    own = "python_version < '0'" if marker is None else marker
    return f"({said}) and {own}" if said and own else own or said


def _groups(
    entries: Mapping[str, Any], source: Source, problems: list[Problem]
) -> Iterator[tuple[str, tuple[Declared, ...]]]:
    """PEP 735; `{include-group = "x"}` is replaced by what x has."""
    for name in entries:
        near = key_place(source, ("dependency-groups",), name).span
        yield name, declared_all(list(_group_texts(entries, name, set())), source, near, problems)


def _group_texts(entries: Mapping[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """A group that is included twice counts once; else a few lines could make millions of requirements."""
    items = entries.get(name)
    if name in seen or not isinstance(items, list):
        return
    seen.add(name)
    for item in items:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
            yield from _group_texts(entries, item["include-group"], seen)
