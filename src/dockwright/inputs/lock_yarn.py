"""yarn.lock of yarn 1 and of Berry: each wanted `name@range` is the key of an entry.

`yarn install --frozen-lockfile` and `--immutable` stop where one is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.finding import Place
from dockwright.inputs.lockfiles import Pin, Staleness, fresh, stale, unknown
from dockwright.inputs.packagejson import Dependency, package_json
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

_PLAIN = ("npm:", "workspace:", "patch:", "portal:", "link:", "file:", "git", "http", "github:")


def staleness(tree: Tree, manifest: Source, lock: Source, tool_version: str | None) -> Staleness:
    root = package_json(manifest)
    if root.problems:
        return unknown("package.json does not parse")
    berry = "\n__metadata:" in lock.text or lock.text.startswith("__metadata:")
    keys = {key for entry_keys, _ in _entries(lock) for key in entry_keys}
    missing = [one for one in root.installed() if not any(key in keys for key in _patterns(one, berry))]
    doubtful = [one for one in missing if one.wanted.startswith(_PLAIN) or "/" in one.wanted]
    if not missing:
        if root.workspaces:
            return unknown("the workspaces of package.json are not compared")
        return fresh("every dependency of package.json has an entry in yarn.lock")
    if root.overrides or len(doubtful) == len(missing):
        return unknown(f"{missing[0].name} {missing[0].wanted} can't be compared with what is locked")
    places = [
        (f"{one.name}@{one.wanted} has no entry in yarn.lock", one.place) for one in missing if one not in doubtful
    ]
    changed = tuple(one.name for one in missing if one not in doubtful)
    return stale("package.json changed after yarn.lock was made", *places, changed=changed)


def _patterns(one: Dependency, berry: bool) -> tuple[str, ...]:
    return (f"{one.name}@npm:{one.wanted}", f"{one.name}@{one.wanted}") if berry else (f"{one.name}@{one.wanted}",)


def _entries(lock: Source) -> Iterator[tuple[tuple[str, ...], Span]]:
    """`"a@^1, a@^1.1":` at the start of a line; yarn 1 quotes each pattern, Berry all of them together."""
    starts = lock.line_starts
    head: tuple[tuple[str, ...], int] | None = None
    for number, start in enumerate(starts, 1):
        if lock.text[start : start + 1] in ("", " ", "#", "\n", "\r"):
            continue
        if head is not None:
            yield head[0], Span(head[1], start)
        line = lock.line_text(number).removesuffix(":")
        head = (tuple(part.strip(' "') for part in line.split(",")), start)
    if head is not None:
        yield head[0], Span(head[1], len(lock.text))


def pins(lock: Source) -> tuple[Pin, ...]:
    found = []
    for keys, span in _entries(lock):
        name, at, _ = keys[0].rpartition("@npm:") if "@npm:" in keys[0] else keys[0].rpartition("@")
        line = next((line.strip() for line in lock[span].split("\n")[1:4] if line.strip().startswith("version")), "")
        version = line[7:].strip(' :"\r')
        if at and version:
            local = "@workspace:" in keys[0]
            found.append(Pin(name.partition("@workspace")[0], version, Place(lock, span), local=local))
    return tuple(found)
