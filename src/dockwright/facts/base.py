"""What a base image holds, before any instruction: `base_image("python:3.11-slim")`.

The facts are dated data (base.toml, releases.toml, facts.sqlite); a question that they do not answer is UNKNOWN.
`as_of`
asks for the world of another day: a floating tag then means what it meant then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.facts.release import OsRelease
from dockwright.finding import NO, UNKNOWN, YES, Answer

if TYPE_CHECKING:
    from dockwright.facts.packages import PackageFacts

PATHS = 20_000  # answers of one image that are kept


class User(Struct, frozen=True):
    uid: int
    gid: int
    home: str
    shell: str


class Distribution(Struct, frozen=True):
    """A Python distribution that the image has. Version is None where it moves with the image's builds."""

    version: str | None
    installer: str  # pip distutils deb conda


class PythonFacts(Struct, frozen=True):
    """An interpreter in the image; `full_version` is the newest release on the day asked about, where known."""

    version: str  # 3.11
    full_version: str | None
    executables: tuple[str, ...]
    prefix: str
    site_packages: str
    installed_by: str  # source apt conda
    externally_managed: bool
    distributions: Mapping[str, Distribution]
    complete: bool = True  # whether `distributions` names all of them


class BaseImage(Struct, frozen=True, dict=True):
    """`complete`: what is not listed is not there. `until`: before that day the same tag meant `before`."""

    reference: str
    family: str
    os: OsRelease | None = None
    env: Mapping[str, str] = {}
    user: str = "root"
    workdir: str = "/"
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    users: Mapping[str, User] = {}
    groups: Mapping[str, int] = {}
    users_complete: bool = False
    pythons: tuple[PythonFacts, ...] = ()
    packages: frozenset[str] = frozenset()
    packages_complete: bool = False
    doubtful: frozenset[str] = frozenset()  # packages that are there or not by chance of the image's build
    commands: Mapping[str, Mapping[str, str]] | None = None  # name -> package -> path, where its packages are all known
    extra_commands: Mapping[str, str] = {}  # of the image's own recipe: name -> path
    absent_commands: frozenset[str] = frozenset()
    complete: bool = False
    until: date | None = None
    before: str = ""
    source: str = ""
    env_known: bool = True  # whether `env` names all variables that it sets
    shell_known: bool = True  # whether `shell` is what its recipe leaves: others' images set a SHELL of their own
    alone: bool = False  # nothing but the programs of `extra_commands`: no folder, no shell
    sources: tuple[str, ...] = ()  # suites that its lists of package sources name beside the release's own

    @property
    def package_manager(self) -> str | None:
        return self.os.package_manager if self.os else None

    @property
    def package_facts(self) -> PackageFacts | None:
        """What is asked of the release's packages: a usual check asks nothing."""
        if "facts" not in self.__dict__:
            from dockwright.facts.packages import os_packages

            self.__dict__["facts"] = os_packages(self.os) if self.os and self.package_manager == "apt" else None
        facts: PackageFacts | None = self.__dict__["facts"]
        return facts

    def has_command(self, name: str) -> Answer:
        """Is a program of this name on the image's PATH? (Shell built-ins are the shell's matter.)"""
        if name in self.extra_commands:
            return YES
        if name in self.absent_commands or foreign_manager(self.package_manager, name):
            return NO
        owners = self._places(name).keys()
        if owners & self.packages:
            return YES
        if owners & self.doubtful or self._perhaps(name):
            return UNKNOWN
        return NO if self.complete else UNKNOWN

    def _places(self, name: str) -> Mapping[str, str]:
        """package -> absolute path of the command, for packages that may be in the image (and perhaps others)."""
        if self.commands is not None:
            return self.commands.get(name, {})
        facts = self.package_facts
        return facts.places_of(name) if facts and self.packages else {}

    def _perhaps(self, name: str) -> bool:
        """May a package bring the command without listing it? `convert-im7.q16` is perhaps linked to the plain name."""
        if self.commands is not None:
            longer = (f"{name}-", f"{name}.")
            return self.complete and any(each.startswith(longer) for each in self.commands)
        facts = self.package_facts
        if facts is None or not self.packages:
            return False
        if not facts.exact and facts.anywhere(name) & self.packages:
            return True  # another release's package of that name has it
        return self.complete and bool(facts.variants(name) & (self.packages | self.doubtful))

    def path_of(self, name: str) -> str | None:
        """Absolute path of a command that is known to be there."""
        if name in self.extra_commands:
            return self.extra_commands[name]
        places = self._places(name)
        found = next((places[owner] for owner in places if owner in self.packages), None)
        return _merged(found) if found and self.os and self._merged_usr else found

    @property
    def _merged_usr(self) -> bool:
        """/bin is a link to usr/bin: debian:bookworm and later, Ubuntu 20.04 and later."""
        return self.os is not None and self.os.number >= {"debian": 12, "ubuntu": 20}.get(self.os.id, 9999)

    def has_package(self, name: str) -> Answer:
        """A package of the distribution."""
        if name in self.packages:
            return YES
        if name in self.doubtful:
            return UNKNOWN
        return NO if self.packages_complete else UNKNOWN

    def has_user(self, name: str) -> Answer:
        return YES if name in self.users else NO if self.users_complete else UNKNOWN

    def has_group(self, name: str) -> Answer:
        return YES if name in self.groups else NO if self.users_complete else UNKNOWN

    def has_path(self, path: str) -> Answer:
        """An absolute path: a command, a standard folder, a file of the release's own packages."""
        from dockwright.facts.paths import has_path

        known: dict[str, Answer] = self.__dict__.setdefault("paths", {})
        answer = known.get(path)
        if answer is None:
            if len(known) > PATHS:
                known.clear()
            answer = known[path] = has_path(self, path)
        return answer

    def is_folder(self, path: str) -> bool:
        """Is a path that is there a folder?"""
        from dockwright.facts.paths import is_folder

        return is_folder(self, path) is YES


_MANAGERS = {
    "apt": "apt", "apt-get": "apt", "apt-key": "apt", "apt-cache": "apt", "add-apt-repository": "apt", "aptitude": "apt",
    "apk": "apk", "yum": "dnf", "dnf": "dnf", "microdnf": "dnf", "pacman": "pacman", "zypper": "zypper",
}  # fmt: skip


def foreign_manager(manager: str | None, name: str) -> bool:
    """The command of a package manager that no image of this one's distribution carries."""
    return manager is not None and name in _MANAGERS and _MANAGERS[name] != manager.replace("yum", "dnf")


def _merged(path: str) -> str:
    return "/usr" + path if path.startswith(("/bin/", "/sbin/")) else path


def base_image(reference: str, *, platform: str = "linux/amd64", as_of: date | None = None) -> BaseImage | None:
    """None for a reference that is no known family (or still has a variable in it)."""
    return _image(reference, platform, as_of)


@lru_cache(maxsize=256)
def _image(reference: str, platform: str, as_of: date | None) -> BaseImage | None:
    from dockwright.facts.made import today
    from dockwright.facts.reference import parse

    parsed = parse(reference)
    if parsed is None or not platform.startswith("linux"):
        return None
    if parsed.name == "python":  # the commonest by far, with a module of its own
        from dockwright.facts.python_image import python

        return python(reference, parsed, as_of or today())
    from dockwright.facts.images import find

    return find(reference, parsed, as_of or today())
