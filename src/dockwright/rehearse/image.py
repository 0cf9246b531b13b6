"""The image as far as it is known: a value with provenance that answers YES, NO or UNKNOWN.

What lines did to its paths is the journal; below lies the base image, whose facts are looked up lazily.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse.journal import MISSING, UNSURE, Journal, Look, Node, Value, normal, under

if TYPE_CHECKING:
    from dockwright.facts.base import BaseImage
    from dockwright.facts.packages import PackageFacts
    from dockwright.rehearse.python import Python

# Homes in Debian's base-passwd and Alpine's baselayout that belong to root.
OF_ROOT = frozenset("/ /bin /sbin /dev /usr/sbin /usr/bin /usr/games /usr /var /var/www /var/spool /run".split())


class Account(Struct, frozen=True):
    """A user (or a group: home empty). Numbers as text, for they may be UNKNOWN."""

    name: str
    number: Value = UNKNOWN
    group: Value = UNKNOWN
    home: Value = UNKNOWN
    shell: Value = UNKNOWN
    made: Evidence | None = None


class Image(Journal):
    """State of one stage after an instruction. `fork` copies it; the methods that change it change only this copy."""

    __slots__ = (
        "accounts",
        "args",
        "assumed",
        "base",
        "closed",
        "cmd",
        "cmd_shell",
        "entrypoint",
        "env",
        "groups",
        "healthcheck",
        "hollow",
        "lists",
        "lost",
        "onbuild",
        "opaque",
        "origin",
        "packages",
        "pending",
        "pythons",
        "renewed",
        "set_by",
        "shell",
        "user",
        "workdir",
    )  # fmt: skip

    def __init__(self, base: BaseImage | None, *, scratch: bool = False) -> None:
        super().__init__()
        self.base = base
        self.env: dict[str, Value] = {}
        self.args: dict[str, Value | None] = {}  # declared build arguments; None: declared, no value
        self.set_by: dict[str, Evidence] = {}  # variable, "WORKDIR", "USER", "CMD", … -> the line that set it
        self.workdir: Value = "/"
        self.user: Value = "root"
        self.shell: tuple[str, ...] = ("/bin/sh", "-c")
        self.entrypoint: tuple[Value, ...] = ()
        self.cmd: tuple[Value, ...] = ()
        self.cmd_shell = False
        self.healthcheck: tuple[Value, ...] = ()
        self.onbuild: tuple[Any, ...] = ()
        self.accounts: dict[str, Account] = {}
        self.groups: dict[str, Account] = {}
        self.packages: dict[str, Evidence] = {}  # operating-system packages that lines installed, dependencies too
        self.closed = True  # whether `packages` names all of them
        self.lists: Look = MISSING  # fetched package lists; `gone` names the line that removed them
        self.pythons: dict[str, Python] = {}  # by prefix
        self.hollow: dict[str, Evidence] = {}  # downloads of which nothing came, by address
        self.opaque: Evidence | None = None  # the first command that may have changed anything
        self.assumed: frozenset[Any] = frozenset()  # needs that were unmet and are taken as mended
        self.lost: tuple[Any, ...] = ()  # cd, export and source of earlier shells
        self.origin = "scratch" if scratch else ""
        self.renewed: frozenset[str] = frozenset()  # tools that lines brought to their newest release
        self.pending: tuple[Any, Evidence] | None = None  # the need that the first process will find unmet

    @property
    def os(self) -> PackageFacts | None:
        """What the release's packages hold."""
        return None if self.base is None else self.base.package_facts

    @property
    def env_known(self) -> bool:
        """Does `env` name all variables that the base image sets?"""
        return self.origin == "scratch" if self.base is None else self.base.env_known

    def fork(self) -> Image:
        twin = Image.__new__(Image)
        for name in FIELDS:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if isinstance(value, dict | list) else value)
        return twin

    # -- paths ------------------------------------------------------------------------------------------------------

    def beneath(self, path: str) -> Look:
        """What the base image holds, or packages that lines installed."""
        answer = NO if self.origin == "scratch" else UNKNOWN if self.base is None else self.base.has_path(path)
        if answer is NO:
            answer = self._packaged(path)
        if answer is YES:
            kind: Any = UNKNOWN if self.base is None else "dir" if self.base.is_folder(path) else "file"
            return Look(YES, Node(kind, owner=self._base_owner(path)))
        return UNSURE if answer is UNKNOWN or self.opaque is not None else MISSING

    def _base_owner(self, path: str) -> str:
        """Root, but in a user's home. The homes of a distribution's own users (bin: /bin, sys: /dev) are root's."""
        for account in self.accounts.values():
            home = account.home
            of_base = account.made is None and account.name != "root" and isinstance(home, str) and home not in OF_ROOT
            if of_base and under(path, str(home)):
                return account.name
        return "root"

    def _packaged(self, path: str) -> Answer:
        """Do packages that lines installed hold this path? They keep to the Filesystem Hierarchy Standard's folders."""
        if (not self.packages and self.closed) or path.startswith(PROJECTS):
            return NO
        if path.split("/")[1] not in PACKAGE_FOLDERS:
            return NO
        folder, name = posixpath.split(path)
        if self.os is not None and not self.os.exact and self.os.lacks(name, self.packages):
            return NO
        if self.os is None or not self.os.exact or not folder.endswith(("/bin", "/sbin")):
            return UNKNOWN
        if any(
            _merged(place) == _merged(path)
            for package, place in self.os.places_of(name).items()
            if package in self.packages
        ):
            return YES
        if not self.closed or not all(self.os.known(package) for package in self.packages):
            return UNKNOWN
        from dockwright.facts.linked import may_be

        return UNKNOWN if may_be(self.os, name, self.packages) else NO

    # -- who may do what --------------------------------------------------------------------------------------------

    def writable(self, path: str, user: Value, _depth: int = 0) -> tuple[Answer, Evidence | None]:
        """May the user write the path (or make it, when it isn't there)? With the line that made it not so."""
        if user is UNKNOWN:
            return UNKNOWN, None
        if user in ("root", "0"):
            return YES, None
        if under(path, "/tmp") or under(path, "/var/tmp") or under(path, "/dev/shm"):
            return YES, None
        look = self.find(path)
        if look.answer is UNKNOWN:
            return UNKNOWN, None
        if look.node is None:
            parent = posixpath.dirname(normal(path))
            return self.writable(parent, user, _depth + 1) if _depth < 64 else (UNKNOWN, None)
        return self._may_write(look.node, user)

    def _may_write(self, node: Node, user: str) -> tuple[Answer, Evidence | None]:
        by = node.changed or node.made
        if node.owner is UNKNOWN or node.group is UNKNOWN:
            return UNKNOWN, by
        if self.same_user(node.owner, user) is not NO:
            mode = node.mode
            return (YES if mode is UNKNOWN or mode & 0o200 else NO), by
        if self.same_user(node.owner, user) is UNKNOWN:
            return UNKNOWN, by
        if node.mode is UNKNOWN and node.changed is not None:
            return UNKNOWN, by
        mode = 0o755 if node.mode is UNKNOWN else node.mode
        if mode & 0o002:
            return YES, by
        account = self.accounts.get(user)
        groups = {account.group} if account is not None else {"0"}  # without an entry the group is root's
        if mode & 0o020 and (node.group in groups or UNKNOWN in groups or node.group not in ("root", "0")):
            return UNKNOWN, by
        return NO, by

    def same_user(self, one: str, other: str) -> Answer:
        """Do two names or numbers mean the same account?"""
        if one == other:
            return YES
        numbers = [account.number if (account := self.accounts.get(name)) else name for name in (one, other)]
        if UNKNOWN in numbers or numbers[0] != numbers[1]:
            mixed = one.isdigit() != other.isdigit()
            return UNKNOWN if mixed and UNKNOWN in numbers else NO
        return YES

    def account(self, name: str) -> Answer:
        return self._known(name, self.accounts)

    def group(self, name: str) -> Answer:
        return self._known(name, self.groups)

    def _known(self, name: str, where: dict[str, Account]) -> Answer:
        if name in where:
            return YES
        path = "/etc/passwd" if where is self.accounts else "/etc/group"
        look = self.find(path)
        if look.answer is not NO and (path in self.paths or look.node is None or look.node.made is not None):
            return UNKNOWN  # a line brought the file, or wrote into it
        if self.origin == "scratch" and not self.packages:
            return NO
        from dockwright.rehearse.accounts import may_have

        if self.base is None or self.opaque is not None or not self.closed:
            return UNKNOWN
        return UNKNOWN if may_have(self.base, self.packages, name) else NO

    # -- unknown commands -------------------------------------------------------------------------------------------

    def cloud(self, by: Evidence) -> None:
        """An unknown command ran: what is not known explicitly is UNKNOWN from here on."""
        if self.opaque is None:
            self.opaque = by
        self.blur("/", by)
        if self.lists.answer is NO:
            self.lists = UNSURE
        for prefix, python in self.pythons.items():
            self.pythons[prefix] = python.clouded()


FIELDS = Journal.__slots__ + Image.__slots__
PROJECTS = (
    "/usr/local/",
    "/usr/src/app/",
    "/var/www/html/",
)  # packages put nothing there that a project is looked for by
PACKAGE_FOLDERS = frozenset({"bin", "boot", "etc", "lib", "lib32", "lib64", "run", "sbin", "usr", "var"})


def _merged(path: str) -> str:
    """/bin and /sbin are links into /usr (Debian 12, usrmerge)."""
    return "/usr" + path if path.startswith(("/bin/", "/sbin/")) else path
