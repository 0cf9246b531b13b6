"""Workflow commands of GitHub Actions: annotations at the lines of a change.

GitHub takes ten errors, ten warnings and ten notices of a step; what is beyond is said in one line, not lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dockwright.finding import Certainty, Finding, Severity, TargetReport
from dockwright.report.data import Texts

CAP = 10
WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def commands(checked: Sequence[tuple[TargetReport, Texts]]) -> str:
    found = [
        (target, finding)
        for target, _ in checked
        for finding in target.findings
        if finding.certainty is not Certainty.POSSIBLE
    ]
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: list[tuple[TargetReport, Finding]]) -> Iterator[str]:
    count: Counter[str] = Counter()
    for target, finding in found:
        word = WORDS[finding.severity]
        count[word] += 1
        if count[word] <= CAP:
            yield _command(word, target, finding)
    beyond = [f"{number - CAP} more of level {word}" for word, number in count.items() if number > CAP]
    if beyond:
        yield f"dockwright: not annotated: {', '.join(beyond)}; --format sarif or json has all"


def _command(word: str, target: TargetReport, finding: Finding) -> str:
    properties = {"file": target.dockerfile, "line": "1"}
    if finding.where is not None:
        place = finding.where
        properties = {
            "file": place.source.name.partition(" (")[0],
            "line": str(place.line),
            "endLine": str(place.end_line),
            "col": str(place.column),
        }
    properties["title"] = finding.cause
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    fix = f"\nfix: {finding.remedies[0].title}" if finding.remedies else ""
    why = f"\nwhy: {finding.why}" if finding.why else ""
    return f"::{word} {said}::{_data(finding.title + why + fix)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
