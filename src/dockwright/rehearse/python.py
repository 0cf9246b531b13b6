"""A Python interpreter or virtual environment in the image, and the distributions that it sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence


class Installed(Struct, frozen=True):
    """A distribution. `installer`: pip, deb, distutils, conda, editable."""

    version: str | Literal[Answer.UNKNOWN] = UNKNOWN
    installer: str = "pip"
    made: Evidence | None = None
    path: str = ""  # of an editable or local install: the project's folder in the image
    specifier: str = ""  # what was asked for, when that was no single version


class Python(Struct, frozen=True):
    """One `prefix` with its interpreter and site-packages.

    `complete`: no distribution can be there that `distributions` does not name. `blind`: even what was asked for by
    name is not all known. `managed`: marked EXTERNALLY-MANAGED (PEP 668).
    """

    prefix: str
    version: str | Literal[Answer.UNKNOWN] = UNKNOWN  # "3.11" or "3.11.9"
    executables: tuple[str, ...] = ("python3",)
    venv: bool = False
    managed: Answer = NO
    distributions: Mapping[str, Installed] = {}
    complete: bool = True
    blind: bool = False
    sees: str = ""  # prefix of the environment whose site-packages it also sees
    made: Evidence | None = None

    @property
    def bin(self) -> str:
        return self.prefix.rstrip("/") + "/bin"

    @property
    def minor(self) -> tuple[int, int] | None:
        """(3, 11), or None when the version is not known."""
        if not isinstance(self.version, str):
            return None
        major, _, rest = self.version.partition(".")
        minor = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        return (int(major), int(minor)) if major.isdecimal() and minor else None

    def has(self, name: str) -> Answer:
        if canonical(name) in self.distributions:
            return YES
        return NO if self.complete else UNKNOWN

    def with_(self, distributions: Mapping[str, Installed], *, closed: bool = False, blind: bool = False) -> Python:
        """More distributions; unless `closed`, what they require comes along and is not known."""
        merged = {**self.distributions, **{canonical(name): dist for name, dist in distributions.items()}}
        return replace(
            self, distributions=merged, complete=self.complete and closed and not blind, blind=self.blind or blind
        )

    def without(self, names: tuple[str, ...]) -> Python:
        gone = {canonical(name) for name in names}
        kept = {name: dist for name, dist in self.distributions.items() if name not in gone}
        return replace(self, distributions=kept)

    def clouded(self) -> Python:
        return replace(self, complete=False, blind=True)


def canonical(name: str) -> str:
    """The normalised name of a distribution (PyPA specification: names and normalization)."""
    name = name.replace("_", "-").replace(".", "-")
    while "--" in name:
        name = name.replace("--", "-")
    return name.lower()
