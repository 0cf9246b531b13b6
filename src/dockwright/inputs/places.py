"""Where a key stands in a TOML or JSON text, for readers whose parser keeps no positions."""

from __future__ import annotations

from collections.abc import Sequence

from dockwright.finding import Place
from dockwright.source import Source, Span


def key_place(source: Source, path: Sequence[str], name: str) -> Place:
    """The key `name` in the table or object `path`; else the table; else the first line."""
    at = json_span(source.text, (*path, name)) if source.name.endswith(".json") else _toml(source, path, name)
    return Place(source, at or Span(0, len(source.line_text(1))))


def _toml(source: Source, path: Sequence[str], name: str) -> Span | None:
    index: dict[str, Span] | None = source.__dict__.get("_keys")
    if index is None:
        index = source.__dict__["_keys"] = _toml_index(source)
    return index.get(".".join((*path, name))) or index.get(".".join(path))


def _toml_index(source: Source) -> dict[str, Span]:
    """Tables and keys at the start of a line; a text over several lines that looks like one is not told apart."""
    index: dict[str, Span] = {}
    table = ""
    for start, line in zip(source.line_starts, source.text.split("\n"), strict=True):
        word = line.strip()
        if word.startswith("["):
            table = _plain(word.strip("[]").partition("]")[0])
            index.setdefault(table, Span(start, start + len(line.rstrip())))
        elif "=" in word and not word.startswith("#"):
            key = _plain(word.partition("=")[0])
            indent = len(line) - len(line.lstrip())
            index.setdefault(f"{table}.{key}" if table else key, Span(start + indent, start + len(line.rstrip())))
    return index


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def json_span(text: str, names: Sequence[str]) -> Span | None:
    """Each name as a quoted key, one after another: right for files of the usual shape."""
    at, found = 0, None
    for name in names:
        start = text.find(f'"{name}"', at)
        if start < 0:
            break
        at = start + len(name) + 2
        found = Span(start, at)
    return found
