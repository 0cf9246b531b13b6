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
    # FAILED: Can't locate revision identified by '2f3ffe88be6b'      (alembic)
    sign("Can't locate revision identified by '", r"(?:FAILED|CommandError): (?P<error>Can't locate revision identified by '\w+')", sure=0.8, what='alembic', how='stopped:'),
    # sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) unable to open database file
    sign('unable to open database file', r"sqlite3\.OperationalError\)?:? (?P<error>unable to open database file)", sure=0.8, what='SQLite', how='stopped:'),
    # Failed to find attribute 'app' in 'run'.      (gunicorn)
    sign("Failed to find attribute '", r"(?P<error>Failed to find attribute '[^']+' in '[^']+')", sure=0.8, what='The server', how='stopped:'),
    # ERROR:    Error loading ASGI app. Attribute "app" not found in module "main".      (uvicorn)
    sign('Error loading ASGI app. Attribute "', r'(?P<error>Attribute "[^"]+" not found in module "[^"]+")', sure=0.8, what='The server', how='stopped:'),
    # Error: Could not locate a Flask application. Use the 'flask --app' option, 'FLASK_APP' environment variable, …
    sign('Could not locate a Flask application', r"(?P<error>Could not locate a Flask application)", sure=0.8, what='Flask', how='stopped:'),
    # sqlite3.OperationalError: unable to open database file      (the end of a traceback)
    sign(': ', r"^(?P<error>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|NotFound|Invalid|Missing|Configured)\w{0,20}: \S.{0,150})", also='Traceback (most recent call last)', sure=0.61, what='The program', how='ended with'),
)  # fmt: skip


TOLD = {
    "alembic": "The database was migrated by another state of the project than the image holds: start the image of that state, add the revision's file, or, where the data may go, begin with an empty volume (`docker compose down -v`).",
    "The server": "Name after the colon what the module calls its application (MODULE:NAME), or a function that makes it (`MODULE:create_app()` for gunicorn, --factory for uvicorn); and look whether another file of that name is found first.",
    "Flask": "Name the file or module: `flask --app MODULE run`, or `ENV FLASK_APP=MODULE`; without, app.py or wsgi.py must lie in the working directory (WORKDIR, a bind mount over it).",
    "SQLite": "Its folder is not there, or the user of the container may not write into it: make the folder in the image or on the host, and give it to that user (chown, `user:`).",
}


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.what in TOLD:
        yield remedy.advice(TOLD[facts.what])
    elif facts.error:
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
