"""Findings as JSON: stable, additions allowed. Keys are in a fixed order, so equal input gives equal bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dockwright.diagnose import Diagnosed, Diagnosis
from dockwright.finding import Evidence, Finding, Place, Remedy, TargetReport

VERSION = 1
Texts = Callable[[str], str | None]  # the text of a project file by name


def report(targets: Iterable[tuple[TargetReport, Texts]], elapsed_ms: int) -> dict[str, Any]:
    return {"version": VERSION, "targets": [target(each, texts) for each, texts in targets], "elapsed_ms": elapsed_ms}


def target(each: TargetReport, texts: Texts) -> dict[str, Any]:
    return {
        "name": each.name,
        "dockerfile": each.dockerfile,
        "context": each.context,
        "origin": each.origin,
        "verdict": each.verdict,
        "steps": each.steps,
        "unknown_steps": each.unknown_steps,
        "findings": [finding(item, texts) for item in each.findings],
    }


def finding(item: Finding, texts: Texts) -> dict[str, Any]:
    return {
        "cause": item.cause,
        "severity": item.severity.value,
        "certainty": item.certainty.value,
        "title": item.title,
        "where": None if item.where is None else place(item.where),
        "facts": msgspec.to_builtins(item.facts),
        "evidence": [evidence(each) for each in item.evidence],
        "why": item.why,
        "remedies": [remedy(each, texts) for each in item.remedies],
    }


def place(where: Place) -> dict[str, Any]:
    return {
        "file": where.source.name,
        "line": where.line,
        "end_line": where.end_line,
        "column": where.column,
        "instruction": where.instruction,
    }


def evidence(each: Evidence) -> dict[str, Any]:
    if each.log_line is not None:
        return {"log_line": each.log_line, "text": each.text}
    file, line = (each.place.source.name, each.place.line) if each.place else (None, None)
    return {"file": file, "line": line, "text": each.text, "says": each.says}


def remedy(each: Remedy, texts: Texts) -> dict[str, Any]:
    known = {file: text for file in each.patch.files() if (text := texts(file)) is not None}
    return {
        "title": each.title,
        "safety": each.safety.value,
        "diff": each.patch.diff(known) if each.patch else None,
        "verified": None,
    }


def diagnosis(each: Diagnosis, texts: Texts, elapsed_ms: int) -> dict[str, Any]:
    return {
        "version": VERSION,
        "log": each.log.name,
        "builder": each.log.builder,
        "outcome": each.log.outcome,
        "failed_step": failed_step(each),
        "diagnoses": [diagnosed(item, texts) for item in each.ranked],
        "excerpt": list(each.excerpt),
        "elapsed_ms": elapsed_ms,
    }


def failed_step(each: Diagnosis) -> dict[str, Any] | None:
    step = each.failed
    if step is None or (not step.instruction and step.exit_code is None):
        return None
    line = step.dockerfile_line or (each.where.line if each.where is not None else None)
    return {
        "index": step.index,
        "of": step.of,
        "stage": step.stage or None,
        "instruction": step.instruction,
        "dockerfile_line": line,
        "exit_code": step.exit_code if step.exit_code is not None else each.log.exit_code,
        "log_line": step.lines[0].number if len(step.lines) else None,
    }


def diagnosed(item: Diagnosed, texts: Texts) -> dict[str, Any]:
    found = item.finding
    return {
        "cause": found.cause,
        "confidence": item.confidence,
        "title": found.title,
        "facts": msgspec.to_builtins(found.facts),
        "evidence": [evidence(each) for each in found.evidence],
        "why": found.why,
        "remedies": [remedy(each, texts) for each in found.remedies],
        "transient": item.transient,
        "where": None if found.where is None else place(found.where),
    }


def encode(value: Any) -> str:
    """JSON text on one line. Bytes that are not UTF-8 become replacement characters."""
    return msgspec.json.encode(_clean(value)).decode("utf-8") + "\n"


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


def plain(value: Any) -> Any:
    """A struct as JSON types."""
    return msgspec.to_builtins(value)
