"""pylock.toml (PEP 751). It records nothing of the manifest it came from, so it can't be judged stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.finding import Place
from dockwright.inputs.lock_blocks import blocks
from dockwright.inputs.lockfiles import Pin, Staleness, unknown
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    return unknown("pylock.toml does not record what it was made from")


def pins(lock: Source) -> tuple[Pin, ...]:
    found = []
    for block in blocks(lock, "[[packages]]"):
        name = block.string("name")
        if name is not None:
            local = "directory" in block.values
            version = block.string("version") or ""
            found.append(Pin(name, version, Place(lock, block.span), marker=block.string("marker"), local=local))
    return tuple(found)
