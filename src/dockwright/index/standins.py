"""Stand-ins for releases that have only a source archive: wheels without contents that tell uv what the archive declares."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from dockwright.index.page import File, Page

if TYPE_CHECKING:
    from packaging.version import Version

    from dockwright.index.resolve import World

STANDINS = 6  # versions of one project that are shown to uv at a time


def show(world: World, name: str, newer: str = "") -> int:
    """Show uv the newest releases of a project that have sources only; how many are new to it."""
    from packaging.version import Version

    page = world.page(name)
    if page is None:
        return 0
    least = Version(newer) if newer else None
    made = 0
    for version, files in _candidates(world, page, least):
        if (name, version) in world.standins:
            continue
        world.standins[name, version] = _requires(world, name, version, files)
        made += 1
        if made >= STANDINS:
            break
    return made


def _candidates(world: World, page: Page, least: Version | None) -> Iterable[tuple[str, list[File]]]:
    """Releases with a source archive and no wheel that fits, newest first, without what direct requirements exclude."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    wanted = SpecifierSet()
    for text in (*world.question.requirements, *world.question.constraints):
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            continue
        if asked.name.lower().replace("_", "-").replace(".", "-") == page.name and (asked.marker is None):
            wanted &= asked.specifier
    for version, files in page.versions.items():
        number = Version(version)
        if least is not None and number <= least:
            return
        if number.is_prerelease and not wanted.contains(version, prereleases=None):
            continue
        if not wanted.contains(version, prereleases=True) or all(file.yanked is not None for file in files):
            continue
        if world.usable(files) is None and world.source(files) is not None:
            yield version, files


def _requires(world: World, name: str, version: str, files: Iterable[File]) -> tuple[str, ...]:
    """What a release requires: as one of its wheels for another platform says, else as its source archive does."""
    from dockwright.index.sdist import declared, headers

    wheel = next((file for file in files if file.kind == "wheel"), None)
    text = world.index.metadata(wheel) if wheel is not None else None
    if text is not None:
        return tuple(value for key, value in headers(text) if key == "requires-dist")
    source = world.source(files)
    found = declared(world.index, source) if source is not None else None
    if found is None:
        world.unread.append(f"what {name} {version} requires is not known")
        return ()
    return found.requires


def write(folder: Path, name: str, version: str, requires: Iterable[str]) -> None:
    """A wheel without contents, for the resolver's eyes only."""
    stem = f"{name.replace('-', '_')}-{version.replace('-', '_')}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {_one_line(text)}" for text in requires if _valid(text)]
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{stem}.dist-info/METADATA", "\n".join(lines) + "\n")
        wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n")
        wheel.writestr(f"{stem}.dist-info/RECORD", "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _valid(text: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text).url is None
    except InvalidRequirement:
        return False
