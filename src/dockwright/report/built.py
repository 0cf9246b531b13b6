"""A finished build: for a person, and as JSON (schema/build.json)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from dockwright.build.result import Attempted, Built, BuiltTarget, Loaded
from dockwright.finding import Report
from dockwright.report import data
from dockwright.report.diagnosis import show_diagnosis
from dockwright.report.progress import size, span
from dockwright.report.terminal import Paint, printable

WORDS = {"not-tried": "not tried", "transient": "gave up"}
STYLES = {"failed": "error", "transient": "warning", "not-tried": "note", "interrupted": "warning"}


def show_built(built: Built, *, colour: bool = False, quiet: bool = False) -> str:
    """Each image on a line, then why those failed that did, as `explain` says it."""
    paint = Paint(colour)
    shown = [target for target in built.targets if not quiet or target.outcome != "built"]
    names = max((len(target.name) for target in shown), default=0)
    lines = [_target(target, names, paint) for target in shown]
    lines += [f"  {_loaded(built.loaded)}"] if built.loaded.files and not quiet else []
    for target in shown:
        if target.diagnosis is not None and target.outcome in ("failed", "transient"):
            lines += ["", show_diagnosis(target.diagnosis, colour=colour).rstrip("\n")]
    return "".join(f"{line}\n" for line in lines)


def _target(target: BuiltTarget, names: int, paint: Paint) -> str:
    word = WORDS.get(target.outcome, target.outcome)
    word = paint(STYLES.get(target.outcome, "bold"), f"{word:<9}")
    tries = f", {len(target.attempts)} attempts" if len(target.attempts) > 1 else ""
    took = f"   {span(target.seconds)}{tries}" if target.attempts else ""
    said = ", ".join(target.tags) if target.outcome == "built" else target.says
    return f"{word}  {printable(target.name):<{names}}   {printable(said)}{took}".rstrip()


def _loaded(loaded: Loaded) -> str:
    files = f"{loaded.files} {'file' if loaded.files == 1 else 'files'}"
    if loaded.failed and loaded.missing:
        had = f"; {size(loaded.over_wire)} downloaded" if loaded.over_wire else ""
        said = f"wheels: {loaded.missing} of {files} not in the wheelhouse, builds asked the index for them"
        return f"{said}: {printable(loaded.failed[0])}{had}"
    if not loaded.over_wire:
        return f"wheels: {files}, {size(loaded.bytes)}, all here before"
    return f"wheels: {files}, {size(loaded.bytes)}; {size(loaded.over_wire)} downloaded in {span(loaded.seconds)}"


# -- JSON -------------------------------------------------------------------------------------------------------------


def encode_built(built: Built, texts: data.Texts) -> str:
    return data.encode(
        {
            "version": data.VERSION,
            "outcome": built.outcome,
            "exit_code": built.exit_code,
            "engine": built.engine,
            "seconds": round(built.seconds, 3),
            "targets": [_json_target(target, texts) for target in built.targets],
            "wheelhouse": _json_loaded(built.loaded),
            "notes": list(built.notes),
        }
    )


def encode_refused(report: Report, texts: data.Texts) -> str:
    """`findings`: targets as `check --format json` has them."""
    findings = [data.target(target, texts) for target in report.targets]
    return data.encode({"version": data.VERSION, "outcome": "refused", "exit_code": 1, "findings": findings})


def _json_target(target: BuiltTarget, texts: data.Texts) -> dict[str, Any]:
    return {
        "name": target.name,
        "dockerfile": target.dockerfile,
        "context": target.context,
        "tags": list(target.tags),
        "outcome": target.outcome,
        "seconds": round(target.seconds, 3),
        "says": target.says,
        "derived": target.derived,
        "notes": list(target.notes),
        "attempts": [_json_attempt(attempt) for attempt in target.attempts],
        "diagnosis": None if target.diagnosis is None else data.diagnosis(target.diagnosis, texts, 0),
    }


def _json_attempt(attempt: Attempted) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "outcome": attempt.outcome,
        "seconds": round(attempt.seconds, 3),
        "waited": round(attempt.waited, 3),
        "cause": attempt.cause or None,
        "title": attempt.title,
        "transient": attempt.transient,
        "command": shlex.join(attempt.words),
    }


def _json_loaded(loaded: Loaded) -> dict[str, Any]:
    return {
        "files": loaded.files,
        "bytes": loaded.bytes,
        "cached": loaded.cached,
        "missing": loaded.missing,
        "bytes_over_wire": loaded.over_wire,
        "attempts": loaded.attempts,
        "seconds": round(loaded.seconds, 3),
        "failed": list(loaded.failed),
    }


def notes(built: Built) -> Iterator[str]:
    """What is worth knowing though everything was built."""
    for target in built.targets:
        yield from (f"{target.name}: {note}" for note in target.notes)
