"""The requirements by themselves, before any resolution: does a version exist for this Python, in a usable form?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.index.environment import environment
from dockwright.index.question import Question, Trouble
from dockwright.rehearse.python import canonical

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from dockwright.index.page import File, Page
    from dockwright.index.resolve import World

NEAR = 3


class Asked(Struct, frozen=True):
    name: str  # canonical
    text: str
    specifier: str


def asked(question: Question) -> Iterator[Asked]:
    """The requirements that count for the image: valid ones whose marker holds there, not those from elsewhere."""
    from packaging.requirements import InvalidRequirement, Requirement

    outside = {canonical(name) for name in question.outside}
    for text in question.requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        name = canonical(requirement.name)
        if requirement.url is None and name not in outside and holds(requirement, question):
            yield Asked(name, text, str(requirement.specifier))


def holds(requirement: Requirement, question: Question) -> bool:
    """Does the marker hold in the image? (PEP 508, "Environment Markers")"""
    from packaging.markers import UndefinedEnvironmentName

    if requirement.marker is None:
        return True
    try:
        return requirement.marker.evaluate(environment(question))
    except UndefinedEnvironmentName:
        return True


def trouble(world: World, one: Asked) -> Trouble | None:
    """Why no version of it can be used, as pip would find: "No matching distribution found for …"."""
    page = world.page(one.name)
    if page is None:
        return None
    fitting = matching(page, one.specifier, world.question.prereleases)
    if not fitting:
        near = nearest(page, one.specifier)
        says = (
            f"{one.name} has no version that fits {one.specifier}" if one.specifier else f"{one.name} has no releases"
        )
        return Trouble("none", one.name, one.specifier, says, (one.name,), near=near)
    letting = {
        version: [file for file in files if world.lets_in(file) is not False] for version, files in fitting.items()
    }
    usable = {version: files for version, files in letting.items() if files}
    if not usable:
        return _python(world, page, one, fitting)
    if not any(world.usable(files) or world.source(files) for files in usable.values()):
        return _wheel(world, page, one, usable)
    return None


def matching(page: Page, specifier: str, prereleases: bool) -> dict[str, list[File]]:
    """Versions that fit, newest first; yanked ones count only where one version is asked for (PEP 592)."""
    from packaging.specifiers import SpecifierSet

    wanted = SpecifierSet(specifier)
    exact = specifier.startswith("==") and "*" not in specifier and "," not in specifier
    there = [version for version, files in page.versions.items() if exact or any(file.yanked is None for file in files)]
    kept = set(wanted.filter(there, prereleases=True if prereleases else None))
    return {version: page.versions[version] for version in there if version in kept}


def nearest(page: Page, specifier: str) -> tuple[str, ...]:
    """Versions nearest to the one that was meant: the same beginning first, then the newest."""
    from packaging.version import InvalidVersion, Version

    numbers = [part.strip(" =<>!~") for part in specifier.split(",")]
    meant = next((number for number in numbers if number), "")
    finals = [version for version in page.versions if not Version(version).is_prerelease]
    try:
        release = Version(meant.replace(".*", "")).release
    except InvalidVersion:
        return tuple(finals[:NEAR])

    def shared(version: str) -> int:
        mine = Version(version).release
        return next(
            (at for at, (a, b) in enumerate(zip(mine, release, strict=False)) if a != b), min(len(mine), len(release))
        )

    return tuple(sorted(finals, key=shared, reverse=True)[:NEAR])


def _python(world: World, page: Page, one: Asked, fitting: dict[str, list[File]]) -> Trouble:
    version, files = next(iter(fitting.items()))
    wants = next((file.requires_python for file in files if file.requires_python), "")
    says = f"{one.name} {version} wants Python {wants}, and the image has {world.question.python}"
    return Trouble("python", one.name, one.specifier, says, (one.name,), near=_installable(world, page))


def _wheel(world: World, page: Page, one: Asked, usable: dict[str, list[File]]) -> Trouble:
    version, files = next(iter(usable.items()))
    pythons = sorted(
        {part for file in files if file.kind == "wheel" for part in file.tags.split("-")[0].split(".")}, key=_python_key
    )
    platform = f"{world.question.libc} {world.arch}".strip()
    mine, have = f"cp{world.python[0]}{world.python[1]}", ".".join(map(str, world.python))
    if not files or all(file.kind == "sdist" for file in files):
        says = f"{one.name} {version} has no wheel for Python {have} on {platform}, and building is not allowed"
        return Trouble("wheel", one.name, one.specifier, says, (one.name,), near=_installable(world, page))
    kind = "wheel" if mine in pythons or any("abi3" in file.tags for file in files) else "python"
    has = f"wheels for {', '.join(pythons[:6])} only" if kind == "python" else f"no wheel for {platform}"
    says = f"{one.name} {version} has {has} and no source archive; the image has Python {have} on {platform}"
    return Trouble(kind, one.name, one.specifier, says, (one.name,), near=_installable(world, page))


def _python_key(tag: str) -> tuple[int, str]:
    digits = tag.lstrip("abcdefghijklmnopqrstuvwxyz")
    return (int(digits[1:] or 0) if digits.isdigit() else 0, tag)


def _installable(world: World, page: Page) -> tuple[str, ...]:
    """The newest final versions that this Python could install from a wheel."""
    from packaging.version import Version

    found = []
    for version, files in list(page.versions.items())[:200]:
        if not Version(version).is_prerelease and all(file.yanked is None for file in files) and world.usable(files):
            found.append(version)
            if len(found) == NEAR:
                break
    return tuple(found)
