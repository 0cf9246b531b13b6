"""The `[[package]]` blocks that poetry.lock, uv.lock, pdm.lock and pylock.toml consist of, without parsing it all.

A lock file of five thousand lines takes tomllib a tenth of a second, and only names and versions are wanted of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from dockwright.source import Source, Span


class Block(Struct, frozen=True):
    """`values` are the texts of the simple `key = value` lines before any table of the block's own."""

    values: dict[str, str]
    span: Span

    def string(self, name: str) -> str | None:
        value = self.values.get(name, "")
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else None


_LINE = re.compile(r"^([A-Za-z][\w-]*)[ \t]*=(.*)$", re.MULTILINE)


def blocks(source: Source, header: str = "[[package]]") -> Iterator[Block]:
    text = source.text
    start = _next(text, header, 0)
    while start >= 0:
        following = _next(text, header, start + 1)
        end = len(text) if following < 0 else following
        table = text.find("\n[", start + len(header), end)
        body_end = end if table < 0 else table
        found = {match[1]: match[2].strip() for match in _LINE.finditer(text, start, body_end)}
        yield Block(found, Span(start, end))
        start = following


def _next(text: str, header: str, at: int) -> int:
    """A header stands at the start of a line."""
    if at == 0 and text.startswith(header):
        return 0
    found = text.find(f"\n{header}", max(0, at - 1))
    return found + 1 if found >= 0 else -1
