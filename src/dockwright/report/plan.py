"""A plan for a person at a terminal: one line a distribution, a total, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from dockwright.planning import Line, Plan, TargetPlan, weight

HEAVY = 12  # distributions that are shown without -v


def show_plan(plan: Plan, *, bandwidth: float | None = None, quiet: bool = False, verbose: bool = False) -> str:
    shown = [target for target in plan.targets if not quiet or target.troubles]
    return "\n".join("\n".join(_target(target, bandwidth, verbose)) + "\n" for target in shown)


def _target(target: TargetPlan, bandwidth: float | None, verbose: bool) -> Iterator[str]:
    image = (
        f"Python {target.python} on {target.platform}, {target.libc}" if target.python else "nothing known to install"
    )
    source = "" if target.read_from in ("build", "") else f" (read from {target.read_from})"
    yield f"{target.dockerfile}   {target.name}   {image}{source}"
    yield from _table(target.lines, verbose)
    if target.lines:
        yield _total(target, bandwidth)
    yield from _cuda(target)
    for trouble in target.troubles:
        yield f"  {trouble.problem}: {trouble.says}"
        if trouble.relax:
            yield "    resolves with " + ", or with ".join(" and ".join(each) for each in trouble.relax)
        elif trouble.near:
            yield f"    versions that would do: {', '.join(trouble.near)}"
    for why in target.unknown:
        yield f"  not known: {why}"


def _table(lines: tuple[Line, ...], verbose: bool) -> Iterator[str]:
    """The heaviest first; everything that must compile or is yanked is shown always."""
    ordered = sorted(lines, key=lambda line: (-(line.size or 0), line.name))
    shown = [line for at, line in enumerate(ordered) if verbose or at < HEAVY or line.compiles or line.form == "sdist"]
    width = max((len(line.name) for line in shown), default=0)
    versions = max((len(line.version) for line in shown), default=0)
    for line in shown:
        head = f"  {line.name:<{width}}  {line.version:<{versions}}  {line.form:<9}  {human(line.size):>8}"
        yield f"{head}  {_notes(line)}".rstrip()
    if len(shown) < len(ordered):
        yield f"  and {len(ordered) - len(shown)} more (-v shows them)"


def _notes(line: Line) -> str:
    notes = (
        [f"compiles with {', '.join(line.compiles)}"]
        if line.compiles
        else ["built from its sources"] * (line.form == "sdist")
    )
    notes += ["CUDA"] * line.cuda
    notes += [f"yanked{': ' + line.yanked if line.yanked else ''}"] if line.yanked is not None else []
    return "; ".join(notes)


def _total(target: TargetPlan, bandwidth: float | None) -> str:
    unknown = sum(1 for line in target.lines if line.size is None and line.form != "installed")
    text = f"  {len(target.lines)} distributions, {human(target.total)} to download"
    if bandwidth:
        text += f", {duration(target.seconds(bandwidth))} at {bandwidth / 1e6:g} Mbit/s"
    return text + (f" ({unknown} of unknown size)" if unknown else "")


def _cuda(target: TargetPlan) -> Iterator[str]:
    size, names = weight(target)
    if not size:
        return
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    yield f"  {human(size)} of it is CUDA: {', '.join(names[:4])}{more}"
    if not target.gpu_base:
        yield "    the base image is none for GPUs: where no GPU is used, the CPU build of torch carries none of it"


def human(size: int | None) -> str:
    if size is None:
        return "?"
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def data(plan: Plan, bandwidth: float | None = None) -> dict[str, Any]:
    """The plan as JSON has it; sizes are bytes."""
    return {"version": 1, "targets": [_data(target, bandwidth) for target in plan.targets]}


def _data(target: TargetPlan, bandwidth: float | None) -> dict[str, Any]:
    return {
        "name": target.name,
        "dockerfile": target.dockerfile,
        "context": target.context,
        "python": target.python,
        "platform": target.platform,
        "libc": target.libc,
        "read_from": target.read_from,
        "distributions": [_line(line) for line in target.lines],
        "total_bytes": target.total,
        "cuda_bytes": target.cuda,
        "seconds": round(target.seconds(bandwidth), 1) if bandwidth else None,
        "conflicts": [msgspec.to_builtins(trouble) for trouble in target.troubles],
        "unknown": list(target.unknown),
    }


def _line(line: Line) -> dict[str, Any]:
    """Without the address: it may hold credentials."""
    return {name: value for name, value in msgspec.to_builtins(line).items() if name != "url"}


def encode(plan: Plan, bandwidth: float | None = None) -> str:
    return msgspec.json.format(msgspec.json.encode(data(plan, bandwidth)), indent=2).decode() + "\n"
