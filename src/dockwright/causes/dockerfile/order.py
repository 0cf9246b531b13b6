"""A file is used after an earlier line of the same build removed it.

Each instruction sees what the ones above it left. A clean-up that runs too early takes away what a later line reads; the
error then names the file, not the line that removed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found
from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Instruction
from dockwright.finding import Evidence, Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Edit, Source, Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str
    removed_at: int = 0  # line


TITLE = "{path} is gone when it is needed"
WHY = "Line {removed_at} removes it, and this line still reads it."
EXPLAINS = (
    "context/requirements-missing",
    "context/project-metadata-missing",
    "context/source-not-copied-yet",
    "system/command-missing",
    "dockerfile/wrong-path",
    "dockerfile/stage-path-missing",
    "runtime/entrypoint-missing",
    "build/file-missing",
)


def check(step: Step) -> Iterator[Found]:
    for kind in (needs.File, needs.Command, needs.Source):
        for unmet, need in step.unmet(kind):
            by = unmet.deleted
            if by is not None and by.place is not None:
                name = str(getattr(need, "path", "") or getattr(need, "name", ""))
                yield found(unmet, Facts(name, by.place.line), *(() if by in unmet.evidence else (by,)))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    removal = _removal(finding.evidence, facts.removed_at)
    if removal is not None and where is not None and removal.source.name == where.source.name:
        edit = _without(removal)
        moved = _moved(removal, where)
        if moved is not None:
            yield remedy.safe(f"Move line {facts.removed_at} below this one", *moved)
        if edit is not None:
            yield remedy.safe(f"Keep {facts.path} in line {facts.removed_at}", edit)
    yield remedy.advice(f"Move the removal of {facts.path} in line {facts.removed_at} below this line.")


def _removal(evidence: tuple[Evidence, ...], line: int) -> Place | None:
    return next((proof.place for proof in evidence if proof.place is not None and proof.place.line == line), None)


def _moved(removal: Place, where: Place) -> tuple[Edit, ...] | None:
    """The whole RUN, where it does nothing but remove, moved below the instruction that still reads the file."""
    import re

    source = where.source
    instructions = _instructions(source)
    run = next((each for each in instructions if each.span.holds(removal.span)), None)
    user = next((each for each in instructions if each.span.holds(where.span)), None)
    if run is None or user is None or run.span.start >= user.span.start or run.keyword != "RUN":
        return None
    if not re.fullmatch(r"\s*rm\s[^&|;<>$`]*", run.rest.text) or any(
        each.keyword == "FROM" for each in instructions if run.span.start < each.span.start < user.span.end
    ):
        return None
    text = source[run.whole].rstrip("\r\n")
    before, after = _user_at(instructions, run), _user_at(instructions, user)
    if before != after:
        line = remedy.line_break(source)
        text = f"USER {before or 'root'}{line}{text}{line}USER {after}"
    return (Edit(source.name, run.whole, ""), remedy.line_after(source, user.span.end - 1, text))


def _user_at(instructions: tuple[Instruction, ...], last: Instruction) -> str:
    """What the nearest USER above in the same stage says; empty: the base image's."""
    name = ""
    for each in instructions:
        if each.span.start >= last.span.start:
            break
        name = "" if each.keyword == "FROM" else each.rest.text.strip() if each.keyword == "USER" else name
    return name


def _without(removal: Place) -> Edit | None:
    """The operand alone taken out of `rm a b`, or the whole command out of `… && rm a`."""
    import re

    source, span = removal.source, removal.span
    if len(source[span].split()) != 1:
        return None
    run = next((each for each in _instructions(source) if each.span.holds(span)), None)
    if run is None:
        return None
    before, after = source.text[run.span.start : span.start], source.text[span.end : run.span.end]
    alone = re.search(r"(?:\s|\\\r?\n)*&&(?:\s|\\\r?\n)*rm(?:\s+-\w+)*\s+$", before)
    last = re.match(r"\s*($|\\\r?\n\s*&&|&&|;)", after)
    if alone and last:
        return Edit(source.name, Span(run.span.start + alone.start(), span.end), "")
    if re.search(r"rm(?:\s+-\w+)*\s+$", before) and last:
        return None
    gap = len(before) - len(before.rstrip(" \t"))
    return Edit(source.name, Span(span.start - gap, span.end), "")


def _instructions(source: Source) -> tuple[Instruction, ...]:
    return parse(source.text, source.name).instructions


CASES = (
    r"""
a clean-up of its own runs too early
-- Dockerfile --
FROM debian:bookworm-slim
COPY settings.toml /tmp/settings.toml
RUN rm /tmp/settings.toml
# found: path=/tmp/settings.toml removed_at=3
RUN cp /tmp/settings.toml /etc/app.toml
-- settings.toml --
a = 1
-- mended --
FROM debian:bookworm-slim
COPY settings.toml /tmp/settings.toml
RUN cp /tmp/settings.toml /etc/app.toml
RUN rm /tmp/settings.toml
""",
    r"""
two files that one clean-up takes away, and only root may
-- Dockerfile --
FROM debian:bookworm-slim
RUN useradd --create-home app
COPY settings.toml notes.txt /opt/
RUN rm -rf /opt/notes.txt /opt/settings.toml
USER app
# found: path=/opt/settings.toml removed_at=4
# found: path=/opt/notes.txt removed_at=4
RUN cp /opt/settings.toml /opt/notes.txt /home/app/
-- settings.toml --
a = 1
-- notes.txt --
b
-- mended --
FROM debian:bookworm-slim
RUN useradd --create-home app
COPY settings.toml notes.txt /opt/
USER app
RUN cp /opt/settings.toml /opt/notes.txt /home/app/
USER root
RUN rm -rf /opt/notes.txt /opt/settings.toml
USER app
""",
    r"""
one of several paths that a clean-up takes away
-- Dockerfile --
FROM debian:bookworm-slim
COPY settings.toml notes.txt /opt/
RUN mkdir /srv/app && rm -rf /opt/notes.txt /opt/settings.toml
# found: path=/opt/settings.toml removed_at=3
RUN cp /opt/settings.toml /etc/app.toml
-- settings.toml --
a = 1
-- notes.txt --
b
-- mended --
FROM debian:bookworm-slim
COPY settings.toml notes.txt /opt/
RUN mkdir /srv/app && rm -rf /opt/notes.txt
RUN cp /opt/settings.toml /etc/app.toml
""",
    r"""
the clean-up comes last
-- Dockerfile --
FROM debian:bookworm-slim
COPY settings.toml /tmp/settings.toml
RUN cp /tmp/settings.toml /etc/app.toml && rm /tmp/settings.toml
-- settings.toml --
a = 1
""",
)
