"""pip's requirements files, with spans.

Rules: pip, "Requirements File Format", and pip's own reader: lines are joined at a trailing backslash, then comments
are cut at ` #`, then a line is either options or a requirement followed by options of its own.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from dockwright.finding import UNKNOWN, Place
from dockwright.inputs.problem import Problem, problem
from dockwright.inputs.requirement import Malformed, Requirement, canonical
from dockwright.inputs.requirement import parse as parse_requirement
from dockwright.inputs.requirement_lines import Logical, Option, logical_lines, read_options
from dockwright.inputs.targets import in_tree
from dockwright.patterns import pattern
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

__all__ = ["Included", "Line", "Option", "Requirement", "RequirementsFile", "canonical", "parse", "read_all"]

Kind: TypeAlias = 'Literal["requirement", "editable", "include", "constraint", "option", "invalid"]'
MAX_FILES = 100
MAX_CHARACTERS = 4_000_000


class Line(Struct, frozen=True):
    """A logical line that says something; a part that names `${X}`, one of `variables`, is not known."""

    kind: Kind
    text: str
    span: Span
    requirement: Requirement | None = None
    options: tuple[Option, ...] = ()
    variables: tuple[str, ...] = ()

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)

    @property
    def hashes(self) -> tuple[str, ...]:
        return tuple(option.value for option in self.options if option.name == "--hash")


class RequirementsFile(Struct, frozen=True):
    """`source` is the text that the spans are in: of a UTF-16 file, the decoded one, and then no edit fits the file."""

    source: Source
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    encoding: str = "utf-8"

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        return tuple(line.requirement for line in self.lines if line.requirement is not None)

    @property
    def options(self) -> tuple[Option, ...]:
        """Options of the whole file: not those of one requirement."""
        return tuple(option for line in self.lines if line.kind != "requirement" for option in line.options)

    @property
    def requires_hashes(self) -> bool:
        """pip wants a hash of everything as soon as one requirement has one."""
        return any(line.hashes or line.option("--require-hashes") for line in self.lines)

    def line_of(self, name: str) -> Line | None:
        wanted = canonical(name)
        return next((line for line in self.lines if line.requirement and line.requirement.key == wanted), None)

    def place(self, span: Span) -> Place:
        return Place(self.source, span)


def parse(source: Source) -> RequirementsFile:
    """Never raises: a line that pip refuses is of kind `invalid` and has a problem."""
    text, encoding = _decoded(source.text)
    if len(text) > MAX_CHARACTERS:
        return RequirementsFile(
            source, (), (problem("requirements-too-large", "too large to be read", source),), encoding
        )
    if encoding != "utf-8":
        source = Source(source.name, text)
    lines: list[Line] = []
    problems: list[Problem] = []
    if "\0" in text:
        at = text.index("\0")
        problems.append(
            problem("requirements-encoding", "holds NUL characters: not a text file", source, Span(at, at + 1))
        )
        return RequirementsFile(source, (), tuple(problems), encoding)
    for logical in logical_lines(text):
        line = _line(logical, source, problems)
        if line is not None:
            lines.append(line)
    return RequirementsFile(source, tuple(lines), tuple(problems), encoding)


def _decoded(text: str) -> tuple[str, str]:
    """PowerShell's `pip freeze > requirements.txt` writes UTF-16 with a byte order mark; pip and uv both read that."""
    for mark, encoding in (("\udcff\udcfe", "utf-16-le"), ("\udcfe\udcff", "utf-16-be")):
        if text.startswith(mark):
            return text.encode("utf-8", "surrogateescape")[2:].decode(encoding, "replace"), encoding
    return text, "utf-8"


_VARIABLE = pattern(r"\$\{([A-Z0-9_]+)\}")


def _line(logical: Logical, source: Source, problems: list[Problem]) -> Line | None:
    text = logical.text.rstrip()
    start = len(text) - len(text.lstrip())
    if start == len(text):
        return None
    variables = tuple(_VARIABLE.findall(text)) if "${" in text else ()
    span = logical.span(start, len(text))
    cut = _options_start(text, start)
    options, wrong = read_options(text, cut, logical)
    if wrong is not None:
        problems.append(problem(wrong.code, wrong.message, source, logical.span(wrong.start, wrong.end)))
        return Line("invalid", text[start:], span, None, options, variables)
    body = text[start:cut].rstrip()
    editable = next((option for option in options if option.name == "--editable"), None)
    if not body and editable is None:
        return Line(_kind(options), text[start:], span, None, options, variables)
    wanted, at = (
        (body, start) if body else (editable.value if editable else "", text.rfind(editable.value if editable else ""))
    )
    try:
        requirement = _placed(wanted, at, logical)
    except Malformed as error:
        if variables:  # what a variable holds may make it right
            return Line("invalid", text[start:], span, None, options, variables)
        problems.append(problem(error.code, error.message, source, logical.span(at + error.start, at + error.end)))
        return Line("invalid", text[start:], span, None, options, variables)
    return Line("requirement" if body else "editable", text[start:], span, requirement, options, variables)


def _kind(options: tuple[Option, ...]) -> Kind:
    names = {option.name for option in options}
    return "include" if "--requirement" in names else "constraint" if "--constraint" in names else "option"


def _options_start(text: str, start: int) -> int:
    """pip splits at blanks: from the first word that begins with a dash on, everything is options."""
    at = start
    while at < len(text):
        if text[at] == "-" and (at == start or text[at - 1] in " \t"):
            return at
        at += 1
    return at


def _placed(text: str, at: int, logical: Logical) -> Requirement:
    """The requirement at `at` of a logical line, its spans moved to the file."""
    from msgspec import structs

    found = parse_requirement(text, 0)
    moved = {
        field: logical.span(at + span.start, at + span.end)
        for field in ("span", "name_span", "specifier_span")
        if (span := getattr(found, field)) is not None
    }
    return structs.replace(found, **moved)


class Included(Struct, frozen=True):
    """A file that a requirements file reads: of `-r` and `-c` lines, of the command line where `place` is None."""

    path: str
    constraint: bool
    place: Place | None
    file: RequirementsFile | None  # None: missing or not known
    known: bool = True  # whether it is known to be there or known to be missing


def read_all(tree: Tree, path: str, *, constraint: bool = False) -> tuple[Included, ...]:
    """A requirements file and everything it reads, in pip's order; each file once.

    `path` is in `tree`, whatever that is a tree of: the project, a context, or what is known of an image's files.
    A nested path is seen from the folder of the file that names it; URLs and paths with variables are left out.
    """
    found: dict[str, Included] = {}
    _read_into(found, tree, path, constraint, None)
    return tuple(found.values())


def _read_into(found: dict[str, Included], tree: Tree, path: str, constraint: bool, place: Place | None) -> None:
    todo = [(path, constraint, place)]
    while todo and len(found) < MAX_FILES:
        path, constraint, place = todo.pop()
        path = posixpath.normpath(path)
        if path in found:
            continue
        text = tree.read(in_tree(path))
        file = parse(Source(path, text)) if isinstance(text, str) else None
        found[path] = Included(path, constraint, place, file, text is not UNKNOWN)
        todo += reversed(list(_nested(file, path, constraint)) if file is not None else [])


def _nested(file: RequirementsFile, path: str, constraint: bool) -> Iterator[tuple[str, bool, Place]]:
    for line in file.lines:
        for option in line.options:
            names_file = line.kind in ("include", "constraint") and option.name in ("--requirement", "--constraint")
            if names_file and "://" not in option.value and "${" not in option.value:
                nested = posixpath.join(posixpath.dirname(path), option.value)
                yield nested, constraint or option.name == "--constraint", file.place(option.span)
