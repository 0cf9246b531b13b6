"""The image as far as it is known: a value with provenance that answers YES, NO or UNKNOWN.

Paths are kept as a journal: what lines made, changed or removed (`Node`, `Gone`), and trees laid over a folder
(`Cover`: a copied context, a removed folder, a folder that an unknown command may have changed). The newest entry that
speaks of a path wins; below all lies the base image, whose facts are looked up lazily.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence

if TYPE_CHECKING:
    from dockwright.facts.base import BaseImage
    from dockwright.facts.packages import PackageFacts
    from dockwright.rehearse.python import Python

Value = str | Literal[Answer.UNKNOWN]
Kind = Literal["file", "dir", "link"]
LONGEST = 4096  # characters of a path that Linux opens
LINKS = 40  # the kernel's own limit


class Contents(Struct, frozen=True):
    """A file of the context, read when somebody asks."""

    tree: Any
    path: str

    def read(self) -> Value:
        text = self.tree.read(self.path)
        return text if isinstance(text, str) else UNKNOWN


class Node(Struct, frozen=True):
    """A path that is there, as far as known. Owner and group are names or numbers as text."""

    kind: Kind | Literal[Answer.UNKNOWN] = "file"
    made: Evidence | None = None  # None: the base image
    owner: Value = "root"
    group: Value = "root"
    mode: int | Literal[Answer.UNKNOWN] = UNKNOWN
    content: Value | Contents = UNKNOWN
    target: str = ""  # of a link
    added: str = ""  # text that lines put at the end of a file whose beginning is not known
    changed: Evidence | None = None  # the line that last changed owner or mode

    @property
    def text(self) -> Value:
        """What the file holds."""
        return self.content.read() if isinstance(self.content, Contents) else self.content


class Gone(Struct, frozen=True):
    by: Evidence


class Maybe(Struct, frozen=True):
    """There after one way of a branch, not after the other."""


MAYBE = Maybe()
Entry = Node | Gone | Maybe


class Look(Struct, frozen=True):
    """Answer to "is this path there"; `node` when YES, `gone` when a line removed it."""

    answer: Answer
    node: Node | None = None
    gone: Evidence | None = None


MISSING = Look(NO)
UNSURE = Look(UNKNOWN)
Below = Callable[[str], Look]  # path relative to the cover's folder -> what it says of it; NO means "not mine"


class Cover(Struct, frozen=True):
    """A statement on all paths under `folder`."""

    order: int
    folder: str
    kind: Literal["tree", "gone", "unsure", "owner"]
    by: Evidence
    below: Below | None = None  # tree
    owner: Value | None = None  # owner
    group: Value | None = None
    mode: int | Literal[Answer.UNKNOWN] | None = None


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


class Image:
    """State of one stage after an instruction. `fork` copies it; the methods that change it change only this copy."""

    __slots__ = (
        "accounts",
        "args",
        "assumed",
        "base",
        "closed",
        "cmd",
        "cmd_shell",
        "covers",
        "entrypoint",
        "env",
        "groups",
        "healthcheck",
        "hollow",
        "linked",
        "lists",
        "lost",
        "onbuild",
        "opaque",
        "order",
        "origin",
        "packages",
        "paths",
        "pending",
        "pythons",
        "renewed",
        "set_by",
        "shell",
        "user",
        "workdir",
    )  # fmt: skip

    def __init__(self, base: BaseImage | None, *, scratch: bool = False) -> None:
        self.base = base
        self.paths: dict[str, tuple[int, Entry]] = {}
        self.covers: list[Cover] = []
        self.order = 0
        self.linked = (0, 0, False)  # order and number of paths when they were looked through: does one name a link
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
        for name in Image.__slots__:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if isinstance(value, dict | list) else value)
        return twin

    # -- paths ------------------------------------------------------------------------------------------------------

    def look(self, path: str, links: int = 0) -> Look:
        """What is at an absolute path, links in its parents followed (the last component is not)."""
        path = normal(path)
        parent, name = posixpath.split(path)
        if parent != path and links < LINKS:
            followed = self.follow(parent, links + 1)
            if followed is None:
                return UNSURE
            path = posixpath.join(followed, name)
        return self._look(path)

    def find(self, path: str) -> Look:
        """What is at an absolute path, all links followed."""
        followed = self.follow(normal(path), 0)
        return UNSURE if followed is None else self._look(followed)

    def follow(self, path: str, links: int = 0) -> str | None:
        """The path with every known link in it resolved; None in a loop."""
        if not self._has_links():
            return path
        parts, at = [part for part in path.split("/") if part], "/"
        while parts:
            at = posixpath.join(at, parts.pop(0))
            look = self._look(at)
            if look.node is not None and look.node.kind == "link" and look.node.target:
                links += 1
                if links > LINKS:
                    return None
                at = normal(posixpath.join(posixpath.dirname(at), look.node.target))
                parts = [part for part in at.split("/") if part] + parts
                at = "/"
        return at

    def _has_links(self) -> bool:
        order, count, found = self.linked
        if (order, count) != (self.order, len(self.paths)):
            found = any(isinstance(node, Node) and node.kind == "link" for _, node in self.paths.values())
            self.linked = (self.order, len(self.paths), found)
        return found

    def _look(self, path: str) -> Look:
        if path == "/":
            return Look(YES, Node("dir", mode=0o755))
        order, own = self.paths.get(path, (-1, None))
        unsure, owned = False, []
        for cover in reversed(self.covers):
            if cover.order < order:
                break
            if not under(path, cover.folder):
                continue
            if cover.kind == "owner":
                owned.append(cover)
            elif cover.kind == "gone":
                return UNSURE if unsure else Look(NO, gone=cover.by)
            elif cover.kind == "unsure":
                unsure = True
            elif cover.below is not None:
                seen = cover.below(path[len(cover.folder) :].lstrip("/"))
                if seen.answer is YES and seen.node is not None:
                    return Look(YES, _owned(seen.node, owned))
                unsure = unsure or seen.answer is UNKNOWN
        if own is None:
            return self._look_base(path, unsure, owned)
        if isinstance(own, Gone):
            return UNSURE if unsure else Look(NO, gone=own.by)
        return UNSURE if isinstance(own, Maybe) else Look(YES, _owned(own, owned))

    def _look_base(self, path: str, unsure: bool, owned: list[Cover]) -> Look:
        answer = NO if self.origin == "scratch" else UNKNOWN if self.base is None else self.base.has_path(path)
        if answer is NO:
            answer = self._packaged(path)
        if answer is YES:
            kind: Any = UNKNOWN if self.base is None else "dir" if self.base.is_folder(path) else "file"
            return Look(YES, _owned(Node(kind, owner=self._base_owner(path)), owned))
        if answer is UNKNOWN or unsure or self.opaque is not None:
            return UNSURE
        return MISSING

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
        return NO if self.closed and all(self.os.known(package) for package in self.packages) else UNKNOWN

    def put(self, path: str, node: Node) -> None:
        """Make a path, and the folders above it that are not there yet."""
        path = normal(path)
        followed = self.follow(posixpath.dirname(path))
        if followed is not None:
            path = posixpath.join(followed, posixpath.basename(path))
        if len(path) > LONGEST:
            return
        missing, folder = [], posixpath.dirname(path)
        while folder != "/" and self._look(folder).answer is not YES:
            missing.append(folder)
            folder = posixpath.dirname(folder)
        for each in reversed(missing):
            self.order += 1
            self.paths[each] = (self.order, Node("dir", node.made, node.owner, node.group, 0o755))
        self.order += 1
        self.paths[path] = (self.order, node)

    def lay(self, folder: str, below: Below, by: Evidence) -> None:
        """Lay a tree over a folder: a copied directory of the context or of another stage."""
        folder = normal(folder)
        if self._look(folder).answer is not YES:
            self.put(folder, Node("dir", by, mode=0o755))
        self._cover(folder, "tree", by, below=below)

    def remove(self, path: str, by: Evidence) -> None:
        path = normal(path)
        for known in [known for known in self.paths if under(known, path)]:
            del self.paths[known]
        self._cover(path, "gone", by)

    def blur(self, folder: str, by: Evidence) -> None:
        """Anything under the folder may have been made or changed; what lines made explicitly stays."""
        folder = normal(folder)
        self.order += 1
        kept = [(path, node) for path, (_, node) in self.paths.items() if under(path, folder)]
        self._cover(folder, "unsure", by)
        for path, node in kept:
            self.order += 1
            self.paths[path] = (self.order, node)

    def own(self, path: str, by: Evidence, owner: Value | None, group: Value | None, recursive: bool) -> None:
        self._change(path, by, recursive, owner=owner, group=group)

    def permit(self, path: str, by: Evidence, mode: int | Literal[Answer.UNKNOWN], recursive: bool) -> None:
        self._change(path, by, recursive, mode=mode)

    def _change(self, path: str, by: Evidence, recursive: bool, **what: Any) -> None:
        path = self.follow(normal(path)) or normal(path)
        if recursive:
            self._cover(path, "owner", by, **what)
            return
        look = self._look(path)
        if look.node is not None:
            self.order += 1
            given = {name: value for name, value in what.items() if value is not None}
            self.paths[path] = (self.order, replace(look.node, changed=by, **given))

    def _cover(self, folder: str, kind: Any, by: Evidence, **more: Any) -> None:
        self.order += 1
        self.covers.append(Cover(self.order, folder, kind, by, **more))

    def children(self, folder: str) -> tuple[str, ...]:
        """Names directly under a folder that lines made (not those of covers or the base)."""
        head = normal(folder).rstrip("/") + "/"
        names = (
            path[len(head) :]
            for path, (_, node) in self.paths.items()
            if path.startswith(head) and isinstance(node, Node)
        )
        return tuple(sorted({name.split("/")[0] for name in names if name}))

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


PROJECTS = (
    "/usr/local/",
    "/usr/src/app/",
    "/var/www/html/",
)  # packages put nothing there that a project is looked for by
PACKAGE_FOLDERS = frozenset({"bin", "boot", "etc", "lib", "lib32", "lib64", "run", "sbin", "usr", "var"})


def _merged(path: str) -> str:
    """/bin and /sbin are links into /usr (Debian 12, usrmerge)."""
    return "/usr" + path if path.startswith(("/bin/", "/sbin/")) else path


def normal(path: str) -> str:
    """Absolute, without `.`, `..`, doubled or trailing slashes."""
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def under(path: str, folder: str) -> bool:
    return path == folder or folder == "/" or path.startswith(folder + "/")


def _owned(node: Node, covers: list[Cover]) -> Node:
    """The node with the owner and mode that covers laid over it; the newest cover comes first."""
    for cover in reversed(covers):
        given = {
            name: value
            for name, value in (("owner", cover.owner), ("group", cover.group), ("mode", cover.mode))
            if value is not None
        }
        node = replace(node, changed=cover.by, **given)
    return node
