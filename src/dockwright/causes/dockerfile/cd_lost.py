"""A line relies on the `cd`, `export` or `source` of an earlier RUN, which a new shell has forgotten.

Each RUN starts a shell of its own, in the folder that WORKDIR names and with the variables of ENV. What the shell before it
changed about itself ended with it; only files stay.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found
from dockwright.finding import YES, Evidence, Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.meet import View, meet
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    what: str = "cd"  # cd, export
    name: str = ""  # the folder, or the folder of PATH
    needed: str = ""


TITLE = "{needed} is found only from {name}, where an earlier RUN was"
WHY = "Each RUN is a new shell: it starts in WORKDIR with the variables of ENV, and knows nothing of the `{what}` before it."
EXPLAINS = (
    "dockerfile/wrong-path",
    "context/requirements-missing",
    "context/project-metadata-missing",
    "context/source-not-copied-yet",
    "system/command-missing",
    "build/file-missing",
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        lost = _folder(step, need.path)
        if lost is not None and unmet.deleted is None:
            yield found(unmet, Facts("cd", lost[0], posixpath.basename(need.path)), lost[1])
    for unmet, each in step.unmet(needs.Command):
        lost = None if each.asked_by or "/" in each.name else _path(step, each.name)
        if lost is not None:
            yield found(unmet, Facts("export", lost[0], each.name), lost[1])


def _folder(step: Step, path: str) -> tuple[str, Evidence] | None:
    """The last folder of an earlier shell from which the file would have been found."""
    image = step.before
    workdir = str(image.workdir).rstrip("/")
    if not isinstance(image.workdir, str) or not path.startswith(workdir + "/"):
        return None
    for what, folder, evidence in reversed(image.lost):
        if what == "cd" and image.find(posixpath.join(folder, path[len(workdir) + 1 :])).answer is YES:
            return folder, evidence
    return None


def _path(step: Step, name: str) -> tuple[str, Evidence] | None:
    image = step.before
    for what, path, evidence in reversed(image.lost):
        if what != "export":
            continue
        for folder in path.split(":"):
            if meet(needs.Command(name), View(image, image.user, folder)).answer is YES:
                return folder, evidence
    return None


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_packages import around

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    spot = around(where) if where is not None else None
    if (
        where is not None
        and spot is not None
        and spot.instruction.keyword == "RUN"
        and spot.instruction.exec_form is None
    ):
        start = spot.instruction.rest.span(0, 0).start
        if facts.what == "cd":
            yield remedy.safe(
                "Change into the folder in this line",
                remedy.swap_span(where.source, Span(start, start), f"cd {facts.name} && "),
            )
        else:
            line = f'ENV PATH="{facts.name}:$PATH"'
            yield remedy.safe(
                "Put the folder on PATH for all lines",
                remedy.line_before(where.source, spot.instruction.span.start, line),
            )
    yield remedy.advice(f"Set it with WORKDIR or ENV, or join the lines with the one that does `{facts.what}`.")


CASES = (
    r"""
cd in one RUN, the file in the next
-- Dockerfile --
FROM debian:bookworm-slim
COPY service /srv/service
RUN cd /srv/service
# found: what=cd name=/srv/service needed=settings.ini
RUN cat settings.ini
-- service/settings.ini --
port = 80
-- build.log --
#8 [4/4] RUN cat settings.ini
#8 0.455 cat: settings.ini: No such file or directory
#8 ERROR: process "/bin/sh -c cat settings.ini" did not complete successfully: exit code: 1
-- mended --
FROM debian:bookworm-slim
COPY service /srv/service
RUN cd /srv/service
RUN cd /srv/service && cat settings.ini
""",
    r"""
in one RUN, or with WORKDIR
-- Dockerfile --
FROM debian:bookworm-slim
COPY service /srv/service
RUN cd /srv/service && cat settings.ini
WORKDIR /srv/service
RUN cat settings.ini
-- service/settings.ini --
port = 80
""",
)
