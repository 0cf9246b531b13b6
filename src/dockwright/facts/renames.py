"""Package names that newer releases no longer have (renames.toml)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dockwright.facts.release import OsRelease
from dockwright.facts.tables import table


@lru_cache(maxsize=1)
def _rules() -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for rule in table("renames")["rename"]}


def renamed(os: OsRelease, name: str) -> str | None:
    rule = _rules().get(name)
    since = rule["since"].get(os.id) if rule else None
    if rule is None or since is None or os.number < since:
        return None
    return str(rule["target"])
