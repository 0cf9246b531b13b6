"""The registry has no image of that name or tag.

The tag was never made or was taken away, the repository moved or was deleted, or the name is misspelled. A private
repository looks the same to somebody who is not logged in: registries do not tell the two apart.
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
    image: str = ""
    instead: str = ""


TITLE = "There is no image {image}"
WHY = "The registry that was asked does not have this name or tag, or does not show it without a login."

SIGNATURES = (
    # ERROR: failed to build: … failed to resolve source metadata for docker.io/library/python:3.99: docker.io/library/python:3.99: not found
    sign('failed to resolve source metadata for', r"failed to resolve source metadata for (?P<image>\S+?): \S+: not found", sure=0.97),
    # #2 ERROR: localhost:18108/name/app:1.0: not found
    sign(': not found', r"^(?:ERROR: )?(?P<image>[\w.-]+(?:[:/][\w./-]+)*:[\w.-]+): not found$", sure=0.9),
    # manifest for base/archlinux:latest not found
    sign('manifest for', r"manifest for (?P<image>\S+) not found", sure=0.97),
    # manifest unknown
    sign('manifest unknown', sure=0.93, image='of this name'),
    # name unknown
    sign('name unknown', r"(?:^|daemon: )name unknown", sure=0.9, image='of this name'),
    # pull access denied for x, repository does not exist or may require 'docker login'
    sign('pull access denied for', r"pull access denied for (?P<image>[^,\s]+)", sure=0.93),
    # Error: creating build container: python:3.12-nothere: image not known
    sign('image not known', r"(?P<image>\S+): image not known", sure=0.93),
    # repository sbisbee/x not found: does not exist or no pull access
    sign('does not exist or no pull access', r"repository (?P<image>\S+) not found", sure=0.95),
    # failed to parse stage name "MyRepo/App:1": invalid reference format: repository name (App) must be lowercase
    sign('repository name', r'(?:stage name "(?P<image>[^"]+)": )?invalid reference format: repository name .*must be lowercase', sure=0.9),
    # no recorded log yet: Error: creating build container: short-name "myapp:latest" did not resolve to an alias and no unqualified-search registries are defined
    sign('did not resolve to an alias', r'short-name "(?P<image>[^"]+)" did not resolve to an alias', sure=0.95),
    # ERROR: failed to build: failed to solve: bulder: failed to resolve source metadata for docker.io/library/bulder:latest: pull access denied, repository does not exist or may require authorization
    sign('pull access denied, repository does not exist', r"(?:failed to resolve source metadata for |load metadata for )?(?P<image>[\w.-]+(?:[/:][\w./:-]+)+): pull access denied, repository", sure=0.93),
    sign('pull access denied, repository does not exist', r"^\[internal\] load metadata for (?P<image>\S+): .*pull access denied, repository", sure=0.93),
    sign('pull access denied, repository does not exist', sure=0.9, image='of this name'),
    # no recorded log yet: reading manifest 1 in docker.io/acme/private: requested access to the resource is denied
    sign('requested access to the resource is denied', r"reading manifest (?P<tag>\S+) in (?P<image>\S+): (?:errors:\s*)?(?:denied: )?requested access", sure=0.93),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Stage):
        if need.problem == "not-found":
            yield found(unmet, Facts(need.name, need.nearest))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.instead and where.source[where.span] == facts.image:
        yield remedy.risky(f"Take {facts.instead}, which stands for it", remedy.swap(where, facts.instead))
    yield remedy.advice(
        "Name a tag that the registry has (docker manifest inspect NAME:TAG), or log in where the repository is private."
    )


CASES = (
    r"""
an image that moved, and a name that none can have
-- Dockerfile --
# found: image=base/archlinux instead=archlinux:latest
FROM base/archlinux AS one
# found: image=alpine:3.18-slim
FROM alpine:3.18-slim AS two
# found: image=My/Image
FROM My/Image
COPY --from=one /etc/os-release /one
COPY --from=two /etc/os-release /two
""",
    r"""
versions that moved to another organisation
-- Dockerfile --
# found: image=bitnami/redis:7.2.4 instead=bitnamilegacy/redis:7.2.4
FROM bitnami/redis:7.2.4
-- mended --
FROM bitnamilegacy/redis:7.2.4
""",
    r"""
tags that are there
-- Dockerfile --
FROM alpine:3.20.1 AS one
FROM localhost:5000/team
""",
    r"""
a tag that the registry does not have
-- build.log --
   2 |     RUN true
   3 |
--------------------
>>ERROR: failed to build: failed to solve: localhost:18108/nothere/app:1.0: failed to resolve source metadata for localhost:18108/nothere/app:1.0: localhost:18108/nothere/app:1.0: not found
""",
    r"""
docker run
-- build.log --
Unable to find image 'localhost:18108/nothere/app:1.0' locally
>>docker: Error response from daemon: manifest unknown
""",
    r"""
a repository that is not there any more
-- from --
sw-0854 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Sending build context to Docker daemon  815.1kB
Step 1/25 : FROM base/archlinux
>>manifest for base/archlinux:latest not found
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
