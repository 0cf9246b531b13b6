"""The engine went away while it built.

The client lost its connection to BuildKit: the daemon was restarted or crashed, its machine had no memory or disk left, or
the network to a remote or Kubernetes builder broke. What was built before is in the engine's cache.
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
    pass


TITLE = "The engine went away while it built"
WHY = "The client lost its connection to BuildKit; no line of the Dockerfile is known to have failed."
TRANSIENT = True
ENGINE = True

SIGNATURES = (
    # ERROR: failed to build: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF
    # … desc = closing transport due to: connection error: desc = "error reading from server: EOF", received prior goaway: …
    # … desc = transport is closing
    # failed to get status: rpc error: code = Unavailable desc = timed out waiting for server handshake
    sign(
        'rpc error: code = Unavailable desc = ',
        r"code = Unavailable desc = (?:error reading from server|closing transport|transport is closing|keepalive ping|timed out waiting"
        r"|connection error: desc = \"(?:error reading|transport: [Ee]rror while dialing))",
        sure=0.93,
    ),
    # failed to list workers: Unavailable: connection error: desc = "error reading server preface: EOF"
    sign('failed to list workers: Unavailable', sure=0.9),
    # failed to solve: Canceled: grpc: the client connection is closing
    sign('grpc: the client connection is closing', sure=0.85),
    # unexpected EOF (the classic builder's last line)
    sign('unexpected EOF', r"^unexpected EOF$", sure=0.7),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Build again: finished steps are cached. Where it goes away at the same step again, the daemon's own log tells why "
        "(journalctl -u docker, docker logs buildx_buildkit_…): mostly its memory or its disk."
    )


CASES = (
    r"""
a daemon that was killed while a step ran
-- build.log --
#0 building with "default" instance using docker driver

#4 [1/2] FROM docker.io/library/python:3.12-slim
#4 CACHED

#5 [2/2] RUN echo begun && sleep 60
#5 0.249 begun
>>ERROR: failed to build: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF
""",
    r"""
the same with the classic builder
-- build.log --
Step 1/2 : FROM python:3.12-slim
 ---> 8b5d67b54350
Step 2/2 : RUN echo begun && sleep 60
 ---> Running in fb9269dfab3c
begun
>>unexpected EOF
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
