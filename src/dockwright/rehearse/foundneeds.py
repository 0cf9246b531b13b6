"""Kinds of needs that a command itself finds unmet, where the image alone can't answer. Each is a name of `needs` too."""

from __future__ import annotations

from msgspec import Struct


class Source(Struct, frozen=True):
    """A COPY or ADD source in the build context or in another stage (`stage`).

    `problem`: missing, ignored, outside, case, conflict. `nearest`: existing paths that may be meant.
    """

    path: str
    problem: str = "missing"
    nearest: tuple[str, ...] = ()
    stage: str | None = None
    at: str = ""  # where in the image a conflict is


class Form(Struct, frozen=True):
    """The text of an instruction, as its keyword reads it. `problem`: placeholder, command, operator, variable, quotes, masked."""

    text: str
    problem: str
    program: str = ""


class Header(Struct, frozen=True):
    name: str
    asked_by: str = ""


class Library(Struct, frozen=True):
    """A shared object at run time."""

    name: str
    asked_by: str = ""


class Module(Struct, frozen=True):
    """A Python module importable by the interpreter at `python`."""

    name: str
    python: str = "python3"


class Executable(Struct, frozen=True):
    """A file that is there but can't be executed. `problem`: mode, crlf, interpreter, format, root (refuses to run as root).

    `interpreter` of root: the user that it takes.
    """

    path: str
    problem: str = "mode"
    interpreter: str = ""


class Distribution(Struct, frozen=True):
    """A Python distribution as an installer wants it.

    `problem`: distutils (installed without a file list), externally-managed, none (no version fits), python, wheel, conflict.
    """

    name: str
    specifier: str = ""
    problem: str = "none"
    installed: str = ""  # the version that is there
    asked_by: str = ""
    near: tuple[str, ...] = ()  # versions that would do
    relax: tuple[tuple[str, ...], ...] = ()  # of a conflict: smallest sets of `name==version` that resolve it
    says: str = ""  # one sentence: who wants what
    wants: str = ""  # the Python that it is for


class Manifest(Struct, frozen=True):
    """A project file that is there but not right. `problem`: stale, unreadable, group, syntax."""

    path: str
    problem: str
    against: str = ""  # the file that it doesn't agree with
    name: str = ""  # the group, extra or line in question
    asked_by: str = ""


class Option(Struct, frozen=True):
    """An option or subcommand that this version of the command does not know."""

    command: str
    option: str
    version: str = ""
    instead: str = ""


class Package(Struct, frozen=True):
    """An operating-system package. `problem`: missing, lists (package lists not fetched), release (end of life)."""

    name: str
    manager: str = "apt"
    problem: str = "missing"
    release: str = ""
    instead: str = ""


class Variable(Struct, frozen=True):
    """A build argument or environment variable that is empty where it is used."""

    name: str
    used_in: str = ""
    scope: str = ""  # unset, global (declared before FROM only), later


class Setting(Struct, frozen=True):
    """A variable that a program must have at its start, and the file that reads it."""

    name: str
    file: str = ""


class Language(Struct, frozen=True):
    """A version of a language or tool that what is installed or built asks for."""

    name: str  # Ruby, Go, PHP, Node, npm
    wants: str
    have: str
    package: str = ""  # what asks for it
    instead: str = ""  # the last release of the package that works with what is there


class Address(Struct, frozen=True):
    """A place on the network. `problem`: gone (not there any more), tls (refuses the encryption of what asks)."""

    url: str
    problem: str = "gone"
    since: str = ""
    instead: str = ""


class Confirmation(Struct, frozen=True):
    command: str
    flag: str = "-y"


class Stage(Struct, frozen=True):
    """A stage or image that FROM or --from names. `problem`: missing, later, itself, not-found, platform.

    `nearest`: what may be meant; of a platform, the one that the image is made for.
    """

    name: str
    problem: str = "missing"
    nearest: str = ""


class Shell(Struct, frozen=True):
    """A feature that the shell lacks (`feature`), or text that it can't parse (feature "syntax")."""

    feature: str
    shell: str
    message: str = ""
    effect: str = "fails"  # fails, differs


class Syntax(Struct, frozen=True):
    """Text of a Dockerfile that BuildKit refuses to read. `phase`: parse, instruction, stage, build."""

    message: str
    phase: str = "instruction"
    text: str = ""  # the line in question
    file: str = ""  # where it stands in another file: .dockerignore
