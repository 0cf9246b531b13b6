"""buildah and podman: `[2/3] STEP 1/2: RUN …`, `Error: building at STEP "RUN …": exit status 1`."""

from __future__ import annotations

import re

from dockwright.log.assemble import Build
from dockwright.log.legacy import stage_of

STEP = re.compile(r"(?:\[(\d{1,6})/(\d{1,6})\] )?STEP (\d{1,6})(?:/(\d{1,6}))?: (.*)", re.DOTALL)
COMMIT = re.compile(r"(?:\[\d{1,6}/\d{1,6}\] )?(?:STEP \d{1,6}(?:/\d{1,6})?: )?COMMIT(?: |$)")
ERROR = re.compile(
    r"(?:Error|ERRO\[\d+\]|error):? (?:error )?"
    r"(?:building|creating build container|committing|determining|initializing)"
)
AT_STEP = re.compile(r'.{0,100}?building at STEP "(.*)": ', re.DOTALL)


def step_line(build: Build, line: str, number: int) -> bool:
    found = STEP.match(line)
    if found is None or build.builder not in ("unknown", "buildah"):
        return commit(build, line, number) if build.builder == "buildah" else False
    build.builder, build.marked = "buildah", True
    if COMMIT.match(line):
        return commit(build, line, number)
    first = found[3] == "1"
    if first and found[1] in (None, "1"):
        build.session(number)
    before = build.current
    if before is not None and before.status == "running":
        before.status = "done"
    step = build.step(f"{found[1] or 1}.{found[3]}", number)
    step.name = step.instruction = found[5].strip()
    step.index, step.of = int(found[3]), int(found[4]) if found[4] else None
    stage_of(step, before)
    step.stage_number = int(found[1] or step.stage_number)
    build.current = step
    return True


def commit(build: Build, line: str, number: int) -> bool:
    if build.builder != "buildah" or not COMMIT.match(line):
        return False
    if build.current is not None and build.current.status == "running":
        build.current.status = "done"
    build.message(line, number)
    build.success(number)
    build.current = None
    return True


def arrow(build: Build, line: str, number: int) -> bool:
    """`--> Using cache 0aa76525…`, `--> 345b4ee0f7f`"""
    if build.builder != "buildah":
        return False
    if build.current is not None:
        build.current.status = "cached" if line.startswith("--> Using cache") else build.current.status
    return True


def error(build: Build, line: str, number: int) -> bool:
    """`Error: building at STEP "RUN …": while running runtime: exit status 2`; such a command may hold line breaks."""
    if build.builder not in ("unknown", "buildah") or not ERROR.match(line):
        return False
    if 'building at STEP "' in line and '": ' not in line:
        build.held, build.intercept = (line, number), error_goes_on
        return True
    _fail(build, line, number)
    return True


def error_goes_on(build: Build, line: str, number: int) -> bool:
    text, begun = build.held
    build.held = (text + "\n" + line, begun)
    if '": ' in line or number - begun > 200 or len(text) > 20_000:
        build.intercept = None
        _fail(build, " ".join(build.held[0].split("\n")), begun)
    return True


def _fail(build: Build, line: str, number: int) -> None:
    quoted = AT_STEP.match(line[:20_000])
    if quoted is None and "build" not in line[:60] and build.builder != "buildah":
        build.text(line, number)
        return
    build.builder, build.marked = "buildah", True
    build.message(line, number)
    build.fail(line, number)
    wanted = quoted[1] if quoted else ""
    step = next((each for each in reversed(build.steps[-500:]) if wanted and each.instruction == wanted), build.current)
    if step is None:
        step = build.step("", number)
        step.name = step.instruction = wanted
        step.partial = True
    step.fail(line, number)
