"""uv.lock: the root package's `[package.metadata]` records what pyproject.toml asked for (uv's `Lock::satisfies`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dockwright.finding import Place
from dockwright.inputs.documents import load_toml
from dockwright.inputs.lock_blocks import blocks
from dockwright.inputs.lockfiles import Pin, Staleness, at_key, at_text, fresh, stale, unknown
from dockwright.inputs.pyproject import table, text
from dockwright.inputs.requirement import Malformed, Requirement, canonical, parse
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

# a requirement as both sides can be brought to: where it is asked for, name, extras, versions
Asked = tuple[str, str, tuple[str, ...], frozenset[str]]
Marked = tuple[Asked, str]  # uv rewrites markers, so those are compared apart


_NOT_COMPARED = (
    "workspace", "constraint-dependencies", "override-dependencies", "build-constraint-dependencies", "exclude-newer",
    "resolution", "prerelease", "environments", "required-environments", "conflicts",
)  # fmt: skip


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    data, problems = load_toml(manifest)
    root = _root(lock)
    if problems or root is None:
        return unknown("pyproject.toml does not parse, or uv.lock has no package for this folder")
    project = table(data, "project")
    wanted_python, locked_python = text(project.get("requires-python")), _top(lock, "requires-python")
    workspace = "workspace" in table(data, "tool", "uv")
    if wanted_python and locked_python and not workspace and _versions(wanted_python) != _versions(locked_python):
        places = (at_key(manifest, ("project",), "requires-python"), at_text(lock, "requires-python"))
        return stale("requires-python changed", *(("differs from the other file", place) for place in places))
    if "dependencies" in project.get("dynamic", ()) or "optional-dependencies" in project.get("dynamic", ()):
        return unknown("the dependencies of pyproject.toml are dynamic")
    return _compared(data, manifest, lock, root)


def _compared(data: Mapping[str, Any], manifest: Source, lock: Source, root: Mapping[str, Any]) -> Staleness:
    sources = {canonical(name) for name in table(data, "tool", "uv", "sources")}
    listed, locked = list(_declared(data, sources)), list(_recorded(root, sources))
    if None in listed:
        return unknown("a requirement of pyproject.toml can't be read")
    marked = {one for one in listed if one is not None}
    declared, recorded = {one for one, _ in marked}, {one for one, _ in locked}
    name, version = text(table(data, "project").get("name")), text(table(data, "project").get("version"))
    if name is not None and canonical(name) != canonical(str(root.get("name"))):
        return stale("the project has another name", ("is not the locked one", at_key(manifest, ("project",), "name")))
    if declared == recorded:
        if version is not None and root.get("version") not in (None, version):
            place = at_key(manifest, ("project",), "version")
            return stale("the project has another version", (f"uv.lock has {root['version']}", place))
        return _other_inputs(data) if marked == set(locked) else unknown("the markers may differ")
    changed = tuple(sorted({name for _, name, _, _ in declared ^ recorded}))
    places = [(f"{name} is not what uv.lock records", at_text(manifest, name)) for name in changed]
    places.append(("the requirements that uv.lock was made for", at_text(lock, "requires-dist")))
    return stale("pyproject.toml changed after uv.lock was made", *places, changed=changed)


def _other_inputs(data: Mapping[str, Any]) -> Staleness:
    """Settings that uv compares and this reader doesn't."""
    settings = table(data, "tool", "uv")
    used = [name for name in _NOT_COMPARED if name in settings]
    if used:
        return unknown(f"the requirements fit, but tool.uv.{used[0]} is not compared")
    return fresh("uv.lock records the requirements of pyproject.toml")


def _root(lock: Source) -> dict[str, Any] | None:
    """The package whose source is this folder."""
    for block in blocks(lock):
        source = block.values.get("source", "").replace(" ", "")
        if source.startswith("{") and source.endswith('="."}'):
            found = load_toml(Source(lock.name, lock[block.span]))[0].get("package")
            return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else None
    return None


def _top(lock: Source, name: str) -> str | None:
    head = lock.text.partition("[[package]]")[0]
    return text(load_toml(Source(lock.name, head))[0].get(name))


def _versions(specifier: str) -> frozenset[str]:
    """`>=3.11` and `>= 3.11.0` are one."""
    parts = (part.replace(" ", "") for part in specifier.split(","))
    return frozenset(_trimmed(part) for part in parts if part)


def _trimmed(part: str) -> str:
    if part.startswith(("~=", "===")) or part.endswith("*"):
        return part
    while part.endswith(".0"):
        part = part[:-2]
    return part


def _declared(data: Mapping[str, Any], sources: set[str]) -> Iterator[Marked | None]:
    project, settings = table(data, "project"), table(data, "tool", "uv")
    yield from _asked_all("", project.get("dependencies"), sources)
    for extra, listed in table(project, "optional-dependencies").items():
        yield from _asked_all(f"extra {canonical(extra)}", listed, sources)
    groups = table(data, "dependency-groups")
    for group in groups:
        yield from _asked_all(f"group {canonical(group)}", _flat(groups, group, set()), sources)
    yield from _asked_all("group dev", settings.get("dev-dependencies"), sources)


def _flat(groups: Mapping[str, Any], name: str, seen: set[str]) -> list[Any]:
    listed = groups.get(name)
    if name in seen or not isinstance(listed, list):
        return []
    seen.add(name)
    found: list[Any] = []
    for item in listed:
        found += _flat(groups, str(item.get("include-group")), seen) if isinstance(item, dict) else [item]
    return found


def _asked_all(where: str, listed: Any, sources: set[str]) -> Iterator[Marked | None]:
    for item in listed if isinstance(listed, list) else ():
        try:
            requirement = parse(item) if isinstance(item, str) else None
        except Malformed:
            requirement = None
        yield None if requirement is None or requirement.name is None else _asked(where, requirement, sources)


def _asked(where: str, requirement: Requirement, sources: set[str]) -> Marked:
    name = requirement.key or ""
    versions = _versions(",".join(operator + version for operator, version in requirement.specifiers))
    if name in sources or requirement.url is not None:
        versions = frozenset()
    extras = tuple(sorted(canonical(extra) for extra in requirement.extras))
    return (where, name, extras, versions), _marker(requirement.marker or "")


def _marker(text: str) -> str:
    """Quotes and blanks as uv writes them; it also puts the full version for the short one."""
    words = text.replace('"', "'").replace("python_version", "python_full_version").split()
    return " ".join(words)


def _recorded(root: Mapping[str, Any], sources: set[str]) -> Iterator[Marked]:
    metadata = table(root, "metadata")
    for entry in metadata.get("requires-dist", ()):
        if isinstance(entry, dict):
            yield _entry("", entry, sources)
    for group, listed in table(metadata, "requires-dev").items():
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, dict):
                yield _entry(f"group {canonical(group)}", entry, sources)


def _entry(where: str, entry: Mapping[str, Any], sources: set[str]) -> Marked:
    """`{ name = "x", extras = ["y"], marker = "extra == 'z'", specifier = ">=1" }`"""
    name, marker = canonical(str(entry.get("name"))), text(entry.get("marker")) or ""
    # uv writes the extra last: `python_full_version < '3.12' and extra == 'z'`
    rest, is_extra, extra = marker.rpartition("extra == '")
    if is_extra and extra.endswith("'"):
        where, marker = f"extra {canonical(extra[:-1])}", rest.removesuffix(" and ")
    located = name in sources or any(key in entry for key in ("url", "git", "path", "editable", "directory", "virtual"))
    versions = frozenset() if located else _versions(text(entry.get("specifier")) or "")
    extras = tuple(sorted(canonical(item) for item in entry.get("extras", ()) if isinstance(item, str)))
    return (where, name, extras, versions), _marker(marker)


def pins(lock: Source) -> tuple[Pin, ...]:
    found = []
    for block in blocks(lock):
        name, version = block.string("name"), block.string("version")
        if name is not None:
            source = block.values.get("source", "")
            local = any(f"{kind} =" in source for kind in ("virtual", "editable", "directory", "path"))
            found.append(Pin(name, version or "", Place(lock, block.span), local=local))
    return tuple(found)
