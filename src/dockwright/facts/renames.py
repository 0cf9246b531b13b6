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


def general(name: str) -> str | None:
    """The name a person installs for a package whose own name carries a version: libpython3.11-dev -> python3-dev."""
    if name.startswith("libpython3.") and name.endswith("-dev"):
        return "python3-dev"
    found: str | None = table("renames")["general"].get(name)
    return found
