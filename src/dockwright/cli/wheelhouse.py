"""The wheelhouse that a command line and a configuration mean."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from dockwright.cli import spec
from dockwright.errors import ToolError

if TYPE_CHECKING:
    from dockwright.cli.config import Config
    from dockwright.wheels.store import Store

OPTIONS = (
    spec.Option(("--wheelhouse",), "wheelhouse", "Folder of the wheelhouse; usually in the user's cache.", "FOLDER"),
    spec.Option(("--limit",), "limit", "Its size, such as 20GB; what was not used for longest goes.", "SIZE"),
    spec.Option(
        ("--mirror",),
        "mirrors",
        "A package index to ask where a file's own does not deliver; may be repeated.",
        "URL",
        many=True,
    ),
)
UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}


def store_of(config: Config, wheelhouse: str | None, limit: str | None) -> Store:
    """The command line wins over the configuration, whose folder counts from where it stands."""
    from dockwright.wheels.store import LIMIT, Store, default_root

    root = wheelhouse or (os.path.join(config.folder, config.wheelhouse) if config.wheelhouse else default_root())
    size = limit or config.wheelhouse_limit
    return Store(os.path.abspath(root), LIMIT if size is None else size_of(size))


def mirrors_of(config: Config, given: tuple[str, ...]) -> tuple[str, ...]:
    for url in (*given, *config.mirrors):
        if not url.startswith(("http://", "https://")):
            raise ToolError("mirror-invalid", f"{url} is no address of a package index", hint="it begins with https://")
    return tuple(url.rstrip("/") for url in (*given, *config.mirrors))


def size_of(text: str) -> int:
    """`20GB`, `500 MB`, `1.5g` -> bytes."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)\s*([kKmMgGtT]?)(?:i?[bB])?", text.strip())
    size = int(float(match[1]) * UNITS[match[2].lower()]) if match else 0
    if size <= 0:
        raise ToolError("size-invalid", f"{text} is no size", hint="write it like 20GB or 500MB")
    return size
