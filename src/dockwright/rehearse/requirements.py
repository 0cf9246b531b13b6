"""What an installer's command line and requirements files ask for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.inputs import versions
from dockwright.inputs.problem import Problem
from dockwright.inputs.requirement import Requirement
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value
from dockwright.source import Source, Span

if TYPE_CHECKING:
    pass


class Wanted(Struct, frozen=True):
    """One requirement: a name with a specifier, a local project (`path`), or neither when it is not known (`text`)."""

    name: str = ""
    specifier: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""
    path: str = ""
    editable: bool = False
    text: str = ""
    asked_by: str = ""
    proof: Evidence | None = None
    hashed: bool = False

    @property
    def pinned(self) -> Value:
        """The version, when exactly one is asked for."""
        plain = self.specifier.replace(" ", "")
        return plain[2:] if plain.startswith("==") and "*" not in plain and "," not in plain else UNKNOWN

    def allows(self, version: Value) -> Answer:
        """Would this version do?"""
        if version is UNKNOWN:
            return UNKNOWN
        if not self.specifier:
            return YES
        try:
            return Answer.of(versions.fits(str(version), self.specifier))
        except versions.InvalidVersion:
            return UNKNOWN


def wanted(call: Call, argument: Argument, *, editable: bool = False) -> Wanted:
    """A requirement as the command line names it; a path is one when it says so (pip: a folder, or a file of its kind)."""
    if argument.value is UNKNOWN:
        call.unsure("a requirement is not known")
        return Wanted(text="?")
    text = str(argument.value)
    if "://" in text or text.startswith("git+"):
        from dockwright.rehearse.projects import repository

        return repository(call, text, argument.span, editable)
    bare = text.split("[", 1)[0]
    if editable or text.startswith(("/", "./", "../", ".", "~")) or "/" in bare:
        from dockwright.rehearse.projects import local

        return local(call, argument, bare, editable)
    return parse_one(text)


def parse_one(text: str, asked_by: str = "", proof: Evidence | None = None) -> Wanted:
    from dockwright.inputs.requirement import Malformed, parse

    try:
        return of(parse(text), asked_by, proof)
    except Malformed:
        return Wanted(text=text, asked_by=asked_by, proof=proof)


def of(found: Requirement, asked_by: str = "", proof: Evidence | None = None) -> Wanted:
    specifier = ",".join(operator + version for operator, version in found.specifiers)
    return Wanted(
        found.name or "", specifier, found.extras, found.marker or "", text=found.text, asked_by=asked_by, proof=proof
    )


def read_files(call: Call, arguments: Iterable[Argument], purpose: str) -> Iterator[Wanted]:
    """The requirements of -r files, with those that they include; a missing file is an unmet need."""
    for argument in arguments:
        if "://" in str(argument.value) or argument.value == "-":
            call.unsure("requirements come from somewhere else")
            yield Wanted(text="?")
            continue
        path = call.path(argument.value)
        if path is UNKNOWN:
            call.unsure("the requirements file's name is not known")
            yield Wanted(text="?")
            continue
        yield from _read(call, str(path), argument.span, purpose, set())


def _read(call: Call, path: str, span: Span, purpose: str, seen: set[str]) -> Iterator[Wanted]:
    if path in seen or len(seen) > 50:
        return
    seen.add(path)
    if call.wants(needs.File(path, purpose), span) is NO:
        call.make(path, text=UNKNOWN, why="taken as there")
        yield Wanted(text="?")
        return
    node = call.image.find(path).node
    if node is None or node.text is UNKNOWN:
        call.unsure(f"{path} is not known")
        yield Wanted(text="?")
        return
    source = source_of(call, path)
    yield from _lines(call, source, path, span, purpose, seen)


def _lines(call: Call, source: Source, path: str, span: Span, purpose: str, seen: set[str]) -> Iterator[Wanted]:
    from dockwright.inputs.requirements import parse

    file = parse(source)
    for trouble in file.problems:
        _invalid(call, trouble, span)
    for line in file.lines:
        proof = Evidence(f"asks for {line.text.strip()}", file.place(line.span), text=line.text.strip())
        for option in line.options:
            if (
                option.name in ("--requirement", "--constraint")
                and "${" not in option.value
                and "://" not in option.value
            ):
                nested = posixpath.normpath(posixpath.join(posixpath.dirname(path), option.value))
                kind = "requirements" if option.name == "--requirement" else "constraints"
                yield from _read(call, nested, span, kind, seen)
        if line.requirement is None or purpose != "requirements":
            continue
        if line.requirement.path is not None:
            from dockwright.rehearse.projects import local

            found = line.requirement
            argument = Argument(line.requirement.path, span)
            yield local(call, argument, line.requirement.path, line.kind == "editable", found.extras)
        elif line.requirement.url is not None:
            from dockwright.rehearse.projects import repository

            yield repository(call, line.requirement.text, span, line.kind == "editable", proof)
        else:
            hashed = any(option.name == "--hash" for option in line.options)
            yield structs.replace(of(line.requirement, source.name, proof), hashed=hashed)


def _invalid(call: Call, trouble: Problem, span: Span) -> None:
    place = trouble.place
    text = "" if place is None else place.source.line_text(place.line).strip()
    need = needs.Manifest("" if place is None else place.source.name, "line", name=text, asked_by=call.name)
    call.lacks(need, span, (Evidence(trouble.message, place, text=text),))


def source_of(call: Call, path: str) -> Source:
    """A file of the image as a Source; one that the context brought has its name there."""
    from dockwright.rehearse.journal import Contents

    node = call.image.find(path).node
    text = "" if node is None or node.text is UNKNOWN else str(node.text)
    if node is not None and isinstance(node.content, Contents):
        folder = call.world.target.context
        return Source(posixpath.normpath(posixpath.join(folder, node.content.path)), text)
    return Source(path, text)
