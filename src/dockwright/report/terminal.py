"""Findings for a person at a terminal: the reader's own lines, the place, one sentence of why, one of how to mend it.

It reads the same without colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dockwright.finding import Certainty, Report, TargetReport

POSSIBLE = Certainty.POSSIBLE
STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m", "dim": "\x1b[2m", "bold": "\x1b[1m"}


class Paint:
    """Puts colour around a text, or doesn't."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"{STYLES[style]}{text}\x1b[0m" if self.colour and text else text


def show_report(report: Report, *, colour: bool = False, quiet: bool = False, verbose: bool = False) -> str:
    return show_reports([report], colour=colour, quiet=quiet, verbose=verbose)


def show_reports(reports: Iterable[Report], *, colour: bool = False, quiet: bool = False, verbose: bool = False) -> str:
    """Every target; a line that sums up when there are several."""
    paint = Paint(colour)
    targets = [target for report in reports for target in report.targets]
    shared = Counter(target.dockerfile for target in targets)
    pieces = [
        show_target(target, paint, verbose, name=target.name if shared[target.dockerfile] > 1 else "")
        for target in targets
        if not quiet or target.verdict == "fails"
    ]
    if len(targets) > 1:
        pieces.append(summary(targets) + "\n")
    return "\n".join(pieces)


def summary(targets: Sequence[TargetReport]) -> str:
    verdicts = Counter(target.verdict for target in targets)
    builds = "builds" if verdicts["builds"] == 1 else "build"
    said = {"fails": "will fail", "builds": builds, "unknown": "not wholly followed"}
    parts = [f"{verdicts[each]} {word}" for each, word in said.items() if verdicts[each]]
    severities = Counter(
        finding.severity.value for target in targets for finding in target.findings if finding.certainty is not POSSIBLE
    )
    found = [
        f"{severities[each]} {each}{'s' * (severities[each] > 1)}"
        for each in ("error", "warning", "note")
        if severities[each]
    ]
    return f"{len(targets)} targets: {', '.join(parts)}" + (f"; {', '.join(found)}" if found else "")


def show_target(target: TargetReport, paint: Paint, verbose: bool = False, name: str = "") -> str:
    head = paint("bold", printable(target.dockerfile))
    origin = printable(f"{target.origin}: {name}" if name else target.origin)
    lines = [f"{head}   context {folder(printable(target.context))} ({origin})   {verdict(target)}"]
    for finding in target.findings:
        if finding.certainty is not POSSIBLE or verbose:
            from dockwright.report.excerpt import show_finding

            lines += ["", *show_finding(finding, target.dockerfile, paint)]
    hidden = sum(finding.certainty is POSSIBLE for finding in target.findings)
    if hidden and not verbose:
        lines += [
            "",
            f"{hidden} more {'is' if hidden == 1 else 'are'} only possible: -v shows {'it' if hidden == 1 else 'them'}",
        ]
    return "\n".join(lines) + "\n"


def folder(path: str) -> str:
    return path if "://" in path or path.endswith("/") else f"{path}/"


def verdict(target: TargetReport) -> str:
    failing = target.failing_steps
    if target.verdict == "fails":
        return (
            f"{failing} of {target.steps} steps will fail" if failing <= target.steps else f"{failing} steps will fail"
        )
    if target.verdict == "builds":
        return f"{target.steps} steps, all followed: it builds"
    return f"{target.steps} steps, {target.unknown_steps} not wholly followed: nothing found that fails"


def printable(text: str) -> str:
    """Tabs as blanks, and no control characters: a hostile file must not drive the terminal."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "�" for char in text)
