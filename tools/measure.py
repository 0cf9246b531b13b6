"""One log of the score: what is said of it, what was foreseen, what was said wrongly of steps that succeeded."""

from __future__ import annotations

import signal
import time
from types import FrameType

from msgspec import Struct, structs

from dockwright.checking import check
from dockwright.diagnose import diagnose
from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Instruction
from dockwright.finding import Finding, breaks
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.tree import ListTree
from dockwright.log import BuildLog, LogStep, locate, read
from dockwright.project import Project, Wanted

LISTED = 1500  # paths that the corpus lists of a repository at most
SECONDS = 60  # for one log; more is a crash
STARTS = ("CMD", "ENTRYPOINT", "HEALTHCHECK")  # what is said of these speaks of the start, which a build does not prove


class Sample(Struct, frozen=True):
    """`files`: texts, the Dockerfile among them; `paths`: files known by name alone; `right`: the labels that hold."""

    part: str
    id: str
    log: str
    right: tuple[str, ...]
    files: dict[str, str]
    paths: tuple[str, ...] = ()
    day: str | None = None


class Measured(Struct, frozen=True):
    """`located`: is it known which instruction failed; `alarms`: (cause, line) said of steps that succeeded."""

    part: str
    id: str
    right: tuple[str, ...]
    cause: str = ""
    confidence: float = 0.0
    facts: str = ""
    with_files: str = ""
    located: bool = False
    foreseen: tuple[str, ...] = ()
    alarms: tuple[tuple[str, int], ...] = ()
    mended: bool = False
    ms_log: float = 0.0
    ms_check: float = 0.0
    crash: str = ""


def project_of(sample: Sample) -> Project:
    """The Dockerfile and the names of the files around it; what these hold is not known."""
    complete = sample.part != "corpus" or 0 < len(sample.paths) < LISTED
    tree = OverlayTree(ListTree(sample.paths, complete), dict(sample.files))
    project = Project.of(tree, wanted=Wanted(files=("Dockerfile",), context="."))
    return structs.replace(project, as_of=sample.day, offline=True)


def measure(sample: Sample) -> Measured:
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        return _measure(sample)
    except Exception as error:
        return Measured(sample.part, sample.id, sample.right, crash=f"{type(error).__name__}: {error}"[:200])
    finally:
        signal.alarm(0)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"took more than {SECONDS} s")


def _measure(sample: Sample) -> Measured:
    began = time.perf_counter()
    log = read(sample.log, name=sample.id)
    found = diagnose(log)
    ms_log = (time.perf_counter() - began) * 1000
    best = found.ranked[0] if found.ranked else None
    said = Measured(
        part=sample.part,
        id=sample.id,
        right=sample.right,
        cause=best.finding.cause if best else "",
        confidence=best.confidence if best else 0.0,
        facts=_facts(best.finding) if best else "",
        with_files=best.finding.cause if best else "",
        ms_log=round(ms_log, 2),
    )
    return _rehearsed(said, sample, log) if "Dockerfile" in sample.files else said


def _rehearsed(said: Measured, sample: Sample, log: BuildLog) -> Measured:
    project = project_of(sample)
    began = time.perf_counter()
    report = check(project)
    ms_check = (time.perf_counter() - began) * 1000
    step = log.failed[0] if log.failed else None
    failed = _failed(step, sample.files["Dockerfile"]) if step else None
    findings = [finding for finding in report.failures if finding.where is not None]
    with_files = diagnose(log, project).ranked
    return structs.replace(
        said,
        ms_check=round(ms_check, 2),
        with_files=with_files[0].finding.cause if with_files else "",
        mended=any(remedy.patch for item in with_files[:1] for remedy in item.finding.remedies),
        located=failed is not None,
        foreseen=tuple(dict.fromkeys(each.cause for each in findings if failed and _in(each, failed))),
        alarms=tuple(dict.fromkeys((each.cause, _line(each)) for each in findings if failed and _alarm(each, failed))),
    )


def _failed(step: LogStep, dockerfile: str) -> Instruction | None:
    return locate(step, parse(dockerfile, "Dockerfile"))


def _in(finding: Finding, failed: Instruction) -> bool:
    return finding.where is not None and breaks(finding) and failed.span.holds(finding.where.span)


def _alarm(finding: Finding, failed: Instruction) -> bool:
    """The builder ran every instruction above the failing one, and each succeeded."""
    if finding.where is None or finding.where.source.name != "Dockerfile":
        return False
    above = finding.where.span.end <= failed.span.start
    return above and not finding.where.instruction.upper().startswith(STARTS)


def _line(finding: Finding) -> int:
    return finding.where.line if finding.where is not None else 0


def _facts(finding: Finding) -> str:
    return ", ".join(
        f"{name}={value}" for name, value in structs.asdict(finding.facts).items() if value not in (None, "", ())
    )
