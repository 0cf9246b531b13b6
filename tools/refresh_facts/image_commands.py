"""What a recipe's image holds on each release, out of facts.sqlite: opening the database takes a tenth of a check, and
most checks ask nothing else of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

from dockwright.facts import packagedata
from dockwright.facts.tables import table

from .tables import FACTS


def suites() -> dict[str, object]:
    releases = dict(packagedata.database().execute("SELECT codename, bit FROM release ORDER BY bit"))
    return {"meta": {**packagedata.origin(), "renew": "python -m tools.refresh_facts images"}, "releases": releases}


def images() -> Iterator[tuple[str, dict[str, object]]]:
    """(recipe.codename, its packages, and the packages and paths of each command, of what may be left over too)."""
    codenames = {bit: name for name, bit in packagedata.database().execute("SELECT codename, bit FROM release")}
    rows = packagedata.database().execute("SELECT recipe, release, packages FROM image ORDER BY recipe, release")
    left_over = {name for of in table("base")["left_over"].values() for names in of.values() for name in names}
    for recipe, bit, words in rows:
        names = words.split()
        yield f"{recipe}.{codenames[bit]}", {"packages": names, "commands": _commands({*names, *left_over}, bit)}


def _commands(names: set[str], bit: int) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    query = "SELECT name, package FROM {} WHERE releases & ? ORDER BY name"
    for kind in ("command", "alternative"):
        for command, number in packagedata.database().execute(query.format(kind), (bit,)):
            if packagedata.name(number) in names and command not in found:
                places = packagedata.places(command, bit)
                found[command] = {package: path for package, path in places.items() if package in names}
    return found


def content() -> dict[str, str]:
    """File name below facts/json -> text."""
    found = {"suites": suites(), **{f"image/{name}": image for name, image in images()}}
    return {
        f"{name}.json": json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
        for name, value in found.items()
    }


def write() -> list[str]:
    shutil.rmtree(FACTS / "json" / "image", ignore_errors=True)
    (FACTS / "json" / "image").mkdir()
    texts = content()
    for name, text in texts.items():
        (FACTS / "json" / name).write_text(text, encoding="utf-8")
    return list(texts)
