"""Directives at the top of a Dockerfile, and the frontend that it asks for (parser/directives.go)."""

from __future__ import annotations

from dockwright.dockerfile.gotext import SPACE
from dockwright.dockerfile.nodes import Directive
from dockwright.patterns import pattern
from dockwright.source import Span

_KEY = pattern(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=")
_NAMES = ("syntax", "escape", "check")


class Directives:
    """They end at the first line that is not one: a blank line, an instruction, any other comment."""

    def __init__(self) -> None:
        self.done = False
        self.escape = "\\"
        self.seen: set[str] = set()

    def read(self, body: str, at: int, whole: Span) -> Directive | None:
        """A directive in a line whose indentation is cut off, at offset `at`. Raises ValueError for a wrong one."""
        found = entry(body, "#")
        if found is None:
            self.done = True
            return None
        name, value, start = found
        if name in self.seen:
            raise ValueError(f"only one {name} parser directive can be used")
        self.seen.add(name)
        if name == "escape":
            if value not in ("\\", "`"):
                raise ValueError(f"invalid escape token '{value}' does not match ` or \\")
            self.escape = value
        if name == "check":
            from dockwright.dockerfile.buildchecks import options

            options(value)
        span = Span(at, at + len(body))
        return Directive(name, value, span, Span(at + start, at + start + len(value)), whole)


def entry(line: str, mark: str) -> tuple[str, str, int] | None:
    """Name, value and where the value begins, of a line that begins with the comment mark."""
    if not line.startswith(mark) or "=" not in line:
        return None
    start = len(line) - len(line[len(mark) :].lstrip(SPACE))
    match = _KEY.match(line, start)
    if match is None or match[1].lower() not in _NAMES or match.end() == len(line):
        return None
    rest = line[match.end() :]
    value = rest.strip("\t\n\f\r ")
    if not value:  # BuildKit's expression wants one character: it gives the last white space back
        return match[1].lower(), rest[-1], len(line) - 1
    return match[1].lower(), value, match.end() + rest.index(value)


def syntax(text: str) -> str | None:
    """The frontend that a file asks for. Other frontends' files may say it behind `//`, or in JSON; #! is skipped."""
    text = text.removeprefix("\ufeff")
    if text.startswith("#!"):
        text = text.partition("\n")[2]
    for mark in ("#", "//"):
        if text.startswith(mark):
            return _marked(text, mark)
    return _json(text) if text.lstrip().startswith("{") else None


def _marked(text: str, mark: str) -> str | None:
    seen: set[str] = set()
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found = entry(text[start:end].removesuffix("\r"), mark)
        if found is None or found[0] in seen:
            return None
        if found[0] == "syntax":
            return found[1].partition(" ")[0]
        seen.add(found[0])
        start = end + 1
    return None


def _json(text: str) -> str | None:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = value.get("syntax") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None
