"""From the log as read to the model: services and stages resolved, failures ranked, excerpts given to their steps."""

from __future__ import annotations

import re

from dockwright.log import legacy
from dockwright.log.assemble import Build, Excerpt, Step, keyword
from dockwright.log.buildkit import HARMLESS, TARGET, instruction_of
from dockwright.log.container import LAST, ended_well, evidence
from dockwright.log.model import BuildLog, LogStep, Outcome

# dockerfile parse error on line 2: unknown instruction: RUNN; older: Dockerfile parse error line 2: …
PARSE_ERROR = re.compile(r"parse error (?:on )?line (\d{1,7})", re.IGNORECASE)


def finish(build: Build, name: str) -> BuildLog:
    legacy.close(build)
    if build.builder in ("legacy", "buildah"):
        _merge(build)
    _services(build)
    _stages(build)
    if not build.steps:
        _anonymous(build)
    outcome = _outcome(build)
    _lend(build)
    if outcome == "succeeded":
        for step in build.steps:
            step.status = "done" if step.status == "running" else step.status
    failed = _failed(build) if outcome == "failed" else []
    steps = {id(step): _frozen(step) for step in build.steps if _ran(step)}
    decisive = failed[0].exit_code if failed else None
    return BuildLog(
        name,
        build.builder,
        outcome,
        tuple(steps.values()),
        tuple(steps[id(step)] for step in failed),
        tuple(build.messages.seal()),
        (build.exit_code if decisive is None else decisive) if outcome == "failed" else None,
        build.clipped,
    )


def _merge(build: Build) -> None:
    """Standard error before standard output: the failure was read before the step that it speaks of."""
    known = [step for step in build.steps if step.id]
    for told in [step for step in build.steps if not step.id and step.status == "failed" and not len(step.lines)]:
        step = next((each for each in reversed(known) if each.instruction == told.instruction), None)
        if step is None and not told.instruction and known:
            step = known[-1]
        if step is not None:
            step.fail(told.error, told.failed_at)
            step.exit_code = told.exit_code if step.exit_code is None else step.exit_code
            build.steps.remove(told)


def _ran(step: Step) -> bool:
    """BuildKit announces vertices that a failure keeps from ever running."""
    return step.status != "running" or len(step.lines) > 0 or not step.id.startswith("sha256:")


def _services(build: Build) -> None:
    """`[web 3/5]` is a target where `[web internal] …` or `target web: …` says so, else a stage."""
    for _, error in build.errors:
        build.services.update(TARGET.findall(error[:2000]))
    for step in build.steps:
        if step.target in build.services or (step.target and step.target != step.stage):
            step.service = step.target
            if step.stage == step.target:
                step.stage = ""


def _stages(build: Build) -> None:
    """Stages without a name are called as BuildKit calls them, where there are several."""
    if max((step.stage_number for step in build.steps), default=0) > 1:
        for step in build.steps:
            if step.stage_number and not step.stage:
                step.stage = f"stage-{step.stage_number - 1}"


def _anonymous(build: Build) -> None:
    step = build.step("", 1)
    step.lines, build.messages = build.messages, step.lines
    step.partial = True


def _lend(build: Build) -> None:
    """A step known from its error alone holds what else is in the log."""
    if len(build.steps) == 1 and not build.steps[0].id and not len(build.steps[0].lines):
        empty = build.steps[0].lines
        build.steps[0].lines, build.messages = build.messages, empty


def _outcome(build: Build) -> Outcome:
    if build.failed:
        return "failed"
    if build.succeeded_at:
        return "succeeded"
    if build.builder not in ("unknown", "compose"):
        return "unknown"
    if build.builder == "unknown" and _ended_well(build.steps):
        return "succeeded"
    found = False
    for step in build.steps:
        tail = [line.text for line in step.lines.seal()[-LAST:]]
        at, code = evidence(tail)
        if at >= 0:
            found = True
            step.fail("", step.lines.number(max(0, len(step.lines) - len(tail)) + at))
            step.exit_code = code
    return "failed" if found else "unknown"


def _ended_well(steps: list[Step]) -> bool:
    """A fragment that no builder wrote, whose tool says last that it has done its work: what it warned of before did no harm."""
    return len(steps) == 1 and not steps[0].id and ended_well([line.text for line in steps[0].lines.seal()[-LAST:]])


def _failed(build: Build) -> list[Step]:
    since = build.session_at if build.failed_at >= build.session_at else 0
    failed = [
        step
        for step in build.steps
        if step.status == "failed" and step.failed_at >= since and not step.name.startswith(HARMLESS)
    ]
    last = build.errors[-1][1] if build.errors else ""
    if not failed:
        failed = _from_words(build, last)
    failed.sort(key=lambda step: (not _named_in(step, last), step.failed_at))
    for excerpt in build.excerpts:
        if excerpt.number >= since:
            _give(excerpt, failed)
    at_line = PARSE_ERROR.search(last[:2000])
    if failed and at_line and failed[0].place is None:
        failed[0].place = ("", int(at_line[1]))
    if failed and failed[0].exit_code is None:
        failed[0].exit_code = build.exit_code
    if failed and not failed[0].error:
        failed[0].error = last
    return failed


def _named_in(step: Step, error: str) -> bool:
    if step.error:
        return step.error in error
    process = instruction_of(error)
    return bool(process and step.instruction.startswith(process[:40]))


def _from_words(build: Build, last: str) -> list[Step]:
    """No step is marked as failed: the final error or the excerpt names the instruction."""
    wanted = instruction_of(last)
    if not wanted and not build.excerpts:
        step = build.steps[0] if len(build.steps) == 1 and not build.steps[0].id else None
        if step is not None:
            step.status = "failed"
        return [step] if step else []
    step = next((each for each in reversed(build.steps) if wanted and each.instruction == wanted), None)
    if step is None and len(build.steps) == 1 and not build.steps[0].id:
        step = build.steps[0]
    step = step or _headless(build) or build.step("", build.failed_at)
    if not step.instruction:
        step.instruction = step.name = wanted
    step.fail(last, build.failed_at)
    return [step]


def _headless(build: Build) -> Step | None:
    """`#10 37.5 text` alone, as people cut logs: the step that neither begins nor ends in the log is the one that failed."""
    return next(
        (step for step in reversed(build.steps) if step.status == "running" and not step.name and step.lines), None
    )


def _give(excerpt: Excerpt, failed: list[Step]) -> None:
    """`Dockerfile:12` belongs to the failed step of that instruction."""
    verb = keyword(excerpt.text)
    folded = " ".join(excerpt.text.split())
    same = [step for step in failed if keyword(step.instruction) in (verb, "")]
    exact = [step for step in same if " ".join(step.instruction.split())[:30] == folded[:30]]
    for step in (exact or same)[:1]:
        step.place = (excerpt.file, excerpt.line)
        if not keyword(step.instruction):
            step.instruction = excerpt.text.replace("\\\n", " ")


def _frozen(step: Step) -> LogStep:
    file, line = step.place or ("", None)
    return LogStep(
        step.id,
        step.lines.seal(),
        step.index,
        step.of,
        step.stage,
        step.instruction,
        step.service,
        step.status,
        step.exit_code,
        line,
        file,
        None if step.seconds is None or step.seconds != step.seconds else step.seconds,
        step.error,
    )
