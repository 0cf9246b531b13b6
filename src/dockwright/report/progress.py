"""A run as it goes, from snapshots: a picture of a few lines for a terminal, and lines of news for everything else. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.build.board import Download, Estimate, Service, Snapshot
from dockwright.report.terminal import Paint, printable

STYLES = {
    "built": "bold",
    "failed": "error",
    "transient": "warning",
    "pausing": "warning",
    "not-tried": "dim",
    "waiting": "dim",
}
OVER = ("built", "failed", "transient", "not-tried", "interrupted")
LONG = 3.0  # seconds after which a step that still runs is named; when it ends it is named in any case
TENTHS = 10  # lines that a download gets where lines are printed


def picture(snapshot: Snapshot, width: int = 100, paint: Paint | None = None) -> list[str]:
    """One line that sums up, one a service; none longer than the terminal is wide."""
    paint = paint or Paint(False)
    names = max((len(service.name) for service in snapshot.services), default=0)
    lines = [_clip(_head(snapshot), width)]
    for service in snapshot.services:
        state = STATES.get(service.state, service.state)
        said = _clip(
            f"  {printable(service.name):<{names}}  {state:<11}  {_service(service, snapshot.at)}".rstrip(), width
        )
        style = STYLES.get(service.state)
        lines.append(said.replace(state, paint(style, state), 1) if style else said)
    return lines


STATES = {"not-tried": "not tried", "transient": "gave up"}


def _head(snapshot: Snapshot) -> str:
    over = sum(service.state in OVER for service in snapshot.services)
    count = len(snapshot.services)
    parts = [f"{over} of {count} {'image' if count == 1 else 'images'}", clock(snapshot.at - snapshot.began)]
    if snapshot.download is not None and snapshot.download.total:
        parts.insert(1, downloaded(snapshot.download))
    if snapshot.phase:
        parts.append(printable(snapshot.phase))
    return "   ".join(parts)


def downloaded(download: Download) -> str:
    share = f"{size(download.current)} of {size(download.total)}"
    files = f"{download.done} of {download.files} files"
    if download.current >= download.total:
        return f"wheels: {share}, all here"
    speed = f", {size(download.speed)}/s" if download.speed else ""
    left = f", {span(download.left)} left" if download.left is not None else ""
    return f"wheels: {share}, {files}{speed}{left}"


def _service(service: Service, now: float) -> str:
    if service.state in OVER:
        return (
            f"{span(service.seconds)}   {printable(service.says)}"
            if service.seconds is not None
            else printable(service.says)
        )
    if service.state == "pausing":
        wait = f"next try in {max(0.0, (service.until or now) - now):.0f} s" if service.until else ""
        return f"{wait}: {printable(service.says)}"
    parts = []
    if service.attempt > 1:
        parts.append(f"attempt {service.attempt}")
    if service.index:
        stage = f"{printable(service.stage)} " if service.stage and service.stage != "0" else ""
        parts.append(f"{stage}{service.index}/{service.of}")
    if service.total:
        parts.append(f"{size(service.current)} of {size(service.total)}")
    if service.began is not None:
        parts.append(clock(now - service.began))
    if service.left is not None:
        parts.append(left(service.left))
    if service.step:
        parts.append(printable(service.step.partition("] ")[2] or service.step))
    return "   ".join(parts)


def left(estimate: Estimate) -> str:
    """`about 40 s left (31 s to 1 min, 4 builds)`: an estimate says what it rests on."""
    rests = f"{estimate.runs} {'build' if estimate.runs == 1 else 'builds'}"
    between = f"{span(estimate.least)} to {span(estimate.most)}, " if estimate.runs > 1 else ""
    return f"about {span(estimate.seconds)} left ({between}{rests})"


# -- lines ------------------------------------------------------------------------------------------------------------


def news(before: Snapshot | None, now: Snapshot) -> Iterator[str]:
    """Steps that take long, and what a download has to say: its start, each tenth, its end."""
    for service in now.services:
        since = service.step_began
        if before is not None and service.step and before.at - since < LONG <= now.at - since:
            yield line(service.name, f"{service.step} …")
    download = now.download
    if download is None or not download.total:
        return
    old = before.download if before is not None else None
    told = _tenth(old) if old is not None and old.total else -1
    if _tenth(download) > told:
        yield downloaded(download)


def _tenth(download: Download) -> int:
    return int(download.current * TENTHS / download.total)


def line(name: str, text: str) -> str:
    """A line of a build's own; of several services each is named."""
    return f"{printable(name)}: {printable(text)}" if name else printable(text)


# -- sizes and times --------------------------------------------------------------------------------------------------


def size(count: float) -> str:
    """`412 MB`, `1.3 GB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.1f} {unit}" if unit == "GB" else f"{count:.0f} {unit}"


def span(seconds: float | None) -> str:
    """`4.2 s`, `48 s`, `2 min 5 s`, `1 h 4 min`."""
    if seconds is None:
        return "?"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def clock(seconds: float) -> str:
    """`0:42`, `1:02:07`."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _clip(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"
