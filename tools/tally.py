"""Many measured logs -> figures, in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from measure import Measured

Json = dict[str, Any]
BUCKETS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95)
SURE = 0.8  # a wrong answer above this is the worst


def vague(cause: str) -> bool:
    """Says only that something failed."""
    return not cause or cause.endswith("/build-failed") or cause == "runtime/crash"


def right(cause: str, each: Measured) -> bool:
    return cause in each.right


def tally(results: list[Measured]) -> Json:
    labelled = [each for each in results if each.right]
    located = [each for each in results if each.located]
    alarmed = [each for each in located if each.alarms]
    wrong = [each for each in labelled if each.cause and not right(each.cause, each)]
    return {
        "logs": len(results),
        "specific": share(sum(not vague(each.cause) for each in results), len(results)),
        "vague": share(sum(bool(each.cause) and vague(each.cause) for each in results), len(results)),
        "unknown": share(sum(not each.cause for each in results), len(results)),
        "labelled": len(labelled),
        "labelled right": share(sum(right(each.cause, each) for each in labelled), len(labelled)),
        "labelled right, with files": share(sum(right(each.with_files, each) for each in labelled), len(labelled)),
        "labelled unknown": share(sum(not each.cause for each in labelled), len(labelled)),
        "labelled wrong": share(len(wrong), len(labelled)),
        "labelled wrong and sure": share(sum(each.confidence > SURE for each in wrong), len(labelled)),
        "with a fix to apply": share(sum(each.mended for each in results), len(results)),
        "located": share(len(located), len(results)),
        "foreseen": share(sum(bool(each.foreseen) for each in located), len(results)),
        "foreseen and the log agrees": share(sum(_agreed(each) for each in located), len(results)),
        "false alarms": share(len(alarmed), len(located)),
        "crashes": sum(bool(each.crash) for each in results),
        "ms a log": spread(each.ms_log for each in results),
        "ms a check": spread(each.ms_check for each in results if each.ms_check),
        "calibration": calibration(labelled),
        "false alarms by log": [f"{each.id} {_lines(each)}" for each in sorted(alarmed, key=_id)],
        "wrong by log": [
            f"{each.id} {each.cause} {each.confidence:.2f} for {each.right[0]}" for each in sorted(wrong, key=_id)
        ],
        "crashes by log": [f"{each.id} {each.crash}" for each in sorted(results, key=_id) if each.crash],
        "causes": by_cause(results),
    }


def _id(each: Measured) -> str:
    return each.id


def _agreed(each: Measured) -> bool:
    return bool({each.cause, each.with_files} & set(each.foreseen))


def _lines(each: Measured) -> str:
    return ", ".join(f"{cause}:{line}" for cause, line in each.alarms)


def share(count: int, of: int) -> str:
    return f"{count} of {of}, {100 * count / of:.1f} %" if of else "0 of 0"


def spread(values: Iterable[float]) -> Json:
    ordered = sorted(values)
    if not ordered:
        return {}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * at))], 1)
        for name, at in (("p50", 0.5), ("p99", 0.99))
    }


def calibration(labelled: list[Measured]) -> Json:
    """Of the labelled answers given with this confidence, how many are right."""
    table: Json = {}
    for low, high in zip(BUCKETS, (*BUCKETS[1:], 1.01), strict=True):
        here = [each for each in labelled if each.cause and low <= each.confidence < high]
        if here:
            table[f"{low:.2f}+"] = share(sum(right(each.cause, each) for each in here), len(here))
    return table


def by_cause(results: list[Measured]) -> Json:
    names = {name for each in results for name in (each.cause, *each.foreseen, *each.right[:1]) if name}
    names |= {cause for each in results for cause, _ in each.alarms}
    return {name: _row(name, results) for name in sorted(names)}


def _row(name: str, results: list[Measured]) -> Json:
    given = [each for each in results if each.cause == name]
    judged = [each for each in given if each.right]
    return {
        "given": len(given),
        "right": sum(right(name, each) for each in judged),
        "wrong": sum(not right(name, each) for each in judged),
        "missed": sum(each.right[:1] == (name,) and not right(each.cause, each) for each in results),
        "foreseen": sum(name in each.foreseen for each in results),
        "alarms": sum(any(cause == name for cause, _ in each.alarms) for each in results),
    }


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """`corpus/causes/deps/conflict/given` -> 7."""
    if isinstance(value, dict):
        return {
            key: leaf
            for name, each in value.items()
            for key, leaf in flat(each, f"{prefix}/{name}" if prefix else name).items()
        }
    return {prefix: value}
