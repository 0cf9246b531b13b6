"""Environment markers (PEP 508): whether their words are right, and the value of those of the usual forms: comparisons
joined by `and` and `or`, without brackets.

`packaging` evaluates them all and is the measure (a property test compares the two), but importing it takes a third of a check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dockwright.inputs.requirement import Malformed, canonical, skip
from dockwright.inputs.versions import InvalidVersion, fits
from dockwright.patterns import pattern

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


_WORD = pattern(r"""\s*(?:(?P<name>[a-z][a-z_]*(?:\.[a-z]+)?)|'[^']*'|"[^"]*"|===|~=|==|!=|<=|>=|<|>|[()])""", re.ASCII)
_NAMES = frozenset({
    "os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release",
    "platform_system", "platform_version", "python_version", "python_full_version", "implementation_name",
    "implementation_version", "extra", "extras", "dependency_groups", "and", "or", "in", "not", "python_implementation",
    "os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation",
})  # fmt: skip


def checked(text: str, start: int) -> str:
    """Only the words are checked; what a marker means is for `packaging` to say."""
    position, end = start, len(text.rstrip())
    if not text[start:].strip():
        raise Malformed("requirement-marker", "expected a marker after the semicolon", start - 1, end)
    while position < end:
        match = _WORD.match(text, position)
        if match is None or (match["name"] and match["name"] not in _NAMES):
            at = skip(text, position)
            raise Malformed("requirement-marker", f"{text[at:end]!r} is not part of a marker", at, end)
        position = match.end()
    return text[start:end].strip()
