"""Whether the image meets a need: one function a kind. Each answers YES, NO or UNKNOWN with the evidence for it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.image import PROJECTS, Image
from dockwright.rehearse.journal import Value, under

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Verdict(Struct, frozen=True):
    answer: Answer
    evidence: tuple[Evidence, ...] = ()
    deleted: Evidence | None = None


class View(Struct, frozen=True):
    """An image as one process sees it. `facts` answers for packages: commands_of, headers, …"""

    image: Image
    user: Value
    path: Value  # the variable PATH
    facts: Any = None


SURE = Verdict(YES)
UNSURE = Verdict(UNKNOWN)
LACKING = Verdict(NO)


def meet(need: needs.Need, view: View) -> Verdict:
    """UNKNOWN for kinds that only the command itself can judge."""
    if need in view.image.assumed:
        return UNSURE
    judge = JUDGES.get(type(need))
    return UNSURE if judge is None else judge(need, view)


def _file(need: needs.File, view: View) -> Verdict:
    look = view.image.find(need.path)
    if look.answer is not NO:
        return Verdict(look.answer)
    return Verdict(NO, (look.gone,) if look.gone else (), look.gone)


def _absent(need: needs.Absent, view: View) -> Verdict:
    if need.kind == "path":
        look = view.image.look(need.name)
        made = look.node.made if look.node else None
        return Verdict(~look.answer, (made,) if made else ())
    known = view.image.account(need.name) if need.kind == "user" else view.image.group(need.name)
    accounts = view.image.accounts if need.kind == "user" else view.image.groups
    made = accounts[need.name].made if known is YES else None
    return Verdict(~known, (made,) if made else ())


def _user(need: needs.User, view: View) -> Verdict:
    return Verdict(view.image.account(need.name) if need.kind == "user" else view.image.group(need.name))


def _writable(need: needs.Writable, view: View) -> Verdict:
    answer, by = view.image.writable(need.path, need.user)
    return Verdict(answer, (by,) if by is not None and answer is NO else ())


def _command(need: needs.Command, view: View) -> Verdict:
    """As execvp(3) does: a name with a slash is a path, any other is looked for in PATH."""
    if "/" in need.name:
        look = view.image.find(need.name)
        if look.answer is not YES and view.image.hollow:
            from dockwright.rehearse.notfound import never_came

            empty = never_came(need.name, view.image)
            if empty is not None:
                return Verdict(NO, (empty,))
        return Verdict(look.answer, (look.gone,) if look.gone else (), look.gone)
    if view.path is UNKNOWN:
        return LACKING if _foreign(need.name, view.image) or _bare(need.name, view.image) else UNSURE
    answer, gone = NO, None
    for folder in (str(view.path) or DEFAULT_PATH).split(":"):
        look = view.image.find(posixpath.join(folder or "/", need.name))
        packaged = _packaged_command(need.name, folder, view) if look.answer is not YES else NO
        there = look.answer
        if there is UNKNOWN and (_never(need.name, folder, view) or _scripts_only(need.name, folder, view.image)):
            there = NO
        answer, gone = answer | there | packaged, gone or look.gone
        if answer is YES:
            return SURE
    from dockwright.rehearse.notfound import lacked_after, never_came, off_path

    if answer is NO:
        return Verdict(NO, (gone,) if gone else off_path(need.name, view.image, str(view.path) or DEFAULT_PATH), gone)
    empty = never_came(need.name, view.image)
    if empty is not None:
        return Verdict(NO, (empty,))
    return LACKING if lacked_after(need.name, view.image) else Verdict(answer)


PYTHONS = frozenset(
    [
        "pip installs it",
        "poetry installs it",
        "uv installs it",
        "pipenv installs it",
        "npm installs here",
        "yarn installs here",
    ]
)


def _scripts_only(name: str, folder: str, image: Image) -> bool:
    """A program of the system, in a folder where nothing but console scripts of Python's packages may have come in."""
    from dockwright.rehearse.environments import OF_THE_SYSTEM

    path = posixpath.join(folder or "/", name)
    if not (name in OF_THE_SYSTEM or _projects_own(name, image)) or image.opaque is not None or path in image.paths:
        return False
    if image.base is None or image.base.has_command(name) is not NO:
        return False
    covers = [cover for cover in image.covers if cover.kind in ("tree", "unsure") and under(path, cover.folder)]
    return bool(covers) and all(cover.kind == "unsure" and cover.by.says in PYTHONS for cover in covers)


def _projects_own(name: str, image: Image) -> bool:
    """A shell script of the project in the working directory, named without `./`: no distribution is meant."""
    here = name.endswith(".sh") and isinstance(image.workdir, str)
    return here and image.find(posixpath.join(str(image.workdir), name)).answer is YES


def _never(name: str, folder: str, view: View) -> bool:
    """A command that an image not known completely is known to lack (bash in alpine), and that no line may have brought."""
    image, base = view.image, view.image.base
    if (
        base is None
        or base.has_command(name) is not NO
        or image.opaque is not None
        or ((image.packages or not image.closed) and _of_packages(folder) and not _foreign(name, image))
    ):
        return False
    return not any(
        cover.kind in ("tree", "unsure") and (under(folder, cover.folder) or under(cover.folder, folder))
        for cover in image.covers
    )


def _of_packages(folder: str) -> bool:
    """May the distribution's packages put commands into the folder?"""
    return folder.split("/")[1:2] in (["usr"], ["bin"], ["sbin"]) and not folder.startswith(PROJECTS)


def _bare(name: str, image: Image) -> bool:
    """Known to lack the command wherever its PATH leads, and nothing was added to it yet."""
    untouched = image.opaque is None and not image.covers and not image.packages and image.closed
    return untouched and image.base is not None and image.base.has_command(name) is NO


def _foreign(name: str, image: Image) -> bool:
    """The package manager of another distribution, in an image to which no line may have brought it by other means."""
    from dockwright.facts.base import foreign_manager

    known = image.base is not None and image.opaque is None and not image.covers
    return known and image.base is not None and foreign_manager(image.base.package_manager, name)


def _packaged_command(name: str, folder: str, view: View) -> Answer:
    """A console script or interpreter of the environment whose bin folder this is."""
    from dockwright.rehearse.environments import by_bin, offers, system_python

    if name in ("locale-gen", "update-locale", "add-apt-repository", "sudo", "wget", "unzip", "rsync", "curl", "git"):
        return NO  # no distribution of the Python index brings these
    if _projects_own(name, view.image):
        return NO

    system_python(view.image)
    python = by_bin(view.image, folder)
    if python is not None and name in ("pip", "pip3") and _without_pip(python.distributions, name, view.image):
        return NO
    return NO if python is None else offers(python, name)


def _without_pip(distributions: Mapping[str, Any], name: str, image: Image) -> bool:
    """The system's Python as the distribution packages it, of which nothing was installed that brings pip."""
    os = image.os
    return os is not None and not os.exact and not distributions and os.lacks(name, image.packages)


JUDGES: dict[type, Callable[[Any, View], Verdict]] = {
    needs.File: _file,
    needs.Absent: _absent,
    needs.User: _user,
    needs.Writable: _writable,
    needs.Command: _command,
}
