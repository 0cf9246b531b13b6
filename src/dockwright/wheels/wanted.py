"""Every file that the images' builds will download: of the plan, with the address that each has on its index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from dockwright.index.ask import opened
from dockwright.index.page import Page
from dockwright.inputs.targets import Target
from dockwright.planning import Line, Plan, TargetPlan, plan
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted
from dockwright.wheels.patience import Clock

__all__ = ["Artefact", "Wanted", "addresses", "of_plan", "patient_plan", "wanted"]

PLANNING = 120.0  # seconds for which an index that does not answer is asked again


def wanted(
    project: Project,
    targets: Sequence[Target] | None = None,
    *,
    budget: float = PLANNING,
    clock: Clock | None = None,
    say: Callable[[str], None] | None = None,
) -> tuple[Wanted, ...]:
    """One for each target, in their order; without `targets` for all of the project."""
    chosen = project if targets is None else project.only(lambda target: target in targets)
    return tuple(map(of_plan, patient_plan(chosen, budget=budget, clock=clock, say=say).targets))


def patient_plan(
    project: Project,
    *,
    budget: float = PLANNING,
    clock: Clock | None = None,
    say: Callable[[str], None] | None = None,
) -> Plan:
    """The plan, made again for up to `budget` seconds where the index did not answer: what it did answer is kept."""
    clock = clock or Clock()
    began, number = clock.now(), 0
    while True:
        found = plan(project)
        delay = min(30.0, 2.0**number) * (0.5 + clock.random() / 2)
        if project.offline or not any(target.unreached for target in found.targets):
            return found
        if clock.now() - began + delay > budget:
            return found
        if say is not None:
            say(f"the package index does not answer; asked again in {delay:.0f} s")
        (clock.wait or time.sleep)(delay)
        number += 1
        opened.cache_clear()  # hosts that were down are tried again, pages that did not come too


def of_plan(planned: TargetPlan) -> Wanted:
    loaded = [line for line in planned.lines if line.form != "installed"]
    artefacts = (Artefact(line.name, line.version, line.file, line.url, line.sha256, line.size) for line in loaded)
    unknown = [*planned.unknown, *(trouble.says for trouble in planned.troubles), *_unknown(loaded)]
    usable = tuple(each for each in artefacts if each.valid and each.url)
    return Wanted(planned.name, usable, tuple(unknown), planned.unreached)


def _unknown(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if not line.url:
            yield f"where {line.name} {line.version} comes from is not known"
        elif not line.sha256:
            yield f"the index names no sha256 of {line.file}, by which it could be checked"
    built = [line.name for line in lines if line.form == "sdist"]
    if built:
        yield f"{', '.join(built)} will be built from sources, and the build loads by itself what that needs"


def addresses(project: Project, mirrors: Sequence[str]) -> Callable[[Artefact], list[str]]:
    """Where else an artefact is: on the mirrors, then on the indexes of this machine; the same hash decides.

    Asked only when the first address fails. A mirror is the address of an index, like https://example.org/simple.
    """

    def found(artefact: Artefact) -> list[str]:
        index = opened(project.offline, project.as_of).index
        urls = []
        for base in dict.fromkeys((*mirrors, index.settings.default, *index.settings.extra)):
            page = index.page(artefact.name, base) if base.startswith(("http:", "https:")) else None
            files = page.files if isinstance(page, Page) else ()
            urls += [file.url for file in files if file.sha256 == artefact.sha256 and file.url != artefact.url]
        return urls

    return found
