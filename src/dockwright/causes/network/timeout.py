"""A download took too long: the connection or the answer timed out.

The other side, or something between, stopped answering. Large wheels (hundreds of megabytes of CUDA libraries), parallel
builds that share one line, and slow mirrors bring it about; the same build may pass a minute later.
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
    host: str = ""


TITLE = "A download timed out[: {host}]"
WHY = "The server did not answer in the time that the tool waits for it."
EXPLAINS = (
    "deps/no-matching-version",
    "deps/python-incompatible",
    "deps/platform-wheel-missing",
    "system/apt-package-missing",
    "system/apt-repository",
    "network/gone",
    "deps/private-index",
    "network/reset",
    "image/not-found",
    "node/build-failed",
    "build/dependency-missing",
    "build/file-missing",
    "network/keyserver",
    "context/project-metadata-missing",
)
TRANSIENT = True

SIGNATURES = (
    # pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.example', port=443): Read timed out.
    sign('ReadTimeoutError: HTTP', r"^\s*(?:[\w.]+\.)?ReadTimeoutError: HTTPS?ConnectionPool\(host='(?P<host>[^']+)'", sure=0.96),
    # WARNING: Retrying (Retry(total=0, …)) after connection broken by 'ReadTimeoutError("HTTPConnectionPool(host='127.0.0.1', port=18101): Read timed out.
    sign('Retry(total=0', r"Retry\(total=0.*(?:ReadTimeoutError|ConnectTimeoutError).*?host='(?P<host>[^']+)'", also='(from versions: none)', sure=0.93),
    # WARNING: Retrying (Retry(total=0, …)) after connection broken by 'ConnectTimeoutError(<…>, 'Connection to files.example timed out. (connect timeout=15)')
    sign('Retry(total=0', r"Retry\(total=0.*Connection to (?P<host>\S+) timed out", also='(from versions: none)', sure=0.93),
    # requests.exceptions.ConnectionError: HTTPSConnectionPool(host='files.example', port=443): Read timed out.
    sign('Read timed out.', r"^\s*(?:requests\.exceptions\.)?\w*(?:Error|Timeout): HTTPS?ConnectionPool\(host='(?P<host>[^']+)'.*Read timed out", sure=0.94),
    # socket.timeout: The read operation timed out
    sign('The read operation timed out', r"^\s*(?:socket\.timeout|TimeoutError|\S*ReadTimeout)\S*: .*The read operation timed out", sure=0.9),
    # TimeoutError: [Errno 110] Connection timed out
    sign('[Errno 110]', sure=0.85),
    # curl: (28) Operation timed out after 4001 milliseconds with 0 bytes received
    sign('curl: (28)', sure=0.95),
    # Curl error (28): Timeout was reached for https://centos7.example/x.rpm [Connection timed out after 30001 milliseconds]
    sign('Curl error (28)', r"Curl error \(28\): Timeout was reached for https?://(?P<host>[^/\s]+)", sure=0.93),
    # HTTP request sent, awaiting response... Read error (Connection timed out) in headers.
    sign('Read error (Connection timed out)', sure=0.93),
    # Connecting to example.org (example.org)|93.184.216.34|:443... failed: Connection timed out.
    sign('failed: Connection timed out', r"Connecting to (?P<host>[^ |:]+).*failed: Connection timed out", sure=0.93),
    # fatal: unable to access 'http://127.0.0.1:18101/x.git/': Operation too slow. Less than 1 bytes/sec transferred the last 3 seconds
    sign('fatal: unable to access', r"unable to access 'https?://(?P<host>[^/']+)/.*(?:Operation too slow|timed out|Timeout was reached)", sure=0.96),
    # npm error network timeout at: http://127.0.0.1:18101/left-pad
    sign('network timeout at:', r"network timeout at: https?://(?P<host>[^/\s]+)", sure=0.95),
    # npm ERR! code ETIMEDOUT
    sign('code ETIMEDOUT', sure=0.93),
    # error An unexpected error occurred: "https://registry.example/x.tgz: ESOCKETTIMEDOUT".
    sign('ESOCKETTIMEDOUT', sure=0.93),
    #   cause: operation timed out
    sign('cause: operation timed out', sure=0.93),
    # error: Failed to download … operation timed out
    sign('operation timed out', r"Caused by: operation timed out", sure=0.9),
    # Err:1 http://archive.example/ubuntu focal InRelease  Could not connect to archive.example:80 (91.189.91.38), connection timed out
    sign('connection timed out', r"Could not connect to (?P<host>[^: ]+)\S* \(.*\)\S* ?-? ?c?o?n?n?e?c?t?.*[Cc]onnection timed out", sure=0.85),
    # E: Failed to fetch http://archive.example/x.deb  Connection timed out [IP: 91.189.88.152 80]
    sign(': Failed to fetch', r"E(?:rror)?: Failed to fetch https?://(?P<host>[^/\s]+)\S*\s+(?:Connection timed out|Connection failed)", sure=0.85),
    # gpg: keyserver receive failed: Connection timed out
    sign('keyserver receive failed', r"keyserver receive failed: .*(?i:timed out|timeout)", sure=0.93),
    # Get "https://registry.example/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)
    sign('Client.Timeout exceeded', sure=0.95),
    # net/http: TLS handshake timeout
    sign('TLS handshake timeout', sure=0.95),
    # dial tcp 34.205.13.154:443: i/o timeout
    sign('i/o timeout', r"dial tcp.*i/o timeout", sure=0.93),
    # dial tcp 1.2.3.4:443: connect: connection timed out
    sign('connect: connection timed out', sure=0.93),
    # wget: can't connect to remote host (88.99.142.44): Operation timed out
    sign("can't connect to remote host", r"can't connect to remote host \((?P<host>[^)]+)\): (?:Operation|Connection) timed out", sure=0.95),
    # *   Trying 10.80.147.19... Connection timed out
    sign('... Connection timed out', r"Trying (?P<host>\S+?)\.\.\. Connection timed out", sure=0.9),
    # dial tcp 1.2.3.4:443: connectex: A connection attempt failed because the connected party did not properly respond after a period of time
    sign('the connected party did not properly respond', sure=0.94),
    # no recorded log yet: Failed to download distribution due to network timeout. Try increasing UV_HTTP_TIMEOUT (current value: 30s).
    sign('due to network timeout. Try increasing UV_HTTP_TIMEOUT', sure=0.96),
    # no recorded log yet:  ERR_PNPM_META_FETCH_FAIL  GET https://registry.example/x: request to https://registry.example/x failed, reason: connect ETIMEDOUT
    sign('connect ETIMEDOUT', sure=0.93),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Build again: nothing in the files is wrong. Longer time-outs help on a slow line (pip --timeout 120 --retries 10, npm --fetch-timeout 120000, uv UV_HTTP_TIMEOUT=120)."
    )
    yield remedy.advice(
        "Keep what is downloaded: RUN --mount=type=cache,target=/root/.cache/pip, or wheels fetched beforehand (dockwright prefetch)."
    )


CASES = (
    r"""
an index that accepts and never answers
-- build.log --
#5 ERROR: process "/bin/sh -c pip install --timeout 3 --index-url http://127.0.0.1:18101/simple --trusted-host 127.0.0.1 six" did not complete successfully: exit code: 1
------
 > [2/2] RUN pip install --timeout 3 --index-url http://127.0.0.1:18101/simple --trusted-host 127.0.0.1 six:
17.38 Looking in indexes: http://127.0.0.1:18101/simple
>>20.44 WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ReadTimeoutError("HTTPConnectionPool(host='127.0.0.1', port=18101): Read timed out. (read timeout=3.0)")': /simple/six/
23.48 ERROR: Could not find a version that satisfies the requirement six (from versions: none)
""",
    r"""
curl gives up
-- build.log --
#5 4.406 curl: (28) Operation timed out after 4001 milliseconds with 0 bytes received
#5 ERROR: process "/bin/sh -c curl -fsSL --max-time 4 -o /x http://127.0.0.1:18101/x.tar.gz" did not complete successfully: exit code: 28
------
 > [2/2] RUN curl -fsSL --max-time 4 -o /x http://127.0.0.1:18101/x.tar.gz:
>>4.406 curl: (28) Operation timed out after 4001 milliseconds with 0 bytes received
------
""",
    r"""
wget gives up
-- build.log --
#5 3.701
#5 ERROR: process "/bin/sh -c wget --timeout=3 --tries=1 -O /x http://127.0.0.1:18101/x.tar.gz" did not complete successfully: exit code: 4
------
 > [2/2] RUN wget --timeout=3 --tries=1 -O /x http://127.0.0.1:18101/x.tar.gz:
>>Read error (Connection timed out) in headers.
3.701 Giving up.
""",
    r"""
git gives up
-- build.log --
#5 ERROR: process "/bin/sh -c git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=3 clone http://127.0.0.1:18101/x.git /y" did not complete successfully: exit code: 128
------
 > [2/2] RUN git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=3 clone http://127.0.0.1:18101/x.git /y:
0.622 Cloning into '/y'...
>>4.896 fatal: unable to access 'http://127.0.0.1:18101/x.git/': Operation too slow. Less than 1 bytes/sec transferred the last 3 seconds
------
""",
    r"""
npm gives up
-- build.log --
------
 > [3/3] RUN npm install --fetch-retries=0 --fetch-timeout=3000 --registry http://127.0.0.1:18101 left-pad:
7.730 npm error code FETCH_ERROR
7.735 npm error errno FETCH_ERROR
>>7.737 npm error network timeout at: http://127.0.0.1:18101/left-pad
7.758 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_27_39_355Z-debug-0.log
""",
    r"""
uv gives up
-- build.log --
27.01 Using Python 3.12.1 environment at: /usr/local
43.08 error: Request failed after 3 retries in 16.1s
43.08   cause: Failed to fetch: http://127.0.0.1:18101/simple/six/
43.08   cause: error sending request for url (http://127.0.0.1:18101/simple/six/)
>>43.08   cause: operation timed out
------
""",
    r"""
dnf gives up
-- from --
sw-1565 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 2/4 : RUN	yum install -y https://centos7.iuscommunity.org/ius-release.rpm 	&& yum update  -y 	&& yum install -y 		python36u python36u-libs python36u-devel 		python36u-pip uwsgi-plugin-python36u uwsgi 		gcc make glibc-devel kernel-headers 		pcre pcre-devel pcre2 pcre2-devel 		postgresql-devel 	&& yum clean all 	&& mkdir /app 	&& python3.6 -m venv --copies --clear /app/venv
[FAILED] ius-release.rpm: Curl error (28): Timeout was reached for https://centos7.iuscommunity.org/ius-release.rpm [Connection timed out after 30001 milliseconds]
>>Curl error (28): Timeout was reached for https://centos7.iuscommunity.org/ius-release.rpm [Connection timed out after 30001 milliseconds]
The command '/bin/sh -c yum install -y https://centos7.iuscommunity.org/ius-release.rpm 	&& yum update  -y 	&& yum install -y 		python36u python36u-libs python36u-devel 		python36u-pip uwsgi-plugin-python36u uwsgi 		gcc make glibc-devel kernel-headers 		pcre pcre-devel pcre2 pcre2-devel 		postgresql-devel 	&& yum clean all 	&& mkdir /app 	&& python3.6 -m venv --copies --clear /app/venv' returned a non-zero code: 1
""",
    r"""
a retry that recovered
-- build.log --
#5 [2/2] RUN pip install --timeout 3 six
#5 3.44 WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ReadTimeoutError("HTTPConnectionPool(host='127.0.0.1', port=18101): Read timed out. (read timeout=3.0)")': /simple/six/
#5 5.02 Collecting six
#5 5.31 Successfully installed six-1.17.0
#5 DONE 5.9s
""",
)
