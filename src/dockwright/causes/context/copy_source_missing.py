"""A COPY or ADD source is not in the build context.

COPY reads from the build context alone: the folder given to the build, less what .dockerignore excludes. A name that is
not in there stops the build at that instruction, whatever lies beside the Dockerfile or elsewhere on the disk. BuildKit
words a missing file and an ignored one alike, so only the context itself tells which of the two it is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.inputs.nearest import meant
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Edit, Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    nearest: tuple[str, ...] = ()


TITLE = "{path} is not in the build context"
WHY = "COPY and ADD read from the build context only, and nothing there has this name[; the nearest is {nearest}]."

STAGE = ">>> --from="  # the copy is from a stage, not from the context
SIGNATURES = (
    # ERROR: failed to calculate checksum of ref 6yx…::k0v…: "/requirements.txt": not found
    sign(
        "failed to calculate checksum of ref",
        r'failed to calculate checksum of ref [^"]*"/?(?P<path>[^"]+)": not found',
        sure=0.95,
        unless=STAGE,
    ),
    # failed to compute cache key: "/app/package.json" not found: not found
    sign(
        "failed to compute cache key",
        r'failed to compute cache key: (?:[^"]*)"/?(?P<path>[^"]+)"(?: not found)?: not found',
        sure=0.94,
        unless=STAGE,
    ),
    # failed to walk /var/lib/docker/tmp/buildkit-mount2/src: lstat /var/lib/docker/tmp/buildkit-mount2/src: no such file or directory
    sign(
        "buildkit-mount",
        r"lstat /\S*buildkit-mount\d+/(?P<path>\S+): no such file or directory",
        sure=0.95,
        unless=STAGE,
    ),
    # ERROR: lstat /pkg: no such file or directory
    sign(
        "lstat /",
        r"^(?:ERROR: )?(?:failed to \w+: )*lstat /(?P<path>[\w./-]+): no such file or directory$",
        also=">>> COPY",
        unless=STAGE,
    ),
    # COPY failed: stat /var/lib/docker/tmp/docker-builder031/app/dist: no such file or directory
    sign(
        " failed: stat ",
        r"(?:COPY|ADD) failed: stat /\S*docker-builder\d+/(?P<path>\S+): no such file or directory",
        sure=0.95,
    ),
    # COPY failed: file not found in build context or excluded by .dockerignore: stat dist: file does not exist
    sign("excluded by .dockerignore: stat", r"\.dockerignore: stat (?P<path>\S+): file does not exist", sure=0.9),
    # COPY failed: no source files were specified
    sign("no source files were specified", sure=0.9, unless=">>> COPY <<"),
    # ADD failed: lstat /mnt/docker/tmp/docker-builder1/x.jar: no such file or directory
    sign(" failed: lstat ", r"(?:COPY|ADD) failed: lstat /\S*docker-builder\d+/(?P<path>\S+): no such file", sure=0.95),
    # Error: building at STEP "COPY nothing.txt /": checking on sources under "/tmp/x": copier: stat: "/nothing.txt": no such file or directory
    sign("copier: stat:", r'copier: stat: "/?(?P<path>[^"]+)": no such file or directory', sure=0.95, unless=STAGE),
    # error building image: … failed to get fileinfo for /workspace/requirements.txt: lstat /workspace/requirements.txt: no such file or directory
    sign("failed to get fileinfo for", r"failed to get fileinfo for /(?:workspace/)?(?P<path>\S+): lstat", sure=0.9),
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
    instead = meant(facts.path, facts.nearest)
    if instead is not None and "$" not in written and len(written.split()) == 1 and "mount=" not in written:
        slash = "/" if written.endswith("/") else ""
        yield remedy.risky(f"Copy {instead} instead", remedy.swap_span(source, where.span, instead + slash))
    marker = _package_marker(finding, project, facts.path)
    if marker is not None:
        yield remedy.safe(f"Make {marker.file}, which marks the folder as a package", marker)
    yield remedy.advice(
        f"Put {facts.path} into the build context, or take it out of {where.instruction.split(' ', 1)[0]}."
    )


def _package_marker(finding: Finding, project: Project, path: str) -> Edit | None:
    """`__init__.py` in a folder of the context that holds modules: Python takes the folder without it, COPY does not.

    One line break and nothing else: a diff can't say that a file is made empty.
    """
    from dockwright.causes.edits import target_of
    from dockwright.inputs.targets import in_tree

    target = target_of(finding, project)
    if target is None or posixpath.basename(path) != "__init__.py" or target.remote:
        return None
    folder = in_tree(posixpath.join(target.context, posixpath.dirname(path.lstrip("/"))))
    modules = [name for name, kind in project.tree.walk(folder, 500) if kind == "file" and name.endswith(".py")]
    if folder.startswith("..") or not any(posixpath.dirname(name) == folder for name in modules):
        return None
    return Edit(posixpath.join(folder, "__init__.py"), Span(0, 0), "\n")


CASES = (
    r"""
the package's marker was never made
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM python:3.12-slim
# found: path=shop/__init__.py
COPY shop/__init__.py shop/orders.py /srv/shop/
-- shop/orders.py --
TOTAL = 0
-- build.log --
#6 [2/2] COPY shop/__init__.py shop/orders.py /srv/shop/
>>#6 ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::f4gqf80gc5nwzv0dvmukt35pt: "/shop/__init__.py": not found
-- mended --
FROM python:3.12-slim
COPY shop/__init__.py shop/orders.py /srv/shop/
-- mended shop/__init__.py --

""",
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
the context is one folder deeper than the author thought, and other folders hold files of the same name
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM debian:bookworm-slim
# found: path=shop/web/settings.toml
COPY shop/web/settings.toml /etc/web.toml
# found: path=shop/web/pages/
COPY shop/web/pages/ /srv/pages/
-- web/settings.toml --
a = 1
-- web/pages/index.html --
hello
-- api/settings.toml --
a = 2
-- jobs/settings.toml --
a = 3
-- build.log --
#6 [3/3] COPY shop/web/pages/ /srv/pages/
>>#6 ERROR: failed to calculate checksum of ref a392f5d5-70e9-498d-86e3-9602cf296ca2::oxpgd5f03ba7a1tvvss7j1w75: "/shop/web/pages": not found
-- mended --
FROM debian:bookworm-slim
COPY web/settings.toml /etc/web.toml
COPY web/pages/ /srv/pages/
""",
    r"""
the classic builder's words
-- Dockerfile --
FROM debian:bookworm-slim
# found: path=app/settings.toml
COPY app/settings.toml /app/
-- settings.toml --
1
-- build.log --
Step 1/2 : FROM debian:bookworm-slim
 ---> b5d3a319ed09
Step 2/2 : COPY app/settings.toml /app/
>>COPY failed: file not found in build context or excluded by .dockerignore: stat app/settings.toml: file does not exist
-- mended --
FROM debian:bookworm-slim
COPY settings.toml /app/
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
