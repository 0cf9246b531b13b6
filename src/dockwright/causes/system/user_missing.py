"""A line names a user or group that the image does not have.

USER, chown and install look names up in the image's own /etc/passwd and /etc/group. Names of the machine that builds, or of
a later line, are not in there; a number needs no entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.dockerfile.nodes import Instruction
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    kind: str = "user"


TITLE = "there is no {kind} {name} in the image"
WHY = "The name is looked up in the image's own accounts, where no line has made it."

SIGNATURES = (
    # chown: invalid user: 'nouser:nogrp'
    sign("chown: invalid user: ", r"chown: invalid user: ['‘](?P<name>[^:'’]+)", sure=0.95),
    # chown: invalid group: 'u1:nogrp'
    sign(
        "invalid group: ", r"(?:chown|chgrp): invalid group: ['‘](?:[^:'’]*:)?(?P<name>[^'’]+)", sure=0.95, kind="group"
    ),
    # chown: unknown user/group app:app        (BusyBox)
    sign("unknown user", r"(?:chown|adduser|deluser|id|su): unknown user(?:/group)? (?P<name>[^\s:]+)", sure=0.95),
    # addgroup: unknown group / chgrp: unknown group app        (BusyBox)
    sign("unknown group ", r"(?:chown|chgrp|adduser|addgroup): unknown group (?P<name>\S+)", sure=0.95, kind="group"),
    # unable to find user appuser: no matching entries in passwd file
    sign("unable to find user ", r"unable to find user (?P<name>[^\s:]+): no matching entries", sure=0.97),
    # unable to find group app: no matching entries in group file
    sign(
        "unable to find group ", r"unable to find group (?P<name>[^\s:]+): no matching entries", sure=0.97, kind="group"
    ),
    # useradd: group 'docker' does not exist
    sign(
        "' does not exist",
        r"^(?:user|group)(?:add|mod|del): group '(?P<name>[^']+)' does not exist",
        sure=0.95,
        kind="group",
    ),
    # usermod: user 'nouser' does not exist
    sign("' does not exist", r"^(?:user|group)(?:add|mod|del): user '(?P<name>[^']+)' does not exist", sure=0.95),
    # adduser: The group `nogrp' does not exist.
    sign(
        "' does not exist.",
        r"(?:adduser|addgroup|deluser): The (?P<kind>user|group) [`'](?P<name>[^']+)' does not exist",
        sure=0.95,
    ),
    # su: user nouser does not exist or the user entry does not contain all the required fields
    sign("su: user ", r"su: user (?P<name>\S+) does not exist", sure=0.95),
    # gpasswd: group 'docker' does not exist in /etc/group
    sign("does not exist in /etc/group", r"group '(?P<name>[^']+)' does not exist", sure=0.95, kind="group"),
    # ERROR: failed to solve: invalid user index: -1  (COPY --chown of an unknown name)
    sign("invalid user index: -1", sure=0.95),
    # sudo: unknown user: app
    sign("sudo: unknown user", r"sudo: unknown user:? (?P<name>\S+)", sure=0.95),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.User):
        yield found(unmet, Facts(need.name, need.kind))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.name:
        from dockwright.remedy_packages import around

        spot = around(where)
        if spot is not None and spot.base is not None and spot.base.os is not None:
            line = _line(facts, spot.base.os.id)
            before = [other for other in spot.stage.instructions if other.span.start <= spot.instruction.span.start]
            first = next((other for other in before if _names(other, facts.name)), spot.instruction)
            earlier = any(other.keyword == "USER" and other.span.start < first.span.start for other in before)
            if line and not earlier:
                at = first.span.start
                yield remedy.risky(f"Make the {facts.kind} first", remedy.line_before(where.source, at, line))
    yield remedy.advice(
        f"Make the {facts.kind} {facts.name} in a line above, or name one that the image has, or a number."
    )


def _names(instruction: Instruction, name: str) -> bool:
    """Does the engine look the account up here: USER, --chown?"""
    asked = instruction.rest.text.strip() if instruction.keyword == "USER" else instruction.flag("chown") or ""
    return name in asked.split(":")


def _line(facts: Facts, os: str) -> str:
    name = facts.name
    if os == "alpine":
        return f"RUN addgroup -S {name}" if facts.kind == "group" else f"RUN adduser -D {name}"
    if os in ("scratch", "busybox"):
        return ""
    return f"RUN groupadd --system {name}" if facts.kind == "group" else f"RUN useradd --create-home {name}"


CASES = (
    r"""
chown to a user that no line makes
-- Dockerfile --
FROM debian:bookworm-slim
# found: name=app kind=user
RUN mkdir /data && chown app /data
-- build.log --
#5 [2/2] RUN mkdir /data && chown app /data
>>#5 0.202 chown: invalid user: 'app'
#5 ERROR: process "/bin/sh -c mkdir /data && chown app /data" did not complete successfully: exit code: 1
-- mended --
FROM debian:bookworm-slim
RUN useradd --create-home app
RUN mkdir /data && chown app /data
""",
    r"""
users of the base, of a line, of a package, and numbers
-- Dockerfile --
FROM debian:bookworm-slim
RUN useradd app && groupadd data && usermod -aG data app
RUN mkdir /a /b /c /d && chown app:data /a && chown www-data /b && chown 1234:1234 /c && chown nobody:nogroup /d
RUN apt-get update && apt-get install -y postgresql && chown postgres /a
USER app
RUN id
""",
)
