"""uv.lock: from the project along the dependencies whose markers hold, as `uv sync` goes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from dockwright.index.chosen import Chosen, LockedFile, holds, sha256_of
from dockwright.index.environment import environment
from dockwright.index.question import Locked
from dockwright.rehearse.python import canonical

Package = dict[str, Any]


def choose(locked: Locked) -> Iterator[Chosen]:
    data = tomllib.loads(locked.text)
    packages: dict[str, list[Package]] = {}
    for package in data.get("package", ()):
        packages.setdefault(canonical(package["name"]), []).append(package)
    env = environment(locked.image)
    members = {canonical(name) for name in data.get("manifest", {}).get("members", ())}
    if locked.packages:
        yield from (_chosen(root, members) for root in _roots(data, locked) if not _itself(root))
    todo = [
        edge for root in _roots(data, locked) for edge in _asked(root, locked)
    ]  # of the project itself nothing is loaded
    seen: set[tuple[str, str, str]] = set()
    while todo:
        edge = todo.pop()
        if not holds(str(edge.get("marker", "")), env):
            continue
        for package in _meant(edge, packages, env):
            for extra in ("", *(canonical(each) for each in edge.get("extra", ()))):
                key = (canonical(package["name"]), str(package.get("version", "")), extra)
                if key in seen:
                    continue
                seen.add(key)
                if not extra and not _itself(package):
                    yield _chosen(package, members)
                todo += _needs(package, extra)


def _needs(package: Package, extra: str) -> list[Package]:
    found: list[Package] = (
        package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
    )
    return found


def _roots(data: dict[str, Any], locked: Locked) -> list[Package]:
    """The package of this folder; of a workspace without one, its members."""
    packages: list[Package] = data.get("package", [])
    members = {canonical(name) for name in data.get("manifest", {}).get("members", ())}
    if locked.packages:
        wanted = members if "*" in locked.packages else set(map(canonical, locked.packages))
        return [each for each in packages if canonical(each["name"]) in wanted]
    here = [each for each in packages if _itself(each)]
    return here or [each for each in packages if canonical(each["name"]) in members]


def _asked(root: Package, locked: Locked) -> Iterator[Package]:
    if not locked.only:
        yield from root.get("dependencies", ())
        for extra, edges in root.get("optional-dependencies", {}).items():
            if "*" in locked.extras or canonical(extra) in map(canonical, locked.extras):
                yield from edges
    groups, without = _groups(locked), set(map(canonical, locked.without))
    for group, edges in root.get("dev-dependencies", {}).items():
        if ("*" in groups or canonical(group) in groups) and canonical(group) not in without:
            yield from edges


def _groups(locked: Locked) -> set[str]:
    """uv's documentation, "Default groups": dev, unless tool.uv.default-groups says otherwise."""
    if locked.only:
        return set(map(canonical, locked.only))
    chosen = set(locked.groups)
    if locked.development:
        try:
            default = tomllib.loads(locked.manifest).get("tool", {}).get("uv", {}).get("default-groups", ["dev"])
        except ValueError:
            default = ["dev"]
        chosen |= {"*"} if default == "all" else set(default)
    return {group if group == "*" else canonical(group) for group in chosen}


def _meant(edge: Package, packages: dict[str, list[Package]], env: dict[str, str]) -> list[Package]:
    """Where a resolution has forks, a name has several versions, each with the markers it is for."""
    found = packages.get(canonical(edge["name"]), [])
    if "version" in edge:
        found = [each for each in found if each.get("version") == edge["version"]]
    if len(found) > 1 and "source" in edge:
        found = [each for each in found if each.get("source") == edge["source"]] or found
    if len(found) > 1:
        marked = [each for each in found if any(holds(marker, env) for marker in each.get("resolution-markers", ()))]
        found = marked or found
    return found


def _itself(package: Package) -> bool:
    return "." in package.get("source", {}).values()


def _chosen(package: Package, members: set[str]) -> Chosen:
    source = package.get("source", {})
    name, version = str(package["name"]), str(package.get("version", ""))
    if "virtual" in source:  # never built
        return Chosen(name, version, local=".")
    for kind in ("editable", "directory", "path"):
        if kind in source:
            return Chosen(name, version, local=str(source[kind]), member=canonical(name) in members)
    if "git" in source:
        return Chosen(name, version, outside="a git repository")
    index = str(source.get("registry", ""))
    if not index.startswith(("http:", "https:")) and "url" not in source:
        return Chosen(name, version, outside="a folder of wheels")
    entries = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    files = (_file(entry, str(source.get("url", ""))) for entry in entries)
    return Chosen(name, version, tuple(files), index)


def _file(entry: dict[str, Any], url: str) -> LockedFile:
    """A source with an address of its own has it instead of its file."""
    return LockedFile(
        sha256_of(entry.get("hash")), str(entry.get("filename", "")), str(entry.get("url", url)), entry.get("size")
    )
