"""Conflicts, one after the other, and the smallest set of pins to relax, found by trying.

One specifier is dropped at a time, then pairs. Where that does not do, the pins that the explanations speak of are
dropped one after the other until it resolves, which brings up the conflicts that hid behind the first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import combinations

from msgspec import Struct, structs

from dockwright.index import explain
from dockwright.index.direct import Asked
from dockwright.index.question import Trouble
from dockwright.index.resolve import ROUNDS, Outcome, World, resolve
from dockwright.rehearse.python import canonical

SINGLES = 8
PAIRS = 6
SETS = 3  # answers that are kept
DEPTH = 5  # pins that are dropped one after the other
LIMIT = 15.0  # seconds of one try
TRIES = 24  # of one question: the same on every machine, however busy
BUDGET = 90.0  # seconds for all of them, should uv or the index be slow; what is not found by then is not told


class Trial(Struct, frozen=True):
    """The requirements that clash, the index they are tried against, and when trying ends; `made` counts the tries."""

    world: World
    wanted: Sequence[Asked]
    ends: float
    made: list[None]

    @property
    def over(self) -> bool:
        return len(self.made) >= TRIES or self.ends - time.monotonic() < 0.5

    def resolve(self, freed: set[str], rounds: int = ROUNDS) -> Outcome | None:
        """With the specifiers of `freed` dropped; None when trying is over."""
        if self.over:
            return None
        self.made.append(None)
        limit = min(LIMIT, self.ends - time.monotonic())
        return resolve(self.world, _lines(self.wanted, freed), limit=limit, rounds=rounds)


def conflicts(world: World, wanted: Sequence[Asked], outcome: Outcome, *, relax: bool = True) -> list[Trouble]:
    """Every conflict that can be found, each with the smallest changes that resolve the whole."""
    found: list[Trouble] = []
    freed: list[str] = []
    relax = relax and not world.index.offline
    trial = Trial(world, wanted, time.monotonic() + BUDGET, [])
    while outcome.error and len(freed) <= DEPTH:
        trouble = _conflict(world, wanted, outcome, set(freed))
        if trouble is None:
            break
        if trouble.name not in [each.name for each in found]:
            found.append(trouble)
        more = _to_free(wanted, trouble, freed)
        if not more or not relax:
            break
        freed.append(more)
        next_outcome = trial.resolve(set(freed))
        if next_outcome is None:
            break
        outcome = next_outcome
    if not found or not relax:
        return found
    sets = tuple(_small(trial, set(found[0].involved)) if len(freed) == 1 or len(found) == 1 else ())
    if not sets and outcome.picked is not None:
        sets = tuple(filter(None, (_least(trial, freed, outcome),)))
    sets = tuple(filter(None, (of_the_time(trial, each) for each in sets)))
    return [structs.replace(each, relax=sets) for each in found]


def of_the_time(trial: Trial, pins: tuple[str, ...]) -> tuple[str, ...]:
    """The same pins as of the day of the newest release that is asked for.

    What came out later was never tried with it, and releases do not exclude what does not exist yet: the resolver's
    newest versions install and then fail at their import.
    """
    freed = {pin.partition("==")[0] for pin in pins}
    world, wanted = trial.world, trial.wanted
    day = _day(world, [one for one in wanted if one.specifier.startswith("==")])
    if not day or (world.index.until and day > world.index.until):
        return pins
    then = World(world.index.on(day), world.question)
    then.standins |= world.standins
    dated = _try(structs.replace(trial, world=then), freed)
    return dated or (() if trial.over else pins)


def _day(world: World, pinned: Sequence[Asked]) -> str:
    """The evening of the day on which the newest of these releases came out; empty when the index does not tell."""
    moments = []
    for one in pinned:
        page = world.page(one.name)
        files = page.versions.get(one.specifier.lstrip("= "), []) if page is not None else []
        moments += [file.uploaded for file in files if file.uploaded]
        if not files or not files[0].uploaded:
            return ""
    return f"{max(moments)[:10]}T23:59:59" if moments else ""


def _conflict(world: World, wanted: Sequence[Asked], outcome: Outcome, freed: set[str]) -> Trouble | None:
    spoken = {canonical(name) for name in explain.named(outcome.error)}
    if not spoken or spoken & {canonical(name) for name in world.question.outside}:
        return None
    pins = {one.name: f"{one.name}{one.specifier}" for one in wanted if one.specifier and one.name not in freed}
    name, rivals = explain.contested(outcome.error, pins)
    involved = tuple(one.name for one in wanted if one.name in spoken)
    return Trouble(
        "conflict",
        canonical(name) if name else (involved[0] if involved else ""),
        next((want.specifier for want in rivals if not want.by), ""),
        explain.sentence(outcome.error, pins),
        involved,
        asked_by=next((want.by for want in rivals if want.by), ""),
        sure=bool(name) and not outcome.unknown and not world.index.settings.own and not world.banned,
    )


def _to_free(wanted: Sequence[Asked], trouble: Trouble, freed: list[str]) -> str:
    """The pin to drop next: that of the contested project itself, else of one that asks for it."""
    pinned = [one.name for one in wanted if one.specifier and one.name not in freed]
    if trouble.name in pinned:
        return trouble.name
    return next((name for name in trouble.involved if name in pinned), "")


def _small(trial: Trial, involved: set[str]) -> Iterator[tuple[str, ...]]:
    """Sets of `name==version` that resolve; pairs only where no single one does."""
    pinned = [one for one in trial.wanted if one.specifier and one.name in involved]
    for size, most in ((1, SINGLES), (2, PAIRS)):
        found = 0
        for chosen in list(combinations(pinned, size))[:most]:
            lines = _try(trial, {one.name for one in chosen})
            if lines is not None:
                yield lines
                found += 1
                if found == SETS:
                    return
        if found:
            return


def _least(trial: Trial, freed: Sequence[str], outcome: Outcome) -> tuple[str, ...] | None:
    """Of pins that together resolve it, as `outcome` has it, those that can't stay."""
    kept = list(freed)
    for name in freed:
        fewer = [each for each in kept if each != name]
        if fewer and _try(trial, set(fewer)) is not None:
            kept = fewer
    return _try(trial, set(kept)) if kept != list(freed) else _versions(outcome, set(kept))


def _try(trial: Trial, freed: set[str]) -> tuple[str, ...] | None:
    """Resolve with the specifiers of `freed` dropped: what they then come to."""
    outcome = trial.resolve(freed, rounds=3)
    return _versions(outcome, freed) if outcome is not None else None


def _versions(outcome: Outcome, freed: set[str]) -> tuple[str, ...] | None:
    if outcome.picked is None:
        return None
    versions = {canonical(pick.name): pick.version for pick in outcome.picked}
    return tuple(f"{name}=={versions[name]}" for name in sorted(freed) if name in versions)


def _lines(wanted: Sequence[Asked], freed: set[str]) -> list[str]:
    return [_free(one) if one.name in freed else one.text for one in wanted]


def _free(one: Asked) -> str:
    from packaging.requirements import Requirement

    requirement = Requirement(one.text)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}"
