"""SARIF 2.1.0, as GitHub's code scanning reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dockwright import __version__
from dockwright.causes.shape import causes
from dockwright.finding import Certainty, Evidence, Finding, Place, TargetReport
from dockwright.report.data import Texts

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5_000  # results of a run that GitHub shows
PRECISION = {Certainty.CERTAIN: "very-high", Certainty.LIKELY: "high", Certainty.POSSIBLE: "medium"}


def sarif(checked: Sequence[tuple[TargetReport, Texts]]) -> dict[str, Any]:
    found = [(target, finding) for target, _ in checked for finding in target.findings][:MOST]
    names = sorted({finding.cause for _, finding in found})
    driver = {"name": "dockwright", "version": __version__, "rules": [rule(name) for name in names]}
    results = [result(target, finding, names.index(finding.cause)) for target, finding in found]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def rule(name: str) -> dict[str, Any]:
    """A cause's page is the rule's text."""
    cause = causes().get(name)
    summary, page = (cause.summary, cause.page) if cause else (name, name)
    return {
        "id": name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": page},
        "help": {"text": page, "markdown": page},
        "properties": {"tags": ["docker", name.partition("/")[0]]},
    }


def result(target: TargetReport, finding: Finding, index: int) -> dict[str, Any]:
    why = f" {finding.why}" if finding.why else ""
    fix = f" Fix: {finding.remedies[0].title}" if finding.remedies else ""
    where = finding.where
    made = {
        "ruleId": finding.cause,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": f"{finding.title}.{why}{fix}"},
        "locations": [location(where) if where else _file(target.dockerfile)],
        "partialFingerprints": {"dockwright/v1": fingerprint(target, finding)},
        "properties": {"certainty": finding.certainty.value, "precision": PRECISION[finding.certainty]},
    }
    related = [_related(each, each.place) for each in finding.evidence if each.place is not None]
    return made | ({"relatedLocations": related} if related else {})


def location(where: Place) -> dict[str, Any]:
    end = where.source.column(where.span.end) if where.end_line == where.line else None
    region = {"startLine": where.line, "startColumn": where.column, "endLine": where.end_line}
    region |= {"endColumn": end} if end is not None else {}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(where.source.name)}, "region": region}}


def _file(name: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(name)}, "region": {"startLine": 1}}}


def _related(each: Evidence, place: Place) -> dict[str, Any]:
    return location(place) | {"message": {"text": each.says}}


def _uri(name: str) -> str:
    """Relative to the root of the repository; `Dockerfile (dockerfile_inline of web)` names the file in front."""
    return quote(name.partition(" (")[0].encode("utf-8", "surrogateescape"))


def fingerprint(target: TargetReport, finding: Finding) -> str:
    """The same for the same failure when lines above it are added or taken away."""
    from hashlib import sha256

    facts = repr(finding.facts)
    instruction = finding.where.instruction if finding.where else ""
    text = "\0".join((finding.cause, target.dockerfile, target.context, instruction, facts))
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
