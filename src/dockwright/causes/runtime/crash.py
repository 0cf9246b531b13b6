"""A container starts and dies.

Its own output says why; the builder and compose only report that it exited. Where no other cause explains the output,
this one says so much.
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
    code: str = ""


TITLE = "The container [{container} ]exited[ with code {code}]"
WHY = "The program in it ended by itself; its last lines are the place to look."

SIGNATURES = (
    # service "db" didn't complete successfully: exit 3
    sign("didn't complete successfully: exit", 'service "(?P<container>[^"]+)" didn\\\'t complete successfully: exit (?P<code>\\d+)', sure=0.8),
    # dependency failed to start: container x-db-1 exited (1)
    sign('dependency failed to start: container', r"container (?P<container>\S+) exited \((?P<code>\d+)\)", sure=0.8),
    # web-1 exited with code 1
    sign(' exited with code ', r"(?P<container>\S+) exited with code (?P<code>[1-9]\d*)\b", sure=0.6),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice("Read the container's log (docker logs CONTAINER, docker compose logs SERVICE).")


CASES = (
    r"""
a dependency
-- build.log --
 Container recdt8b53xg-db-1  service "db" didn't complete successfully: exit 3
>>service "db" didn't complete successfully: exit 3
 Container recdt8b53xg-web-1  Stopping
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
