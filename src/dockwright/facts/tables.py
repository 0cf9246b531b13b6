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


class RecipeImage(msgspec.Struct, frozen=True):
    """What a published recipe holds on a release; `commands`: name -> package -> absolute path."""

    packages: list[str]
    commands: dict[str, dict[str, str]]


@lru_cache(maxsize=16)
def recipe_image(recipe: str, codename: str) -> RecipeImage | None:
    """None where the release's packages are not known."""
    try:
        return msgspec.json.decode(_read(f"image/{recipe}.{codename}"), type=RecipeImage)
    except FileNotFoundError:
        return None


def _read(name: str) -> bytes:
    with open(f"{FOLDER}/json/{name}.json", "rb") as file:
        return file.read()
