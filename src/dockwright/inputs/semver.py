"""npm's version ranges: does a version fit `^1.2`, `~1`, `1.x`, `>=1 <2 || 3`, `1.2 - 2.3`? (node-semver's grammar)"""

from __future__ import annotations

import re

from dockwright.finding import NO, UNKNOWN, YES, Answer

Version = tuple[int, int, int, tuple[tuple[int, int, str], ...]]

_PARTIAL = re.compile(
    r"[v=]*(\d{1,16}|[xX*])?(?:\.(\d{1,16}|[xX*]))?(?:\.(\d{1,16}|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)
_FINAL: tuple[tuple[int, int, str], ...] = ((2, 0, ""),)  # sorts after any pre-release
_LOWEST: tuple[tuple[int, int, str], ...] = ()
_COMPARATOR = re.compile(r"\s*(\^|~>?|>=|<=|>|<|=)?\s*(\S+)")


def fits(version: str, wanted: str) -> Answer:
    """UNKNOWN for what is no range: a tag, a URL, a workspace."""
    parsed = _version(version)
    if parsed is None or len(wanted) > 1000:
        return UNKNOWN
    answers = [_fits_all(parsed, part.strip()) for part in wanted.split("||")[:50]]
    if None in answers:
        return YES if True in answers else UNKNOWN
    return YES if True in answers else NO


def _version(text: str) -> Version | None:
    match = _PARTIAL.fullmatch(text.strip())
    if match is None or any(part is None or not part.isdigit() for part in match.groups()[:3]):
        return None
    return int(match[1]), int(match[2]), int(match[3]), _tail(match[4])


def _tail(text: str | None) -> tuple[tuple[int, int, str], ...]:
    """Numbers sort before words, and no pre-release after all of them."""
    if not text:
        return _FINAL
    return tuple((0, int(part), "") if part.isdigit() and len(part) < 17 else (1, 0, part) for part in text.split("."))


def _fits_all(version: Version, text: str) -> bool | None:
    """Comparators that must all hold. A pre-release only fits where one of the same numbers is named."""
    bounds: list[tuple[Version, Version]] = []
    named: set[tuple[int, int, int]] = set()
    low, hyphen, high = text.partition(" - ")
    parts = (
        [(">=", low.strip()), ("<=", high.strip())]
        if hyphen
        else [(m[1] or "", m[2]) for m in _COMPARATOR.finditer(text)]
    )
    for operator, partial in parts or [("", "*")]:
        bound = _bounds(operator, partial)
        if bound is None:
            return None
        bounds.append(bound)
        if "-" in partial:
            named |= {edge[:3] for edge in bound}
    if version[3] != _FINAL and version[:3] not in named:
        return False
    return all(lower <= version < upper for lower, upper in bounds)


_ZERO: Version = (0, 0, 0, _LOWEST)
_INFINITE: Version = (10**17, 0, 0, _LOWEST)


def _bounds(operator: str, partial: str) -> tuple[Version, Version] | None:
    """Half-open interval of one comparator."""
    match = _PARTIAL.fullmatch(partial)
    if match is None:
        return None
    numbers = [int(part) if part and part.isdigit() else None for part in match.groups()[:3]]
    given = next((index for index, number in enumerate(numbers) if number is None), 3)
    major, minor, patch = (number or 0 for number in [*numbers[:given], 0, 0, 0][:3])
    tail = _tail(match[4]) if given == 3 else _LOWEST
    start: Version = (major, minor, patch, tail)
    if operator in (">=", "<"):
        return (start, _INFINITE) if operator == ">=" else (_ZERO, start)
    after = _after(start, given)
    if operator in (">", "<="):
        return (after, _INFINITE) if operator == ">" else (_ZERO, after)
    if operator == "^":
        return start, _caret(major, minor, patch, given)
    if operator.startswith("~"):
        return start, _after((major, minor, 0, _LOWEST), min(given, 2))
    return start, after


def _after(version: Version, given: int) -> Version:
    """The first version that no longer begins with the `given` numbers."""
    major, minor, patch, tail = version
    if given == 0:
        return _INFINITE
    if given == 1:
        return major + 1, 0, 0, _LOWEST
    if given == 2:
        return major, minor + 1, 0, _LOWEST
    return (major, minor, patch, (*tail, (-1, 0, ""))) if tail != _FINAL else (major, minor, patch + 1, _LOWEST)


def _caret(major: int, minor: int, patch: int, given: int) -> Version:
    """The first non-zero number stays."""
    if major or given <= 1:
        return _after((major, 0, 0, _LOWEST), min(given, 1))
    if minor or given == 2:
        return 0, minor + 1, 0, _LOWEST
    return 0, 0, patch + 1, _LOWEST
