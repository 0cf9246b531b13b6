"""Looks a header up in the text of all headers: blocks `TAB package releases`, then one `/path` a line."""

from __future__ import annotations

_MOST = 200  # a name like config.h is everywhere; more places than these tell nothing


def owners(text: str, header: str, bit: int) -> list[int]:
    """Numbers of the packages that hold the header: at its exact path, else below one of the include folders."""
    for needle in (f"\n/{header}\n", f"/{header}\n"):
        found = list(dict.fromkeys(_found(text, needle, bit)))
        if found:
            return found
    return []


def _found(text: str, needle: str, bit: int) -> list[int]:
    numbers, at = [], text.find(needle)
    for _ in range(_MOST):
        if at < 0:
            break
        start = text.rindex("\t", 0, at) + 1
        number, releases = text[start : text.index("\n", start)].split(" ")
        if int(releases) & bit:
            numbers.append(int(number))
        at = text.find(needle, at + 1)
    return numbers
