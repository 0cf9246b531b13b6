"""Runs of the history: those that go on now, and those that are over."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from dockwright.build.board import Snapshot
from dockwright.history.past import RunRow
from dockwright.report import data
from dockwright.report.progress import picture, size, span
from dockwright.report.terminal import Paint, printable

STYLES = {"failed": "error", "transient": "warning", "gone": "warning", "crashed": "error", "interrupted": "warning"}


def show_running(runs: Sequence[RunRow], width: int, *, colour: bool = False) -> str:
    """The picture of each run that goes on; without one, how the last one ended."""
    paint = Paint(colour)
    if not runs:
        return "nothing has run yet\n"
    lines = []
    for run in runs:
        snapshot = _snapshot(run)
        if run.outcome == "running" and snapshot is not None:
            lines += [f"{printable(run.project)}   {run.verb} with {run.engine or 'no engine'}, process {run.pid}"]
            lines += picture(msgspec.structs.replace(snapshot, at=time.time()), width, paint)
        else:
            lines += ["nothing runs now; the last run:"] if run.outcome != "running" else []
            lines += list(_run(run, paint))
    return "\n".join(lines) + "\n"


def _snapshot(run: RunRow) -> Snapshot | None:
    try:
        return msgspec.json.decode(run.progress, type=Snapshot) if run.progress else None
    except msgspec.DecodeError:
        return None


def show_runs(runs: Sequence[RunRow], *, colour: bool = False) -> str:
    paint = Paint(colour)
    return "".join(f"{line}\n" for run in runs for line in _run(run, paint)) or "nothing has run yet\n"


def _run(run: RunRow, paint: Paint) -> list[str]:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))
    took = span(run.finished - run.started) if run.finished is not None and run.outcome != "gone" else ""
    wire = f"{size(run.bytes)} downloaded" if run.bytes else ""
    outcome = paint(STYLES.get(run.outcome, "bold"), f"{run.outcome:<11}")
    head = "   ".join(part for part in (f"{run.id:>4}  {when}  {run.verb:<8}", outcome, took, wire) if part)
    lines = [f"{head}   {printable(run.project)}"]
    for target in run.targets:
        tries = f"{target.attempts} attempts" if target.attempts > 1 else ""
        said = "   ".join(part for part in (target.outcome, target.cause or target.says, tries) if part)
        lines.append(f"        {printable(target.name)}: {printable(said)}")
    return lines


def encode_runs(runs: Sequence[RunRow]) -> str:
    made = [msgspec.to_builtins(run) | {"progress": msgspec.to_builtins(_snapshot(run))} for run in runs]
    return data.encode({"version": data.VERSION, "runs": made})
