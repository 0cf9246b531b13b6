"""Which files each build backend reads, and what it does without them. One function a backend.

Sources: the backends' own code, as of setuptools 80, hatchling 1.27, poetry-core 2, flit_core 3.12, pdm-backend 2.4,
uv_build 0.8; what differs between versions is said at the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import structs

from dockwright.finding import Place
from dockwright.inputs.documents import load_toml
from dockwright.inputs.flatlayout import too_many
from dockwright.inputs.manifests import LocalProject, Needed
from dockwright.inputs.places import key_place
from dockwright.inputs.problem import Problem
from dockwright.inputs.pyproject import table, text
from dockwright.inputs.targets import in_tree, join
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

Needs = Iterator[Needed]


def with_needs(project: LocalProject, tree: Tree, sources: Mapping[str, Source]) -> LocalProject:
    """The project with the files that its backend will read."""
    source = sources.get("pyproject.toml")
    if project.family == "setuptools" and not project.lists_packages:
        project = _discovered(project, tree, source or next(iter(sources.values())))
    if source is None:
        return project
    data = load_toml(source)[0]
    rule = _RULES.get(project.family)
    found = list(rule(project, tree, source, data)) if rule else []
    found += _standard(project, source, data)
    found += _version_from_git(project, source, data)
    return structs.replace(project, needs_files=(*project.needs_files, *found))


def _discovered(project: LocalProject, tree: Tree, source: Source) -> LocalProject:
    found = too_many(tree, project.folder)
    if not found:
        return project
    message = f"setuptools finds {len(found)} top-level packages or modules and takes none: {', '.join(found[:10])}"
    place = key_place(source, (), "project") if source.name.endswith(".toml") else Place(source, source.line_span(1))
    problem = Problem("setuptools-flat-layout", message, place)
    return structs.replace(project, problems=(*project.problems, problem))


def _standard(project: LocalProject, source: Source, data: Mapping[str, Any]) -> Needs:
    """`readme` and `license` of [project]. setuptools warns where one is missing; the others stop."""
    fields = table(data, "project")
    fatal = project.family != "setuptools"
    for key in ("readme", "license"):
        value = fields.get(key)
        path = text(value.get("file")) if isinstance(value, dict) else text(value) if key == "readme" else None
        if path is not None and key not in project.dynamic:
            yield Needed((path,), f"{key} is read from it", key_place(source, ("project",), key), fatal)
    patterns = fields.get("license-files")
    # hatchling and setuptools take what there is
    if isinstance(patterns, list) and project.family in ("poetry", "flit", "pdm", "uv_build"):
        for pattern in patterns:
            if isinstance(pattern, str) and not set("*?[") & set(pattern):
                yield Needed((pattern,), "license-files names it", key_place(source, ("project",), "license-files"))


def _version_from_git(project: LocalProject, source: Source, data: Mapping[str, Any]) -> Needs:
    """setuptools-scm and its kin ask Git, unless a variable (SETUPTOOLS_SCM_PRETEND_VERSION) answers."""
    requires = {one.key: one for one in project.build_requires}
    simple = requires.get("setuptools-scm")
    if simple is not None and "simple" in simple.extras and "version" in project.dynamic:
        yield Needed((".git", "PKG-INFO"), "setuptools-scm takes the version from Git", simple.place)
        return
    scm = {
        "setuptools-scm": ("tool", "setuptools_scm"),
        "hatch-vcs": ("tool", "hatch", "version"),
        "poetry-dynamic-versioning": ("tool", "poetry-dynamic-versioning"),
    }
    for package, path in scm.items():
        if package in requires and (table(data, *path) or path[-1] in table(data, *path[:-1])):
            asked = path[1] != "hatch" or table(data, *path).get("source") == "vcs"
            if asked:
                yield Needed((".git", "PKG-INFO"), f"{package} takes the version from Git", _at(source, path))
    if project.family == "pdm" and table(data, "tool", "pdm", "version").get("source") == "scm":
        yield Needed((".git", "PKG-INFO"), "the version is taken from Git", _at(source, ("tool", "pdm", "version")))


def _at(source: Source, path: tuple[str, ...], name: str = "") -> Place:
    return key_place(source, path, name)


def _module(name: str | None) -> str:
    """The import name that backends derive from the project's name."""
    return re.sub(r"[-_.]+", "_", name or "")


def _hatchling(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    version = table(data, "tool", "hatch", "version")
    path = text(version.get("path"))
    if path is not None and version.get("source") in (None, "regex", "code"):
        yield Needed((path,), "the version is read from it", _at(source, ("tool", "hatch", "version"), "path"))
    build = table(data, "tool", "hatch", "build")
    wheel = table(build, "targets", "wheel")
    for included in (*table(wheel, "force-include"), *table(build, "force-include")):
        place = _at(source, ("tool", "hatch", "build", "targets", "wheel", "force-include"), included)
        yield Needed((included,), "force-include takes it into the wheel", place)
    choosing = ("packages", "only-include", "include", "force-include", "bypass-selection", "artifacts")
    if any(key in table_ for key in choosing for table_ in (wheel, build)) or "tool.hatch.build.hooks" in source.text:
        return
    # "Unable to determine which files to ship inside the wheel"
    names = dict.fromkeys((_module(project.name), _module(project.name).lower()))
    paths = [path for name in names for path in (f"{name}/__init__.py", f"src/{name}/__init__.py", f"{name}.py")]
    if project.name and not _namespace_package(tree, project.folder, names):
        yield Needed(
            tuple(paths), "hatchling looks for the package under the project's name", _at(source, ("project",), "name")
        )


def _namespace_package(tree: Tree, folder: str, names: Mapping[str, None]) -> bool:
    """hatchling's last guess: exactly one `*/NAME/__init__.py`."""
    tops = tree.names(in_tree(folder))
    if not isinstance(tops, tuple):
        return True
    return any(
        tree.kind(in_tree(join(folder, f"{top}/{name}/__init__.py"))) is not None for top in tops for name in names
    )


def _setuptools(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    tool = table(data, "tool", "setuptools")
    dynamic = table(tool, "dynamic")
    where = ("tool", "setuptools", "dynamic")
    for name, value in dynamic.items():
        files = value.get("file") if isinstance(value, dict) else None
        for path in [files] if isinstance(files, str) else files if isinstance(files, list) else []:
            if isinstance(path, str):  # setuptools warns and goes on with an empty value
                yield Needed((path,), f"{name} is read from it", _at(source, where, name), fatal=False)
    directories = table(tool, "package-dir")
    attribute = text(table(dynamic, "version").get("attr"))
    if attribute is not None:
        yield _attribute(attribute, directories, _at(source, where, "version"))
    packages = tool.get("packages")
    if isinstance(packages, list):
        for package in packages:
            if isinstance(package, str):  # error: package directory 'x' does not exist
                yield Needed(
                    (_package_path(package, directories),),
                    "it is a listed package",
                    _at(source, ("tool", "setuptools"), "packages"),
                )
    found = table(tool, "packages", "find").get("where")
    for path in [*(found if isinstance(found, list) else []), *([directories[""]] if "" in directories else [])]:
        if isinstance(path, str) and path not in (".", ""):  # error in 'egg_base' option: 'src' does not exist
            yield Needed(
                (path,),
                "packages are looked for in it",
                _at(source, ("tool", "setuptools", "packages", "find"), "where"),
            )


def _package_path(package: str, directories: Mapping[str, Any]) -> str:
    own, root = text(directories.get(package)), text(directories.get(""))
    return own or "/".join(part for part in (root, package.replace(".", "/")) if part)


def _attribute(attribute: str, directories: Mapping[str, Any], place: Place) -> Needed:
    module = attribute.rpartition(".")[0].replace(".", "/")
    roots = [root for root in (text(directories.get("")), "src", "") if root is not None]
    paths = [f"{root}/{module}".lstrip("/") for root in dict.fromkeys(roots)]
    return Needed(
        tuple(f"{path}{end}" for path in paths for end in (".py", "/__init__.py")),
        "the version is an attribute of it",
        place,
    )


def _poetry(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    if not project.installable:
        return
    poetry, where = table(data, "tool", "poetry"), ("tool", "poetry")
    readme = poetry.get("readme")
    for path in [readme] if isinstance(readme, str) else readme if isinstance(readme, list) else []:
        if isinstance(path, str):
            yield Needed((path,), "readme is read from it", _at(source, where, "readme"))
    packages = poetry.get("packages", table(data, "project").get("packages"))
    if isinstance(packages, list):
        for package in packages:
            path = (
                "/".join(part for part in (text(package.get("from")), text(package.get("include"))) if part)
                if isinstance(package, dict)
                else ""
            )
            if path and not set("*?[") & set(path):
                place = _at(source, where, "packages")
                yield Needed((path, f"{path}.py"), "it is a listed package", place, holding=".py")
        return
    name = _module(project.name)
    if name:  # No file/folder found for package NAME
        paths = (name, f"{name}.py", f"src/{name}", f"src/{name}.py")
        place = _at(source, where if "name" in poetry else ("project",), "name")
        yield Needed(paths, "Poetry looks for the package under the project's name", place, holding=".py")


def _flit(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    """flit imports nothing it can read, but the module itself must be there: its docstring and version are in it."""
    own = text(table(data, "tool", "flit", "module").get("name"))
    name = (own or _module(project.name)).replace(".", "/")
    if name:
        paths = tuple(f"{root}{name}{end}" for root in ("", "src/") for end in (".py", "/__init__.py", "/"))
        place = _at(source, ("tool", "flit", "module") if own else ("project",), "name")
        yield Needed(tuple(path.rstrip("/") for path in paths), "flit looks for the module", place)


def _pdm(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    version = table(data, "tool", "pdm", "version")
    path = text(version.get("path"))
    if version.get("source") == "file" and path is not None:
        yield Needed((path,), "the version is read from it", _at(source, ("tool", "pdm", "version"), "path"))


def _uv_build(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    """Expected a Python module at: `src/NAME/__init__.py`"""
    build = table(data, "tool", "uv", "build-backend")
    root = build.get("module-root", "src")
    names = build.get("module-name", _module(project.name).lower())
    for name in names if isinstance(names, list) else [names]:
        if isinstance(name, str) and isinstance(root, str) and name:
            path = "/".join(part for part in (root, name.replace(".", "/")) if part)
            needed = path if build.get("namespace") is True else f"{path}/__init__.py"
            yield Needed(
                (needed, f"{path}.pyi", f"{path}/__init__.pyi"),
                "uv_build takes the package from there",
                _at(source, ("project",), "name"),
            )


def _maturin(project: LocalProject, tree: Tree, source: Source, data: Mapping[str, Any]) -> Needs:
    path = text(table(data, "tool", "maturin").get("manifest-path")) or "Cargo.toml"
    yield Needed(
        (path,), "maturin builds the crate that it describes", _at(source, ("tool", "maturin"), "manifest-path")
    )


_RULES: dict[str, Callable[[LocalProject, Tree, Source, Mapping[str, Any]], Needs]] = {
    "hatchling": _hatchling,
    "setuptools": _setuptools,
    "poetry": _poetry,
    "flit": _flit,
    "pdm": _pdm,
    "uv_build": _uv_build,
    "maturin": _maturin,
}
