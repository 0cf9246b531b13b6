"""The exec form, as strict as Go's encoding/json: an array of strings, or an array with something else, or no JSON."""

from __future__ import annotations


class NotStrings(ValueError):
    """A JSON array that holds something other than strings: BuildKit refuses it instead of taking the shell form."""

    def __init__(self) -> None:
        super().__init__("when using JSON array syntax, arrays must be comprised of strings only")


def string_array(text: str, start: int) -> list[tuple[str, tuple[int, int]]] | None:
    """Decoded items and their ranges in `text`; None when it is no JSON. Raises NotStrings."""
    plain = _plain(text, start)
    if plain:
        return plain
    from dockwright.dockerfile.jsonarray import any_array

    return any_array(text, start)


def _plain(text: str, start: int) -> list[tuple[str, tuple[int, int]]]:
    """The same for what nearly all are: strings of printable ASCII without escapes. Empty for all others."""
    found: list[tuple[str, tuple[int, int]]] = []
    if "\\" in text or not text.isascii():
        return found
    at = start + 1
    while True:
        at = _past_white(text, at)
        end = text.find('"', at + 1)
        if not text.startswith('"', at) or end < 0 or not text[at + 1 : end].isprintable():
            return []
        found.append((text[at + 1 : end], (at, end + 1)))
        at = _past_white(text, end + 1)
        if text.startswith("]", at) and _past_white(text, at + 1) == len(text):
            return found
        if not text.startswith(",", at):
            return []
        at += 1


def _past_white(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in " \t\r\n":
        at += 1
    return at
