"""What a check foresees of a Dockerfile on a day, offline."""

from __future__ import annotations

from msgspec import structs

from dockwright.checking import check
from dockwright.project import Project


def foreseen(dockerfile: str, day: str | None = None, **files: str) -> list[tuple[str, int]]:
    """The failures: each with its cause and its line."""
    project = Project.of({"Dockerfile": dockerfile, **files})
    report = check(structs.replace(project, as_of=day, offline=True))
    return [(finding.cause, finding.where.line) for finding in report.failures if finding.where is not None]
