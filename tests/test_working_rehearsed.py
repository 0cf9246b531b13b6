"""Dockerfiles that really built: the rehearsal finds no failure in any of them. A false alarm is the worst defect."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dockwright.causes.shape import asked, causes
from dockwright.checking import check
from dockwright.finding import Finding, Report
from dockwright.project import Project
from dockwright.rehearse.run import rehearse

WORKING = sorted(path.parent for path in (Path(__file__).parent / "working").glob("*/built.toml"))


def read(folder: Path) -> Project:
    """The project as it was built."""
    built = tomllib.loads((folder / "built.toml").read_text())
    return Project.read(
        str(folder),
        files=[str(folder / built.get("dockerfile", "Dockerfile"))],
        context=str(folder / built.get("context", ".")),
        target=built.get("target") or None,
        build_args=built.get("args"),
        as_of=str(built["date"]),
        offline=True,
    )


def told(report: Report) -> list[str]:
    return [tell(finding) for finding in report.failures]


def tell(finding: Finding) -> str:
    line = finding.where.line if finding.where else 0
    return f"{finding.cause} at line {line}: {finding.title}"


def test_there_are_enough_of_them() -> None:
    assert len(WORKING) >= 30


@pytest.mark.parametrize("folder", WORKING, ids=lambda folder: folder.name)
def test_what_builds_gives_no_error(folder: Path) -> None:
    assert told(check(read(folder))) == []


@pytest.mark.parametrize("folder", WORKING, ids=lambda folder: folder.name)
def test_a_cause_that_is_not_imported_has_nothing_to_say(folder: Path) -> None:
    """`Cause.looks` is read from a text; the function itself must agree."""
    project = read(folder)
    for step in rehearse(project, project.targets[0]).steps:
        for cause in causes().values():
            function = getattr(cause.module, "check", None)
            here = list(function(step)) if function else []
            assert cause in asked(step.kinds) or not here, cause.name
