"""BuildKit on a terminal, and what ends a failure: a copy of the step's last lines, an excerpt of the Dockerfile."""

from __future__ import annotations

import re
from math import nan

from dockwright.log.assemble import Build, Excerpt, Step
from dockwright.log.buildkit import CLOCK, COUNT, DURATION, FINAL, describe, fail, finish
from dockwright.log.model import Lines

PLACE = re.compile(r"(\S.{0,300}?):(\d{1,9}) *$")
MARKED = re.compile(r"\s{0,8}(\d{1,9}) \| (>>> )?(.*)")
RULE = "-" * 20
BLOCK_RULE = "------"
BARE = re.compile(r" > \[[^\]]{1,200}\] \S.{0,2000}:\s*")
GOES_ON = 8  # lines of one head


def step_line(build: Build, line: str, number: int) -> bool:
    """` => ERROR [3/4] RUN …  1.2s`, ` => => # text`; a later drawing of the same step replaces the earlier one."""
    rest = line.strip()
    if not rest.startswith("=> ") or build.builder not in ("unknown", "buildkit"):
        return False
    build.builder, build.marked = "buildkit", True
    rest = rest[3:]
    if rest.startswith("=> "):
        _output(build, rest[3:], number)
        return True
    status = next((word for word in ("CACHED", "ERROR", "CANCELED") if rest.startswith(word + " ")), "")
    name, _, duration = rest.rpartition(" ")
    if not DURATION.match(duration):
        name, duration = rest, ""
    name = name[len(status) :].strip()
    step = _drawn(build, name, number)
    step.seconds = float(duration[:-1]) if duration else step.seconds
    if status == "ERROR" and step.status != "failed":
        fail(build, step, "", number)
    elif status == "CANCELED":
        step.status = "canceled"
    elif not status or status == "CACHED":
        finish(build, step, "cached" if status else "done", number)
    build.current, build.drawn = None, step
    return True


def _drawn(build: Build, name: str, number: int) -> Step:
    inside, closed, _ = name.partition("] ")
    key = "=> " + (inside if closed and COUNT.match(inside.rpartition(" ")[2].lstrip("[")) else name)
    step = build.by_id.get(key)
    if step is None:
        step = build.step(key, number)
        step.partial = True
        describe(build, step, name)
    return step


def _output(build: Build, text: str, number: int) -> None:
    if text.startswith("# ") and build.drawn is not None:
        if text[2:] not in build.drawn.lines.recent(8):
            build.drawn.lines.add(number, text[2:])
    elif text.startswith("naming to "):
        build.success(number)


def head(build: Build, line: str, number: int) -> bool:
    """`[+] Building 2.3s (7/9) FINISHED`"""
    if build.builder not in ("unknown", "buildkit") or not line.startswith("[+] Building"):
        return False
    build.builder, build.marked, build.current = "buildkit", True, None
    return True


def rule(build: Build, line: str, number: int) -> bool:
    """Rules around the copy of the failing step's last lines, and around the excerpt of the Dockerfile."""
    if build.builder not in ("unknown", "buildkit", "buildkit-json"):
        return False
    drawn = line.rstrip()  # what is copied from a terminal is as wide as the terminal
    if drawn == BLOCK_RULE:
        build.intercept = block_head
        build.held = (line, number)
        return True
    place = PLACE.match(build.previous) if drawn == RULE else None
    if place is None:
        return False
    if len(build.excerpts) > 100:
        return False
    build.excerpts.append(Excerpt(place[1], int(place[2]), number))
    build.message(line, number)
    build.intercept = _excerpt
    return True


def _excerpt(build: Build, line: str, number: int) -> bool:
    """`   4 | >>> RUN pip install …`"""
    found = MARKED.match(line)
    if not line:
        return True
    if found is None:
        build.intercept = None
        if line.rstrip() != RULE:
            return False
    elif found[2]:
        last = build.excerpts[-1]
        last.text = f"{last.text}\n{found[3]}" if last.text else found[3]
    build.message(line, number)
    return True


def block_head(build: Build, line: str, number: int) -> bool:
    """` > [4/4] RUN pip install …:`"""
    build.intercept = None
    name = line.strip(" *")  # somebody may have set it in bold
    if name.startswith("> [") and not name.endswith(":"):
        build.opened, build.intercept = [(line, number)], head_goes_on
        return True
    if not name.startswith("> ") or not name.endswith(":"):
        build.text(*build.held)
        return False
    return _begin_block(build, name, number)


def bare_head(build: Build, line: str, number: int) -> bool:
    """` > [4/4] RUN pip install …:` where the log begins with it: people leave out the rule above."""
    if build.builder != "unknown" or build.steps or not BARE.fullmatch(line):
        return False
    return _begin_block(build, line.strip(), number)


def head_goes_on(build: Build, line: str, number: int) -> bool:
    """A long head that a terminal or a person has broken in the middle; else it was none."""
    lines = build.opened
    text = line.rstrip()
    goes_on = bool(text) and text != BLOCK_RULE and not CLOCK.match(line)
    if goes_on and text.endswith(":"):
        build.intercept = None
        return _begin_block(build, " ".join(part.strip() for part, _ in [*lines, (line, number)]), lines[0][1])
    if goes_on and len(lines) < GOES_ON:
        lines.append((line, number))
        return True
    no_head(build)
    return False


def no_head(build: Build) -> None:
    build.intercept = None
    for text, at in (build.held, *build.opened):
        build.text(text, at)


def _begin_block(build: Build, name: str, number: int) -> bool:
    if build.builder == "unknown":
        build.builder = "buildkit"
    build.marked = True
    name = name[2:-1]
    step = _named(build, name)
    if step is None:
        step = build.step("> " + name, number)
        describe(build, step, name)
        step.partial = True
    elif step.partial:
        step.lines = Lines()
        describe(build, step, name)
    if step.status != "failed":
        step.status, step.failed_at = "failed", number
    build.failed_at = number
    build.block = step if step.partial else None
    build.current, build.intercept = None, _block
    return True


def _block(build: Build, line: str, number: int) -> bool:
    """`0.285 text`, of older versions `#8 0.285 text`; a copy where the step's own lines are in the log."""
    if line.rstrip() == BLOCK_RULE:
        build.intercept = None
        return True
    if FINAL.match(line) and not CLOCK.match(line):
        build.intercept = None
        return False
    if build.block is not None:
        clock = CLOCK.match(line)
        build.block.lines.add(number, line[clock.end() :] if clock else line, float(clock[1]) if clock else nan)
    return True


def _named(build: Build, name: str) -> Step | None:
    """The last step of that name; the terminal display cuts names to its width."""
    for step in reversed(build.steps[-2000:]):
        if step.name == name or (step.partial and len(step.name) > 10 and name.startswith(step.name.rstrip("."))):
            return step
    return None
