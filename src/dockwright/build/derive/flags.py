"""Adds flags to RUN instructions by their place in the text; every other byte stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Dockerfile, Instruction
from dockwright.source import Edit, Patch, Span


def place(instruction: Instruction) -> int | None:
    """Where flags can be added: before the command, behind the flags that are there (the last of two mounts wins)."""
    if instruction.keyword != "RUN" or not instruction.rest.text:
        return None
    return instruction.rest.offset(0)


def add(dockerfile: Dockerfile, flags: Mapping[int, Iterable[str]]) -> str:
    """The text with flags added at these places."""
    edits = [Edit("", Span(at, at), "".join(f"{flag} " for flag in words)) for at, words in flags.items()]
    return Patch(tuple(edits)).apply({"": dockerfile.source.text})[""] if edits else dockerfile.source.text


def kept(dockerfile: Dockerfile, flags: Mapping[int, Iterable[str]]) -> dict[int, tuple[str, ...]]:
    """Those additions after which each instruction reads as before, but for its new flags.

    What can't be added to is found by reading the result again: `RUN -- command`, a line that gets too long.
    """
    wanted = {at: tuple(words) for at, words in flags.items() if words}
    for _ in range(len(wanted) + 1):
        again = parse(add(dockerfile, wanted))
        if len(again.instructions) != len(dockerfile.instructions) or len(again.errors) != len(dockerfile.errors):
            wanted = _each(dockerfile, wanted)
            continue
        bad = _changed(dockerfile, again, wanted)
        if not bad:
            return wanted
        wanted = {at: words for at, words in wanted.items() if at not in bad}
    return {}


def _each(dockerfile: Dockerfile, wanted: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    """The additions that do no harm alone."""
    good = {}
    for at, words in wanted.items():
        again = parse(add(dockerfile, {at: words}))
        same = len(again.instructions) == len(dockerfile.instructions) and len(again.errors) == len(dockerfile.errors)
        if same and not _changed(dockerfile, again, {at: words}):
            good[at] = words
    return good if good != wanted else {}


def _changed(before: Dockerfile, after: Dockerfile, wanted: Mapping[int, tuple[str, ...]]) -> set[int]:
    bad = set()
    for old, new in zip(before.instructions, after.instructions, strict=True):
        at = place(old)
        added = len(wanted.get(at, ())) if at is not None else 0
        if not _same(old, new, added) and at is not None:
            bad.add(at)
    return bad


def _same(old: Instruction, new: Instruction, added: int) -> bool:
    def read(one: Instruction, flags: int) -> tuple[object, ...]:
        words = tuple(word.text for word in one.words)
        named = tuple((flag.name, flag.value) for flag in one.flags[:flags])
        return one.keyword, words, named, one.rest.text, tuple(doc.body for doc in one.heredocs)

    count = len(old.flags)
    return len(new.flags) == count + added and read(old, count) == read(new, count)
