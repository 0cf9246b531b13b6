"""The small tables of facts: written as TOML with source and date, read as JSON, which is much faster to read.

`python -m tools.refresh_facts tables` makes the one from the other; a test holds them together.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, Any]:
    """NAME.toml's contents; dates are ISO texts."""
    content: dict[str, Any] = msgspec.json.decode((FOLDER / "json" / f"{name}.json").read_bytes())
    return content
