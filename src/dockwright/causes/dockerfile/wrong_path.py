"""The file is in the image, but not where this line looks for it.

A relative path is looked for from WORKDIR, and COPY puts a file where its destination says. One of the two was thought
otherwise: the folder of the context is repeated in the path, WORKDIR changed in between, or the copy went elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Evidence, Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.nearby import nearby, only
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    at: str = ""  # where the file is
    write: str = ""  # how this line would name it


TITLE = "{path} is not there[; the file is at {at}]"
WHY = "Relative paths are looked for from WORKDIR, and this file was put elsewhere."
EXPLAINS = ("runtime/entrypoint-missing", "context/project-metadata-missing", "build/file-missing")
PURPOSES = frozenset({"lock", "script", "data", "copy", "module", "manifest"})

SIGNATURES = (
    # python: can't open file '//app/main.py': [Errno 2] No such file or directory
    sign("can't open file '", r"can't open file '/?(?P<path>[^']+)': \[Errno 2\] No such file", sure=0.8),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        if unmet.deleted is not None or need.purpose not in PURPOSES:
            continue
        at = only(nearby(step.before, need.path), need.path)
        if at is not None:
            made = _made(step, at)
            yield found(unmet, Facts(need.path, at, _written(step, unmet, need.path, at)), *made)


def _made(step: Step, path: str) -> tuple[Evidence, ...]:
    node = step.before.find(path).node
    return (node.made,) if node is not None and node.made is not None else ()


def _written(step: Step, unmet: needs.Unmet, path: str, at: str) -> str:
    """The path as this line would write it: relative where it is now, and where the file lies below WORKDIR."""
    workdir = step.before.workdir
    relative = not step.source[unmet.span].strip("\"'").startswith("/")
    if relative and isinstance(workdir, str) and at.startswith(workdir.rstrip("/") + "/"):
        return at[len(workdir.rstrip("/")) + 1 :]
    return at


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.write:
        written = where.source[where.span]
        bare = written.strip("\"'")
        if (
            bare
            and len(written.split()) == 1
            and facts.path.endswith(bare.removeprefix("./").lstrip("/"))
            and "$" not in bare
        ):
            yield remedy.risky(
                f"Name {facts.write}", remedy.swap_span(where.source, where.span, written.replace(bare, facts.write, 1))
            )
    yield remedy.advice(
        f"Name the path where the file is{': ' + facts.at if facts.at else ', as seen from WORKDIR'}, or copy it to {facts.path}."
    )


CASES = (
    r"""
a path seen from another working directory
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /srv
COPY settings.toml conf/
WORKDIR /app
# found: path=/app/conf/settings.toml at=/srv/conf/settings.toml
RUN cp conf/settings.toml /etc/app.toml
-- settings.toml --
a = 1
-- mended --
FROM debian:bookworm-slim
WORKDIR /srv
COPY settings.toml conf/
WORKDIR /app
RUN cp /srv/conf/settings.toml /etc/app.toml
""",
    r"""
a container that starts a program by the path it has outside
-- build.log --
>>python: can't open file '//app/main.py': [Errno 2] No such file or directory
""",
    r"""
the path is right
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /srv
COPY settings.toml conf/
RUN cp conf/settings.toml /etc/app.toml
-- settings.toml --
a = 1
""",
)
