"""FROM or --from names a build stage that the Dockerfile does not have at that point.

A name that no earlier stage has is taken for an image and looked for in the registry; a number beyond the stages is
refused. Stages see only those above them, and a misspelled name shows up as an image that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    nearest: str = ""
    own: str = ""  # set when it is the stage that the line stands in


TITLE = "There is no stage {name} to build from"
WHY = "Only stages above this line can be named, and none of them is called {name}[; {nearest} is the nearest][: {own} is the stage of the line itself]."
EXPLAINS = ("image/not-found", "network/dns", "image/auth")

SIGNATURES = (
    # ERROR: failed to build: failed to solve: invalid stage index 3
    sign("invalid stage index", r"invalid stage index (?P<name>\d+)", sure=0.98),
    # invalid from flag value 3: index out of bounds
    sign("index out of bounds", r"invalid from flag value (?P<name>\S+): index out of bounds", sure=0.98),
    # ERROR: failed to build: failed to solve: target stage "prod" could not be found
    sign("could not be found", r'target stage "?(?P<name>[^" ]+)"? could not be found', sure=0.98),
    # ERROR: failed to build: failed to solve: circular dependency detected on stage: builder
    sign(
        "circular dependency detected on stage",
        r"circular dependency detected on stage: (?P<own>(?P<name>\S+))",
        sure=0.95,
    ),
    # failed to reach build target prod in Dockerfile
    sign("failed to reach build target", r"failed to reach build target (?P<name>\S+) in", sure=0.98),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Stage):
        if need.problem in ("platform", "not-found"):
            continue
        itself = need.problem == "itself"
        yield found(unmet, Facts(need.name, "" if itself else need.nearest, need.name if itself else ""))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.nearest:
        written = where.source[where.span]
        if written.count(facts.name) == 1 and len(written.split()) == 1:
            yield remedy.risky(
                f"Name the stage {facts.nearest}",
                remedy.swap_span(where.source, where.span, written.replace(facts.name, facts.nearest)),
            )
    yield remedy.advice(f"Name a stage above this line (FROM … AS {facts.name}), or move that stage up.")


CASES = (
    r"""
a misspelled stage
-- Dockerfile --
FROM debian:bookworm-slim AS builder
RUN touch /x
FROM debian:bookworm-slim
# found: name=bilder nearest=builder
COPY --from=bilder /x /x
-- mended --
FROM debian:bookworm-slim AS builder
RUN touch /x
FROM debian:bookworm-slim
COPY --from=builder /x /x
""",
    r"""
a stage can't copy from itself
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM debian:bookworm-slim AS builder
RUN touch /x
# found: name=builder nearest= own=builder
COPY --from=builder /x /y
-- build.log --
Dockerfile:3
--------------------
   1 |     FROM debian:bookworm-slim AS builder
   2 |     RUN touch /x
   3 | >>> COPY --from=builder /x /y
   4 |
--------------------
>>ERROR: failed to build: failed to solve: circular dependency detected on stage: builder
""",
    r"""
a number beyond the stages
-- Dockerfile --
FROM debian:bookworm-slim
# found: name=3
COPY --from=3 /src/dist /app
-- build.log --
Dockerfile:2
--------------------
   1 |     FROM debian:bookworm-slim
   2 | >>> COPY --from=3 /src/dist /app
   3 |
--------------------
>>ERROR: failed to build: failed to solve: invalid stage index 3
""",
    r"""
an image is no stage, and numbers count from 0
-- Dockerfile --
FROM debian:bookworm-slim AS builder
RUN touch /x
FROM debian:bookworm-slim
COPY --from=0 /x /x
COPY --from=busybox /bin/sh /sh
""",
)
