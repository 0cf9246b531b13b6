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
    """Tables and dotted keys at the start of a line; a text block that looks like one is not told apart."""
    wanted, table, found = ".".join(path), "", None
    for number, start in enumerate(source.line_starts, 1):
        line = source.line_text(number)
        word = line.strip()
        if word.startswith("["):
            table = _plain(word.strip("[]").partition("]")[0])
            if table == wanted and found is None:
                found = Span(start, start + len(line))
        elif "=" in word:
            key = _plain(word.partition("=")[0])
            whole = f"{table}.{key}" if table else key
            if whole == (f"{wanted}.{name}" if wanted else name):
                indent = len(line) - len(line.lstrip())
                return Span(start + indent, start + len(line.rstrip()))
    return found


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
