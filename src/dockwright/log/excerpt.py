"""The few lines of a log that a person should read."""

from __future__ import annotations

from dockwright.log.model import BuildLog, Line, Lines, LogStep


def excerpt(log: BuildLog, around: Line | None = None, limit: int = 8) -> tuple[str, ...]:
    """Lines around `around` in its step, most of them before it; without it, the last lines of the decisive step."""
    step = _holder(log, around) if around else _decisive(log)
    if step is None:
        return _last([line.text for line in log.messages[-4 * limit :]], limit)
    if around is not None:
        return _window(step.lines, _index(step.lines, around.number), limit)
    tail = [line.text for line in step.lines[-4 * limit :]]
    return _last(tail, limit - 1) + ((step.error,) if step.error else ())


def _decisive(log: BuildLog) -> LogStep | None:
    return log.failed[0] if log.failed else log.steps[-1] if log.steps and not log.messages else None


def _holder(log: BuildLog, line: Line) -> LogStep | None:
    for step in (*log.failed, *log.steps):
        index = _index(step.lines, line.number)
        if index < len(step.lines) and step.lines[index] == line:
            return step
    return None


def _index(lines: Lines, number: int) -> int:
    """Index of the first line with that number or a later one."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if lines.number(middle) < number:
            low = middle + 1
        else:
            high = middle
    return low


def _window(lines: Lines, index: int, limit: int) -> tuple[str, ...]:
    before = lines[max(0, index - 4 * limit) : index]
    after = lines[index : index + limit]
    kept = _last([line.text for line in before], max(limit * 5 // 8, limit - len(after)))
    return (kept + tuple(line.text for line in after if line.text.strip()))[:limit]


def _last(texts: list[str], limit: int) -> tuple[str, ...]:
    """The last lines that say something, in order."""
    said = [text for text in texts if text.strip(" .-=─━|")]
    return tuple(said[-limit:]) if limit > 0 else ()
