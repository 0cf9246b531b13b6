"""Masked failures and what they do later: a step that needs what a swallowed failure should have made names it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from msgspec.structs import replace

from dockwright.finding import UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.image import Image
from dockwright.rehearse.meet import View, meet
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.python import canonical
from dockwright.rehearse.step import Step


def blamed(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with their masked failures blamed. One that breaks a later step counts as a failure of its own too."""
    told = list(steps)
    harms: dict[int, list[Evidence]] = {}
    for at, step in enumerate(told):
        earlier = [each for each in told[:at] if each.masked]
        if earlier and step.live:
            told[at] = replace(step, live=tuple(_blame(unmet, step, earlier, harms) for unmet in step.live))
    return tuple(_promoted(step, harms) for step in told)


def _blame(unmet: Unmet, step: Step, earlier: list[Step], harms: dict[int, list[Evidence]]) -> Unmet:
    by: list[Evidence] = []
    for other in earlier:
        for masked in other.masked:
            if masked.intended is None or masked.need == unmet.need or _met(unmet.need, masked, step) is not YES:
                continue
            by.append(_says(other, masked, "fails here, and nothing shows it"))
            harms.setdefault(id(masked), []).append(_says(step, unmet, "fails because of it"))
    return replace(unmet, masked_by=tuple(dict.fromkeys(by))) if by else unmet


def _says(step: Step, unmet: Unmet, text: str) -> Evidence:
    place = step.place(unmet.span)
    return Evidence(text, place, text=step.source.line_text(place.line).strip())


def _met(need: needs.Need, masked: Unmet, step: Step) -> Answer:
    """Would the image as it was meant to be meet the need?"""
    intended = masked.intended
    assert intended is not None
    if isinstance(need, needs.Module):
        return _importable(need.name, masked, intended, step.before)
    return meet(need, View(intended, step.before.user, intended.env.get("PATH", ""))).answer


def _importable(name: str, masked: Unmet, intended: Image, real: Image) -> Answer:
    """Was a distribution of the module's name meant to be installed, or the project whose folder holds it?"""
    top = name.partition(".")[0]
    for prefix, python in intended.pythons.items():
        there = real.pythons.get(prefix)
        new = [each for each in python.distributions if there is None or each not in there.distributions]
        if canonical(top) in new:
            return YES
    wanted = masked.need
    if isinstance(wanted, needs.File) and wanted.purpose == "project":
        folders = (wanted.path, posixpath.dirname(wanted.path))
        return Answer.of(any(real.find(posixpath.join(folder, top)).answer is YES for folder in folders))
    return UNKNOWN


def _promoted(step: Step, harms: dict[int, list[Evidence]]) -> Step:
    if not any(id(masked) in harms for masked in step.masked):
        return step
    masked = tuple(replace(each, harms=tuple(dict.fromkeys(harms.get(id(each), ())))) for each in step.masked)
    return replace(
        step, masked=masked, live=step.live + tuple(replace(each, intended=None) for each in masked if each.harms)
    )
