"""What a command needs in order to succeed. A cause asks a step for unmet needs of one kind; it never parses options.

Here are the kinds that an image answers: every check asks for them. Those that only a command itself finds unmet are made
in `foundneeds.py`, and are names of this module too. Add a kind only when two causes want it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from dockwright.finding import Certainty, Evidence
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.foundneeds import Address as Address
    from dockwright.rehearse.foundneeds import Confirmation as Confirmation
    from dockwright.rehearse.foundneeds import Distribution as Distribution
    from dockwright.rehearse.foundneeds import Executable as Executable
    from dockwright.rehearse.foundneeds import Form as Form
    from dockwright.rehearse.foundneeds import Header as Header
    from dockwright.rehearse.foundneeds import Language as Language
    from dockwright.rehearse.foundneeds import Library as Library
    from dockwright.rehearse.foundneeds import Manifest as Manifest
    from dockwright.rehearse.foundneeds import Module as Module
    from dockwright.rehearse.foundneeds import Option as Option
    from dockwright.rehearse.foundneeds import Package as Package
    from dockwright.rehearse.foundneeds import Setting as Setting
    from dockwright.rehearse.foundneeds import Shell as Shell
    from dockwright.rehearse.foundneeds import Source as Source
    from dockwright.rehearse.foundneeds import Stage as Stage
    from dockwright.rehearse.foundneeds import Syntax as Syntax
    from dockwright.rehearse.foundneeds import Variable as Variable
    from dockwright.rehearse.image import Image

else:

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):  # `from … import` asks every module for its __path__
            raise AttributeError(name)
        from dockwright.rehearse import foundneeds

        return getattr(foundneeds, name)


class File(Struct, frozen=True):
    """A path in the image. `purpose`: requirements, constraints, project, lock, script, data, directory, module."""

    path: str
    purpose: str = "data"


class Absent(Struct, frozen=True):
    """A path, user or group that must not be there yet: mkdir, useradd, ln."""

    name: str
    kind: str = "path"  # path, user, group


class Command(Struct, frozen=True):
    name: str
    asked_by: str = ""  # the tool that calls it underneath (pip, make); empty when the line itself does


class User(Struct, frozen=True):
    name: str
    kind: str = "user"  # user, group


class Writable(Struct, frozen=True):
    path: str
    user: str
    why: str = ""  # what wants to write there


Need: TypeAlias = (
    "Source | File | Absent | Command | Header | Library | Module | User | Writable | Executable | Distribution"
    "| Manifest | Option | Package | Language | Address | Variable | Confirmation | Setting | Stage | Shell | Syntax | Form"
)


class Unmet(Struct, frozen=True):
    """A need that the rehearsal saw unmet: where (`span`, in the step's source), who asked, and what proves it."""

    need: Need
    span: Span
    asked_by: str
    evidence: tuple[Evidence, ...] = ()
    certainty: Certainty = Certainty.CERTAIN
    deleted: Evidence | None = None  # the line that removed what is missing
    masked_by: tuple[Evidence, ...] = ()  # earlier masked failures that would have met it
    intended: Image | None = None  # for a masked failure: the image as it was meant to be
    harms: tuple[Evidence, ...] = ()  # for a masked failure: what fails later because of it
