"""docker compose: its own events, and the logs of services behind their names."""

from __future__ import annotations

import re

from dockwright.log.assemble import Build, Step
from dockwright.log.prefixes import PROBES

SERVICE = re.compile(r"([A-Za-z][\w.-]{0,100})\s{0,60}\| ?(.*)", re.DOTALL)
COPY_NUMBER = re.compile(r"[-_]\d{1,4}$")
EXITED = re.compile(r"([\w.-]{1,100}) exited with code (\d{1,9})")
# container resdemo-web-1 is unhealthy · dependency failed to start: container x-db-1 exited (1)
UNHEALTHY = re.compile(
    r"(?:dependency failed to start: )?[cC]ontainer (\S{1,200}) (?:is unhealthy|exited \((\d+)\)|failed to start)"
)
STOPPED = (130, 137, 143)  # by the signals that a stop sends
EVENT = re.compile(r" ?(?:[^\w\s] )? ?(?:Container|Network|Volume|Image|Service) \S+ +[A-Z][a-z]+")


def prefixed(lines: list[str]) -> bool:
    """Most lines of the sample stand behind a service's name."""
    said = [line for line in lines if line and not line.isspace()]
    texts = [line[:200] for line in said[:: max(1, len(said) // PROBES)]]
    return sum(1 for text in texts if SERVICE.match(text)) * 10 >= 6 * max(1, len(texts))


def attaching(build: Build, line: str, number: int) -> bool:
    """`Attaching to web-1, db-1`"""
    build.names.update(name.strip() for name in line[len("Attaching to ") :].split(","))
    build.builder = "compose" if build.builder == "unknown" else build.builder
    build.message(line, number)
    build.current = None
    return True


def service_line(build: Build, line: str, number: int) -> bool:
    """`web-1  | Traceback (most recent call last):`"""
    found = SERVICE.match(line)
    if found is None or (build.names and found[1] not in build.names):
        return False
    build.current = of_service(build, found[1], number)
    build.current.lines.add(number, found[2])
    return True


def of_service(build: Build, name: str, number: int) -> Step:
    service = COPY_NUMBER.sub("", name)
    step = build.by_id.get("| " + service)
    if step is None:
        step = build.step("| " + service, number)
        step.service = service
    if build.builder == "unknown":
        build.builder = "compose"
    return step


def event(build: Build, line: str, number: int) -> bool:
    """` Container resdemo-db-1  Healthy`"""
    if build.builder not in ("unknown", "compose", "buildkit", "buildkit-json", "legacy") or not EVENT.match(line):
        return False
    if build.builder == "unknown":
        build.builder = "compose"
    build.current = None
    build.message(line, number)
    return True


def unhealthy(build: Build, line: str, number: int) -> bool:
    found = UNHEALTHY.match(line)
    if found is None:
        return False
    build.message(line, number)
    if build.builder == "unknown":
        build.builder = "compose"
    build.fail(line, number)
    step = of_service(build, _service_of(build, found[1]), number)
    if step.status != "failed":
        step.fail(line, number)
    step.exit_code = int(found[2]) if found[2] else step.exit_code
    return True


def _service_of(build: Build, container: str) -> str:
    """The service of `project-web-1`: a known one, else the name without project and number."""
    base = COPY_NUMBER.sub("", container)
    known = [step.service for step in build.steps[-50:] if step.service and base.endswith(step.service)]
    return max(known, key=len) if known else re.split(r"[-_]", base, maxsplit=1)[-1]


def exited(build: Build, line: str, number: int) -> bool:
    """`web-1 exited with code 1`"""
    found = EXITED.fullmatch(line.strip())
    if found is None or not (build.names or build.builder in ("unknown", "compose")):
        return False
    build.message(line, number)
    step = of_service(
        build,
        _service_of(build, found[1]) if "| " + COPY_NUMBER.sub("", found[1]) not in build.by_id else found[1],
        number,
    )
    step.exit_code = int(found[2])
    step.status = "done"
    if step.exit_code in STOPPED and build.stopping:
        step.status = "canceled"
    elif step.exit_code:
        build.fail(line, number)
        step.fail(line, number)
        step.exit_code = int(found[2])
    return True


def stopping(build: Build, line: str, number: int) -> bool:
    """`Aborting on container exit...`, `Gracefully stopping... (press Ctrl+C again to force)`"""
    build.stopping = bool(build.names) or build.stopping
    return False
