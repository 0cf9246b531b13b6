"""What was loaded into the wheelhouse: for a person, as JSON, and the lines that are seen while it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dockwright.report.plan import duration, human
from dockwright.wheels.artefact import Wanted, shown
from dockwright.wheels.download import Transfer
from dockwright.wheels.eviction import Evicted
from dockwright.wheels.prefetch import Prefetched
from dockwright.wheels.progress import Progress

BAR = 20


def show_prefetched(found: Prefetched, *, quiet: bool = False, verbose: bool = False) -> str:
    return "".join(f"{line}\n" for line in _shown(found, quiet, verbose))


def _shown(found: Prefetched, quiet: bool, verbose: bool) -> Iterator[str]:
    if not quiet:
        for target in found.wanted:
            yield from _target(target, verbose)
        yield _summary(found)
    for failed in found.fetched.failed:
        yield f"{'not yet' if failed.transient else 'not'} loaded: {failed.why}"
    if found.missing and not found.fetched.failed:
        yield from (f"missing: {each.filename}  {human(each.size)}" for each in found.missing)


def _target(target: Wanted, verbose: bool) -> Iterator[str]:
    yield f"{target.target}   {len(target.artefacts)} files, {human(target.size)}"
    if verbose:
        yield from (f"  {each.filename}  {human(each.size)}" for each in target.artefacts)
    yield from (f"  not known: {why}" for why in target.unknown)


def _summary(found: Prefetched) -> str:
    fetched, files = found.fetched, found.artefacts
    parts = [f"{len(files)} files, {human(sum(each.size or 0 for each in files.values()))}"]
    parts.append(f"{fetched.cached} in the wheelhouse already")
    if fetched.attempts:
        parts.append(f"{fetched.downloaded} loaded with {human(fetched.bytes_over_wire)} in {_tries(fetched.attempts)}")
    if found.missing:
        parts.append(f"{len(found.missing)} missing")
    if found.evicted.count:
        parts.append(f"{found.evicted.count} old ones removed to make room")
    return "; ".join(parts)


def _tries(count: int) -> str:
    return f"{count} request{'s' if count != 1 else ''}"


def encode(found: Prefetched) -> str:
    fetched, files = found.fetched, found.artefacts
    data = {
        "version": 1,
        "wheelhouse": found.store.root,
        "targets": [_data(target) for target in found.wanted],
        "files": len(files),
        "bytes": sum(each.size or 0 for each in files.values()),
        "cached": fetched.cached,
        "downloaded": fetched.downloaded,
        "bytes_over_wire": fetched.bytes_over_wire,
        "requests": fetched.attempts,
        "missing": [each.filename for each in found.missing],
        "failed": [
            {"file": each.artefact.filename, "why": each.why, "transient": each.transient} for each in fetched.failed
        ],
        "evicted": {"files": found.evicted.count, "bytes": found.evicted.bytes},
    }
    return _json(data)


def _data(target: Wanted) -> dict[str, Any]:
    files = [
        {
            "name": each.name, "version": each.version, "file": each.filename, "size": each.size,
            "sha256": each.sha256, "url": shown(each.url),
        }
        for each in target.artefacts
    ]  # fmt: skip
    return {"name": target.target, "files": files, "unknown": list(target.unknown)}


def cleaned(root: str, evicted: Evicted) -> str:
    left = f"; {human(evicted.left)} stay, which a running build needs" if evicted.left else ""
    return f"{evicted.count} files removed, {human(evicted.bytes)}{left} ({root})\n"


def encode_cleaned(root: str, evicted: Evicted) -> str:
    return _json(
        {"version": 1, "wheelhouse": root, "removed": evicted.count, "bytes": evicted.bytes, "left": evicted.left}
    )


def _json(data: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


# -- while it goes on -------------------------------------------------------------------------------------------------


def news(progress: Progress, transfer: Transfer) -> str:
    """A line worth keeping on the screen; empty for all others."""
    if transfer.state == "done":
        return f"[{progress.done}/{progress.count}] {transfer.filename}  {human(transfer.current)}"
    if transfer.state == "elsewhere":
        return f"{transfer.filename}: another dockwright loads it"
    if transfer.state in ("waiting", "failed"):
        named = transfer.text.startswith(transfer.filename)
        return transfer.text if named else f"{transfer.filename}: {transfer.text}"
    return ""


def lines(progress: Progress, width: int) -> list[str]:
    """The picture: one line for each file that is being loaded, and one for all."""
    shown = sorted(progress.active.values(), key=lambda each: each.filename)
    return [*(_line(each)[:width] for each in shown), _whole(progress)[:width]]


def _line(transfer: Transfer) -> str:
    size = transfer.total or 0
    done = min(BAR, BAR * transfer.current // size) if size else 0
    of = f"{human(transfer.current)} of {human(transfer.total)}"
    return f"  {'━' * done}{'─' * (BAR - done)}  {of:>22}  {transfer.filename}"


def _whole(progress: Progress) -> str:
    parts = [f"{progress.done} of {progress.count} files", f"{human(progress.current)} of {human(progress.total)}"]
    if progress.speed:
        parts.append(f"{human(int(progress.speed))}/s")
    if progress.left is not None:
        parts.append(f"{duration(progress.left)} left")
    return "  ".join(parts)
