"""A finding for a person at a terminal: the reader's own lines, the place, one sentence of why, one of how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockwright.finding import Evidence, Finding, Place, Safety, breaks
from dockwright.report.terminal import Paint, printable

WIDTH = 110  # of a quoted line


def show_finding(finding: Finding, dockerfile: str, paint: Paint) -> Iterator[str]:
    severity = finding.severity.value
    yield f"{paint(severity, severity)}  {paint('bold', finding.cause)}   {finding.certainty.value}"
    yield f"  {printable(finding.title)}"
    yield from (f"  {line}" for line in excerpt(finding, dockerfile, paint))
    for proof in finding.evidence:
        if proof.place is None:
            yield f"  note: {printable(proof.says)}"
    if finding.why:
        yield f"  why: {printable(finding.why)}"
    yield from fixes(finding)


def fixes(finding: Finding) -> Iterator[str]:
    for remedy in finding.remedies[:2]:
        if remedy.safety is Safety.ADVICE:
            yield f"  fix: {printable(remedy.title)}"
        else:
            flag = "--fix" if remedy.safety is Safety.SAFE else "--unsafe-fixes"
            yield f"  fix: {printable(remedy.title)}   [{remedy.safety.value}]  dockwright check --diff, then {flag}"
            return


def excerpt(finding: Finding, dockerfile: str, paint: Paint) -> Iterator[str]:
    """The lines that matter, in the order of the file, each with what it says under it."""
    marks = [(proof.place, proof.says, "-") for proof in finding.evidence if proof.place is not None]
    if finding.where is not None:
        word = "fails here" if breaks(finding) else "here"
        marks.append((finding.where, word, "^"))
    width = max((len(str(place.line)) for place, _, _ in marks), default=1)
    file, line = dockerfile, 0
    order = sorted(marks, key=lambda mark: (mark[0].source.name != dockerfile, mark[0].source.name, mark[0].span))
    for place, says, sign in order:
        if place.source.name != file:
            file, line = place.source.name, 0
            yield f"{' ' * width} : {printable(file)}"
        style = "error" if sign == "^" and breaks(finding) else "note"
        text, under = quoted(place, says, sign, paint, style)
        if place.line != line or len(place.source.line_text(line)) > WIDTH:
            yield f"{place.line:>{width}} | {text}"
        line = place.line
        yield f"{' ' * width} | {under}"


def quoted(place: Place, says: str, sign: str, paint: Paint, style: str) -> tuple[str, str]:
    """The line, cut around the span where it is long, and the mark to put under it."""
    whole = place.source.line_text(place.line)
    start = place.column - 1
    end = place.source.column(place.span.end) - 1 if place.end_line == place.line else len(whole.rstrip())
    shift = max(0, start - WIDTH // 2) if len(whole) > WIDTH else 0
    left, right = "…" * (shift > 0), "…" * (len(whole) > shift + WIDTH)
    pad = start - shift + len(left)
    length = max(1, min(min(end, len(whole)) - start, WIDTH + len(left) - pad))
    mark = " " * pad + paint(style, f"{sign * length} {printable(says)}")
    return left + printable(whole[shift : shift + WIDTH]) + right, mark


def show_evidence(evidence: Iterable[Evidence]) -> Iterator[str]:
    for each in evidence:
        if each.log_line is not None:
            number = f" {each.log_line}" if each.log_line else ""  # 0: the builder says it outside of any line
            text = printable(each.text)
            yield f"  log{number}: {text[:WIDTH]}{'…' * (len(text) > WIDTH)}"
