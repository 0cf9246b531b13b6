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


@lru_cache(maxsize=16)
def recipe(image: str) -> list[dict[str, Any]]:
    """The rules of an image's public recipe, first match first; empty where there are none."""
    try:
        rules: list[dict[str, Any]] = msgspec.json.decode(_read(f"recipe/{slug(image)}"))
    except (OSError, ValueError):
        return []
    return rules


def slug(image: str) -> str:
    """An image's name as a file's: `pytorch+pytorch`."""
    return image.replace("/", "+")


def _read(name: str) -> bytes:
    with open(f"{FOLDER}/json/{name}.json", "rb") as file:
        return file.read()
