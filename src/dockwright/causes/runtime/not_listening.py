"""The program starts, and the platform finds nobody listening where it looks.

Cloud Run, Heroku, Render, Fly and App Service tell the container its port (PORT) and try to connect to it from outside. A program
that listens on another port, on 127.0.0.1 alone, or too late, is ended although nothing in it failed.
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
    platform: str = "The platform"


TITLE = "{platform} finds nothing listening[ on port {port}]"
WHY = "It looks from outside of the container, at the port that it has given, for a limited time."
EXPLAINS = ("runtime/unhealthy",)

SIGNATURES = (
    # The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable
    sign('failed to start and listen on the port', r"failed to start and listen on the port defined (?:provided )?by the PORT=?(?P<port>\d*)", sure=0.7, platform='Cloud Run'),
    # Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch
    sign('Error R10 (Boot timeout)', sure=0.85, platform='Heroku'),
    # ==> No open ports detected on 0.0.0.0, continuing to scan...
    sign('No open ports detected', sure=0.75, platform='Render'),
    # WARNING The app is not listening on the expected address and will not be reachable by fly-proxy.
    sign('The app is not listening on the expected address', sure=0.85, platform='Fly'),
    # Container app_0_2ac5 didn't respond to HTTP pings on port: 8000, failing site start.
    sign("didn't respond to HTTP pings on port", r"HTTP pings on port: (?P<port>\d+)", sure=0.7, platform='App Service'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Listen on every address and on the port that is given: `--bind 0.0.0.0:$PORT` (gunicorn), `--host 0.0.0.0 --port $PORT` (uvicorn), in a CMD that a shell runs, for exec form does not expand $PORT."
    )
    yield remedy.advice(
        "Where the program's own log ends in an error before that, mend that first; where it only takes long, load models after listening or give the start more time."
    )


CASES = (
    r"""
Cloud Run
-- build.log --
>>ERROR: (gcloud.run.deploy) Revision 'web-00002' is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout.
""",
    r"""
Heroku
-- build.log --
2026-11-01T10:00:00.000000+00:00 heroku[web.1]: Starting process with command `gunicorn app:app`
>>2026-11-01T10:01:00.000000+00:00 heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch
2026-11-01T10:01:00.100000+00:00 heroku[web.1]: Stopping process with SIGKILL
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
