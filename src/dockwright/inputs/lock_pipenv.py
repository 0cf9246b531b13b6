"""Pipfile.lock: a hash of the Pipfile (pipenv's vendored plette; since 2026 with names in canonical form)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockwright.inputs.documents import load_json, load_toml
from dockwright.inputs.lockfiles import Pin, Staleness, at_text, fresh, stale, unknown
from dockwright.inputs.pyproject import table, text
from dockwright.inputs.requirement import canonical
from dockwright.inputs.sha256 import hexdigest
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

_NOT_PACKAGES = ("source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv", "default", "develop")


def content_hashes(pipfile: Mapping[str, Any], locked_sources: Any) -> frozenset[str]:
    """A Pipfile without sources has pipenv's default one, which the lock file then names."""
    found = set()
    for names in (str, canonical):
        data: dict[str, Any] = {
            "_meta": {"sources": pipfile.get("source", locked_sources), "requires": pipfile.get("requires", {})},
            "default": {names(name): value for name, value in table(pipfile, "packages").items()},
            "develop": {names(name): value for name, value in table(pipfile, "dev-packages").items()},
        }
        for category, values in pipfile.items():
            if category not in _NOT_PACKAGES:
                data[category] = (
                    {names(name): value for name, value in values.items()} if isinstance(values, dict) else values
                )
        content = json.dumps(data, sort_keys=True, separators=(",", ":"))
        found.add(hexdigest(content.encode("utf-8", "surrogateescape")))
    return frozenset(found)


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    pipfile, problems = load_toml(manifest)
    data, broken = load_json(lock)
    if problems or broken:
        return unknown("Pipfile or Pipfile.lock does not parse")
    recorded = text(table(data, "_meta", "hash").get("sha256"))
    if recorded is None:
        return unknown("Pipfile.lock records no hash of the Pipfile")
    try:
        known = recorded in content_hashes(pipfile, table(data, "_meta").get("sources", []))
    except (TypeError, ValueError, RecursionError):
        return unknown("the Pipfile holds what pipenv can't hash")
    if known:
        return fresh("the hash in Pipfile.lock is that of the Pipfile")
    locked = {canonical(pin.name) for pin in pins(lock)}
    names = [*table(pipfile, "packages"), *table(pipfile, "dev-packages")]
    missing = tuple(name for name in names if canonical(name) not in locked)
    places = [(f"{name} is declared, and not in Pipfile.lock", at_text(manifest, f"\n{name}")) for name in missing]
    places.append(("Pipfile.lock was made from a Pipfile with another hash", at_text(lock, recorded)))
    return stale("the Pipfile changed after Pipfile.lock was made", *places, changed=missing)


def pins(lock: Source) -> tuple[Pin, ...]:
    data = load_json(lock)[0]
    found = []
    for category, packages in data.items():
        for name, entry in packages.items() if category != "_meta" and isinstance(packages, dict) else ():
            if isinstance(entry, dict):
                group = {"default": "main", "develop": "dev"}.get(category, category)
                version, local = (
                    (text(entry.get("version")) or "").removeprefix("=="),
                    "path" in entry or "file" in entry,
                )
                place = at_text(lock, f'"{name}"')
                found.append(Pin(name, version, place, text(entry.get("markers")), groups=(group,), local=local))
    return tuple(found)
