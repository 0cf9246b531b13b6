"""A COPY or ADD source is there, but .dockerignore keeps it out of the build context.

The engine never sees what .dockerignore excludes, so a build stops as if the file did not exist. The last line that
matches a path decides: an exception (`!path`) has to stand below the line that excludes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str
    rule: str = ""
    file: str = ""


TITLE = "{path} is kept out of the build context by {file}"
WHY = "[The line `{rule}` excludes it, so the] engine never gets it and the copy finds nothing."
EXPLAINS = ("context/copy-source-missing", "context/requirements-missing", "context/project-metadata-missing")


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Source):
        if need.stage is None and need.problem == "ignored":
            place = next((proof.place for proof in unmet.evidence if proof.place is not None), None)
            rule = place.source.line_text(place.line).strip() if place else ""
            yield found(unmet, Facts(need.path, rule, place.source.name if place else ".dockerignore"))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    place = next((proof.place for proof in finding.evidence if proof.place is not None), None)
    if place is None or any(mark in facts.path for mark in "*?[$"):
        yield remedy.advice(
            f"Let {facts.path} through in {facts.file}: a line `!{facts.path}` below the one that excludes it."
        )
        return
    path = facts.path.removeprefix("./").strip("/")
    if place.source.line_text(place.line).strip().strip("/") == path:
        yield remedy.safe(f"Take `{facts.rule}` out of {facts.file}", remedy.without_lines(place.source, place.span))
    last = len(place.source.text.rstrip("\n"))
    yield remedy.safe(
        f"Let {path} through in {facts.file}",
        remedy.line_after(place.source, max(place.span.start, last - 1), f"!{path}"),
    )


CASES = (
    r"""
a folder that is built outside and ignored
-- Dockerfile --
FROM debian:bookworm-slim
# found: path=dist rule=dist
COPY dist /app
-- .dockerignore --
node_modules
dist
-- dist/index.html --
hello
-- mended .dockerignore --
node_modules
""",
    r"""
one file of an ignored kind
-- Dockerfile --
FROM debian:bookworm-slim
# found: path=notes/readme.md rule=**/*.md file=.dockerignore
COPY notes/readme.md /app/
-- .dockerignore --
**/*.md
secrets
-- notes/readme.md --
hello
-- mended .dockerignore --
**/*.md
secrets
!notes/readme.md
""",
    r"""
an exception lets it through
-- Dockerfile --
FROM debian:bookworm-slim
COPY dist /app
-- .dockerignore --
*
!dist
-- dist/index.html --
hello
""",
)
