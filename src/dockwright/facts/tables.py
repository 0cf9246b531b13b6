"""The small tables of facts: written as TOML with source and date, read as JSON, which is much faster to read.

`python -m tools.refresh_facts tables` makes the one from the other; a test holds them together.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import msgspec

FOLDER = os.path.dirname(__file__)


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, Any]:
    """NAME.toml's contents; dates are ISO texts."""
    content: dict[str, Any] = msgspec.json.decode(_read(name))
    return content


@lru_cache(maxsize=1)
def parts(name: str) -> dict[str, msgspec.Raw]:
    """The same, each entry not yet decoded."""
    return msgspec.json.decode(_read(name), type=dict[str, msgspec.Raw])


def _read(name: str) -> bytes:
    with open(f"{FOLDER}/json/{name}.json", "rb") as file:
        return file.read()
