"""What a distribution's release holds: packages, what they bring, and which package brings a command, header or
library.

The data (facts.sqlite) are made by `python -m tools.refresh_facts debian` from the distribution's own indexes and are
opened read-only, on demand. Only Debian's releases of `release` are known exactly. For another distribution the answers
of its nearest Debian release are hints: `PackageFacts.exact` is False, and nothing is said not to exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from dockwright.facts import packagedata as data
from dockwright.facts.release import OsRelease
from dockwright.finding import NO, UNKNOWN, YES, Answer

_SIBLINGS = {"ubuntu": ((24.0, "trixie"), (22.0, "bookworm"), (0.0, "bullseye"))}


class Brought(Struct, frozen=True):
    """What installing a package puts into the image (of its own; not what it depends on)."""

    package: str
    version: str | None
    commands: tuple[str, ...]
    pythons: tuple[str, ...] = ()  # "3.11" for python3 on bookworm
    externally_managed: bool = False  # PEP 668: Debian's Python refuses pip from bookworm on
    distributions: tuple[
        tuple[str, str, str], ...
    ] = ()  # (name, version, distutils|egg-info|dist-info): none has a RECORD pip could use


class Installed(Struct, frozen=True):
    """Packages after an installation; `unknown` are names that the data do not follow, so absence is no proof."""

    packages: frozenset[str]
    missing: tuple[str, ...] = ()  # asked for, and known not to exist in the release
    unknown: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def os_packages(os: OsRelease) -> PackageFacts:
    """The packages of a release; for one that is not known, an object that answers UNKNOWN."""
    if os.id == "debian" and os.codename in data.bits():
        return PackageFacts(os, data.bits()[os.codename], True)
    for least, codename in _SIBLINGS.get(os.id, ()):
        if os.number >= least:
            return PackageFacts(os, data.bits()[codename], False)
    return PackageFacts(os, 0, False)


class PackageFacts(Struct, frozen=True):
    """`exact` says that the answers come from this release's own index, not from a sibling's."""

    os: OsRelease
    bit: int
    exact: bool

    def exists(self, name: str) -> Answer:
        """Does `apt-get install name` find it with the release's standard sources (component main)?

        A purely virtual name with one provider is installable; with several, apt asks to select one and fails.
        """
        if not self.bit:
            return UNKNOWN
        if self._has(name):
            return YES if self.exact else UNKNOWN
        providers = self.providers(name)
        if not self.exact or len(providers) == 1:
            return YES if self.exact else UNKNOWN
        return NO

    def _has(self, name: str) -> bool:
        row = data.package(name)
        return bool((row[1] if row else data.other(name)) & self.bit)

    def known(self, name: str) -> bool:
        """Are its dependencies and files in the data? (All names are; the rest only of what Dockerfiles plausibly
        use.)"""
        return self._id(name) is not None

    def _id(self, name: str) -> int | None:
        row = data.package(name)
        return row[0] if row and row[1] & self.bit else None

    def providers(self, name: str) -> tuple[str, ...]:
        """Packages that provide a virtual name (`netcat` on bookworm: two of them)."""
        query = "SELECT providers FROM virtual WHERE name = ? AND releases & ?"
        row = data.database().execute(query, (name, self.bit)).fetchone()
        return tuple(data.name(int(number)) for number in row[0].split()) if row else ()

    def renamed(self, name: str) -> str | None:
        """The package that took the place of a name this release does not have."""
        from dockwright.facts import renames

        known = renames.renamed(self.os, name)
        if known is not None and (not self.bit or self._has(known)):
            return known
        query = "SELECT target FROM renamed WHERE name = ? AND releases & ?"
        row = data.database().execute(query, (name, self.bit)).fetchone()
        return row[0] if row else None

    def version(self, name: str) -> str | None:
        """The version that the release carries, on the day of the data."""
        query = "SELECT version FROM version WHERE package = ? AND releases & ?"
        row = data.database().execute(query, (self._id(name), self.bit)).fetchone()
        return row[0] if row else None

    def commands_of(self, name: str) -> tuple[str, ...]:
        """Names of the commands in the package's bin and sbin folders, alternatives included."""
        number = self._id(name)
        if number is None:
            return ()
        halves = (
            f"SELECT name FROM {table} WHERE package = ? AND releases & ?" for table in ("command", "alternative")
        )
        query = " UNION ".join(halves)
        return tuple(sorted(row[0] for row in data.database().execute(query, (number, self.bit) * 2)))

    def places_of(self, command: str) -> dict[str, str]:
        """package -> absolute path, for every kept package that holds the command."""
        return data.places(command, self.bit)

    def variants(self, command: str) -> frozenset[str]:
        """Packages that hold `command-…` or `command.…`: maintainer scripts link such files to the plain name."""
        query = "SELECT DISTINCT package FROM command WHERE name > ? AND name < ? AND releases & ?"
        return frozenset(
            data.name(row[0]) for row in data.database().execute(query, (command + "-", command + "/", self.bit))
        )

    def anywhere(self, command: str) -> frozenset[str]:
        """Packages that hold the command in any release of the data."""
        return frozenset(data.name(number) for number, _ in data.database().execute(data.PLACES, (command, -1)))

    def lacks(self, command: str, installed: Iterable[str]) -> bool:
        """Of a release without an index of its own: a command whose package is everywhere the same, and not installed."""
        owners = _OWN.get(command)
        if owners is None or not self.bit or (command == "python" and self.os.number < 20.10):
            return False
        rare = "locales" in owners  # of the packages that Dockerfiles name, only languages and desktops need it
        return not any(
            name in owners or (any(word in name for word in _BROAD) if rare else not self.known(name))
            for name in installed
        )

    def package_with_command(self, command: str) -> str | None:
        return self._best(command, tuple(self.places_of(command)))

    def package_with_library(self, name: str) -> str | None:
        """`libGL.so.1` -> libgl1; `libpq.so` -> libpq-dev."""
        return self._best(name, tuple(self._owners("library", name)))

    def packages_with_library(self, name: str) -> frozenset[str]:
        return frozenset(self._owners("library", name))

    def package_with_pkgconfig(self, name: str) -> str | None:
        return self._best(name, tuple(self._owners("pkgconfig", name)))

    def package_with_header(self, header: str) -> str | None:
        """`libpq-fe.h` -> libpq-dev: a header as an #include names it, in /usr/include or one of its folders."""
        from dockwright.facts.headers import owners
        from dockwright.facts.tables import table

        common = table("headers")["headers"].get(header.lstrip("/"))
        if common is not None:
            return self._best(header, tuple(common.get(str(self.bit), ())))
        found = owners(data.text("headers"), header.lstrip("/"), self.bit)
        return self._best(header, tuple(data.name(number) for number in found))

    def _owners(self, table: str, name: str) -> Iterator[str]:
        query = f"SELECT package FROM {table} WHERE name = ? AND releases & ?"
        return (data.name(row[0]) for row in data.database().execute(query, (name, self.bit)))

    def _best(self, wanted: str, names: tuple[str, ...]) -> str | None:
        """The obvious one: its name is the wanted name, else what most packages build with or depend on."""
        if not names:
            return None
        stem = wanted.lower().split(".")[0].split("/")[0]
        best = min(
            names,
            key=lambda name: (name != stem, name not in self.essential(), -data.popularity(name), len(name), name),
        )
        from dockwright.facts import renames

        general = renames.general(best)
        return general if general and self._has(general) else best

    def essential(self) -> frozenset[str]:
        """What debootstrap's minbase holds: the whole of debian:SUITE and debian:SUITE-slim."""
        return self.image("minbase")

    def image(self, recipe: str) -> frozenset[str]:
        """Packages of a published recipe on this release (`python-slim`, `buildpack-deps`, …)."""
        row = (
            data.database()
            .execute("SELECT packages FROM image WHERE recipe = ? AND release = ?", (recipe, self.bit))
            .fetchone()
        )
        return frozenset(row[0].split()) if row else frozenset()

    def installs(
        self, names: Iterable[str], *, recommends: bool = True, present: frozenset[str] = frozenset()
    ) -> Installed:
        """The packages there after `apt-get install names`; `present` are those there before."""
        from dockwright.facts.closure import install

        return install(self, tuple(names), recommends, present)

    def brings(self, name: str) -> Brought | None:
        """None when the data do not follow the package."""
        if not self.known(name):
            return None
        pythons = tuple(
            command[6:]
            for command in self.commands_of(name)
            if command.startswith("python3.") and command[8:].isdigit()
        )
        if name in ("python3", "python3-minimal"):
            pythons = tuple(word[6:] for word in self._python3())
        distributions = self.distributions(name)
        managed = bool(pythons) and self.os.id == "debian" and self.os.number >= 12
        return Brought(name, self.version(name), self.commands_of(name), pythons, managed, distributions)

    def distributions(self, name: str) -> tuple[tuple[str, str, str], ...]:
        """(name, version, kind of metadata) of its Python distributions; quick, unlike all that it brings."""
        query = "SELECT name, version, kind FROM python WHERE package = ? AND releases & ?"
        return tuple(data.database().execute(query, (self._id(name), self.bit)))

    def _python3(self) -> Iterator[str]:
        """`python3` depends on the release's own `python3.11`."""
        for group in self.record("python3")[0]:
            yield from (name for name in group if name.startswith("python3.") and name[8:].isdigit())

    def record(self, name: str) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
        """(depends, recommends): groups of alternatives in apt's order; an empty group is one that the data do not
        follow."""
        return data.record(self._id(name), self.bit)


# Commands that all releases of Debian and Ubuntu have kept in the same packages: those that hold them, or always bring them along.
_OWN = {
    "locale-gen": frozenset({"locales", "locales-all"}), "update-locale": frozenset({"locales"}),
    "add-apt-repository": frozenset({"software-properties-common", "python-software-properties"}),
    "curl": frozenset({"curl"}), "wget": frozenset({"wget"}), "git": frozenset({"git"}), "sudo": frozenset({"sudo", "sudo-ldap"}),
    "unzip": frozenset({"unzip"}), "zip": frozenset({"zip"}), "cmake": frozenset({"cmake"}), "jq": frozenset({"jq"}),
    "rsync": frozenset({"rsync"}), "cargo": frozenset({"cargo"}),
    "pip": frozenset({"python3-pip", "python-pip", "python3-venv", "virtualenv", "python3-virtualenv"}),
    "pip3": frozenset({"python3-pip", "python3-venv", "virtualenv", "python3-virtualenv"}),
    "python": frozenset({"python", "python2", "python-is-python2", "python-is-python3", "python-dev-is-python3"}),
}  # fmt: skip


_BROAD = ("language", "desktop", "ubuntu", "task-", "kde", "xfce", "gnome", "a local package")
