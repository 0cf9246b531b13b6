"""BuildKit: `--progress=plain`, the names of its steps, the last words of a failure."""

from __future__ import annotations

import re

from dockwright.log.assemble import Build, Step, keyword

# #8 [4/4] RUN …  · #8 0.285 text · #8 DONE 2.4s · #8 ERROR: … · #8 CACHED · #8 ...
VERTEX = re.compile(r"#(\d{1,9})(?: (.*))?$", re.DOTALL)
CLOCK = re.compile(r"(?:#\d{1,9} )?(\d{1,9}\.\d{1,9})(?: |$)")
DURATION = re.compile(r"\d{1,9}\.\d{1,3}s$")
PLATFORM = re.compile(r"(?:linux|windows|darwin|freebsd|wasi|wasip1)/[\w/.-]+$")
COUNT = re.compile(r"(\d{1,6})/(\d{1,6})$")
# ERROR: failed to build: failed to solve: … · error: failed to solve: rpc error: … · failed to solve with frontend …
# · ERROR: target web: failed to solve: … · buildx failed with: ERROR: … · executor failed running [/bin/sh -c …]
FINAL = re.compile(
    r"(?:[\w .-]{0,60}: ){0,4}(?:failed to solve\b|failed to build: |failed to receive status|failed to execute bake"
    r"|executor failed running|rpc error: code = |[Dd]ockerfile parse error|Canceled: context canceled|failed to dial )"
)
TARGET = re.compile(r"target ([\w.-]{1,100}): ")
PROCESS = re.compile(
    r'(?:process "|executor failed running \[)(?:/bin/(?:ba|a)?sh -[a-z]+ )?(.*?)(?:"|\]:) (?:did not|exit|runc)'
)
# A missing remote cache is not the end of a build.
HARMLESS = ("importing cache manifest", "[internal] importing cache")


def vertex_line(build: Build, line: str, number: int) -> bool:
    """A line that begins with `#N`; False where it is something else, such as a comment."""
    found = VERTEX.match(line)
    if found is None or build.builder not in ("unknown", "buildkit", "buildkit-json"):
        return False
    id, rest = "#" + found[1], found[2] or ""
    if id == "#0":
        clock = CLOCK.match(rest)
        if clock:
            _copied(build, number, rest[clock.end() :], float(clock[1]))
        else:
            build.session(number)
        build.builder, build.current = "buildkit", None
        return True
    step = build.by_id.get(id)
    if step is None or (
        rest.startswith("[internal] load") and step.name not in ("", rest) and step.status != "running"
    ):
        if build.builder == "unknown" and not _looks_like_vertex(rest):
            return False
        if id == "#1" and step is not None:
            build.session(number)
        step = build.step(id, number)
    build.builder, build.current, build.marked = "buildkit", None, True
    _vertex_event(build, step, rest, number)
    return True


def _copied(build: Build, number: int, text: str, seconds: float) -> None:
    """`#0 1.139 text`: compose's copy of a failed step's last lines, which in full stand between two rules."""
    step = build.drawn if build.drawn is not None and build.drawn.status == "failed" else build.by_id.get("#0")
    (step or build.step("#0", number)).lines.add(number, text, seconds)
    build.marked = True


BEGINS = (
    "[", "DONE", "CACHED", "ERROR: ", "CANCELED", "sha256:", "exporting ", "importing cache", "resolve image ",
    "transferring ", "docker-image://", "building with ",
)  # fmt: skip


def _looks_like_vertex(rest: str) -> bool:
    return bool(CLOCK.match(rest)) or rest.startswith(BEGINS)


def _vertex_event(build: Build, step: Step, rest: str, number: int) -> None:
    word = rest.partition(" ")[0]
    clock = CLOCK.match(rest)
    if clock:
        step.lines.add(number, rest[clock.end() :], float(clock[1]))
    elif word == "DONE" or word == "CACHED":
        finish(build, step, "cached" if word == "CACHED" else "done", number)
        if DURATION.match(rest[5:]):
            step.seconds = float(rest[5:-1])
    elif word == "CANCELED":
        step.status = "canceled"
    elif word in ("ERROR:", "ERROR"):
        fail(build, step, rest[len(word) + 1 :], number)
    elif rest in ("", "...", step.name):
        return
    elif not step.name and (rest.startswith("[") or not step.lines):
        describe(build, step, rest)
    else:
        _status(build, step, rest, number)


def _status(build: Build, step: Step, text: str, number: int) -> None:
    """`sha256:… 10.49MB / 29.13MB 0.2s`: of a download only the end is kept."""
    if not text.startswith(("sha256:", "extracting sha256:")) or text.endswith("done"):
        step.lines.add(number, text)
    if text.startswith("naming to ") and text.endswith("done"):
        build.success(number)


def finish(build: Build, step: Step, status: str, number: int) -> None:
    if step.status == "failed" and step.failed_at == number:
        return
    step.status = "cached" if status == "cached" else "done"
    if step.name.partition("] ")[2].startswith("exporting to") or step.name.startswith("exporting to"):
        build.success(number)


def fail(build: Build, step: Step, error: str, number: int) -> None:
    if error.endswith("context canceled"):
        step.status, step.error = "canceled", error
        return
    step.fail(error, number)
    if step.name.startswith(HARMLESS):
        return
    build.failed_at = number


def describe(build: Build, step: Step, name: str) -> None:
    """`[linux/arm64 builder 3/7] RUN …`, `[web internal] load …`, `exporting to image`."""
    step.name = step.instruction = name
    if not name.startswith("["):
        return
    inside, closed, rest = name[1:400].partition("] ")
    words = inside.split() if closed else []
    if not words:
        return
    rest = name[len(inside) + 3 :]
    count = COUNT.match(words[-1])
    if count or words[-1] in ("internal", "auth"):
        words.pop()
    elif len(words) == 1 and rest.startswith(("exporting", "resolving", "importing")):
        build.services.add(words[0])
    words = [word for word in words if not PLATFORM.match(word)]
    if count:
        step.index, step.of, step.instruction = int(count[1]), int(count[2]), rest
        step.stage = words[-1] if words else ""
        if len(words) > 1:
            step.service = words[0]
        elif words:
            step.target = words[0]
    elif words and inside.split()[-1] in ("internal", "auth"):
        build.services.add(words[0])
        step.target, step.instruction = words[0], f"[{inside.split()[-1]}] {rest}"
    elif words:
        step.target, step.instruction = words[0], rest


def final(build: Build, line: str, number: int) -> bool:
    """The last words of buildx, of the docker command and of the CI action around them."""
    if build.current is not None or not FINAL.match(line):
        return False
    if build.builder == "unknown":
        build.builder = "buildkit"
    build.marked = True
    build.message(line, number)
    build.fail(line, number)
    return True


def instruction_of(error: str) -> str:
    """`RUN pip install …` of an error that quotes the process."""
    found = PROCESS.search(error[:20_000])
    if found is None:
        return ""
    command = found[1].replace('\\"', '"').replace("\\\\", "\\")
    return command if keyword(command) else f"RUN {command}"
