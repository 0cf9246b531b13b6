"""JUnit XML: a target is a suite; each finding is a case that fails, errors or is told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockwright.finding import Finding, TargetReport, breaks
from dockwright.report.data import Texts


def junit(checked: Sequence[tuple[TargetReport, Texts]]) -> str:
    suites = [line for target, _ in checked for line in _suite(target)]
    failures = sum(_failures(target) for target, _ in checked)
    tests = sum(_tests(target) for target, _ in checked)
    head = f'<testsuites name="dockwright" tests="{tests}" failures="{failures}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>", ""])


def _failures(target: TargetReport) -> int:
    return sum(map(breaks, target.findings))


def _tests(target: TargetReport) -> int:
    return max(1, len(target.findings))


def _suite(target: TargetReport) -> Iterator[str]:
    name = _text(f"{target.dockerfile} ({target.name})")
    yield f'  <testsuite name="{name}" tests="{_tests(target)}" failures="{_failures(target)}">'
    if not target.findings:
        yield f'    <testcase classname="{_text(target.dockerfile)}" name="{_text(target.verdict)}"/>'
    for finding in target.findings:
        yield from _case(target, finding)
    yield "  </testsuite>"


def _case(target: TargetReport, finding: Finding) -> Iterator[str]:
    file, line = (finding.where.source.name, finding.where.line) if finding.where else (target.dockerfile, 1)
    yield (
        f'    <testcase classname="{_text(file)}" name="{_text(f"{finding.cause} at line {line}")}"'
        f' file="{_text(file)}" line="{line}">'
    )
    lines = [f"{file}:{line}: {finding.title}", finding.why, *(f"fix: {each.title}" for each in finding.remedies[:1])]
    body = _text("\n".join(each for each in lines if each))
    if breaks(finding):
        yield f'      <failure type="{_text(finding.cause)}" message="{_text(finding.title)}">{body}</failure>'
    else:
        yield f"      <system-out>{body}</system-out>"
    yield "    </testcase>"


def _text(text: str) -> str:
    """XML 1.0 has no form at all for most control characters and for lone surrogates."""
    kept = "".join(
        char if char in "\t\n\r" or (char >= " " and not 0xD800 <= ord(char) <= 0xDFFF) else "�" for char in text
    )
    kept = kept.replace("\ufffe", "�").replace("\uffff", "�")
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;"), ("\r", "&#13;")):
        kept = kept.replace(char, name)
    return kept
