"""The build was stopped from the outside before it was done.

A CI job, a hosting platform or a `timeout` around the command gives a build so many minutes. Long downloads and source
builds are what exceeds them; a kept layer cache and wheels brought along are what shortens them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    limit: str = ""


TITLE = "The build was stopped before it was done[ (limit: {limit})]"
WHY = "Something outside of the build ended it: a time limit of the CI or the platform, or a person."
EXPLAINS = (
    "resources/out-of-memory",
    "network/timeout",
)

SIGNATURES = (
    # ERROR: failed to build: failed to solve: Canceled: context canceled
    sign('failed to solve: Canceled: context canceled', sure=0.8),
    # ERROR: Job failed: execution took longer than 1h0m0s seconds
    sign('execution took longer than', r"execution took longer than (?P<limit>\S+)", sure=0.98),
    # The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 360 minutes.
    sign('exceeded the maximum execution time', r"maximum execution time of (?P<limit>[\w ]+)", sure=0.98),
    # The job exceeded the maximum time limit for jobs, and has been terminated.
    sign('exceeded the maximum time limit for jobs', sure=0.98),
    # ERROR: context deadline exceeded
    sign('ERROR: context deadline exceeded', r"^ERROR: context deadline exceeded$", sure=0.8),
    # Build exceeded the time limit
    sign('exceeded the time limit', sure=0.9),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Keep the layer cache between builds (--cache-from, a registry cache), bring wheels along, or raise the limit."
    )


CASES = (
    r"""
stopped while a step ran
-- build.log --
#5 2.347 tick 12
#5 2.548 tick 13
#5 CANCELED
>>ERROR: failed to build: failed to solve: Canceled: context canceled
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
