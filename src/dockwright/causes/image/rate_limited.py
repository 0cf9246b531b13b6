"""The registry gives no more images for now: its pull limit is reached.

Docker Hub counts pulls by account, and without a login by address, which all machines behind one address share. The
limit is over some hours later.
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
    image: str = ""


TITLE = "The registry's pull limit is reached"
WHY = "The registry counts pulls and answers 429 until the count has gone down."
EXPLAINS = (
    "image/not-found",
    "image/auth",
    "network/reset",
)
TRANSIENT = True

SIGNATURES = (
    # toomanyrequests: You have reached your unauthenticated pull rate limit.
    sign('toomanyrequests', sure=0.98),
    # unexpected status from HEAD request to http://localhost:18108/v2/limited/app/manifests/1.0: 429 Too Many Requests
    sign('429 Too Many Requests', r"(?:request to https?://(?P<image>\S+?)/manifests\S+: )?429 Too Many Requests", sure=0.9),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Log in (docker login) for a higher limit, wait some hours, or pull through a mirror or a cache of your own."
    )


CASES = (
    r"""
BuildKit
-- build.log --
#2 [internal] load metadata for localhost:18108/limited/app:1.0
>>#2 ERROR: unexpected status from HEAD request to http://localhost:18108/v2/limited/app/manifests/1.0: 429 Too Many Requests
""",
    r"""
docker run
-- build.log --
Unable to find image 'localhost:18108/limited/app:1.0' locally
>>docker: Error response from daemon: toomanyrequests: You have reached your unauthenticated pull rate limit.
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
