"""Which release of a distribution was the last for an old Python: dropped.toml."""

from __future__ import annotations

from dockwright.facts.python import key, normal
from dockwright.facts.tables import table


def bound(distribution: str, python: str) -> str:
    """The first version that no longer takes CPython X.Y: `bound("numpy", "2.7")` is 1.17; empty when none is known."""
    wanted = key(python)[:2]
    if len(wanted) != 2:
        return ""
    for version, oldest in table("dropped")["dropped"].get(normal(distribution), ()):
        gone = oldest[1:] == python if oldest.startswith("!") else wanted < key(oldest)
        if gone:
            return str(version)
    return ""


def below(distribution: str, python: str) -> str:
    """The requirement that asks for the last release for this Python: `numpy<1.17`; empty when none is known."""
    first = bound(distribution, python)
    return f"{distribution}<{first.removesuffix('.0')}" if first else ""
