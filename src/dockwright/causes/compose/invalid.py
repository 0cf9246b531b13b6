"""The compose file can't be used as it is.

It does not parse, names a service, network, volume or secret that it does not define, has a key that compose does not
know, or lacks a variable that it demands. Nothing is built or started until all of it is right.
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
    message: str = ""
    name: str = ""
    file: str = "compose file"


TITLE = "The {file} is not valid: {message}"
WHY = "Compose reads and checks all of the file before it does anything."

SIGNATURES = (
    # service "web" refers to undefined network back: invalid compose project
    sign('refers to undefined', r'(?P<message>service "(?P<name>[^"]+)" refers to undefined .*?)(?:: invalid compose project)?$', sure=0.98),
    # service "web" depends on undefined service db: invalid compose project
    sign('depends on undefined service', r'(?P<message>service "[^"]+" depends on undefined service "?(?P<name>[\w.-]+))', sure=0.98),
    # service "web" has neither an image nor a build context specified: invalid compose project
    sign('neither an image nor a build context', r'(?P<message>service "(?P<name>[^"]+)" has neither an image nor a build context specified)', sure=0.98),
    # validating /srv/compose.yaml: services.web additional properties 'port' not allowed
    sign('validating ', r"validating \S+: (?P<message>.+)", sure=0.97),
    # services must be a mapping · parsing /srv/compose.yaml: Top-level object must be a mapping · services.web.environment must be a mapping
    sign(' must be a mapping', r"(?P<message>(?:services|networks|volumes|configs|secrets|Top-level object|service \S+)[\w.-]* must be a mapping.*)", sure=0.96),
    # ERROR: In file './docker-compose.yml', service 'title' must be a mapping not a string.      (compose 1)
    sign("ERROR: In file '", r"In file '[^']+', (?P<message>\w+ '(?P<name>[^']*)' must be a .*)", sure=0.97),
    # services.web Additional property port is not allowed
    sign('Additional propert', r"(?P<message>\S+ Additional propert\w+ (?P<name>\S+) (?:is|are) not allowed)", sure=0.97),
    # yaml: line 2: found character that cannot start any token
    sign('yaml: ', r"(?P<message>yaml: (?:line \d+: |unmarshal).+)", sure=0.9),
    # error while interpolating services.web.environment.A: required variable SECRET is missing a value: set SECRET
    sign('error while interpolating', r"(?P<message>required variable (?P<name>\w+) is missing a value.*)", sure=0.98),
    # invalid interpolation format for services.web.command.
    sign('invalid interpolation format', r"(?P<message>invalid interpolation format for (?P<name>\S+?))\.?$", sure=0.98),
    # env file /srv/.env.prod not found: stat /srv/.env.prod: no such file or directory
    sign('env file ', r"(?P<message>env file (?P<name>\S+) not found)", sure=0.98),
    # dependency cycle detected: a -> b -> a
    sign('dependency cycle detected', r"(?P<message>dependency cycle detected: .+)", sure=0.98),
    # no configuration file provided: not found
    sign('no configuration file provided', sure=0.95, message='there is none'),
    # no such service: api
    sign('no such service:', r"(?P<message>no such service: (?P<name>\S+))", sure=0.95),
    # ERROR: The Compose file './docker-compose.yml' is invalid because:
    sign('is invalid because:', sure=0.97, message='see the lines below it'),
    # no recorded log yet: ERROR: failed to find target web   (docker buildx bake)
    sign('failed to find target ', r"(?P<message>failed to find target (?P<name>\S+))", sure=0.95, file="bake file"),
)  # fmt: skip


def judge(problem: Problem) -> Facts | None:
    """What the reader of compose files found wrong in one."""
    name = problem.place.source.name.rpartition("/")[2] if problem.place else ""
    if problem.code.startswith("compose-") or (problem.code == "yaml-syntax" and "compose" in name):
        return Facts(problem.message)
    return None


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Mend the line that compose names; `docker compose config -q` checks the file without building."
    )


CASES = (
    r"""
a network that is not defined
-- build.log --
>>service "web" refers to undefined network back: invalid compose project
""",
    r"""
a service that is not defined
-- build.log --
>>service "web" depends on undefined service "db": invalid compose project
""",
    r"""
a key that compose does not know
-- build.log --
>>validating /tmp/rec9_avmhgm/compose.yaml: services.web additional properties 'port' not allowed
""",
    r"""
a tab
-- build.log --
>>yaml: line 2: found character that cannot start any token
""",
    r"""
a variable that is demanded
-- build.log --
>>error while interpolating services.web.environment.A: required variable SECRET is missing a value: set SECRET
""",
    r"""
an env_file that is not there
-- build.log --
>>env file /tmp/recwfk9krcw/.env.prod not found: stat /tmp/recwfk9krcw/.env.prod: no such file or directory
""",
    r"""
a compose file that is fine
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
-- compose.yaml --
services:
  web:
    build: .
""",
)
