"""pdm.lock: a hash of the parts of pyproject.toml that PDM resolves (pdm/project/project_file.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockwright.finding import Place
from dockwright.inputs.documents import load_toml
from dockwright.inputs.lock_blocks import blocks
from dockwright.inputs.lockfiles import Pin, Staleness, at_text, fresh, stale, unknown
from dockwright.inputs.pyproject import table
from dockwright.inputs.requirement import canonical
from dockwright.inputs.sha256 import hexdigest
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

_HASH = re.compile(r'^content_hash\s*=\s*"sha256:([0-9a-f]+)"', re.MULTILINE)


def content_hashes(data: Mapping[str, Any]) -> frozenset[str]:
    """PDM 2.5 and later hash `resolution`, older ones `overrides` alone."""
    project, settings = table(data, "project"), table(data, "tool", "pdm")
    resolution = table(settings, "resolution")
    content = {
        "sources": settings.get("source", []),
        "dependencies": project.get("dependencies", []),
        "dev-dependencies": _development(data, settings),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    variants = (
        {"resolution": resolution},
        {"overrides": table(resolution, "overrides") or table(settings, "overrides")},
    )
    texts = (json.dumps({**content, **variant}, sort_keys=True) for variant in variants)
    return frozenset(hexdigest(text.encode("utf-8", "surrogateescape")) for text in texts)


def _development(data: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    groups: dict[str, Any] = {canonical(name): listed for name, listed in table(data, "dependency-groups").items()}
    for name, listed in table(settings, "dev-dependencies").items():
        before = groups.get(canonical(name), [])
        groups[canonical(name)] = (
            [*before, *listed] if isinstance(listed, list) and isinstance(before, list) else listed
        )
    return groups


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    data, problems = load_toml(manifest)
    recorded = _HASH.search(lock.text)
    if problems:
        return unknown("pyproject.toml does not parse")
    if recorded is None or "workspace" in table(data, "tool", "pdm"):
        return unknown("pdm.lock records its inputs in a form that is not compared here")
    try:
        known = recorded[1] in content_hashes(data)
    except (TypeError, ValueError, RecursionError):
        return unknown("pyproject.toml holds what PDM can't hash")
    if known:
        return fresh("the hash in pdm.lock is that of pyproject.toml")
    says = "pdm.lock was made from a pyproject.toml with another hash"
    return stale("pyproject.toml changed after pdm.lock was made", (says, at_text(lock, recorded[0])))


def pins(lock: Source) -> tuple[Pin, ...]:
    found = []
    for block in blocks(lock):
        name, version = block.string("name"), block.string("version")
        if name is not None and version is not None:
            local = "path" in block.values
            found.append(Pin(name, version, Place(lock, block.span), marker=block.string("marker"), local=local))
    return tuple(found)
