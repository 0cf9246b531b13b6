"""A copy can't be laid over what is already there.

A folder is not copied over a file, nor a file over a folder, and a destination that has to be a folder must not be a
file. The classic builder also wants a slash at the end of a destination that takes several sources.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import inserted
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Edit

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    at: str = ""
    source: str = ""


TITLE = "[{source} ]can't be copied over {at}"
WHY = "What is at that path is of another kind (a file where a folder is to be, or the other way round)."

SIGNATURES = (
    # ERROR: cannot copy to non-directory: /var/lib/docker/overlay2/oamsorxa93p6xbp8m3shhcr8o/merged/app
    sign("cannot copy to non-directory", r"cannot copy to non-directory: \S*?/merged(?P<at>/\S*)", sure=0.97),
    sign("cannot copy to non-directory", r"cannot copy to non-directory: (?P<at>\S+)", sure=0.95),
    # ERROR: cannot replace to directory /var/lib/docker/overlay2/qejm4o2a63wqnhe6kfkhnhbk2/merged/app/a with file
    sign(
        "cannot replace to directory",
        r"cannot replace to directory \S*?(?:/merged)?(?P<at>/[^/]\S*) with file",
        sure=0.97,
    ),
    # ERROR: mkdir /app: not a directory
    sign(": not a directory", r"^(?:ERROR: )?mkdir (?P<at>/\S*): not a directory", also=">>> COPY", sure=0.95),
    # failed to copy files: failed to copy directory: mkdir /var/lib/docker/overlay2/eb80…/merged/app: not a directory
    sign("failed to copy files", r"failed to copy files: .*/merged(?P<at>/\S*): not a directory", sure=0.95),
    # When using COPY with more than one source file, the destination must be a directory and end with a /
    sign("with more than one source file, the destination must be a directory", sure=0.97),
    # failed to copy files: userspace copy failed: … cannot overwrite directory with non-directory
    sign("failed to copy files", r"failed to copy files: .*cannot (?:overwrite|copy) (?:non-)?directory", sure=0.9),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Source):
        if need.problem == "conflict":
            yield found(unmet, Facts(need.at, need.path))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    slash = _slash(finding, facts.at)
    if slash is not None:
        yield remedy.safe(f"Copy into the folder {facts.at}/, with a slash at its end", slash)
    yield remedy.advice(
        f"Copy to another path, or remove {facts.at or 'what is there'} before."
        if facts.at
        else "End the destination with a slash."
    )


def _slash(finding: Finding, at: str) -> Edit | None:
    """A slash for the earlier copy that made a file of the name, as COPY does where no such folder is there."""
    from dockwright.causes.edits import instruction_of

    for proof in finding.evidence:
        copy = instruction_of(proof.place) if proof.place is not None else None
        if proof.place is None or copy is None or copy.keyword not in ("COPY", "ADD") or copy.heredocs:
            continue
        words = proof.place.source[copy.span].split()
        if len(words) >= 3 and words[-1].startswith("/") and posixpath.normpath(words[-1]) == at != words[-1] + "/":
            return inserted(proof.place.source, copy.span.end, "/")
    return None


CASES = (
    r"""
a folder over a file
-- Dockerfile --
FROM debian:bookworm-slim
RUN touch /app
# found: at=/app source=src
COPY src /app
-- src/a --
1
-- build.log --
#7 [3/3] COPY src /app
>>#7 ERROR: cannot copy to non-directory: /var/lib/docker/overlay2/oamsorxa93p6xbp8m3shhcr8o/merged/app
------
 > [3/3] COPY src /app:
------
""",
    r"""
several sources and no slash, in the classic builder
-- build.log --
Step 2/2 : COPY a b /app
>>When using COPY with more than one source file, the destination must be a directory and end with a /
""",
    r"""
a folder into a folder
-- Dockerfile --
FROM debian:bookworm-slim
RUN mkdir /app
COPY src /app
-- src/a --
1
""",
    r"""
what an image brings under a name may be a file
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /srv/app
COPY --from=registry.example/tools/builder:1 /src/requirements.txt .
COPY . .
-- requirements.txt --
idna
""",
)
