"""A file is used after an earlier line of the same build removed it.

Each instruction sees what the ones above it left. A clean-up that runs too early takes away what a later line reads; the
error then names the file, not the line that removed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, Step, found
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs

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
    "runtime/entrypoint-missing",
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        by = unmet.deleted
        if by is not None and by.place is not None:
            yield found(unmet, Facts(need.path, by.place.line))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(f"Move the removal of {facts.path} in line {facts.removed_at} below this line.")
