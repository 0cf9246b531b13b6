"""What releases of well-known distributions ask of those that systems ship: demands.json (tools/refresh_demands)."""

from __future__ import annotations

from dockwright.facts.tables import table
from dockwright.inputs import versions


def demands(name: str, version: str) -> dict[str, str]:
    """Specifiers by name, for one release; nothing for what the table does not cover."""
    rows = table("demands")["demands"].get(name, ())
    if not rows:
        return {}
    try:
        found: dict[str, str] = next(
            (asked for first, last, asked in rows if versions.within(version, first, last)), {}
        )
    except versions.InvalidVersion:
        return {}
    return found
