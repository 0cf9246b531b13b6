"""poetry.lock: since lock version 2.1 every package names its groups and markers; before, the manifest is followed."""

from __future__ import annotations

import re
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
    packages: list[Package] = data.get("package", [])
    manifest = _manifest(locked)
    if any("groups" in each for each in packages):
        chosen = _by_group(packages, data, manifest, locked)
    else:
        chosen = _by_manifest(packages, data, manifest, locked)
    for package in chosen:
        source = package.get("source", {})
        yield _chosen(package, source, data)


def _manifest(locked: Locked) -> dict[str, Any]:
    try:
        return tomllib.loads(locked.manifest)
    except ValueError:
        return {}


def _groups(manifest: dict[str, Any], locked: Locked) -> set[str]:
    """Poetry's documentation, "Dependency groups": all but optional ones are installed."""
    if locked.only:
        return set(locked.only)
    poetry = manifest.get("tool", {}).get("poetry", {})
    groups = {"main", *locked.groups}
    if locked.development:
        groups |= {name for name, group in poetry.get("group", {}).items() if not group.get("optional")}
        groups |= set(manifest.get("dependency-groups", {}))
        groups |= {"dev"} if "dev-dependencies" in poetry or not manifest else set()
    return groups - set(locked.without)


def _by_group(
    packages: list[Package], data: dict[str, Any], manifest: dict[str, Any], locked: Locked
) -> Iterator[Package]:
    groups, env = _groups(manifest, locked), environment(locked.image)
    extras = tuple(data.get("extras", {})) if "*" in locked.extras else locked.extras
    for package in packages:
        shared = groups & set(package.get("groups", ()))
        markers = package.get("markers", "")
        said = [markers] if isinstance(markers, str) else [markers.get(group, "") for group in shared]
        if shared and any(holds(marker, env, extras) for marker in said):
            yield package


def _by_manifest(
    packages: list[Package], data: dict[str, Any], manifest: dict[str, Any], locked: Locked
) -> Iterator[Package]:
    """From what the manifest asks for, along the dependencies of the lock file."""
    named: dict[str, list[Package]] = {}
    for package in packages:
        named.setdefault(canonical(package["name"]), []).append(package)
    from dockwright.index.tags import allows

    env = environment(locked.image)
    todo: list[tuple[str, Any]] = list(_declared(manifest, data, locked))
    seen: set[str] = set()
    while todo:
        name, wanted = todo.pop()
        table = wanted if isinstance(wanted, dict) else {}
        asked = tuple(canonical(each) for each in table.get("extras", ()))
        if not holds(str(table.get("markers", "")), env):
            continue
        for package in named.get(canonical(name), ()):
            if allows(str(package.get("python-versions", "")).replace("*", ""), locked.image.python) is False:
                continue
            for key in ("", *asked):
                mark = f"{canonical(name)} {package['version']} {key}"
                if mark not in seen:
                    seen.add(mark)
                    todo += _needs(package, key)
                    if not key:
                        yield package


def _needs(package: Package, extra: str) -> Iterator[tuple[str, Any]]:
    """`name = {version = "*", optional = true}` counts only where an extra names it: `pg = ["name (>=2)"]`."""
    if extra:
        for text in package.get("extras", {}).get(extra, ()):
            match = re.match(r"[A-Za-z0-9._-]+", text)
            if match is not None:
                yield match[0], {}
        return
    for name, wanted in package.get("dependencies", {}).items():
        for each in wanted if isinstance(wanted, list) else [wanted]:
            if not (isinstance(each, dict) and each.get("optional")):
                yield name, each


def _declared(manifest: dict[str, Any], data: dict[str, Any], locked: Locked) -> Iterator[tuple[str, Any]]:
    poetry = manifest.get("tool", {}).get("poetry", {})
    groups = _groups(manifest, locked)
    if not manifest:
        yield from ((package["name"], {}) for package in data.get("package", ()) if not package.get("optional"))
        return
    if "main" in groups:
        for name, wanted in poetry.get("dependencies", {}).items():
            for each in wanted if isinstance(wanted, list) else [wanted]:
                if name != "python" and not (isinstance(each, dict) and each.get("optional")):
                    yield name, each
        for text in manifest.get("project", {}).get("dependencies", ()):
            match = re.match(r"[A-Za-z0-9._-]+", text)
            if match is not None:
                yield match[0], {}
        for extra, names in data.get("extras", {}).items():
            if "*" in locked.extras or extra in locked.extras:
                yield from ((name, {}) for name in names)
    if "dev" in groups:
        yield from poetry.get("dev-dependencies", {}).items()
    for group in groups & set(poetry.get("group", {})):
        yield from poetry["group"][group].get("dependencies", {}).items()


def _chosen(package: Package, source: dict[str, Any], data: dict[str, Any]) -> Chosen:
    name, version, kind = str(package["name"]), str(package["version"]), source.get("type", "")
    if kind in ("directory", "file"):
        return Chosen(name, version, local=str(source.get("url", "")))
    if kind == "git":
        return Chosen(name, version, outside="a git repository")
    old = data.get("metadata", {}).get("files", {}).get(name, [])
    url = str(source.get("url", "")) if kind == "url" else ""
    files = (
        LockedFile(sha256_of(each.get("hash")), str(each.get("file", "")), url) for each in package.get("files") or old
    )
    return Chosen(name, version, tuple(files), str(source.get("url", "")) if kind == "legacy" else "")
