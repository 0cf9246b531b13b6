"""Edits that several causes share: lines above an instruction, a word added to a command, a file of the context."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from dockwright import remedy
from dockwright.finding import Finding, Place
from dockwright.inputs.targets import Target, in_tree
from dockwright.source import Edit, Source, Span

if TYPE_CHECKING:
    from dockwright.dockerfile.nodes import Instruction
    from dockwright.project import Project


def instruction_of(place: Place) -> Instruction | None:
    """The instruction that holds the place."""
    from dockwright.dockerfile import parse

    for instruction in parse(place.source.text, place.source.name).instructions:
        if instruction.span.start <= place.span.start < max(instruction.span.end, instruction.span.start + 1):
            return instruction
    return None


def above(place: Place, text: str) -> Edit:
    """Whole lines above the instruction that holds the place."""
    found = instruction_of(place)
    return remedy.line_before(place.source, found.span.start if found is not None else place.span.start, text)


def inserted(source: Source, offset: int, text: str) -> Edit:
    return Edit(source.name, Span(offset, offset), text)


def command_start(place: Place, name: str) -> int | None:
    """Where the command `name` begins whose argument the place is."""
    found = instruction_of(place)
    if found is None:
        return None
    text = place.source.text[found.span.start : place.span.end]
    matches = list(re.finditer(rf"(?<![\w./-]){re.escape(name)}(?![\w./-])", text))
    return found.span.start + matches[-1].start() if matches else None


def target_of(finding: Finding, project: Project) -> Target | None:
    """The build target whose Dockerfile holds the finding."""
    if finding.where is None:
        return None
    name = finding.where.source.name
    return next((target for target in project.targets if in_tree(target.dockerfile) == in_tree(name)), None)


def in_context(finding: Finding, project: Project, path: str) -> bool:
    """Is there a file or folder of this name in the target's build context, as far as the names tell?"""
    target = target_of(finding, project)
    if target is None or not path:
        return False
    kind = project.tree.kind(in_tree(posixpath.join(target.context, path)))
    return kind in ("file", "dir")


def below_context(finding: Finding, project: Project, name: str) -> tuple[str, ...]:
    """Paths in the target's context whose last part is this name."""
    target = target_of(finding, project)
    if target is None:
        return ()
    context = in_tree(target.context)
    found = []
    for path, kind in project.tree.walk(context, 5_000):
        if posixpath.basename(path) == name and kind == "file" and "node_modules" not in path:
            found.append(posixpath.relpath(path, context or "."))
    return tuple(found[:5])


def copy_line(path: str, at: str, workdir: str) -> str:
    """A COPY that brings a context path to `at`, written as short as a person would."""
    folder = posixpath.dirname(at)
    if posixpath.basename(path) != posixpath.basename(at):
        return f"COPY {path} {at if folder != workdir else './' + posixpath.basename(at)}"
    if folder == workdir:
        return f"COPY {path} ./"
    if workdir and at.startswith(workdir.rstrip("/") + "/"):
        return f"COPY {path} ./{posixpath.relpath(at, workdir)}"
    return f"COPY {path} {at}"


KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL RUN STOPSIGNAL USER VOLUME WORKDIR".split()
)


def end_before(place: Place, keyword: str) -> Edit | None:
    """`RUN a && \\` above `COPY b c`: take away what makes the line go on, so that the keyword begins an instruction."""
    found = instruction_of(place) if keyword in KEYWORDS else None
    if found is None or found.keyword != "RUN":
        return None
    source = place.source
    lines = re.finditer(r"[^\n]*\n?", source[found.span])
    offset, before = found.span.start, None
    for line in lines:
        if before is not None and re.match(rf"\s*{keyword}\s", line[0]):
            start = offset + before.start()
            tail = re.search(r"[ \t]*(?:&&|;)?[ \t]*\\[ \t]*(?=\r?\n)", before[0])
            return Edit(source.name, Span(start + tail.start(), start + tail.end()), "") if tail is not None else None
        before = line if line[0].strip() else before
    return None
