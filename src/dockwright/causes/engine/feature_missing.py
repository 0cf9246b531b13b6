"""The engine, or the way it is called, lacks a feature that the Dockerfile uses.

The classic builder (DOCKER_BUILDKIT=0, old Docker, some CI) knows no --mount, no heredocs and no COPY --chmod; an old
BuildKit or a `# syntax=` line for an old frontend knows them not yet.
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
    feature: str = "this feature"


TITLE = "The builder does not know {feature}"
WHY = "The Dockerfile is written for a newer builder than the one that reads it."
EXPLAINS = (
    "dockerfile/syntax",
    "context/copy-source-missing",
)

SIGNATURES = (
    # the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/
    sign('option requires BuildKit', r"the (?P<feature>--\w+) option requires BuildKit", sure=0.98),
    # the --chmod option requires BuildKit
    sign('requires BuildKit', r"(?P<feature>--?\w+)?.*requires BuildKit", sure=0.95),
    # Error response from daemon: Dockerfile parse error line 2: Unknown flag: mount
    sign('Unknown flag: ', r"Unknown flag: (?P<feature>mount|chmod|link|network|security|parents|checksum|exclude)\b", sure=0.95),
    # COPY failed: no source files were specified
    sign('no source files were specified', sure=0.93, also='>>> COPY <<', feature='here-documents'),
    # ERROR: BuildKit is enabled but the buildx component is missing or broken.
    sign('buildx component is missing', sure=0.98, feature='buildx'),
    # Error: Docker buildx is required. See …/setup-buildx-action to set up buildx.
    sign('Docker buildx is required', sure=0.95, feature='buildx'),
    # docker: 'buildx' is not a docker command.
    sign('is not a docker command', r"'(?P<feature>\w+)' is not a docker command", sure=0.97),
    # unknown shorthand flag: 'f' in -f
    sign('unknown shorthand flag', sure=0.6),
    # ERROR: Multi-platform build is not supported for the docker driver.
    sign('not supported for the docker driver', r"ERROR: (?P<feature>[\w -]+?) (?:build )?is not supported for the docker driver", sure=0.97),
    # no recorded log yet: Error response from daemon: client version 1.24 is too old. Minimum supported API version is 1.44, please upgrade your client
    sign('is too old. Minimum supported API version', r"client version (?P<version>\S+) is too old", sure=0.98, feature='a client this old'),
    # no recorded log yet: client version 1.48 is too new. Maximum supported API version is 1.43
    sign('is too new. Maximum supported API version', sure=0.98, feature='a client this new'),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Option):
        if need.command == "the classic builder":
            yield found(unmet, Facts(need.option))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.feature.startswith("a client"):
        yield remedy.advice(
            "Bring the client and the engine to releases of the same time (the docker command line, docker-compose 1, Testcontainers, a docker:… image in CI); DOCKER_API_VERSION=X.Y asks for one that both know."
        )
        return
    if facts.feature == "buildx":
        yield remedy.advice(
            "Install the plugin (docker-buildx-plugin; in GitHub Actions a step with docker/setup-buildx-action above), and build again."
        )
        return
    yield remedy.advice(
        "Build with BuildKit (DOCKER_BUILDKIT=1, docker buildx build, Docker 23 or newer), and put `# syntax=docker/dockerfile:1` on top of the Dockerfile."
    )


CASES = (
    r"""
--mount in the classic builder
-- build.log --
 ---> b5d3a319ed09
Step 2/2 : RUN --mount=type=cache,target=/x true
>>the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled
""",
    r"""
--chmod in the classic builder
-- build.log --
 ---> b5d3a319ed09
Step 2/2 : COPY --chmod=755 a /x
>>the --chmod option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled
""",
    r"""
a here-document in the classic builder
-- build.log --
 ---> b5d3a319ed09
Step 2/2 : COPY <<EOF /x
>>COPY failed: no source files were specified
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
