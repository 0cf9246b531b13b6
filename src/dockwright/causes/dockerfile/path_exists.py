"""A line makes what is there already.

`mkdir` without -p, `ln -s` without -f, useradd and groupadd fail when their path or name exists: because an earlier line, a
COPY, or the base image made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    kind: str = "path"  # path, user, group


TITLE = "the {kind} {name} is there already"
WHY = "The command makes something new and fails when it exists."

SIGNATURES = (
    # mkdir: cannot create directory 'WebContent/WEB-INF/lib': File exists
    sign(
        "File exists",
        r"mkdir: (?:cannot create directory|can't create directory) ['‘](?P<name>(?!\.libs)[^'’]+)(?<!/\.libs)['’]: File exists",
        sure=0.93,
    ),
    # ln: failed to create symbolic link '/usr/bin/python': File exists
    sign("File exists", r"ln: (?:failed to create \w+ link )?['‘]?(?P<name>[^'’:]+)['’]?: File exists", sure=0.93),
    # useradd: user 'node' already exists
    sign(
        "already exists", r"^(?:useradd: user|groupadd: group) '(?P<name>[^']+)' already exists", sure=0.95, kind="user"
    ),
    # groupadd: GID '1000' already exists
    sign("already exists", r"^groupadd: GID '(?P<name>[^']+)' already exists", sure=0.95, kind="group"),
    # useradd: UID 1000 is not unique
    sign(" is not unique", r"^(?:user|group)\w+: [UG]ID '?(?P<name>\d+)'? is not unique", sure=0.95, kind="user"),
    # addgroup: The group `systemd-journal' already exists as a system group. Exiting.
    sign(
        "already exists",
        r"(?:adduser|addgroup): The (?P<kind>user|group) [`'](?P<name>[^']+)' already exists(?! as a system)",
        sure=0.95,
    ),
    # addgroup: The GID `1234' is already in use.
    sign(
        "' is already in use",
        r"(?:adduser|addgroup): The [UG]ID [`'](?P<name>[^']+)' is already in use",
        sure=0.95,
        kind="group",
    ),
    # adduser: user 'app' in use        (BusyBox)
    sign("' in use", r"(?:adduser|addgroup): (?P<kind>user|group|uid|gid) '(?P<name>[^']+)' in use", sure=0.95),
    # Error: '/opt/venv/bin/python' and '/opt/venv/bin/python' are the same file   (python -m venv --copies over itself)
    sign("' are the same file", r"Error: '(?P<name>/[^']+)' and '/[^']+' are the same file", sure=0.9),
    # npm ERR! EEXIST: file already exists, symlink '../lib/node_modules/x/bin/x.js' -> '/usr/local/bin/x'
    sign("npm", r"npm (?:ERR!|error) File exists: (?P<name>\S+)", sure=0.95, also="EEXIST"),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Absent):
        yield found(unmet, Facts(need.name, need.kind))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.kind == "path":
        yield from _option(where)
    yield remedy.advice(f"Leave it out where {facts.name or 'it'} exists, or take another name.")


def _option(where: Place) -> Iterator[Remedy]:
    """`mkdir -p`, `ln -sf`."""
    text = where.source.text
    if where.source[where.span] in ("yarn", "npx"):
        edit = remedy.swap_span(where.source, Span(where.span.start, where.span.start), "--force ")
        yield remedy.risky("npm install --force replaces what is there", edit)
        return
    start = max(text.rfind("mkdir ", 0, where.span.start), text.rfind("ln -s ", 0, where.span.start))
    if start < 0 or "\n" in text[start : where.span.start].replace("\\\n", ""):
        return
    if text.startswith("mkdir ", start):
        at = start + len("mkdir ")
        yield remedy.safe(
            "mkdir -p is content with a folder that is there", remedy.swap_span(where.source, Span(at, at), "-p ")
        )
    else:
        at = start + len("ln -s")
        yield remedy.risky("ln -sf replaces what is there", remedy.swap_span(where.source, Span(at, at), "f"))


CASES = (
    r"""
the image has yarn already
-- Dockerfile --
FROM node:20-slim
# found: name=/usr/local/bin/yarn
RUN npm install -g yarn
-- mended --
FROM node:20-slim
RUN npm install -g --force yarn
""",
    r"""
WORKDIR has made the folder
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /app
# found: name=/app kind=path
RUN mkdir /app
-- build.log --
#6 [3/3] RUN mkdir /app
>>#6 0.168 mkdir: cannot create directory '/app': File exists
#6 ERROR: process "/bin/sh -c mkdir /app" did not complete successfully: exit code: 1
-- mended --
FROM debian:bookworm-slim
WORKDIR /app
RUN mkdir -p /app
""",
    r"""
mkdir -p, and folders that are not there yet
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /app
RUN mkdir -p /app /app && mkdir data && rmdir data && mkdir data && ln -s /app/data /data && ln -sf /app /data
""",
    r"""
a link made in a folder takes the target's name, and a slash at its end is no name
-- Dockerfile --
FROM debian:bookworm-slim
RUN mkdir -p /app/data && ln -s /usr/share/examples/ /app/
""",
)
