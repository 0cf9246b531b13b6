"""The engine's own store of layers is damaged.

A layer or a snapshot that the cache names is not there, or does not have the content that it should: after a crash, a
full disk, a prune in the middle of a build, or an engine moved to another storage driver.
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
    layer: str = ""


TITLE = "The engine's store of layers is damaged"
WHY = "What fails is the engine with its own files, not a line of the Dockerfile."
EXPLAINS = ("context/copy-source-missing",)
TRANSIENT = True

SIGNATURES = (
    # layer does not exist
    sign('layer does not exist', r"^(?:failed to \w+[^:]*: )*layer does not exist$", sure=0.9),
    # failed to prepare abc as def: parent snapshot xyz does not exist: not found
    sign('parent snapshot', r"parent snapshot (?P<layer>\S+) does not exist", sure=0.96),
    # failed to register layer: error creating overlay mount
    sign('failed to register layer', r"failed to register layer: (?!.*no space left)", sure=0.85),
    # failed to solve: failed to read expected number of bytes: unexpected EOF
    sign('failed to read expected number of bytes', sure=0.9),
    # max depth exceeded
    sign('max depth exceeded', sure=0.7),
    # failed to get layer sha256:x: layer does not exist
    sign('failed to get layer', r"failed to get layer (?P<layer>\S+)", sure=0.93),
    # unable to find cached layer: blob sha256:x not found: not found
    sign('blob sha256', r"(?P<layer>blob sha256:\w+).* not found", sure=0.6),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Clear the build cache (docker builder prune --all) and pull the base image again; restart the engine where it persists."
    )


CASES = (
    r"""
a layer that is gone
-- from --
sw-0506 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 16/32 : WORKDIR /bsql/artifacts
Error removing intermediate container b9aa1fa2c9ab: No such container: b9aa1fa2c9ab88f41b5b78b4dbefb92e6ba8222726702e523586ea88ac300384
 ---> de077656c73f
Step 17/32 : ENV CC=gcc-7 CXX=g++-7
>>layer does not exist
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
