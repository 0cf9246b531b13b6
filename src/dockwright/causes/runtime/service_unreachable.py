"""The program starts before a server that it needs, or looks for it where it is not.

A database, a broker or a cache of another container is found by its service's name, in a network that both share; `localhost`
is the container itself. `depends_on` alone waits until the other container has begun, not until its server answers.
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
    service: str = "A server that the program needs"
    why: str = ""


TITLE = "{service} can't be reached when the program starts[: {why}]"
WHY = "The other container is not up yet, does not run at all, is in another network, or has another name."
EXPLAINS = (
    "build/service-not-running",
    "network/dns",
    "network/timeout",
    "network/reset",
    "runtime/crash",
    "runtime/unhealthy",
)
PHASE = "start"

UNANSWERED = "what is to be loaded is not in the container's cache either"
UNKNOWN, REFUSED = "no host has this name", "nothing answers there"
SIGNATURES = (
    # psycopg2.OperationalError: could not translate host name "db" to address: Name or service not known
    sign('could not translate host name "', r'could not translate host name "(?P<service>[^"]+)"', sure=0.92, why=UNKNOWN),
    # psycopg.OperationalError: failed to resolve host 'db': [Errno -2] Name or service not known
    sign("failed to resolve host '", r"failed to resolve host '(?P<service>[^']+)'", sure=0.92, why=UNKNOWN),
    # (psycopg.OperationalError) [Errno -2] Name or service not known
    sign('psycopg.OperationalError', r"psycopg\.OperationalError\)?:? \[Errno -[235]\]", sure=0.88, service='The database', why=UNKNOWN),
    # connection to server at "db" (172.18.0.2), port 5432 failed: Connection refused
    sign('connection to server at "', r'connection to server at "(?P<service>[^"]+)".* failed: (?:Connection refused|Connection timed out|timeout expired|No route)', sure=0.92, why=REFUSED),
    # could not connect to server: Connection refused / Is the server running on host "db" (172.18.0.2) and accepting TCP/IP connections on port 5432?
    sign('Is the server running on host "', r'server running on host "(?P<service>[^"]+)"', sure=0.92, why=REFUSED),
    # redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.
    sign(' connecting to ', r"Error (?:111|113|110) connecting to (?P<service>[^\s,]+?:\d+)", sure=0.93, why=REFUSED),
    # redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or service not known.
    sign(' connecting to ', r"Error -\d connecting to (?P<service>[^\s,]+?:\d+)", sure=0.93, why=UNKNOWN),
    # pymysql.err.OperationalError: (2003, "Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)")
    sign("Can't connect to MySQL server on '", r"MySQL server on '(?P<service>[^']+)'", sure=0.92, why=REFUSED),
    # django.db.utils.OperationalError: (2005, "Unknown MySQL server host 'db' (-2)")
    sign("Unknown MySQL server host '", r"Unknown (?:MySQL )?server host '(?P<service>[^']+)'", sure=0.92, why=UNKNOWN),
    sign("Unknown server host '", r"Unknown server host '(?P<service>[^']+)'", sure=0.92, why=UNKNOWN),
    # consumer: Cannot connect to amqp://guest:**@rabbit:5672//: [Errno 111] Connection refused.   (celery)
    sign('consumer: Cannot connect to ', r"Cannot connect to \w+://(?:[^@\s]*@)?(?P<service>[^\s/]+)", sure=0.92, why=REFUSED),
    # kombu.exceptions.OperationalError: [Errno 111] Connection refused
    sign('kombu.exceptions.OperationalError: ', r"OperationalError: \[Errno (?:111|-2|-3|110)\]", sure=0.92, service='The broker', why=REFUSED),
    # pymongo.errors.ServerSelectionTimeoutError: mongo:27017: [Errno 111] Connection refused (…)
    sign('ServerSelectionTimeoutError: ', r"ServerSelectionTimeoutError: (?P<service>[^\s,]+?:\d+): (?:\[Errno|timed out)", sure=0.93, why=REFUSED),
    # kafka.errors.NoBrokersAvailable: NoBrokersAvailable
    sign('NoBrokersAvailable', sure=0.92, service='Kafka', why=REFUSED),
    # ConnectionRefusedError: [Errno 111] Connect call failed ('172.18.0.3', 5432)      (asyncio, asyncpg)
    sign('Connect call failed (', r"Connect call failed \('(?P<service>[^']+)'", sure=0.88, why=REFUSED),
    # OSError: Multiple exceptions: [Errno 111] Connect call failed ('::1', 5432, 0, 0), …
    sign('ConnectionRefusedError: [Errno 111]', r"^\s*ConnectionRefusedError: \[Errno 111\] Connection refused", sure=0.7, why=REFUSED),
    # socket.gaierror: [Errno -2] Name or service not known        (asyncpg and others; under it nothing names the host)
    sign('socket.gaierror: [Errno -', r"^\s*socket\.gaierror: \[Errno -[235]\]", sure=0.7, also='asyncpg', service='The database', why=UNKNOWN),
    # socket.gaierror: [Errno -2] …      (redis-py while it connects; eventlet words it its own way)
    sign('socket.gaierror', r"^\s*(?:raise )?socket\.gaierror[:(]", sure=0.91, also='/redis/connection.py', service='Redis', why=UNKNOWN),
    # OSError: We couldn't connect to 'https://huggingface.co' to load this file, couldn't find it in the cached files …   (transformers)
    sign("We couldn't connect to 'http", r"We couldn't connect to 'https?://(?P<service>[^'/]+)'? to load (?:this|the) (?:files?|model)", sure=0.9, why=UNANSWERED),
    # TimeoutError: [Errno 110] Connection timed out    (redis, amqp)
    sign('TimeoutError: [Errno 110]', sure=0.75, also='sock.connect(socket_address)'),
    # NewConnectionError("… Failed to establish a new connection: [Errno 111] Connection refused")   (to a service's plain name)
    sign('Failed to establish a new connection: [Errno', r"host='(?P<service>[\w-]+)', port=\d+\).*Failed to establish a new connection: \[Errno (?:111|-2|-3)\]", sure=0.88, why=REFUSED),
    # temporalio, grpc: dial tcp: lookup db on 127.0.0.11:53: no such host    (127.0.0.11 is the engine's own name server)
    sign(' on 127.0.0.11:53: ', r"lookup (?P<service>[\w.-]+) on 127\.0\.0\.11:53: (?:no such host|server misbehaving)", sure=0.92, why=UNKNOWN),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.why == UNANSWERED:
        yield remedy.advice(
            "Load the model while building or mount a cache that holds it (HF_HOME) and set HF_HUB_OFFLINE=1; or give the container a way out: its name server, HTTPS_PROXY, HF_ENDPOINT for a mirror."
        )
        return
    if facts.service.partition(":")[0] in ("localhost", "127.0.0.1", "::1"):
        yield remedy.advice(
            "localhost is this container: name the other one by its service's name in compose, or what runs on the host `host.docker.internal`."
        )
    if facts.why == UNKNOWN:
        yield remedy.advice(
            "Name the server as its service is called in compose, put both into one network, and look whether its container still runs (`docker compose ps -a`, its own log)."
        )
    yield remedy.advice(
        "Start it first and wait for it: a healthcheck for the server and `depends_on: {SERVICE: {condition: service_healthy}}` for the program, or a program that tries again."
    )


CASES = (
    r"""
a host that no service is called
-- build.log --
web-1  | Traceback (most recent call last):
web-1  |   File "/usr/local/lib/python3.12/site-packages/psycopg2/__init__.py", line 122, in connect
web-1  |     conn = _connect(dsn, connection_factory=connection_factory, **kwasync)
>>web-1  | psycopg2.OperationalError: could not translate host name "db" to address: Name or service not known
web-1 exited with code 1
""",
    r"""
a broker that is not up yet
-- build.log --
worker-1  |     raise ConnectionError(str(exc)) from exc
>>worker-1  | kombu.exceptions.OperationalError: [Errno 111] Connection refused
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
