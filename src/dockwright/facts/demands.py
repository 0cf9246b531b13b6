"""What releases of well-known distributions ask of those that systems ship: demands.json (tools/refresh_demands)."""

from __future__ import annotations

from dockwright.facts.tables import table


def demands(name: str, version: str) -> dict[str, str]:
    """Specifiers by name, for one release; nothing for what the table does not cover."""
    rows = table("demands")["demands"].get(name, ())
    if not rows:
        return {}
    from packaging.version import InvalidVersion, Version

    try:
        wanted = Version(version)
    except InvalidVersion:
        return {}
    for first, last, asked in rows:
        if Version(first) <= wanted <= Version(last):
            found: dict[str, str] = asked
            return found
    return {}
