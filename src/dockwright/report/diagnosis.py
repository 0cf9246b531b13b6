"""A diagnosis for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.diagnose import Diagnosed, Diagnosis
from dockwright.report.excerpt import excerpt, fixes, show_evidence
from dockwright.report.terminal import Paint, printable


def show_diagnosis(found: Diagnosis, *, colour: bool = False) -> str:
    paint = Paint(colour)
    lines = [_head(found, paint)]
    if not found.ranked:
        lines += [f"  {printable(line)}" for line in found.excerpt]
        if found.log.outcome == "failed":
            lines.append("  No known cause fits this log; these are the lines that a person should read.")
    for place, item in enumerate(found.ranked[:3]):
        lines += ["", *_show(item, paint, first=place == 0)]
    return "\n".join(lines) + "\n"


def _head(found: Diagnosis, paint: Paint) -> str:
    name = "standard input" if found.log.name == "-" else printable(found.log.name)
    said = {"failed": "failed", "succeeded": "succeeded: nothing to explain", "unknown": "no failure found"}[
        found.log.outcome
    ]
    step = found.failed
    at = ""
    if step is not None and step.instruction:
        line = step.dockerfile_line or (found.where.line if found.where else None)
        at = f" at {printable(step.instruction)[:80]}" + (f" (line {line})" if line else "")
    code = step.exit_code if step is not None and step.exit_code is not None else found.log.exit_code
    return f"{paint('bold', name)}   {found.log.builder}   {said}{at}" + (f", exit {code}" if code is not None else "")


def _show(item: Diagnosed, paint: Paint, first: bool) -> Iterator[str]:
    found = item.finding
    word = paint("error", "cause") if first else paint("note", "or")
    transient = "   may pass when tried again" if item.transient else ""
    yield f"{word}  {paint('bold', found.cause)}   {round(item.confidence * 100)} %{transient}"
    yield f"  {printable(found.title)}"
    yield from show_evidence(found.evidence)
    if first:
        dockerfile = found.where.source.name if found.where else ""
        yield from (f"  {line}" for line in excerpt(found, dockerfile, paint))
        if found.why:
            yield f"  why: {printable(found.why)}"
        yield from fixes(found)
