"""The classic builder: `Step 3/9 : RUN …`, its HTTP API's texts, docker-compose 1 around it."""

from __future__ import annotations

import re

from dockwright.log.assemble import Build, Step, keyword

STEP = re.compile(r"Step (\d{1,6})(?:/(\d{1,6}))? : (.*)", re.DOTALL)
NOISE = re.compile(
    r" ?---> (?:Running in |Removed intermediate container )?[0-9a-f]{12}|Removing intermediate container [0-9a-f]{12}"
    r"|# Executing \d+ build triggers?|Error removing intermediate container|Sending build context to Docker daemon"
)
COMMITTED = re.compile(r" ?---> [0-9a-f]{12}")
BUILT = re.compile(r"Successfully (?:built [0-9a-f]{12}$|tagged \S+:\S+$)")
# 8: Pulling from library/java · fce5728aad85: Pull complete · Digest: sha256:… · Status: Downloaded newer image for …
PULL = re.compile(
    r"(?:\S{1,200}: )?(?:Pulling|Pull complete|Already exists|Waiting|Verifying|Download|Extracting|Retrying)"
    r"|Digest: |Status: |\S+: Pulling from |Trying to pull |WARNING: "
)
# What the daemon itself says of a RUN that it could not run; the last line of the log.
ENGINE = re.compile(
    r"OCI runtime create failed|oci runtime error|failed to create |Cannot start |cannot mount volume|Cannot connect to"
    r"|layer does not exist|Error response from daemon|Error processing tar file|Error: No such |error during connect"
    r"|ERRO\[|Unavailable:|unexpected EOF|no space left on device|devmapper:|containerd: |stream error"
    r"|unable to find user"
)
BEFORE = re.compile(
    r"(?:ERROR: )?(?:Error response from daemon|unable to prepare context|error during connect|Error parsing "
    r"|Cannot connect to the Docker|ERROR: Cannot connect|invalid argument |Error: Cannot find|ERROR: Cannot locate"
    r"|[eE]rror checking context|COPY failed|ADD failed|invalid reference format|resolve : |invalid tag )"
)
SERVICE_FAILED = re.compile(r"ERROR: Service '([^']+)' failed to build ?:? ?(.*)")
SERVICE_NAME = re.compile(r"[\w.-]{1,100}")
COMMAND = re.compile(r"The command '.*' returned a non-zero code: (\d+)\s*$", re.DOTALL)


def step_line(build: Build, line: str, number: int) -> bool:
    """`Step 3/9 : RUN pip install …`"""
    found = STEP.match(line)
    if found is None or build.builder not in ("unknown", "legacy", "compose"):
        return False
    build.builder, build.marked = "legacy", True
    if found[1] == "1":
        build.session(number)
    before = build.current
    if before is not None and before.status == "running":
        before.status = "done"
    step = build.step(f"{found[1]}", number)
    step.name = step.instruction = found[3].strip()
    step.index, step.of = int(found[1]), int(found[2]) if found[2] else None
    service, said_at = build.service
    if before is not None and found[1] != "1":
        step.service = before.service
    elif number - said_at <= 8:
        step.service = service
    stage_of(step, before if found[1] != "1" else None)
    build.current = step
    return True


def stage_of(step: Step, before: Step | None) -> None:
    """A FROM begins a stage, named by its AS; other instructions belong to the stage before them."""
    step.stage_number = before.stage_number if before else 0
    step.stage = before.stage if before else ""
    words = step.instruction.split()
    if words and words[0].upper() == "FROM":
        step.stage_number += 1
        step.stage = words[-1] if len(words) > 3 and words[-2].upper() == "AS" else ""


def noise(build: Build, line: str, number: int) -> bool:
    """` ---> Running in a1f12070b825`, ` ---> Using cache`"""
    if line.startswith("Sending build context") and build.builder == "unknown":
        build.builder, build.marked = "legacy", True
    if build.builder != "legacy":
        return False
    if line.startswith((" ---> Using cache", "---> Using cache")):
        if build.current is not None:
            build.current.status = "cached"
        return True
    if build.current is not None and COMMITTED.fullmatch(line):
        build.current.committed = number
    return NOISE.match(line) is not None


def success(build: Build, line: str, number: int) -> bool:
    """`Successfully built 9d99d24d7f2f`; pip prints `Successfully built numpy`."""
    if not BUILT.match(line):
        return False
    build.builder = "legacy" if build.builder == "unknown" else build.builder
    build.marked = True
    build.success(number)
    build.message(line, number)
    if build.current is not None and build.current.status == "running":
        build.current.status = "done"
    return True


def command_failed(build: Build, line: str, number: int) -> bool:
    """`The command '/bin/sh -c …' returned a non-zero code: 2`; the command may hold line breaks."""
    if build.builder not in ("unknown", "legacy", "compose"):
        return False
    if COMMAND.match(line[:200] + line[-4000:]) is None:
        if "' returned a non-zero code" in line or not line.startswith("The command '"):
            return False
        build.held, build.intercept = (line, number), command_goes_on
        return True
    build.builder, build.marked = "legacy", True
    build.message(line, number)
    fail(build, line, number)
    return True


def command_goes_on(build: Build, line: str, number: int) -> bool:
    text, begun = build.held
    if len(text) > 20_000 or number - begun > 200 or line.startswith("Step "):
        build.intercept = None
        build.text(text, begun)
        return False
    build.held = (text + "\n" + line, begun)
    if "' returned a non-zero code: " in line:
        build.intercept = None
        command_failed(build, " ".join(build.held[0].split("\n")), begun)
    return True


def fail(build: Build, error: str, number: int) -> None:
    build.fail(error, number)
    step = build.current or (build.steps[-1] if build.steps and build.steps[-1].status == "failed" else None)
    if step is None and build.builder == "legacy":
        step = build.step("", number)
        quoted = re.match(
            r"The command '(?:/bin/(?:ba|a)?sh -o? ?\w+ )?(.*)' returned a non-zero", error[:20_000], re.DOTALL
        )
        step.instruction = step.name = f"RUN {quoted[1]}" if quoted else ""
        step.partial = True
    if step is not None and step.status != "failed":
        _of_another(step, error)
        step.fail(error, number)
    build.current = None


def _of_another(step: Step, error: str) -> None:
    """A log that was cut in the middle: the last `Step` line is not that of the command that failed, which the error quotes."""
    quoted = re.match(
        r"The command '(?:\|\d+ .*? )?/bin/(?:ba|a)?sh (?:-\S+ )*-\w*c (.*)' returned a non-zero",
        error[:20_000],
        re.DOTALL,
    )
    verb = keyword(step.instruction)
    if quoted is None or verb in ("", "FROM", "ONBUILD"):
        return
    body = "".join(step.instruction.split())[3:]
    said = "".join(quoted[1].split())
    if verb != "RUN" or body[-40:] not in said:
        step.instruction = step.name = f"RUN {quoted[1]}"
        step.index = step.of = None


def engine_error(build: Build, line: str, number: int) -> bool:
    """`COPY failed: …` in a step; `Error response from daemon: …` before any."""
    if build.builder not in ("unknown", "legacy", "compose"):
        return False
    step = build.current
    if step is not None and (keyword(step.instruction) == "RUN" or not step.instruction):
        return False
    if not BEFORE.match(line):
        return False
    build.message(line, number)
    fail(build, line, number)
    return True


def service_failed(build: Build, line: str, number: int) -> bool:
    """`ERROR: Service 'web' failed to build : The command … returned a non-zero code: 1`"""
    found = SERVICE_FAILED.match(line)
    if found is None:
        return False
    build.builder = "legacy" if build.builder == "unknown" else build.builder
    build.marked = True
    build.message(line, number)
    fail(build, found[2] or line, number)
    if build.steps and not build.steps[-1].service:
        build.steps[-1].service = found[1]
    return True


def service_begins(build: Build, line: str, number: int) -> bool:
    """`Building web` (docker-compose 1)"""
    words = line.split()
    if len(words) != 2 or not SERVICE_NAME.fullmatch(words[1]) or build.builder not in ("unknown", "legacy"):
        return False
    build.service = (words[1], number)
    return False


def close(build: Build) -> None:
    """Where no final error is in the log, the last step tells.

    FROM prints only the progress of its pull and other instructions than RUN print nothing: another line is the error.
    """
    step = build.current
    if step is None or build.builder != "legacy" or step.status == "failed" or build.succeeded_at > step.began:
        return
    if step.status == "cached":
        step.status = "running"
    if step.committed > (step.lines.number(len(step.lines) - 1) if len(step.lines) else 0):
        step.status = "done"  # the log was cut behind it
        return
    said = [(i, text) for i, text in enumerate(step.lines.recent(40)) if text.strip() and not PULL.match(text)]
    verb = keyword(step.instruction)
    if not said or (verb == "RUN" and not ENGINE.match(said[-1][1])) or not verb:
        return
    text = said[-1][1]
    number = step.lines.number(len(step.lines) - 1)
    build.fail(text, number)
    step.fail(text, number)
