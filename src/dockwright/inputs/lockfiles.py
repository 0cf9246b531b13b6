"""Lock files: what they pin, and whether they still fit the manifest they were made from.

Each tool's own rule decides: a hash of the manifest for Poetry, PDM and pipenv; the recorded requirements for uv, npm,
yarn and pnpm. Where the rule can't be followed, the answer is UNKNOWN.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence, Place
from dockwright.inputs.places import key_place
from dockwright.inputs.targets import is_file, join, read_text
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree


class Pin(Struct, frozen=True):
    """A distribution that a lock file pins. `local`: a folder or archive of the project itself."""

    name: str
    version: str
    place: Place
    marker: str | None = None
    optional: bool = False
    groups: tuple[str, ...] = ()
    local: bool = False


class Staleness(Struct, frozen=True):
    """`answer`: is the lock file out of date with its manifest. `changed` names the dependencies that differ."""

    answer: Answer
    reason: str
    evidence: tuple[Evidence, ...] = ()
    changed: tuple[str, ...] = ()


class Format(Struct, frozen=True):
    """A kind of lock file: the manifest it belongs to, the tool that makes it, the module that knows its rules."""

    tool: str
    manifest: str
    module: str


FORMATS = {
    "poetry.lock": Format("poetry", "pyproject.toml", "lock_poetry"),
    "uv.lock": Format("uv", "pyproject.toml", "lock_uv"),
    "pdm.lock": Format("pdm", "pyproject.toml", "lock_pdm"),
    "Pipfile.lock": Format("pipenv", "Pipfile", "lock_pipenv"),
    "pylock.toml": Format("pylock", "pyproject.toml", "lock_pylock"),
    "package-lock.json": Format("npm", "package.json", "lock_npm"),
    "npm-shrinkwrap.json": Format("npm", "package.json", "lock_npm"),
    "yarn.lock": Format("yarn", "package.json", "lock_yarn"),
    "pnpm-lock.yaml": Format("pnpm", "package.json", "lock_pnpm"),
}


def format_of(path: str) -> Format | None:
    base = posixpath.basename(path)
    if base.startswith("pylock.") and base.endswith(".toml"):
        return FORMATS["pylock.toml"]
    return FORMATS.get(base)


def locks_in(tree: Tree, folder: str = ".") -> tuple[str, ...]:
    """Lock files of a folder, by the names their tools give them."""
    return tuple(path for name in FORMATS if is_file(tree, path := join(folder, name)))


def staleness(tree: Tree, manifest: str, lock: str, tool_version: str | None = None) -> Staleness:
    """Is the lock file at `lock` out of date with the manifest at `manifest`, both paths in `tree`.

    `tool_version` is that of the tool which will read it, where it is known: Poetry's rule changed with 2.0 and 2.3.
    """
    kind = format_of(lock)
    texts = read_text(tree, manifest), read_text(tree, lock)
    if kind is None or texts[0] is None or texts[1] is None:
        return Staleness(UNKNOWN, "the text of the manifest or of the lock file is not known")
    sources = Source(manifest, texts[0]), Source(lock, texts[1])
    broken = conflict(sources[1])
    if broken is not None:
        return broken
    rule: Callable[[Tree, Source, Source, str | None], Staleness] = _module(kind).staleness
    return rule(tree, *sources, tool_version)


def pins(source: Source) -> tuple[Pin, ...]:
    """What a lock file pins, in its order."""
    kind = format_of(source.name)
    if kind is None:
        return ()
    found: tuple[Pin, ...] = _module(kind).pins(source)
    return found


def _module(kind: Format) -> Any:
    return import_module(f"dockwright.inputs.{kind.module}")


def conflict(source: Source) -> Staleness | None:
    """Marks of an unfinished merge: no tool reads such a file."""
    for mark in ("<<<<<<< ", "=======\n", ">>>>>>> "):
        at = source.text.find(f"\n{mark}") + 1
        if not at and not source.text.startswith(mark):
            return None
    place = Place(source, source.line_span(source.line(source.text.find("<<<<<<< "))))
    says = "an unfinished merge left its marks in the lock file"
    return Staleness(YES, says, (Evidence(says, place, text=source.line_text(place.line)),))


def fresh(reason: str) -> Staleness:
    return Staleness(NO, reason)


def unknown(reason: str) -> Staleness:
    return Staleness(UNKNOWN, reason)


def stale(reason: str, *places: tuple[str, Place], changed: tuple[str, ...] = ()) -> Staleness:
    shown = tuple(Evidence(says, place, text=place.source.line_text(place.line).strip()) for says, place in places)
    return Staleness(YES, reason, shown, changed)


def at_text(source: Source, text: str) -> Place:
    """The first line that holds this text; the first line of all where none does."""
    at = max(0, source.text.find(text))
    return Place(source, Span(at, min(len(source.text), at + len(text))))


def at_key(source: Source, path: tuple[str, ...], name: str) -> Place:
    return key_place(source, path, name)
