"""Installs from lock files: what the lock alone says is missing, and the note for those who plan the build."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, Evidence, Place
from dockwright.rehearse import compiling, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python, canonical
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.index.lockfit import Local, Unfit
    from dockwright.index.question import Locked

FILES = {
    "uv": ("uv.lock", "pyproject.toml"),
    "poetry": ("poetry.lock", "pyproject.toml"),
    "pdm": ("pdm.lock", "pyproject.toml"),
    "pipenv": ("Pipfile.lock", "Pipfile"),
    "pylock": ("pylock.toml", "pyproject.toml"),
}


class Selection(Struct, frozen=True):
    """The parts of a lock file that are asked for; see `Locked`. `local`: are folders of the project's own installed?"""

    groups: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    development: bool = True
    packages: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    local: bool = True
    members: bool = True
    installs: bool = True  # false: it is only read, as `export` does


def install(
    call: Call, tool: str, folder: str, python: Python | None, span: Span, chosen: Selection, file: str = ""
) -> None:
    """Where the lock file or the interpreter is not known, that is noted, and nothing is claimed."""
    locked, why = _locked(call, tool, folder, python, chosen, file or FILES[tool][0])
    index = call.world.index
    if index is not None:
        (index.unplanned if locked is None else index.locked)[why if locked is None else locked] = None  # type: ignore[index]
    if locked is None and chosen.installs and "Python is not" in why:
        call.unsure(why)
    if locked is not None and chosen.installs:
        Judge(call, tool, folder, python, span, locked).judge(chosen)


def _locked(
    call: Call, tool: str, folder: str, python: Python | None, chosen: Selection, file: str
) -> tuple[Locked | None, str]:
    from dockwright.index.question import Locked, Question
    from dockwright.rehearse.resolution import c_library

    tree = ImageTree(call.image, folder)
    lock, manifest = tree.read(file), tree.read(FILES[tool][1])
    libc, version = c_library(call.image)
    if not isinstance(lock, str):
        return None, f"{tool} finds no {file} that is known, and what it will choose is not planned"
    if python is None or not isinstance(python.version, str) or not version:
        return None, f"what {tool} will take from {file} is not known, since the image's Python is not"
    image = Question(str(python.version), call.world.target.built_for, libc, version)
    return Locked(
        tool,
        posixpath.join(folder, file),
        lock,
        manifest if isinstance(manifest, str) else "",
        image,
        chosen.groups,
        chosen.without,
        chosen.only,
        chosen.extras,
        chosen.development,
        chosen.packages,
        tuple(canonical(name) for name in chosen.left_out),
    ), ""


def export(
    call: Call, tool: str, folder: str, python: Python | None, chosen: Selection, output: Argument | None
) -> None:
    """The requirements that `export` writes, as far as the lock file alone tells: no folders, one index."""
    locked, _ = _locked(call, tool, folder, python, chosen, FILES[tool][0])
    if output is None or locked is None:
        return
    from dockwright.index.chosen import chosen_of

    every = chosen_of(locked) or []
    plain = bool(every) and not any(each.outside or each.local for each in every)
    if plain and len({each.index for each in every}) == 1 and (tool == "uv" or not every[0].index):
        lines = (f"{each.name}=={each.version}" for each in every)
        call.make(call.path(output.value), text="\n".join(lines) + "\n", why=f"{tool} writes it")


class Judge:
    """One install from one lock file."""

    def __init__(self, call: Call, tool: str, folder: str, python: Python | None, span: Span, locked: Locked) -> None:
        from dockwright.rehearse.requirements import source_of

        self.call, self.tool, self.folder, self.python, self.span = call, tool, folder, python, span
        self.locked = locked
        self.source: Source = source_of(call, locked.path)

    def judge(self, chosen: Selection) -> None:
        from dockwright.index.lockfit import look

        found = look(self.locked)
        for each in found.local:
            if chosen.local and (chosen.members or not each.member):
                self._local(each)
        if found.repositories and self.tool != "poetry":  # which clones by itself
            self.call.wants(needs.Command("git", asked_by=self.tool), self.span, by=self.tool)
        unfit = [each for each in found.unfit if not self._there(each)]
        self._without_wheels(unfit)
        self._unknown([*unfit, *(each for each in found.nameless if not self._there(each))])

    def _there(self, each: Unfit) -> bool:
        """Is this release installed already, or may it be?"""
        if self.python is None:
            return True
        there = self.python.distributions.get(canonical(each.name))
        return self.python.blind or (there is not None and there.version in (each.version, UNKNOWN))

    def _without_wheels(self, unfit: list[Unfit]) -> None:
        built = []
        for each in unfit:
            proof = (self._line(each.name), Evidence(each.says))
            if each.kind == "sdist":
                built.append(compiling.Built(each.name, each.version, each.native, True, proof))
            else:
                image = self.locked.image
                have = image.python if each.kind == "python" else f"{image.platform} with {image.libc}"
                need = needs.Distribution(each.name, f"=={each.version}", each.kind, have, says=each.says)
                self.call.lacks(need, self.span, proof, by=self.tool)
        if self.python is not None:
            compiling.state(self.call, self.python, built, by=self.tool)

    def _unknown(self, unfit: list[Unfit]) -> None:
        """Whether sources of which the lock file lists no wheel at all hold code to compile, the index knows; and of
        releases that are locked by their hashes alone, everything.
        """
        from dockwright.facts.python import build_needs
        from dockwright.rehearse.requirements import Wanted
        from dockwright.rehearse.resolution import judge

        items = [
            Wanted(each.name, f"=={each.version}", proof=self._line(each.name))
            for each in unfit
            if not each.kind or (each.kind == "sdist" and not each.native and build_needs(each.name) is None)
        ]
        if items and self.python is not None and self.call.world.index is not None:
            places = {each.index for each in unfit}
            judge(self.call, self.python, items, locked=places.pop() if len(places) == 1 else None)

    def _line(self, name: str) -> Evidence:
        """Where the lock file has the package."""
        text = self.source.text
        words = (f'\nname = "{name}"', f'"{name}"', name)
        at = next((at + word.find(name) for word in words if (at := text.find(word)) >= 0), 0)
        place = Place(self.source, Span(at, at + len(name)))
        return Evidence(f"{name} is locked", place, text=self.source.line_text(place.line).strip())

    def _local(self, each: Local) -> None:
        """A folder of the project's own that is installed too: it must have been copied, with what its build reads."""
        from dockwright.rehearse import packaging

        path = posixpath.normpath(posixpath.join(self.folder, each.path))
        if "://" in each.path:
            return
        if each.path.endswith((".whl", ".tar.gz", ".zip")):
            self.call.wants(needs.File(path, "source"), self.span, by=self.tool)
            return
        if self._absent(path):
            proof = (self._line(each.name), *packaging.filled(self.call, self.folder))
            self.call.lacks(needs.File(path, "source"), self.span, proof, by=self.tool)
            self.call.make(path, "dir", why="taken as there")
            self.call.image.blur(path, self.call.says("taken as there"))
            return
        local = packaging.read(self.call, path)
        if local is not None:
            packaging.build(self.call, local, path, self.span, editable=True)

    def _absent(self, path: str) -> bool:
        """uv: "Distribution not found at: file:///app/core"; Poetry: "Path /app/core for core does not exist"."""
        image = self.call.image
        if image.find(path).answer is NO:
            return True
        names = ("pyproject.toml", "setup.py", "setup.cfg")
        return all(image.find(posixpath.join(path, name)).answer is NO for name in names)


def given(call: Call, *names: str) -> Iterator[Argument]:
    """The values of an option that may be given several times, as far as they are known."""
    words = call.arguments
    for at, word in enumerate(words):
        name, has, value = str(word.value).partition("=")
        if name in names and has:
            yield Argument(value, word.span)
        elif name in names and at + 1 < len(words) and words[at + 1].value is not UNKNOWN:
            yield words[at + 1]


def repeated(call: Call, *names: str) -> list[str]:
    """Those values, each of which may be a list: `--with a,b --with c`."""
    return [part for argument in given(call, *names) for part in str(argument.value).replace(",", " ").split()]


def unfit_python(call: Call, tool: str, wants: str, python: Python | None, span: Span) -> None:
    """The project asks for another Python than any that the image has, and the tool will not fetch one."""
    from dockwright.rehearse.requirespython import alone, exact

    if not alone(call, wants):
        return
    have = exact(python) or next((exact(each) for each in call.image.pythons.values() if exact(each)), "")
    need = needs.Distribution("the project", problem="python", installed=have, asked_by=tool, wants=wants)
    call.lacks(need, span, (Evidence(f"the project asks for Python {wants}"),), by=tool)
