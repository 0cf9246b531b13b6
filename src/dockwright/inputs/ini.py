"""INI files as Python's configparser reads them, with spans: setup.cfg, pip.conf. (configparser takes 4 ms to import.)"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dockwright.source import Source, Span


class Entry(Struct, frozen=True):
    """A value may go on over indented lines; `values` are its non-empty lines."""

    section: str
    name: str
    values: tuple[str, ...]
    span: Span


def entries(source: Source) -> Iterator[Entry]:
    """INI as configparser reads it: `=` or `:`, comments in lines of their own, values continued by indentation."""
    section, name, values, start = "", "", list[str](), 0
    for number, offset in enumerate(source.line_starts, 1):
        line = source.line_text(number)
        word = line.strip()
        if not word or word.startswith(("#", ";")):
            continue
        if name and line[0].isspace():
            values.append(word)
            continue
        if name:
            yield Entry(section, name, tuple(value for value in values if value), Span(start, offset))
        name, values, start = "", [], offset
        if word.startswith("["):
            section = word.strip("[]").strip()
        else:
            cut = min((at for mark in "=:" if (at := word.find(mark)) >= 0), default=len(word))
            name, values = word[:cut].strip().lower().replace("-", "_"), [word[cut + 1 :].strip()]
    if name:
        yield Entry(section, name, tuple(value for value in values if value), Span(start, len(source.text)))
