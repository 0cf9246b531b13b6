"""The Docker daemon can't be reached.

It is not running, the socket is elsewhere (a context, DOCKER_HOST, rootless, Docker Desktop), or the user may not open
it. Nothing of the build has begun.
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
    address: str = ""


TITLE = "No container engine answers[ at {address}]"
WHY = "The command line is only a client: the daemon does the work, and it did not answer."
EXPLAINS = (
    "network/reset",
    "image/not-found",
)

ENGINE = True

SIGNATURES = (
    # ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
    sign('Cannot connect to the Docker daemon. Is the docker daemon running', sure=0.97),
    sign('Cannot connect to the Docker daemon', r"Cannot connect to the Docker daemon at (?P<address>\S+?)\. Is", sure=0.98),
    # permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock
    sign('while trying to connect to the', r"permission denied while trying to connect to the [Dd]ocker (?:daemon socket|API) at (?P<address>\S+?):? ", sure=0.98),
    # error during connect: this error may indicate that the docker daemon is not running
    sign('error during connect:', sure=0.93),
    # #1 ERROR: context deadline exceeded (of [internal] waiting for connection: a remote builder)
    sign('context deadline exceeded', r"^(?:#\d+ ERROR: )?context deadline exceeded$", sure=0.8),
    # Cannot connect to Podman. Please verify your connection to the Linux system
    sign('Cannot connect to Podman', sure=0.97),
    # failed to connect to the docker API at unix:///var/run/docker.sock
    sign('failed to connect to the docker API', r"docker API at (?P<address>[^\s;]+)", sure=0.97),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Start the daemon (systemctl start docker, or Docker Desktop), or point DOCKER_HOST at it; add the user to the group docker where it is the permission."
    )


CASES = (
    r"""
a remote builder that nobody listens for
-- build.log --
#0 building with "far" instance using remote driver

#1 [internal] waiting for connection
>>#1 ERROR: context deadline exceeded
------
 > [internal] waiting for connection:
------
WARNING: No output specified with remote driver. Build result will only remain in the build cache. To push result image into registry use --push or to load image into docker use --load
ERROR: failed to build: context deadline exceeded
""",
    r"""
docker build
-- build.log --
>>ERROR: Cannot connect to the Docker daemon at unix:///var/run/nothere.sock. Is the docker daemon running?
""",
    r"""
compose
-- build.log --
>>unable to get image 'debian:bookworm-slim': Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
