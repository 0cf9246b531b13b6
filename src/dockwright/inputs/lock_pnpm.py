"""pnpm-lock.yaml: `importers` (since version 6, else the top) records the range that each dependency was locked for.

`pnpm install --frozen-lockfile`, the default where CI is set, stops where a recorded range is not the wanted one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.finding import Place
from dockwright.inputs import yamltext as yaml
from dockwright.inputs.lockfiles import Pin, Staleness, fresh, stale, unknown
from dockwright.inputs.packagejson import TABLES, package_json
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    root = package_json(manifest)
    # what comes after is thousands of lines that say nothing of the ranges
    head = re.split(r"^(?:packages|snapshots):", lock.text, maxsplit=1, flags=re.MULTILINE)[0]
    node = yaml.read(Source(lock.name, head))[0]
    if root.problems or node is None:
        return unknown("package.json or pnpm-lock.yaml does not parse")
    importers = yaml.get(node, "importers")
    recorded = dict(_recorded(yaml.get(importers, ".") if importers is not None else node))
    if not recorded and importers is not None and yaml.get(importers, ".") is None:
        return unknown("pnpm-lock.yaml has no importer for this folder")
    wanted = {one.name: one for one in root.installed()}
    changed = sorted(
        {name for name, one in wanted.items() if recorded.get(name) != one.wanted} | recorded.keys() - wanted
    )
    if not changed:
        return fresh("pnpm-lock.yaml records the ranges of package.json")
    if root.overrides:
        return unknown("package.json overrides ranges")
    places = [
        (f"pnpm-lock.yaml was made for {recorded.get(name) or 'a package.json without it'}", wanted[name].place)
        for name in changed
        if name in wanted
    ]
    return stale("package.json changed after pnpm-lock.yaml was made", *places, changed=tuple(changed))


def _recorded(importer: yaml.Node | None) -> Iterator[tuple[str, str]]:
    """`react: {specifier: ^18, version: 18.2.0}`; before version 6, a table `specifiers` beside."""
    for key, value in yaml.pairs(yaml.get(importer, "specifiers")):
        yield key.text, yaml.text(value) or ""
    for kind in TABLES:
        for key, value in yaml.pairs(yaml.get(importer, kind)):
            specifier = yaml.text(yaml.get(value, "specifier"))
            if specifier is not None:
                yield key.text, specifier


_KEY = re.compile(r"^  '?/?((?:@[^@/'\s]+/)?[^@/'\s(]+)[@/]([0-9][^:'(\s]*)[^:\n]*:", re.MULTILINE)


def pins(lock: Source) -> tuple[Pin, ...]:
    start = lock.text.find("\npackages:")
    end = lock.text.find("\nsnapshots:", start)
    matches = _KEY.finditer(lock.text, start if start >= 0 else len(lock.text), end if end >= 0 else len(lock.text))
    return tuple(Pin(match[1], match[2], Place(lock, Span(match.start(), match.end()))) for match in matches)
