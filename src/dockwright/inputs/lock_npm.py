"""package-lock.json, versions 1 to 3: what `npm ci` compares before it installs.

npm builds the tree that package.json asks for on top of the locked one, and stops where a package is missing or its
locked version does not satisfy the range (npm/cli, lib/utils/validate-lockfile.js).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dockwright.finding import NO, UNKNOWN, YES, Answer, Place
from dockwright.inputs.documents import load_json
from dockwright.inputs.lockfiles import Pin, Staleness, at_text, fresh, stale, unknown
from dockwright.inputs.packagejson import Dependency, PackageJson, package_json, read_package_json
from dockwright.inputs.pyproject import table, text
from dockwright.inputs.semver import fits
from dockwright.inputs.targets import join, parent
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    data, broken = load_json(lock)
    root = package_json(manifest)
    if broken or root.problems:
        return unknown("package.json or its lock file does not parse")
    if not {"packages", "dependencies", "lockfileVersion"} & data.keys():
        return stale("the lock file holds no packages", ("no packages in it", at_text(lock, "{")))
    found = [
        (one, _answer(one, data, folder))
        for folder, package in _members(tree, root, data)
        for one in package.installed()
    ]
    wrong = [one for one, answer in found if answer is YES]
    if wrong:
        return _stale(wrong, data, lock)
    doubtful = next((one for one, answer in found if answer is UNKNOWN), None)
    if doubtful is not None:
        return unknown(f"{doubtful.name} {doubtful.wanted} can't be compared with what is locked")
    return fresh("every dependency of package.json is locked in a version that fits")


def _members(tree: Tree, root: PackageJson, data: Mapping[str, Any]) -> Iterator[tuple[str, PackageJson]]:
    """The root and the workspaces that the lock file knows."""
    yield "", root
    for folder in table(data, "packages") if root.workspaces else ():
        if folder and not folder.startswith("node_modules/") and "/node_modules/" not in folder:
            member = read_package_json(tree, join(parent(root.source.name), f"{folder}/package.json"))
            if member is not None and not member.problems:
                yield folder, member


def _answer(wanted: Dependency, data: Mapping[str, Any], folder: str) -> Answer:
    """Is this dependency out of step: YES, NO or UNKNOWN."""
    packages = table(data, "packages")
    if not packages:
        entry = table(data, "dependencies").get(wanted.name)
    else:
        if table(packages, folder, wanted.table).get(wanted.name) == wanted.wanted:
            return NO
        entry = packages.get(f"{folder}/node_modules/{wanted.name}" if folder else "") or None
        entry = packages.get(f"node_modules/{wanted.name}") if entry is None or not folder else entry
    if entry is None:
        # npm leaves optional packages out that don't fit the machine it ran on
        return UNKNOWN if wanted.table == "optionalDependencies" else YES
    version = text(entry.get("version")) if isinstance(entry, dict) else None
    if version is None or (isinstance(entry, dict) and entry.get("link")):
        return UNKNOWN
    return ~fits(version, wanted.wanted)


def _stale(wrong: list[Dependency], data: Mapping[str, Any], lock: Source) -> Staleness:
    places: list[tuple[str, Place]] = []
    for one in wrong:
        locked = table(data, "packages", f"node_modules/{one.name}") or table(data, "dependencies", one.name)
        version = text(locked.get("version"))
        says = f"the lock file has {one.name} {version}" if version else f"{one.name} is not in the lock file"
        places.append((says, one.place))
        if version:
            places.append((f"{one.name} is locked here", at_text(lock, f'node_modules/{one.name}"')))
    return stale("package.json changed after the lock file was made", *places, changed=tuple(one.name for one in wrong))


def pins(lock: Source) -> tuple[Pin, ...]:
    data = load_json(lock)[0]
    packages = table(data, "packages")
    found = []
    for path, entry in (packages or table(data, "dependencies")).items():
        version = text(entry.get("version")) if isinstance(entry, dict) else None
        if path and version is not None:
            local = bool(packages) and "node_modules/" not in path
            name = text(entry.get("name")) or path.rpartition("node_modules/")[2]
            group = ("dev",) if entry.get("dev") is True else ()
            optional = entry.get("optional") is True
            found.append(Pin(name, version, at_text(lock, f'"{path}"'), optional=optional, groups=group, local=local))
    return tuple(found)
