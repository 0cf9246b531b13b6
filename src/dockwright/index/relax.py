"""The smallest set of pins to relax, found by trying: one specifier dropped at a time, then pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from dockwright.index.direct import Asked
from dockwright.index.resolve import World, resolve
from dockwright.rehearse.python import canonical

SINGLES = 8
PAIRS = 6
SETS = 3  # answers that are kept
LIMIT = 15.0


def relaxed(world: World, all_asked: Sequence[Asked], involved: set[str]) -> Iterator[tuple[str, ...]]:
    """Sets of requirement lines, `name==version` that resolve; pairs only where no single one does."""
    pinned = [one for one in all_asked if one.specifier and one.name in involved]
    for size, most in ((1, SINGLES), (2, PAIRS)):
        found = 0
        for chosen in list(combinations(pinned, size))[:most]:
            lines = _try(world, all_asked, {one.name for one in chosen})
            if lines is not None:
                yield lines
                found += 1
                if found == SETS:
                    return
        if found:
            return


def _try(world: World, all_asked: Sequence[Asked], freed: set[str]) -> tuple[str, ...] | None:
    """Resolve with the specifiers of `freed` dropped: what they then come to."""
    lines = [_free(one) if one.name in freed else one.text for one in all_asked]
    outcome = resolve(world, lines, limit=LIMIT, rounds=3)
    if outcome.picked is None:
        return None
    versions = {canonical(pick.name): pick.version for pick in outcome.picked}
    return tuple(f"{name}=={versions[name]}" for name in sorted(freed) if name in versions)


def _free(one: Asked) -> str:
    from packaging.requirements import Requirement

    requirement = Requirement(one.text)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}"
