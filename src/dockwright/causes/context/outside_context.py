"""A COPY or ADD source lies outside of the build context.

The engine is sent one folder and nothing above it. `..` at the start of a source stops at the root of that folder, so
`../shared` means `shared` inside of it, and there is none. The context has to be a folder that holds both.
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


TITLE = "{path} lies outside of the build context"
WHY = "A build sees one folder and nothing above it: `..` does not lead out of the context."
EXPLAINS = ("context/copy-source-missing",)

SIGNATURES = (
    # COPY failed: forbidden path outside the build context: ../shared ()
    sign(
        "forbidden path outside the build context",
        r"forbidden path outside the build context: (?P<path>\S+)",
        sure=0.98,
    ),
    # ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::st23givdfdzz4x0nqrqadk5pt: "/shared": not found
    sign(
        "failed to calculate checksum of ref",
        r'checksum of ref [^"]*"/?(?P<path>[^"]+)": not found',
        also=">>> COPY ../",
        sure=0.96,
    ),
    sign(
        "failed to calculate checksum of ref",
        r'checksum of ref [^"]*"/?(?P<path>[^"]+)": not found',
        also=">>> ADD ../",
        sure=0.96,
    ),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Source):
        if need.stage is None and need.problem == "outside":
            yield found(unmet, Facts(need.path))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(
        f"Build from the folder that holds both (docker build -f PATH/Dockerfile …) and name {facts.path.lstrip('./')} from there."
    )


CASES = (
    r"""
a sibling of the context
-- Dockerfile --
FROM debian:bookworm-slim
# found: path=../shared
COPY ../shared /app
-- build.log --
#6 [2/2] COPY ../shared /app
>>#6 ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::st23givdfdzz4x0nqrqadk5pt: "/shared": not found
------
 > [2/2] COPY ../shared /app:
------
""",
    r"""
the classic builder's words
-- build.log --
Step 1/2 : FROM debian:bookworm-slim
 ---> b5d3a319ed09
Step 2/2 : COPY ../shared /app
>>COPY failed: forbidden path outside the build context: ../shared ()
""",
    r"""
`..` that stays inside
-- Dockerfile --
FROM debian:bookworm-slim
COPY a/../shared /app
-- shared/x.txt --
1
""",
)
