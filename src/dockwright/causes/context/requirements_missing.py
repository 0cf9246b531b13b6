"""The requirements or constraints file that an installer is told to read is not there at that step.

`-r` names a path in the image, seen from the working directory, not a path of the project. The file must have been
copied by an earlier line, under that name, or be made by one.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, below_context, copy_line, in_context
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import YES, Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    lies: str = ""  # where in the image a file of that name is
    workdir: str = ""
    asked_by: str = ""


TITLE = "{path} is not there[ when {asked_by} reads it]"
WHY = "No earlier line brings it to that place[; there is one at {lies}]."
EXPLAINS = ("dockerfile/wrong-path", "build/file-missing")

SIGNATURES = (
    # ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'
    sign("Could not open requirements file", r"Could not open requirements file: .*No such file or directory: '(?P<path>[^']+)'", sure=0.97),
    # error: File not found: `requirements.txt`
    sign("error: File not found: `", r"error: File not found: `(?P<path>[^`]+)`", sure=0.95),
    # Could not open requirements file: [Errno 2] No such file or directory: '/tmp/requirements.txt' (pip before 20 has no ERROR)
    # no recorded log yet: CondaFileIOError: '/tmp/requirements.txt'. [Errno 2] No such file or directory: 'requirements.txt'
    sign("CondaFileIOError", r"CondaFileIOError: '(?P<path>[^']+)'"),
    # no recorded log yet: EnvironmentFileNotFound: '/home/environment.yml' file not found
    sign("EnvironmentFileNotFound", r"EnvironmentFileNotFound: '(?P<path>[^']+)' file not found"),
    # no recorded log yet: FileNotFoundError: [Errno 2] No such file or directory: 'requirements.txt'
    sign("No such file or directory: 'requirements", r"(?:FileNotFoundError|IOError): .*No such file or directory: '(?P<path>requirements[\w./-]*)'", sure=0.6),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        if need.purpose in ("requirements", "constraints") and unmet.deleted is None:
            workdir = str(step.before.workdir)
            yield found(unmet, Facts(need.path, _elsewhere(step, need.path), workdir, unmet.asked_by))


def _elsewhere(step: Step, path: str) -> str:
    """A file of the same name in another folder of the image."""
    image, name = step.before, posixpath.basename(path)
    folders = {posixpath.dirname(known) for known in image.paths} | {cover.folder for cover in image.covers}
    folders |= {"/", str(image.workdir)}
    for folder in sorted(folders, key=len)[:200]:
        at = posixpath.join(folder, name)
        if at != path and image.find(at).answer is YES:
            return at
    return ""


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is None or not facts.path.startswith("/"):
        yield remedy.advice("Copy the file into the image above this step, under the name that the step uses.")
        return
    written = where.source[where.span]
    name, relative = posixpath.basename(facts.path), posixpath.relpath(facts.path, facts.workdir or "/")
    if facts.lies and written.endswith(name):
        yield remedy.safe(f"Read {facts.lies}", remedy.swap_span(where.source, where.span, _shift(written, facts)))
    elif not relative.startswith("..") and in_context(finding, project, relative):
        yield remedy.safe(f"Copy {relative} first", above(where, copy_line(relative, facts.path, facts.workdir)))
    else:
        yield from _from_elsewhere(finding, facts, project, name)
    yield remedy.advice(f"Copy {name} to {facts.path} above this step, or name the file that is there.")


def _shift(written: str, facts: Facts) -> str:
    """The same option with the path where the file is."""
    prefix = written[:2] if written.startswith(("-r", "-c")) else ""
    return prefix + facts.lies


def _from_elsewhere(finding: Finding, facts: Facts, project: Project, name: str) -> Iterator[Remedy]:
    assert finding.where is not None
    same = below_context(finding, project, name)
    if len(same) == 1:
        yield remedy.risky(f"Copy {same[0]} first", above(finding.where, copy_line(same[0], facts.path, facts.workdir)))
    elif not same:
        yield from _misspelled(finding, facts, project, name)


def _misspelled(finding: Finding, facts: Facts, project: Project, name: str) -> Iterator[Remedy]:
    from dockwright.causes.edits import target_of
    from dockwright.inputs.targets import in_tree

    where, target = finding.where, target_of(finding, project)
    names = project.tree.names(in_tree(target.context)) if target is not None else ()
    near = get_close_matches(name, names, 2, 0.8) if isinstance(names, tuple) else []
    written = where.source[where.span] if where is not None else ""
    if len(near) == 1 and where is not None and written.endswith(name):
        right = written[: -len(name)] + near[0]
        yield remedy.risky(f"Read {near[0]}, as the file is called", remedy.swap_span(where.source, where.span, right))


CASES = (
    r"""
the requirements are copied after the install
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
# found: path=/app/requirements.txt asked_by=pip
RUN pip install -r requirements.txt
COPY . .
-- requirements.txt --
idna==3.6
-- build.log --
#7 [3/4] RUN pip install -r requirements.txt
>>#7 15.35 ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'
#7 ERROR: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
""",
    r"""
the file is in the image, in another folder
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM python:3.12-slim
COPY requirements.txt /tmp/
WORKDIR /app
# found: path=/app/requirements.txt lies=/tmp/requirements.txt
RUN pip install --no-cache-dir -r requirements.txt
-- requirements.txt --
idna==3.6
-- build.log --
#8 [4/4] RUN pip install --no-cache-dir -r requirements.txt
#8 2.596
#8 2.596 [notice] A new release of pip is available: 25.0.1 -> 26.3
#8 2.596 [notice] To update, run: pip install --upgrade pip
>>#8 2.597 ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'
#8 ERROR: process "/bin/sh -c pip install --no-cache-dir -r requirements.txt" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
COPY requirements.txt /tmp/
WORKDIR /app
RUN pip install --no-cache-dir -r /tmp/requirements.txt
""",
    r"""
uv words it in its own way
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
RUN pip install uv==0.9.5
# found: path=/app/requirements.txt asked_by=uv
RUN uv pip install --system -r requirements.txt
-- build.log --
#7 [4/4] RUN uv pip install --system -r requirements.txt
>>#7 0.375 error: File not found: `requirements.txt`
#7 ERROR: process "/bin/sh -c uv pip install --system -r requirements.txt" did not complete successfully: exit code: 2
""",
    r"""
a file that includes another
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements/ requirements/
RUN pip install -r requirements/prod.txt
-- requirements/prod.txt --
-r base.txt
-- requirements/base.txt --
idna==3.6
""",
)
