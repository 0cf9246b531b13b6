"""Turns the tables written as TOML into the JSON that is read at run time."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from dockwright.facts.tables import slug

FACTS = Path(__file__).parents[2] / "src" / "dockwright" / "facts"


def compiled(path: Path) -> bytes:
    return _packed(tomllib.loads(path.read_text(encoding="utf-8")))


def _plain(value: object) -> str:
    assert isinstance(value, date), value
    return value.isoformat()


def recipes() -> dict[str, bytes]:
    """recipes/*.toml -> the files of json/recipe, one an image: its rules, with the sets of commands spelled out."""
    rules: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((FACTS / "recipes").glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in content["image"]:
            names = row.pop("names")
            row["lacks"] = [name for word in row.get("lacks", ()) for name in content["sets"].get(word, [word])]
            for name in names:
                rules.setdefault(name, []).append({key: value for key, value in row.items() if value != []})
    return {f"{slug(name)}.json": _packed(found) for name, found in rules.items()}


def _packed(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"


def write() -> list[str]:
    (FACTS / "json" / "recipe").mkdir(exist_ok=True, parents=True)
    for path in (FACTS / "json" / "recipe").glob("*.json"):
        path.unlink()
    for name, content in recipes().items():
        (FACTS / "json" / "recipe" / name).write_bytes(content)
    written = []
    for path in sorted(FACTS.glob("*.toml")):
        (FACTS / "json" / f"{path.stem}.json").write_bytes(compiled(path))
        written.append(path.stem)
    return written
