"""A health check fails, and what waits for it does not start.

The check's command exits with an error: the program is not up yet (`start_period` too short), listens elsewhere, or the
image lacks curl or wget that the check calls. Its output is in `docker inspect`.
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
    container: str = ""


TITLE = "The container [{container} ]is unhealthy"
WHY = "Its health check failed as often as `retries` allows."
EXPLAINS = ("runtime/crash",)

SIGNATURES = (
    # dependency failed to start: container x-db-1 is unhealthy
    sign('is unhealthy', r"container (?P<container>\S+) is unhealthy", sure=0.93),
    # container for service "db" is unhealthy
    sign('is unhealthy', r'service "(?P<container>[^"]+)" is unhealthy', sure=0.93),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Read the check's own output (docker inspect -f '{{json .State.Health}}' CONTAINER), and give the start more time (start_period) or mend the command."
    )


CASES = (
    r"""
a dependency
-- build.log --
 Container recojfu2tus-db-1  Started
 Container recojfu2tus-db-1  Waiting
 Container recojfu2tus-db-1  Error
>>dependency failed to start: container recojfu2tus-db-1 is unhealthy
 Container recojfu2tus-web-1  Stopping
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
