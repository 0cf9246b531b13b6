"""Markdown: for a comment on a change, a job's summary, a wiki."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dockwright.diagnose import Diagnosed, Diagnosis
from dockwright.finding import Evidence, Finding, Remedy, TargetReport
from dockwright.report import data
from dockwright.report.excerpt import excerpt
from dockwright.report.terminal import Paint, folder, printable, summary, verdict

PLAIN = Paint(False)


def report_page(checked: Sequence[tuple[TargetReport, data.Texts]]) -> str:
    lines = ["# What dockwright says of this build", ""]
    for target, texts in checked:
        lines += [f"## {code(target.dockerfile)}, context {code(folder(target.context))}: {verdict(target)}", ""]
        for finding in target.findings:
            lines += _finding(finding, target.dockerfile, texts)
    if len(checked) > 1:
        lines += [summary([target for target, _ in checked]), ""]
    return "\n".join(lines)


def _finding(finding: Finding, dockerfile: str, texts: data.Texts) -> Iterator[str]:
    yield f"### {finding.severity.value}: {prose(finding.title)}"
    yield f"\n{code(finding.cause)}, {finding.certainty.value}\n"
    yield from fenced([printable(line) for line in excerpt(finding, dockerfile, PLAIN)])
    if finding.why:
        yield f"**Why:** {prose(finding.why)}\n"
    for remedy in finding.remedies[:1]:
        yield from _remedy(remedy, texts)


def _remedy(remedy: Remedy, texts: data.Texts) -> Iterator[str]:
    yield f"**Fix** ({remedy.safety.value}): {prose(remedy.title)}\n"
    diff = data.remedy(remedy, texts)["diff"]
    if diff:
        yield from fenced(str(diff).rstrip("\n").split("\n"), "diff")


def diagnosis_page(found: Diagnosis, texts: data.Texts) -> str:
    name = "standard input" if found.log.name == "-" else found.log.name
    lines = [f"# {prose(name)}: {found.log.outcome}", ""]
    if found.failed is not None and found.failed.instruction:
        lines += [f"Failed at {code(found.failed.instruction[:200])}.", ""]
    for rank, item in enumerate(found.ranked[:3]):
        lines += _diagnosed(item, texts, first=rank == 0)
    if not found.ranked:
        lines += ["No known cause fits this log." if found.log.outcome == "failed" else "Nothing to explain.", ""]
        lines += fenced([printable(line) for line in found.excerpt])
    return "\n".join(lines)


def _diagnosed(item: Diagnosed, texts: data.Texts, first: bool) -> Iterator[str]:
    finding = item.finding
    yield f"## {'Cause' if first else 'Or'}: {prose(finding.title)}"
    again = "; may pass when tried again" if item.transient else ""
    yield f"\n{code(finding.cause)}, {round(item.confidence * 100)} %{again}\n"
    yield from fenced([f"{each.log_line}: {printable(each.text)}" for each in _logged(finding.evidence)])
    if not first:
        return
    if finding.where is not None:
        yield from fenced([printable(line) for line in excerpt(finding, finding.where.source.name, PLAIN)])
    if finding.why:
        yield f"**Why:** {prose(finding.why)}\n"
    for remedy in finding.remedies[:1]:
        yield from _remedy(remedy, texts)


def _logged(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [each for each in evidence if each.log_line is not None]


def fenced(lines: list[str], language: str = "") -> Iterator[str]:
    """A code block whose fence is longer than any in it."""
    if lines:
        fence = "```"
        while any(fence in line for line in lines):
            fence += "`"
        yield "\n".join([f"{fence}{language}", *lines, f"{fence}\n"])


def code(text: str) -> str:
    text = printable(text)
    if "`" not in text:
        return f"`{text}`"
    longest = max(len(run) for run in _runs(text))
    return f"{'`' * (longest + 1)} {text} {'`' * (longest + 1)}"


def _runs(text: str) -> list[str]:
    return "".join(char if char == "`" else " " for char in text).split()


def prose(text: str) -> str:
    """Facts come from files: they must neither format the page nor put links, pictures or HTML into it."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#!~" else char for char in printable(text))
