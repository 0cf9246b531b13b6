"""The registry asks for a login, or refuses the one that it got.

A private base image needs `docker login` on the machine that builds; a push needs a user who may write to the
repository. Expired tokens and a credential helper that is missing look the same.
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


TITLE = "The registry refused access[ to {image}]"
WHY = "It answers 401 or 403: without a valid login it neither gives nor takes this image."

SIGNATURES = (
    # unexpected status from HEAD request to http://localhost:18108/v2/private/app/manifests/1.0: 401 Unauthorized
    sign('unexpected status from', r"unexpected status from \w+ request to https?://(?P<image>\S+?)/manifests/\S+: 40[13]", sure=0.96),
    # Get https://registry.example/v2/x/manifests/latest: no basic auth credentials
    sign('no basic auth credentials', r'(?:Get "?https?://(?P<image>\S+?)/manifests)?.*no basic auth credentials', sure=0.97),
    # docker: Error response from daemon: unauthorized
    sign('unauthorized', r"(?:^|daemon: )unauthorized(?:$|: )", sure=0.93),
    # denied: requested access to the resource is denied
    sign('denied', r"(?:^|daemon: )denied(?:$|: )", sure=0.93),
    # failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized
    sign('failed to authorize:', r"failed to authorize:(?!.*(?:dial tcp|timeout|connectex|\bEOF|no such host|connection re|deadline exceeded|certificate))", sure=0.93),
    # error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH
    sign('error getting credentials', sure=0.96),
    # unauthorized: incorrect username or password
    sign('incorrect username or password', sure=0.97),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Log in to the registry on the machine that builds (docker login HOST) with a user who may read, and for a push write, this repository."
    )


CASES = (
    r"""
a private base image
-- build.log --
#2 [internal] load metadata for localhost:18108/private/app:1.0
>>#2 ERROR: unexpected status from HEAD request to http://localhost:18108/v2/private/app/manifests/1.0: 401 Unauthorized
""",
    r"""
docker run
-- build.log --
Unable to find image 'localhost:18108/private/app:1.0' locally
>>docker: Error response from daemon: unauthorized
""",
    r"""
the classic builder
-- build.log --
Sending build context to Docker daemon  2.048kB
Step 1/2 : FROM localhost:18108/denied/app:1.0
>>denied
""",
    r"""
a private registry
-- from --
sw-0873 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
adding 'stups_sevenseconds-0.0.0.dist-info/RECORD'
Removing intermediate container 4a4ef5b5e334
 ---> f877af4a6e37
Step 8/9 : FROM pierone.stups.zalan.do/teapot/python-cdp-release:latest
>>Get https://pierone.stups.zalan.do/v2/teapot/python-cdp-release/manifests/latest: no basic auth credentials
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
