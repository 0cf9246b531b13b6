"""The port is taken.

On the host, another container or program has the published port already; inside of the container, two programs listen
on one. The container is made and does not start, or starts and dies.
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
    port: str = ""


TITLE = "The port [{port} ]is taken"
WHY = "Only one program can listen on a port of one address."
EXPLAINS = (
    "runtime/crash",
    "runtime/unhealthy",
)

SIGNATURES = (
    # Bind for 0.0.0.0:18999 failed: port is already allocated
    sign('port is already allocated', r"Bind for \S+?:(?P<port>\d+) failed", sure=0.98),
    # OSError: [Errno 98] Address already in use
    sign('ddress already in use', r"(?:(?:\('[\d.]+', |[\d.]+:)(?P<port>\d+))?.*[Aa]ddress already in use", sure=0.93),
    # Error: listen EADDRINUSE: address already in use :::3000
    sign('EADDRINUSE', r"EADDRINUSE.*?:(?P<port>\d+)", sure=0.96),
    # failed to bind port 0.0.0.0:8080/tcp: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use
    sign('bind: address already in use', r"listen tcp\d? \S+?:(?P<port>\d+): bind", sure=0.97),
    # Connection in use: ('0.0.0.0', 8000)
    sign('Connection in use:', r"Connection in use: \('\S+', (?P<port>\d+)\)", sure=0.96),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice('Stop what has the port (docker ps; ss -ltnp), or publish another (ports: "8081:8080").')


CASES = (
    r"""
a published port
-- build.log --
88435dbf3f3f2394c255cc709ad2c13eb211a667c4eb40042ba8ea63c37c133d
>>docker: Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint magical_greider (b737224e7c81b6f6e4be90aa8d1a996b2e6b48ee71fe39088e1b06b1a84471de): Bind for 0.0.0.0:18999 failed: port is already allocated
""",
    r"""
two programs in one container
-- build.log --
  File "/usr/local/lib/python3.12/socketserver.py", line 482, in server_activate
    self.socket.listen(self.request_queue_size)
>>OSError: [Errno 98] Address already in use
""",
    r"""
compose
-- build.log --
 Container recpb5ahwad-a-1  Starting
 Container recpb5ahwad-b-1  Started
>>Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint recpb5ahwad-a-1 (a304605c74eaa41c2d9801af153da7ea838c2121bd1dab952c3bd4025891ae6a): Bind for 0.0.0.0:18998 failed: port is already allocated
 Container recpb5ahwad-b-1  Stopping
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
