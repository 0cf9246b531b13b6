"""Environment markers of the usual forms (PEP 508): comparisons joined by `and` and `or`, without brackets.

`packaging` evaluates them all and is the measure (a property test compares the two), but importing it takes a third of a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockwright.inputs.requirement import canonical
from dockwright.inputs.versions import InvalidVersion, fits

VERSIONS = frozenset(["python_version", "python_full_version"])
TEXTS = frozenset(
    "os_name sys_platform platform_system platform_machine implementation_name platform_python_implementation extra".split()
)
ORDERS = frozenset(["==", "!=", "<", "<=", ">", ">=", "~="])


def evaluate(marker: str, environment: Mapping[str, Any]) -> bool | None:
    """None: another form, or a name that the environment lacks."""
    if set("()\\") & set(marker):
        return None
    ways = [[_compared(each, environment) for each in way.split(" and ")] for way in marker.split(" or ")]
    if any(each is None for way in ways for each in way):
        return None
    return any(map(all, ways))


def _compared(text: str, environment: Mapping[str, Any]) -> bool | None:
    words = text.split()
    if len(words) != 3:
        return None
    name, operator, quoted = words
    if len(quoted) < 2 or quoted[0] not in "\"'" or quoted[-1] != quoted[0] or set("\"'") & set(quoted[1:-1]):
        return None
    have, value = environment.get(name), quoted[1:-1]
    if not isinstance(have, str):
        return None
    if name in TEXTS and operator in ("==", "!=") and not value[:1].isdigit():
        same = canonical(have) == canonical(value) if name == "extra" else have == value
        return same is (operator == "==")
    if name not in VERSIONS or operator not in ORDERS or not value[:1].isdigit():
        return None
    try:
        return fits(have, operator + value)
    except InvalidVersion:
        return None
