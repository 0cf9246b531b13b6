"""A COPY or ADD source is not in the build context.

COPY reads from the build context alone: the folder given to the build, less what .dockerignore excludes. A name that is
not in there stops the build at that instruction, whatever lies beside the Dockerfile or elsewhere on the disk. BuildKit
words a missing file and an ignored one alike, so only the context itself tells which of the two it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, Step, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    nearest: tuple[str, ...] = ()


TITLE = "{path} is not in the build context"
WHY = "COPY and ADD read from the build context only, and nothing there has this name[; the nearest is {nearest}]."

SIGNATURES = (
    # ERROR: failed to calculate checksum of ref 6yx…::k0v…: "/requirements.txt": not found
    sign("failed to calculate checksum of ref", r'failed to calculate checksum of ref [^"]*"/?(?P<path>[^"]+)": not found', sure=0.95),
    # failed to compute cache key: "/app/package.json" not found: not found
    sign("failed to compute cache key", r'failed to compute cache key: (?:[^"]*)"/?(?P<path>[^"]+)"(?: not found)?: not found', sure=0.95),
    # failed to walk /var/lib/docker/tmp/buildkit-mount2/src: lstat /var/lib/docker/tmp/buildkit-mount2/src: no such file or directory
    sign("buildkit-mount", r"lstat /\S*buildkit-mount\d+/(?P<path>\S+): no such file or directory", sure=0.95),
    # COPY failed: stat /var/lib/docker/tmp/docker-builder031/app/dist: no such file or directory
    sign(" failed: stat ", r"(?:COPY|ADD) failed: stat /\S*docker-builder\d+/(?P<path>\S+): no such file or directory", sure=0.95),
    # COPY failed: file not found in build context or excluded by .dockerignore: stat dist: file does not exist
    sign("excluded by .dockerignore: stat", r"\.dockerignore: stat (?P<path>\S+): file does not exist", sure=0.9),
    # COPY failed: no source files were specified
    sign("no source files were specified", sure=0.9),
    # ADD failed: lstat /mnt/docker/tmp/docker-builder1/x.jar: no such file or directory
    sign(" failed: lstat ", r"(?:COPY|ADD) failed: lstat /\S*docker-builder\d+/(?P<path>\S+): no such file", sure=0.95),
    # Error: building at STEP "COPY nothing.txt /": checking on sources under "/tmp/x": copier: stat: "/nothing.txt": no such file or directory
    sign("copier: stat:", r'copier: stat: "/?(?P<path>[^"]+)": no such file or directory', sure=0.95),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Source):
        if need.stage is None and need.problem in ("missing", "case"):
            yield found(unmet, Facts(need.path, need.nearest))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is None or not facts.path:
        yield remedy.advice("Name a path that the build context holds, or put the file there.")
        return
    source, written = where.source, where.source[where.span]
    same_name = [path for path in facts.nearest if path.rsplit("/", 1)[-1].lower() == facts.path.rstrip("/").rsplit("/", 1)[-1].lower()]
    if len(same_name) == 1 and "$" not in written:
        slash = "/" if written.endswith("/") else ""
        yield remedy.risky(f"Copy {same_name[0]} instead", remedy.swap_span(source, where.span, same_name[0] + slash))
    yield remedy.advice(f"Put {facts.path} into the build context, or take it out of {where.instruction.split(' ', 1)[0]}.")


CASES = (
    r"""
the file is there under another folder
-- Dockerfile --
FROM debian:bookworm-slim
# found: path=settings.toml
COPY settings.toml /etc/app.toml
-- conf/settings.toml --
a = 1
-- build.log --
#5 [2/2] COPY settings.toml /etc/app.toml
>>#5 ERROR: failed to calculate checksum of ref i5sz2::z8tk: "/settings.toml": not found
-- mended --
FROM debian:bookworm-slim
COPY conf/settings.toml /etc/app.toml
""",
    r"""
the file is there
-- Dockerfile --
FROM debian:bookworm-slim
COPY conf/*.toml /etc/
-- conf/settings.toml --
a = 1
""",
)
