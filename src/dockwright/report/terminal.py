"""Findings for a person at a terminal: the reader's own lines, the place, one sentence of why, one of how to mend it.

It reads the same without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dockwright.finding import Certainty, Evidence, Finding, Place, Report, Safety, TargetReport, breaks

WIDTH = 110  # of a quoted line
STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m", "dim": "\x1b[2m", "bold": "\x1b[1m"}


class Paint:
    """Puts colour around a text, or doesn't."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"{STYLES[style]}{text}\x1b[0m" if self.colour and text else text


def show_report(report: Report, *, colour: bool = False, quiet: bool = False, verbose: bool = False) -> str:
    paint = Paint(colour)
    pieces = [show_target(target, paint, verbose) for target in report.targets if not quiet or target.verdict == "fails"]
    return "\n".join(pieces)


def show_target(target: TargetReport, paint: Paint, verbose: bool = False) -> str:
    lines = [paint("bold", target.dockerfile) + f"   context {folder(target.context)} ({target.origin})   {verdict(target)}"]
    for finding in target.findings:
        if finding.certainty is not Certainty.POSSIBLE or verbose:
            lines += ["", *show_finding(finding, target.dockerfile, paint)]
    return "\n".join(lines) + "\n"


def folder(path: str) -> str:
    return path if "://" in path or path.endswith("/") else f"{path}/"


def verdict(target: TargetReport) -> str:
    failing = target.failing_steps
    if target.verdict == "fails":
        return f"{failing} of {target.steps} steps will fail" if failing <= target.steps else f"{failing} steps will fail"
    if target.verdict == "builds":
        return f"{target.steps} steps, all followed: it builds"
    return f"{target.steps} steps, {target.unknown_steps} not wholly followed: nothing found that fails"


def show_finding(finding: Finding, dockerfile: str, paint: Paint) -> Iterator[str]:
    severity = finding.severity.value
    yield f"{paint(severity, severity)}  {paint('bold', finding.cause)}   {finding.certainty.value}"
    yield f"  {finding.title}"
    yield from (f"  {line}" for line in excerpt(finding, dockerfile, paint))
    for proof in finding.evidence:
        if proof.place is None:
            yield f"  note: {proof.says}"
    if finding.why:
        yield f"  why: {finding.why}"
    yield from fixes(finding)


def fixes(finding: Finding) -> Iterator[str]:
    for remedy in finding.remedies[:2]:
        if remedy.safety is Safety.ADVICE:
            yield f"  fix: {remedy.title}"
        else:
            flag = "--fix" if remedy.safety is Safety.SAFE else "--unsafe-fixes"
            yield f"  fix: {remedy.title}   [{remedy.safety.value}]  dockwright check --diff, then {flag}"
            return


def excerpt(finding: Finding, dockerfile: str, paint: Paint) -> Iterator[str]:
    """The lines that matter, in the order of the file, each with what it says under it."""
    marks = [(proof.place, proof.says, "-") for proof in finding.evidence if proof.place is not None]
    if finding.where is not None:
        word = "fails here" if breaks(finding) else "here"
        marks.append((finding.where, word, "^"))
    width = max((len(str(place.line)) for place, _, _ in marks), default=1)
    last = dockerfile
    for place, says, sign in sorted(marks, key=lambda mark: (mark[0].source.name != dockerfile, mark[0].source.name, mark[0].span)):
        if place.source.name != last:
            last = place.source.name
            yield f"{' ' * width} : {last}"
        yield from quoted(place, says, sign, width, paint, "error" if sign == "^" and breaks(finding) else "note")


def quoted(place: Place, says: str, sign: str, width: int, paint: Paint, style: str) -> Iterator[str]:
    text = place.source.line_text(place.line)
    start = place.column - 1
    end = place.source.column(place.span.end) - 1 if place.end_line == place.line else len(text)
    end = min(end, len(text)) if place.end_line == place.line else len(text.rstrip())
    shift = max(0, start - WIDTH // 2) if len(text) > WIDTH else 0
    shown = ("…" if shift else "") + text[shift : shift + WIDTH] + ("…" if len(text) > shift + WIDTH else "")
    pad = start - shift + (1 if shift else 0)
    length = max(1, min(end - start, WIDTH - pad))
    yield f"{place.line:>{width}} | {printable(shown)}"
    yield f"{' ' * width} | {' ' * pad}{paint(style, sign * length + ' ' + says)}"


def printable(text: str) -> str:
    """Tabs as blanks, and no control characters: a hostile file must not drive the terminal."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "�" for char in text)


def show_evidence(evidence: Iterable[Evidence]) -> Iterator[str]:
    for each in evidence:
        if each.log_line is not None:
            yield f"  log {each.log_line}: {printable(each.text)[:WIDTH]}"


