"""Works out which packages the recipes of base.toml hold on each release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .release_index import Release, install, minbase


def images(release: Release, recipes: Mapping[str, Mapping[str, Any]]) -> dict[str, set[str]]:
    """recipe -> packages, `minbase` among them; a recipe comes after the one that it builds on."""
    found = {"minbase": minbase(release)}
    for name, recipe in recipes.items():
        names = [_first(release, words) for words in recipe["install"]]
        found[name] = install(release, names, found[recipe["on"]], recommends=False)
    return found


def _first(release: Release, words: str) -> str:
    """`libffi8|libffi7`: the first that the release has, real or provided."""
    names = words.split("|")
    return next((name for name in names if name in release.packages or release.providers.get(name)), names[0])
