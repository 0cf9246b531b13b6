"""mend --start: start what was built, and read what a container that ends at once says.

Only on request: it runs the project's own code, as `docker run` would. A service that waits for others can't be started alone.
"""

from __future__ import annotations

import subprocess
import time
import uuid

from msgspec import Struct
from msgspec.structs import replace

from dockwright.checking import with_remedies
from dockwright.diagnose import Diagnosed, diagnose
from dockwright.dockerfile import parse
from dockwright.finding import Place
from dockwright.inputs.targets import Target
from dockwright.log import read
from dockwright.project import Project

LASTS = 15  # seconds after which a container without a health check that still runs has started
LONGEST = 120  # seconds to wait for a health check, or for an answer of the engine
POLL = 0.3
PROGRAMS = {"docker": "docker", "docker-classic": "docker", "podman": "podman"}


class Started(Struct, frozen=True):
    """`code` is 0 for a container that still ran when it was stopped."""

    code: int
    output: str
    seconds: float


def startable(engine: str, target: Target) -> bool:
    """Can the target's container be started by itself, as its file describes it?"""
    given = target.environment.values()
    return engine in PROGRAMS and not target.depends_on and not target.env_files and None not in given


def words(engine: str, tag: str, target: Target, name: str) -> list[str]:
    """No network ports are published and nothing of the host is mounted."""
    said = [PROGRAMS[engine], "run", "--detach", "--name", name]
    for key, value in target.environment.items():
        said += ["--env", f"{key}={value}"]
    said += ["--user", target.user] if target.user else []
    said += ["--workdir", target.working_dir] if target.working_dir else []
    entry, command = _split(target.entrypoint), _split(target.command)
    said += ["--entrypoint", entry[0]] if entry else []
    return [*said, tag, *entry[1:], *command]


def _split(given: tuple[str, ...] | str | None) -> list[str]:
    import shlex

    return shlex.split(given) if isinstance(given, str) else list(given or ())


def start(engine: str, tag: str, target: Target) -> Started:
    """Start one container and wait until it ends, is healthy or unhealthy, or has run for a while; then it is removed."""
    name, began = f"dockwright-start-{uuid.uuid4().hex[:12]}", time.monotonic()
    try:
        code, output = _asked(words(engine, tag, target, name))
        if code:
            return Started(code, output, time.monotonic() - began)
        code = _waited(PROGRAMS[engine], name)
        output = _asked([PROGRAMS[engine], "logs", name])[1] if code else ""
        return Started(code, output, time.monotonic() - began)
    finally:
        _asked([PROGRAMS[engine], "rm", "--force", "--volumes", name])


def _waited(program: str, name: str) -> int:
    """The exit code; 0 for one that runs, 1 for one whose health check fails."""
    health = "{{if .State.Health}}{{.State.Health.Status}}{{end}}" if program == "docker" else ""
    began = time.monotonic()
    while True:
        said = _asked([program, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}} " + health, name])[
            1
        ].split()
        state, code, healthy = (*said, "", "", "")[:3]
        if state in ("exited", "dead", "stopped"):
            return int(code) if code.isdigit() else 1
        if healthy in ("healthy", "unhealthy"):
            return 0 if healthy == "healthy" else 1
        passed = time.monotonic() - began
        if passed > LONGEST or (passed > LASTS and healthy != "starting"):
            return 0 if state == "running" else 1
        time.sleep(POLL)


def _asked(words: list[str]) -> tuple[int, str]:
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def diagnosed(output: str, project: Project, target: Target) -> tuple[Diagnosed, ...]:
    """What ended the container. A cause without a place stands at the instruction that starts it."""
    place = starts_at(project, target)
    ranked = []
    for item in diagnose(read(output), project).ranked:
        finding = item.finding
        if finding.where is None and place is not None:
            finding = with_remedies(replace(finding, where=place), project)
        ranked.append(replace(item, finding=finding))
    return tuple(ranked)


def starts_at(project: Project, target: Target) -> Place | None:
    source = project.dockerfile(target)
    stages = parse(source.text, source.name).stages if source is not None else ()
    chosen = [stage for stage in stages if target.stage in (None, stage.name, str(stage.index))]
    for instruction in reversed(chosen[-1].instructions if chosen else ()):
        if instruction.keyword in ("CMD", "ENTRYPOINT") and source is not None:
            return Place(source, instruction.span, instruction.text.split("\n")[0][:80])
    return None
