"""Turns the tables written as TOML into the JSON that is read at run time."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

FACTS = Path(__file__).parents[2] / "src" / "dockwright" / "facts"


def compiled(path: Path) -> bytes:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"


def _plain(value: object) -> str:
    assert isinstance(value, date), value
    return value.isoformat()


def write() -> list[str]:
    (FACTS / "json").mkdir(exist_ok=True)
    written = []
    for path in sorted(FACTS.glob("*.toml")):
        (FACTS / "json" / f"{path.stem}.json").write_bytes(compiled(path))
        written.append(path.stem)
    return written
