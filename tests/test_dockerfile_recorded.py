"""What BuildKit says of small Dockerfiles (`docker build --check` of Docker Engine 28.5, recorded 2026-11-22), and what we say.

The cases are our own; what they are about are the things that parsers, linters and builders of Dockerfiles have tests for.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import dockwright
from dockwright.dockerfile import buildchecks, parse
from dockwright.dockerfile.buildchecks import broken
from dockwright.project import Project

RECORDED = json.loads((Path(__file__).parent / "dockerfile_recorded.json").read_text(encoding="utf-8"))
REFUSED = ("dockerfile/syntax", "dockerfile/stage-missing", "dockerfile/stage-path-missing", "dockerfile/arg-scope")
CASES = [pytest.param(row["text"], row["error"], id=f"{at}") for at, row in enumerate(RECORDED)]


def refusals(text: str) -> dict[str, str]:
    """Causes about the Dockerfile itself, each with what it says; not what the empty context or `scratch` lacks."""
    report = dockwright.check(Project.of({"Dockerfile": text, "a": "", "x": ""}))
    found = [finding for target in report.targets for finding in target.findings]
    wanted = [
        each
        for each in found
        if each.cause in REFUSED or (each.cause == "image/not-found" and "FROM" not in each.title)
    ]
    said: dict[str, str] = {}
    for each in wanted:
        said.setdefault(each.cause, str(getattr(each.facts, "message", "")))
    return said


@pytest.mark.parametrize(("text", "error"), CASES)
def test_refused_or_not_as_by_the_engine(text: str, error: str | None) -> None:
    ours = refusals(text)
    assert bool(ours) == (error is not None), (error, ours)


@pytest.mark.parametrize(("text", "error"), CASES)
def test_in_the_words_of_the_engine(text: str, error: str | None) -> None:
    said = re.sub(r" \(did you mean .*", "", refusals(text).get("dockerfile/syntax", ""))
    if said and error:
        assert in_order(said) == in_order(re.sub(r"^dockerfile parse error on line \d+: ", "", error))


def in_order(message: str) -> str:
    """BuildKit names the rules that are broken in no order."""
    head, rules, names = message.partition("for rules: ")
    return head + rules + ", ".join(sorted(names.split(", "))) if rules else message


@pytest.mark.parametrize(
    "row", [row for row in RECORDED if row["error"] is None], ids=lambda row: repr(row["text"][:40])
)
def test_the_same_build_checks_are_broken(row: dict[str, Any]) -> None:
    read = parse(row["text"])
    ours = {rule for rule, _ in broken(read, read.stages) if buildchecks.of(read).counts(rule)}
    unseen = {"UndefinedVar"} | ({"WorkdirRelativePath"} if "WORKDIR $" in row["text"] else set())  # they need values
    assert ours - unseen == set(row["rules"]) - unseen


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("# check=error=true\nFROM scratch\nLABEL a=$b\n", "UndefinedVar"),
        ("# check=error=true\nFROM scratch\nARG b\nLABEL a=$b\n", ""),
        ("# check=error=true\nFROM scratch AS a\nCMD x\nFROM scratch\nLABEL a=b\n", ""),
        ("# check=error=true;skip=JSONArgsRecommended\nFROM scratch\nCMD x\n", ""),
        ("FROM scratch as a\nCMD x\n", ""),
    ],
)
def test_broken_checks_are_errors_where_the_file_says_so(text: str, rules: str) -> None:
    said = refusals(text).get("dockerfile/syntax", "")
    assert said == (f"lint violation found for rules: {rules}" if rules else "")


@pytest.mark.engine
@pytest.mark.parametrize("row", RECORDED[::7], ids=lambda row: repr(row["text"][:40]))
def test_the_engine_still_says_so(row: dict[str, object]) -> None:
    done = subprocess.run(
        ["docker", "buildx", "build", "--call=check,format=json", "-"],
        input=str(row["text"]).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    said = json.loads(done.stdout)
    error = said.get("buildError", {}).get("message")
    assert (None if error is None else re.sub(r" \(did you mean .*", "", error)) == row["error"]


def test_both_outcomes_are_recorded() -> None:
    assert sum(row["error"] is None for row in RECORDED) > 100
    assert sum(row["error"] is not None for row in RECORDED) > 150
