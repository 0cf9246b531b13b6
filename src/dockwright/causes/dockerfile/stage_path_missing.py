"""COPY --from names a path that the other stage never makes.

Only what the other stage's own instructions and its base image put there can be copied: another output folder of the
build, a relative path seen from / (COPY --from knows no WORKDIR of the other stage), or a virtual environment elsewhere.
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
    path: str = ""
    stage: str = ""
    near: tuple[str, ...] = ()


TITLE = "The stage [{stage} ]has no {path}"
WHY = "The path is looked for from the root of that stage's image, and nothing there makes it[; the nearest is {near}]."
EXPLAINS = ("context/copy-source-missing",)

SIGNATURES = (
    # ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::zonsbtnmpqsvmmkn0060jv4ip: "/src/dist": not found
    sign(
        "failed to calculate checksum of ref",
        r'checksum of ref [^"]*"(?P<path>[^"]+)": not found',
        also=">>> --from=",
        sure=0.96,
    ),
    # ERROR: "/src/dist" not found: not found      (BuildKit before 0.13)
    sign('" not found', r'"(?P<path>/[^"]+)" not found(?:: not found)?$', also=">>> --from=", sure=0.95),
    # COPY failed: stat src/dist: file does not exist
    sign("COPY failed: stat", r"^COPY failed: stat (?P<path>[^/]\S*): file does not exist", sure=0.93),
    # COPY failed: stat /var/lib/docker/overlay2/5c1…/merged/src/dist: no such file or directory
    sign("/merged/", r"COPY failed: stat /\S+/merged(?P<path>/\S+): no such file or directory", sure=0.96),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Source):
        if need.stage is not None and need.problem != "conflict":
            yield found(unmet, Facts(need.path, need.stage, need.nearest))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and len(facts.near) == 1 and len(where.source[where.span].split()) == 1:
        slash = "/" if where.source[where.span].endswith("/") else ""
        yield remedy.risky(f"Copy {facts.near[0]}", remedy.swap_span(where.source, where.span, facts.near[0] + slash))
    yield remedy.advice(f"Name the path that the stage makes, from the root of its image, or make {facts.path} there.")


CASES = (
    r"""
another output folder
-- Dockerfile --
FROM debian:bookworm-slim AS build
RUN mkdir -p /src/out && touch /src/out/app
FROM debian:bookworm-slim
# found: path=/src/dist stage=build
COPY --from=build /src/dist /app
-- build.log --
#6 [stage-1 2/2] COPY --from=build /src/dist /app
>>#6 ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::zonsbtnmpqsvmmkn0060jv4ip: "/src/dist": not found
------
 > [stage-1 2/2] COPY --from=build /src/dist /app:
------
""",
    r"""
a path as the other stage's WORKDIR would have it
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM debian:bookworm-slim AS build
WORKDIR /src
RUN mkdir out && touch out/app
FROM debian:bookworm-slim
# found: path=out/app near=/src/out/app
COPY --from=build out/app /usr/local/bin/
-- build.log --
#7 [stage-1 2/2] COPY --from=build out/app /usr/local/bin/
>>#7 ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::vbt7tmnfrmgmn8pdv21trwrbb: "/out/app": not found
-- mended --
FROM debian:bookworm-slim AS build
WORKDIR /src
RUN mkdir out && touch out/app
FROM debian:bookworm-slim
COPY --from=build /src/out/app /usr/local/bin/
""",
    r"""
a script that may have made it
-- Dockerfile --
FROM debian:bookworm-slim AS build
COPY make-it /make-it
RUN /make-it
FROM debian:bookworm-slim
COPY --from=build /src/dist /app
-- make-it --
#!/usr/bin/perl
mkdir "/src";
""",
)
