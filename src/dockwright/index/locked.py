"""An install from a lock file, answered: the very files that the tool will take, for this interpreter and platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockwright.index.chosen import Chosen, chosen_of
from dockwright.index.client import Index
from dockwright.index.environment import machine
from dockwright.index.lockfit import Unfit, look
from dockwright.index.page import File, Page
from dockwright.index.question import Answer, Locked, Release, Trouble
from dockwright.index.resolve import World
from dockwright.index.weight import cuda
from dockwright.rehearse.python import canonical


def answer(index: Index, locked: Locked) -> Answer:
    """Never raises for what the file holds."""
    if machine(locked.image.platform) is None:
        return Answer(unknown=(f"wheels for {locked.image.platform} are not followed",))
    every = chosen_of(locked)
    if every is None:
        return Answer(unknown=(f"{locked.path} is not read: it has another form than its tool gives it",))
    chosen = [each for each in every if not each.local]
    _ask(index, chosen)
    world = World(index, locked.image)
    troubles = {each.name: _trouble(each) for each in look(locked).unfit if each.kind != "sdist"}
    releases, unknown = [], []
    for each in chosen:
        found = _release(world, each)
        if not isinstance(found, str):
            releases.append(found)
        elif each.name not in troubles:
            unknown.append(found)
    whole = not unknown and not troubles
    return Answer(tuple(releases), tuple(troubles.values()), tuple(unknown), whole, bool(unknown and index.trouble))


def _trouble(each: Unfit) -> Trouble:
    return Trouble(each.kind, canonical(each.name), f"=={each.version}", each.says, (canonical(each.name),))


def _ask(index: Index, chosen: Iterable[Chosen]) -> None:
    """The pages of those whose lock file has no addresses, many at once."""
    bases: dict[str, list[str]] = {}
    for each in chosen:
        if not each.outside and not all(file.url for file in each.files):
            bases.setdefault(_base(each), []).append(canonical(each.name))
    for base, names in bases.items():
        index.pages(names, base)


def _base(chosen: Chosen) -> str:
    return "" if "$" in chosen.index else chosen.index  # a variable in it is known to the build alone


def _release(world: World, chosen: Chosen) -> Release | str:
    if chosen.outside:
        return f"{chosen.name} comes from {chosen.outside}, which is not loaded beforehand"
    files = list(_files(world.index, chosen))
    file = world.usable(files) or world.source(files)
    if file is None:
        return f"no file of {chosen.name} {chosen.version} that fits the image is known"
    native = any(each.native for each in files)
    return Release(
        canonical(chosen.name), chosen.version, file.kind, file.name, file.size, file.sha256, file.url, native,
        cuda=cuda(chosen.name, chosen.version, file.size),
    )  # fmt: skip


def _files(index: Index, chosen: Chosen) -> Iterator[File]:
    """The lock file's own words; where it names no address, those of the index's files with these hashes."""
    if all(file.url for file in chosen.files):
        for file in chosen.files:
            name = file.name or _tail(file.url)
            yield File(name, file.url, chosen.version, _kind(name), size=file.size, sha256=file.sha256)
        return
    wanted = {file.sha256 for file in chosen.files}
    for base in dict.fromkeys((_base(chosen), "", *index.settings.extra)):
        page = index.page(canonical(chosen.name), base) if not base.startswith("file:") else None
        found = [file for file in page.files if file.sha256 in wanted] if isinstance(page, Page) else []
        if found:
            yield from found
            return


def _tail(url: str) -> str:
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(url).path.rpartition("/")[2])


def _kind(name: str) -> str:
    return "wheel" if name.endswith(".whl") else "sdist"
