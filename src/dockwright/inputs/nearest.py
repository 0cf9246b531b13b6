"""Which path of the context a missing one was meant to be."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.inputs.context import rooted
from dockwright.inputs.files import UNKNOWN, Files, join, parent

SEARCH = 5000  # entries looked at for a path like the one that is missing
NEAREST = 3


def nearest(files: Files, path: str) -> tuple[str, ...]:
    """Existing paths that may be meant: another case first, the same name elsewhere, then similar names.

    Of those with the same name, one that shares more of the path's end comes first: where `app/web/x.txt` is wanted
    and `web/x.txt` is there, the context lies deeper than the author thought.
    """
    found: dict[str, None] = {}
    other = _other_case(files, path)
    if other is not None:
        found[other] = None
    name = path.rpartition("/")[2].casefold()
    same = [entry for entry in _breadth_first(files) if entry.rpartition("/")[2].casefold() == name]
    found.update((entry, None) for entry in sorted(same, key=lambda entry: -shared_end(entry, path)))
    found.update((join(parent(path), like), None) for like in _similar(files, path))
    return tuple(found)[:NEAREST]


def shared_end(one: str, other: str) -> int:
    """How many last components two paths have in common, whatever their case."""
    pairs = zip(reversed(one.casefold().split("/")), reversed(other.casefold().split("/")), strict=False)
    return next(
        (count for count, (left, right) in enumerate(pairs) if left != right), min(one.count("/"), other.count("/")) + 1
    )


def meant(path: str, near: tuple[str, ...]) -> str | None:
    """The one of the nearest paths that a missing one stands for: of its name, and with more of its end than others.

    Where none has its name: the only one beside it that one slip of the keyboard makes of it.
    """
    shared = [shared_end(entry, rooted(path)) for entry in near]
    best = max(shared, default=0)
    if best:
        return near[shared.index(best)] if shared.count(best) == 1 else None
    folder, _, name = rooted(path).rpartition("/")
    slips = [entry for entry in near if parent(entry) == folder and slipped(name, entry.rpartition("/")[2])]
    return slips[0] if len(slips) == 1 else None


def slipped(one: str, other: str) -> bool:
    """One letter more, less, other, or two swapped. Another digit is another name (`app1`, `app2`)."""
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    left, right = short[at:], long[at:]
    if len(left) < len(right):
        return left == right[1:] and not right[0].isdigit()
    if left[2:] == right[2:] and left[:2] == right[1::-1]:
        return left[:2].isalpha()
    return left[1:] == right[1:] and not (left[0].isdigit() or right[0].isdigit())


def _other_case(files: Files, path: str) -> str | None:
    at = ""
    for part in path.split("/"):
        names = files.names(at)
        if names is UNKNOWN:
            return None
        match = next((name for name in (part, *names) if name in names and name.casefold() == part.casefold()), None)
        if match is None:
            return None
        at = join(at, match)
    return at


def _breadth_first(files: Files) -> Iterator[str]:
    folders, left = [""], SEARCH
    for folder in folders:
        names = files.names(folder)
        for name in () if names is UNKNOWN else names:
            left -= 1
            if left < 0:
                return
            entry = join(folder, name)
            yield entry
            if files.kind(entry) == "dir":
                folders.append(entry)


def _similar(files: Files, path: str) -> list[str]:
    from difflib import get_close_matches

    names = files.names(parent(path))
    if names is UNKNOWN or len(path) > 255:
        return []
    return get_close_matches(path.rpartition("/")[2], names[:2000], NEAREST, 0.75)
