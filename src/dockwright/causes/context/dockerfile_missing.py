"""The Dockerfile that the build names is not there.

Without -f the engine looks for `Dockerfile` in the build context; compose looks for `dockerfile:` relative to the
service's context, not to the compose file. A name with another case, or a path seen from the wrong folder, is not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy
from dockwright.inputs.problem import Problem

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    context: str = ""


TITLE = "There is no Dockerfile[ at {path}]"
WHY = "The build names this file, and nothing is there[; its context is {context}]."

SIGNATURES = (
    # ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory
    sign("failed to read dockerfile: open", r"failed to read dockerfile: open (?P<path>\S+): no such file", sure=0.98),
    # unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat /tmp/x/Dockerfile: no such file or directory
    sign(
        "unable to evaluate symlinks in Dockerfile path",
        r"Dockerfile path: lstat (?P<path>\S+): no such file",
        sure=0.98,
    ),
    # ERROR: failed to build: resolve : lstat docker: no such file or directory
    sign("resolve : lstat ", r"resolve : lstat (?P<path>\S+): no such file or directory", sure=0.9),
    # ERROR: failed to build: unable to prepare context: path "./web" not found
    sign("unable to prepare context: path", r'unable to prepare context: path "(?P<path>[^"]+)" not found', sure=0.95),
    # Error response from daemon: Cannot locate specified Dockerfile: Dockerfile
    sign("Cannot locate specified Dockerfile", r"Cannot locate specified Dockerfile: (?P<path>\S+)", sure=0.95),
    # Error: no Containerfile or Dockerfile specified or found in context directory, /tmp/x: no such file or directory
    sign("no Containerfile or Dockerfile specified or found", sure=0.95),
    # Error failed to fetch an image or build from source: app does not have a Dockerfile or buildpacks configured.   (Fly)
    sign("app does not have a Dockerfile or buildpacks configured", sure=0.95),
    # Error: error resolving dockerfile path: please provide a valid path to a Dockerfile within the build context with --dockerfile
    sign("error resolving dockerfile path", sure=0.95),
)


def judge(problem: Problem) -> Facts | None:
    if problem.code != "dockerfile-missing":
        return None
    path, _, context = problem.message.partition("\n")
    return Facts(path, context)


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(
        f"Put the Dockerfile at {facts.path or 'the named path'}, or name the path where it is (-f, or `dockerfile:` relative to the context)."
    )


CASES = (
    r"""
an empty folder
-- build.log --
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 2B done
#1 DONE 0.0s
>>ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory
""",
    r"""
-f names a folder that is not there
-- build.log --
>>ERROR: failed to build: resolve : lstat docker: no such file or directory
""",
    r"""
a build that reads its Dockerfile
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
