"""kaniko: logrus lines, `INFO[0003] RUN pip install …`, and its own last words."""

from __future__ import annotations

import re

from dockwright.log.assemble import KEYWORDS, Build
from dockwright.log.legacy import stage_of

# INFO[0003] RUN … · with --log-timestamp INFO[2022-02-18T03:28:37Z] RUN …
LOGRUS = re.compile(
    r"(INFO|WARN|DEBU|ERRO|FATA|TRAC)\[(\d{1,9}|\d{4}-\d\d-\d\dT[\d:.]{1,30}(?:Z|[+-]\d\d:?\d\d)?)\] ?(.*)", re.DOTALL
)
STAGE = re.compile(r"Building stage '([^']*)'")
OWN = re.compile(
    r"Resolved base name |Retrieving image |Returning cached image manifest|Built cross stage deps|Unpacking rootfs"
    r"|Executing \d+ build triggers|Taking snapshot|Checking for cached layer|Using caching version"
    r"|No cached layer found|Building stage '"
)
PUSHED = re.compile(r"Pushed |Pushing image to |Skipping push to container registry")


def logrus_line(build: Build, line: str, number: int) -> bool:
    """compose writes logrus too, so kaniko is known by what it says."""
    found = LOGRUS.match(line)
    if found is None:
        return False
    return event(build, found[1], found[3], float(found[2]) if found[2].isdigit() else 0.0, line, number)


def event(build: Build, level: str, text: str, seconds: float, line: str, number: int) -> bool:
    if build.builder == "unknown" and OWN.match(text):
        build.builder, build.marked = "kaniko", True
    if build.builder != "kaniko":
        return False
    build.message(line, number)
    stage = STAGE.match(text)
    if stage:
        _begin(build, f"FROM {stage[1]}", number)
    elif text.partition(" ")[0] in KEYWORDS and level == "INFO":
        _begin(build, text, number)
    elif text.startswith("Using caching version") and build.current is not None:
        build.current.status = "cached"
    elif PUSHED.match(text):
        build.success(number)
    return True


def _begin(build: Build, instruction: str, number: int) -> None:
    before = build.current
    if before is not None and before.status == "running":
        before.status = "done"
    step = build.step(str(len(build.steps) + 1), number)
    step.name = step.instruction = instruction
    step.index = len(build.steps)
    stage_of(step, before)
    build.current = step


def error(build: Build, line: str, number: int) -> bool:
    """`error building image: error building stage: failed to execute command: … exit status 1`"""
    if build.builder not in ("unknown", "kaniko"):
        return False
    build.builder, build.marked = "kaniko", True
    build.message(line, number)
    build.fail(line, number)
    if build.current is not None:
        build.current.fail(line, number)
    return True
