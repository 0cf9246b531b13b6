"""A container starts and dies.

Its own output says why; the builder and compose only report that it exited. Where no other cause explains the output,
this one says so much.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    container: str = ""
    code: str = ""
    error: str = ""
    what: str = "The container"
    how: str = "exited"


TITLE = "{what}[ {container}] {how}[ with code {code}][ {error}]"
WHY = "The program in it ended by itself; its last lines are the place to look."

PHASE = "start"
SIGNATURES = (
    # service "db" didn't complete successfully: exit 3
    sign("didn't complete successfully: exit", 'service "(?P<container>[^"]+)" didn\\\'t complete successfully: exit (?P<code>\\d+)', sure=0.8),
    # dependency failed to start: container x-db-1 exited (1)
    sign('dependency failed to start: container', r"container (?P<container>\S+) exited \((?P<code>\d+)\)", sure=0.8),
    # web-1 exited with code 1
    sign(' exited with code ', r"(?<!\S)(?<!Worker )(?P<container>\S+) exited with code (?P<code>[1-9]\d*)\b", sure=0.6),
    # KeyError: 'x'      (nothing but the end of a traceback)
    sign('Error: ', r"^(?P<error>(?:FileNotFound|Key|Value|Type|Attribute|Runtime|Import|OS|Name|Index|Assertion|NotImplemented|Permission|IO|ZeroDivision|Syntax|Recursion|Connection|Timeout)Error: \S.{0,150})", sure=0.4, what='The program', how='ended with'),
    # gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>
    sign("<HaltServer '", r"<HaltServer '(?P<error>[^']+?)\.?'", sure=0.35, what='gunicorn', how='stopped:'),
    # [2026-11-01 10:00:00 +0000] [1] [ERROR] Reason: Worker failed to boot.
    sign('[ERROR] Reason: ', r"\[ERROR\] Reason: (?P<error>.+?)\.?$", sure=0.35, what='gunicorn', how='stopped:'),
    # sqlite3.OperationalError: unable to open database file      (the end of a traceback)
    sign(': ', r"^(?P<error>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|NotFound|Invalid|Missing|Configured)\w{0,20}: \S.{0,150})", also='Traceback (most recent call last)', sure=0.61, what='The program', how='ended with'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.error:
        yield remedy.advice("The last line of the traceback says what is wrong, the frame of your own above it where.")
        return
    yield remedy.advice("Read the container's log (docker logs CONTAINER, docker compose logs SERVICE).")


CASES = (
    r"""
a dependency
-- build.log --
 Container recdt8b53xg-db-1  service "db" didn't complete successfully: exit 3
>>service "db" didn't complete successfully: exit 3
 Container recdt8b53xg-web-1  Stopping
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
