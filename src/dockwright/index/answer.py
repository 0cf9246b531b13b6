"""A question answered: what is wrong with single requirements, the resolution, every release that it brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockwright.finding import UNKNOWN
from dockwright.index.client import Index
from dockwright.index.direct import Asked, asked, matching, trouble
from dockwright.index.environment import machine
from dockwright.index.page import File, Page
from dockwright.index.question import Answer, Demand, Question, Release, Trouble
from dockwright.index.relax import conflicts
from dockwright.index.resolve import Picked, World, resolve
from dockwright.index.tags import uv_platform
from dockwright.index.weight import cuda
from dockwright.rehearse.python import canonical


def answer(index: Index, question: Question, *, relax: bool = True) -> Answer:
    """Never raises for what the index or the resolver does: what can't be known is said in `unknown`."""
    if machine(question.platform) is None or uv_platform(question) is None:
        return Answer(
            unknown=(f"wheels for {question.platform} with {question.libc} {question.libc_version} are not followed",)
        )
    world = World(index, question)
    wanted = list(asked(question))
    for base in (question.default_index, *question.extra_indexes):
        index.pages((one.name for one in wanted), base)
    unreached = _unreached(world, wanted)
    if unreached:
        return Answer(unknown=(unreached,), unreached=not index.offline)
    gone, troubles, unknown = [], [], []
    for one in wanted:
        found, why = _one(world, one)
        if found is not None:
            troubles.append(found)
        if why:
            unknown.append(why)
        if found is not None or why:
            gone.append(one)
    rest = [one for one in wanted if one not in gone]
    outcome = resolve(world, [one.text for one in rest])
    if outcome.error:
        troubles += conflicts(world, rest, outcome, relax=relax)
    picked = outcome.picked if outcome.picked is not None else tuple(_pinned(rest))
    releases = tuple(_releases(world, picked))
    whole = outcome.picked is not None and not gone and not question.outside and not outcome.unknown
    return Answer(releases, tuple(troubles), (*unknown, *outcome.unknown), whole, outcome.unreached)


def _unreached(world: World, wanted: Sequence[Asked]) -> str:
    question, index = world.question, world.index
    if not (question.default_index or index.settings.default):
        return "no package index is known"
    for base in (question.default_index, *question.extra_indexes):
        missing = [one.name for one in wanted if index.page(one.name, base) is UNKNOWN]
        if missing:
            return (
                f"the package index was not asked for {_some(missing)}"
                if index.offline
                else f"the package index did not answer: {index.trouble}"
            )
    return ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _one(world: World, one: Asked) -> tuple[Trouble | None, str]:
    """What is wrong with one requirement, or why that can't be known."""
    if world.page(one.name) is None:
        if not _is_index(world):
            return None, "what answers in the place of the package index knows not even pip"
        if world.index.elsewhere(one.name) is not None:
            return None, f"{one.name} is on another index than the image's pip asks"
        says = f"the package index has no project named {one.name}"
        return Trouble("none", one.name, one.specifier, says, (one.name,), sure=not world.index.settings.own), ""
    found = trouble(world, one)
    if found is not None and _elsewhere(world, one):
        return None, f"{one.name}{one.specifier} may be on another index"
    return found, ""


def _is_index(world: World) -> bool:
    """A proxy or portal that answers 404 to everything is no index, and a mirror of few projects proves nothing."""
    return isinstance(world.index.page("pip", world.question.default_index), Page)


def _elsewhere(world: World, one: Asked) -> bool:
    """Has another index that this machine is told of a version that fits? The build may be told of it as well."""
    page = world.index.elsewhere(one.name)
    return page is UNKNOWN or (isinstance(page, Page) and bool(matching(page, one.specifier, True)))


def _pinned(wanted: Sequence[Asked]) -> Iterator[Picked]:
    """What is known of an install that does not resolve: the releases that are asked for by their version."""
    for one in wanted:
        if one.specifier.startswith("==") and "*" not in one.specifier and "," not in one.specifier:
            yield Picked(one.name, one.specifier[2:])


def _releases(world: World, picked: Sequence[Picked]) -> Iterator[Release]:
    there = dict(line.split("==", 1) for line in world.question.installed)
    names: dict[str, object] = {pick.name: pick for pick in picked}
    for pick in picked:
        replaces = there.get(pick.name, "")
        if replaces == pick.version:
            yield Release(pick.name, pick.version, "installed", via=pick.via)
            continue
        page = world.page(pick.name)
        files = files_of(page, pick.version)
        file = world.usable(files) or world.source(files)
        if file is None:
            kind = "sdist" if (pick.name, pick.version) in world.standins else "wheel"
            yield Release(pick.name, pick.version, kind, via=pick.via, replaces=replaces)
            continue
        demands = tuple(_demands(world, names, pick.name, pick.via)) if replaces else ()
        native = any(each.native for each in files)
        yield Release(
            pick.name, pick.version, file.kind, file.name, file.size, file.sha256, file.url, native, file.yanked,
            pick.via, replaces, demands, cuda(pick.name, pick.version, file.size),
        )  # fmt: skip


def files_of(page: Page | None, version: str) -> list[File]:
    """A release's files; the index may write its version otherwise than the requirement (1.0 and 1.0.0)."""
    from packaging.version import InvalidVersion, Version

    if page is None or version in page.versions:
        return page.versions.get(version, []) if page is not None else []
    try:
        wanted = Version(version)
    except InvalidVersion:
        return []
    return next((files for each, files in page.versions.items() if Version(each) == wanted), [])


def _demands(world: World, names: dict[str, object], name: str, via: Sequence[str]) -> Iterator[Demand]:
    """What those who ask for it say of its versions."""
    from packaging.requirements import InvalidRequirement, Requirement

    from dockwright.index.sdist import headers

    for one in asked(world.question):
        if one.name == name:
            yield Demand("", one.specifier)
    for parent in via:
        pick = names.get(parent)
        page = world.page(parent)
        files = page.versions.get(getattr(pick, "version", ""), []) if page is not None else []
        wheel = world.usable(files)
        text = world.index.metadata(wheel) if wheel is not None else None
        for key, value in headers(text or ""):
            if key != "requires-dist":
                continue
            try:
                requirement = Requirement(value)
            except InvalidRequirement:
                continue
            if canonical(requirement.name) == name and requirement.marker is None:
                yield Demand(f"{parent}=={getattr(pick, 'version', '')}", str(requirement.specifier))
