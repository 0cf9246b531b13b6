"""Poetry's constraints (its documentation, "Dependency specification") as PEP 440 and PEP 508 have them."""

from __future__ import annotations

import re
from collections.abc import Sequence


def clauses(text: str) -> Sequence[str]:
    text = text.strip()
    if " " not in text:
        return [clause for clause in text.split(",") if clause]
    return [clause for clause in re.split(r",|(?<=[\w*])\s+(?=[<>=!~^])", text) if clause.strip()]


def spread(kind: str, wanted: str) -> str:
    """Caret and tilde requirements: `^1.2` is 1.2 and later below 2, `~1.2` below 1.3."""
    parts = [int(part) for part in wanted.split(".")]
    first = next((at for at, part in enumerate(parts) if part), len(parts) - 1)
    at = first if kind == "^" else min(1, len(parts) - 1)
    above = [*parts[:at], parts[at] + 1]
    return f">={wanted},<{'.'.join(map(str, above))}"


def specifier(constraint: str) -> str | None:
    """A constraint of Poetry's as PEP 440 has it; None where that has no such thing (`^1 || ^2`) or it can't be read."""
    if "|" in constraint:
        return None
    found = []
    for clause in clauses(constraint):
        text = clause.replace(" ", "")
        if text == "*":
            continue
        if text[0] in "^~" and not text.startswith("~="):
            if not re.fullmatch(r"\d{1,9}(?:\.\d{1,9}){0,3}", text[1:]):
                return None
            found.append(spread(text[0], text[1:]))
        else:
            found.append(f"=={text}" if text[0].isdigit() else text)
    return ",".join(found)


def python_marker(constraint: str) -> str | None:
    """`python = "<3.11"` of a dependency: on which Pythons it is one. None where that can't be said in a marker."""
    wanted = specifier(constraint)
    parts = [re.fullmatch(r"([<>=!~]=?)(\d+(?:\.\d+)*)(\.\*)?", each) for each in (wanted or "").split(",") if each]
    if wanted is None or any(part is None for part in parts):
        return None
    return " and ".join(f"python_version {part[1]} '{part[2]}'" for part in parts if part is not None)
