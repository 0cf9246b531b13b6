"""The step talks to a server that does not run while the image is built.

A build has no systemd, no other containers of the compose file and no daemon of an earlier RUN: every RUN begins with the
files alone. Migrations, database set-up and `systemctl` belong to the start of the container.
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
    service: str = ""
    why: str = ""


TITLE = "{service} does not run while the image is built"
WHY = "What an earlier RUN has started ended with it; only files remain."
EXPLAINS = (
    "runtime/crash",
    "system/package-script-failed",
    "build/test-failed",
)

PHASE = "build"
SIGNATURES = (
    # ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)
    sign("Can't connect to local ", r"Can't connect to local (?P<service>MySQL|MariaDB)? ?server", sure=0.93),
    #  * Starting MySQL database server mysqld / ...fail!
    sign('...fail!', sure=0.75, also='Starting MySQL', service='MySQL'),
    # psql: could not connect to server: No such file or directory
    sign('could not connect to server: ', r"could not connect to server: (?:No such file|Connection refused)", sure=0.78, service='PostgreSQL'),
    # psql: error: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory
    sign('connection to server ', r"connection to server (?:on socket|at) \"[^\"]+\".* failed", sure=0.78, service='PostgreSQL'),
    # psql: FATAL:  the database system is starting up
    sign('the database system is starting up', sure=0.95, service='PostgreSQL', why='it is still starting'),
    # System has not been booted with systemd as init system (PID 1). Can't operate.
    sign('System has not been booted with systemd', sure=0.93, service='systemd'),
    # Failed to connect to bus: No such file or directory
    sign('Failed to connect to bus: ', sure=0.75, service='systemd'),
    # Failed to get D-Bus connection: Operation not permitted
    sign('Failed to get D-Bus connection', sure=0.75, service='systemd'),
    # Could not connect to Redis at 127.0.0.1:6379: Connection refused
    sign('Could not connect to Redis at ', sure=0.78, service='Redis'),
    # couldn't connect to server 127.0.0.1:27017, connection attempt failed
    sign("couldn't connect to server 127.0.0.1", sure=0.78, service='MongoDB'),
    # django.db.utils.OperationalError: could not translate host name "db" to address: Name or service not known
    sign('could not translate host name "', r'could not translate host name "(?P<service>[^"]+)"', sure=0.78),
    # Unknown MySQL server host 'db' (-2)
    sign("Unknown MySQL server host '", r"Unknown MySQL server host '(?P<service>[^']+)'", sure=0.78),
    # SQLSTATE[HY000] [2002] Connection refused
    sign('SQLSTATE[HY000] [2002]', sure=0.78, service='the database'),
    # dial tcp 127.0.0.1:5432: connect: connection refused
    sign('connect: connection refused', r"dial tcp (?P<service>127\.0\.0\.1:\d+|localhost:\d+|\[::1\]:\d+): connect: connection refused", sure=0.8),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Move the command to the start of the container (an entrypoint script), or start the server, wait for it and use it within one RUN."
    )


CASES = (
    r"""
MySQL and Django
-- from --
sw-0160 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 17/19 : RUN /usr/bin/mysqld_safe &     sleep 10s &&     python alembic_upgrade.py &&     python manage.py init_user
  File "/usr/local/lib/python2.7/dist-packages/MySQLdb/connections.py", line 193, in __init__
    super(Connection, self).__init__(*args, **kwargs2)
>>sqlalchemy.exc.OperationalError: (OperationalError) (2002, "Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)") None None
The command '/bin/sh -c /usr/bin/mysqld_safe &     sleep 10s &&     python alembic_upgrade.py &&     python manage.py init_user' returned a non-zero code: 1
""",
    r"""
PostgreSQL that is still starting
-- from --
sw-1163 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 27/49 : RUN /etc/init.d/postgresql start && psql -U postgres -d postgres -c "alter user postgres with password '123456';"
 * Starting PostgreSQL 9.3 database server
   ...done.
>>psql: FATAL:  the database system is starting up
The command '/bin/sh -c /etc/init.d/postgresql start && psql -U postgres -d postgres -c "alter user postgres with password '123456';"' returned a non-zero code: 2
""",
    r"""
MySQL that does not start
-- from --
sw-0753 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 3/5 : RUN /etc/init.d/mysql 'start'
 ---> Running in af29cd35b5e5
 * Starting MySQL database server mysqld
>>   ...fail!
The command '/bin/sh -c /etc/init.d/mysql 'start'' returned a non-zero code: 1
""",
    r"""
a database of another container
-- build.log --
#5 ERROR: process "/bin/sh -c pip install psycopg2-binary && python -c \"import psycopg2; psycopg2.connect('postgresql://app@db/app')\"" did not complete successfully: exit code: 1
------
 > [2/2] RUN pip install psycopg2-binary && python -c "import psycopg2; psycopg2.connect('postgresql://app@db/app')":
11.98 Traceback (most recent call last):
11.98   File "<string>", line 1, in <module>
11.98   File "/usr/local/lib/python3.12/site-packages/psycopg2/__init__.py", line 122, in connect
11.99     conn = _connect(dsn, connection_factory=connection_factory, **kwasync)
11.99            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
>>11.99 psycopg2.OperationalError: could not translate host name "db" to address: Name or service not known
11.99
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
