"""TOML and JSON files, and where in them it stands that they can't be read."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import DecodeError, json

from dockwright.inputs.problem import Problem, problem
from dockwright.source import Source


def load_toml(source: Source) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    import tomllib

    try:
        return _toml(source.text.removeprefix("\ufeff")), ()
    except (tomllib.TOMLDecodeError, RecursionError, UnicodeError) as error:
        return {}, (problem("toml-syntax", f"not valid TOML: {error}", source, toml_error_span(source, str(error))),)


@lru_cache(maxsize=8)
def _toml(text: str) -> Mapping[str, Any]:
    """The pyproject.toml of an installation is read for its metadata, its build backend and its lock file."""
    import tomllib

    return tomllib.loads(text)


def toml_error_span(source: Source, message: str) -> Any:
    """tomllib ends its messages with `(at line 3, column 7)`."""
    words = message.rstrip(")").replace(",", "").split()
    if len(words) > 4 and words[-4] == "line" and words[-3].isdigit():
        return source.line_span(min(int(words[-3]), len(source.line_starts)))
    return None


def load_json(source: Source) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    try:
        data = json.decode(_without_comments(source))
    except (DecodeError, RecursionError, UnicodeError) as error:
        return {}, (problem("json-syntax", f"not valid JSON: {error}", source),)
    return (data if isinstance(data, dict) else {}), ()


def _without_comments(source: Source) -> str:
    """devcontainer.json is JSON with comments and trailing commas; the other files are plain JSON."""
    text = source.text.removeprefix("\ufeff")
    if posixpath.basename(source.name) != "devcontainer.json":
        return text
    pieces: list[str] = []
    at, length = 0, len(text)
    while at < length:
        if text[at] == '"':
            end = at + 1
            while end < length and text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            pieces.append(text[at : end + 1])
            at = end + 1
        elif text.startswith("//", at):
            end = text.find("\n", at)
            at = length if end < 0 else end
        elif text.startswith("/*", at):
            end = text.find("*/", at)
            at = length if end < 0 else end + 2
        else:
            pieces.append(text[at])
            at += 1
    return _without_trailing_commas(pieces)


def _without_trailing_commas(pieces: list[str]) -> str:
    kept: list[str] = []
    comma = -1
    for piece in pieces:
        if piece in ("}", "]") and comma >= 0:
            kept[comma] = ""
        comma = len(kept) if piece == "," else comma if piece.isspace() else -1
        kept.append(piece)
    return "".join(kept)
