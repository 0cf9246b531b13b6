"""The five examples: `check` says before any build what expected.toml states, and mends it by rehearsal.

That the builds really fail so is tested on a real engine (tests/engine).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dockwright.checking import check
from dockwright.finding import Finding, breaks
from dockwright.mending import mend
from dockwright.project import Project

EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[1] / "examples").glob("*/expected.toml"))
Expected = dict[str, Any]
OF_THE_INDEX = {"deps/conflict"}  # offline nobody knows; tests/engine/test_mended.py asks


def expected(folder: Path) -> Expected:
    return tomllib.loads((folder / "expected.toml").read_text())


def read(folder: Path, dockerfile: str | None = None, context: str | None = None) -> Project:
    files = [str(folder / dockerfile)] if dockerfile else []
    return Project.read(str(folder), files=files, context=str(folder / context) if context else None, offline=True)


def found(project: Project, folder: Path, variant: Expected) -> Iterator[Finding]:
    """Of the targets that expected.toml speaks of: the folder may hold Dockerfiles of its variants besides."""
    named = {item["dockerfile"] for item in expected(folder).get("targets", ())}
    for target in check(project).targets:
        if variant or not named or target.dockerfile in named:
            yield from target.findings


def place(finding: Finding, project: Project) -> tuple[str, int]:
    """The file, and the line where the finding's instruction begins."""
    from dockwright.dockerfile import parse

    assert finding.where is not None
    source = finding.where.source
    starts = [
        each.line
        for each in parse(source.text, source.name).instructions
        if each.span.start <= finding.where.span.start
    ]
    return source.name, starts[-1] if starts else finding.where.line


def wanted(item: Expected) -> tuple[str, int]:
    return item["dockerfile"], item["line"]


def says(finding: Finding, item: Expected) -> bool:
    return finding.cause in (item["cause"], *item.get("also_ok", ()))


def missed(findings: list[Finding], items: list[Expected], project: Project) -> list[str]:
    """What was to be found and was not, or not as surely."""
    here = [(place(finding, project), finding) for finding in findings if finding.where is not None]
    lost = []
    for item in (each for each in items if each["cause"] not in OF_THE_INDEX):
        told = [finding for at, finding in here if at == wanted(item)]
        fits = [finding for finding in told if says(finding, item) and sure(finding, item)]
        if not fits:
            lost.append(f"{item['cause']} at {item['dockerfile']}:{item['line']}, but {[each.cause for each in told]}")
    return lost


def sure(finding: Finding, item: Expected) -> bool:
    order = ["certain", "likely", "possible"]
    return order.index(finding.certainty.value) <= order.index(item["certainty"])


CASES = [(folder, item) for folder in EXAMPLES for item in ({}, *expected(folder).get("variants", ()))]
IDS = [f"{folder.name} {item.get('name', '')}".strip() for folder, item in CASES]


@pytest.mark.parametrize(("folder", "variant"), CASES, ids=IDS)
def test_check_finds_what_fails(folder: Path, variant: Expected) -> None:
    project = read(folder, variant.get("dockerfile"), variant.get("context"))
    items = variant.get("findings", []) if variant else expected(folder).get("findings", [])
    assert missed(list(found(project, folder, variant)), items, project) == []


@pytest.mark.parametrize(("folder", "variant"), CASES, ids=IDS)
def test_check_finds_nothing_else(folder: Path, variant: Expected) -> None:
    project = read(folder, variant.get("dockerfile"), variant.get("context"))
    items = variant.get("findings", []) if variant else expected(folder).get("findings", [])
    places = {wanted(item) for item in items}
    told = [each for each in found(project, folder, variant) if breaks(each) and place(each, project) not in places]
    assert [f"{each.cause} at {place(each, project)}: {each.title}" for each in told] == []


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_targets_are_found(folder: Path) -> None:
    targets = {
        (each.name.partition(" (")[0], each.dockerfile, each.context, origin)
        for each in read(folder).targets
        for origin in (each.origin, *(also.file for also in each.also))
    }
    for item in expected(folder).get("targets", ()):
        assert (item["name"], item["dockerfile"], item["context"], item["origin"]) in targets


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_mended_it_is_quiet(folder: Path) -> None:
    result = mend(read(folder))
    assert [f"{each.cause}: {each.title}" for each in result.left] == []
    assert result.outcome in ("quiet", "nothing-to-do")
