"""What a file with a configuration says; anything wrong with it is told in one sentence with its place."""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
import os
from typing import Any

import msgspec

from dockwright.cli.config import Config
from dockwright.errors import ToolError


def said(path: str, text: str) -> Config | None:
    """None where the file speaks of other things only."""
    table = _table(path, text)
    return None if table is None else _checked(path, text, table)


def _table(path: str, text: str) -> dict[str, Any] | None:
    import tomllib

    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if path.endswith("pyproject.toml"):
            return None  # what is wrong with it is said where the build reads it
        raise invalid(path, text, f"is no TOML: {error}") from None
    if path.endswith("dockwright.toml"):
        return whole
    tool = whole.get("tool")
    found = tool.get("dockwright") if isinstance(tool, dict) else None
    return found if isinstance(found, dict) else None


def _checked(path: str, text: str, table: dict[str, Any]) -> Config:
    keys = [field.encode_name for field in msgspec.structs.fields(Config) if field.name != "folder"]
    for key in table:
        if key not in keys:
            from difflib import get_close_matches

            near = get_close_matches(key, keys, 1)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(keys)}"
            raise invalid(path, text, f"has the unknown key {key}", hint, key)
    try:
        return msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        place = where.strip("`.")
        says = f"{place}: {what[0].lower()}{what[1:]}" if place else what
        raise invalid(path, text, says, key=place.split(".")[0].split("[")[0]) from None


def invalid(path: str, text: str, says: str, hint: str = "", key: str = "") -> ToolError:
    """One sentence with the place."""
    line = next((n for n, each in enumerate(text.split("\n"), 1) if key and each.lstrip("[ ").startswith(key)), 0)
    where = f"{os.path.relpath(path)}:{line}" if line else os.path.relpath(path)
    return ToolError("config-invalid", f"{where} {says}", hint=hint)
