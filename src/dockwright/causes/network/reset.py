"""A connection was cut, or a server answered with an error of its own.

The download began and did not end: connection reset, an early end of the data, or 502, 503, 504 from a server or a
gateway in between. Usually it passes by itself.
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
    status: str = ""


TITLE = "A download was cut off[: {host}][ (HTTP {status})]"
WHY = "The connection broke, or the server failed; the file itself is not to blame."
EXPLAINS = (
    "deps/no-matching-version",
    "deps/python-incompatible",
    "deps/platform-wheel-missing",
    "system/apt-package-missing",
    "system/apt-repository",
    "image/not-found",
    "node/build-failed",
    "network/gone",
    "deps/hash-mismatch",
    "build/dependency-missing",
    "build/file-missing",
    "network/keyserver",
    "context/project-metadata-missing",
)
TRANSIENT = True

SIGNATURES = (
    # curl: (56) Recv failure: Connection reset by peer
    sign('curl: (', r"curl: \((?:18|52|55|56|92)\)", sure=0.93),
    # curl: (22) The requested URL returned error: 503
    sign('requested URL returned error: 5', r"requested URL returned error: (?P<status>5\d\d)", sure=0.94),
    # wget: ERROR 502: Bad Gateway.
    sign(' ERROR 5', r" ERROR (?P<status>5\d\d): ", sure=0.93),
    # HTTP request sent, awaiting response... Read error (Connection reset by peer) in headers.
    sign('Read error (Connection reset by peer)', sure=0.93),
    # 2026-11-22 00:31:42 (259 KB/s) - Connection closed at byte 2. Giving up.
    sign('Connection closed at byte', sure=0.9),
    # fatal: unable to access 'http://127.0.0.1:18102/x.git/': Recv failure: Connection reset by peer
    sign('fatal: unable to access', r"unable to access 'https?://(?P<host>[^/']+)/.*(?:reset by peer|bytes missing|Empty reply|GnuTLS recv error|gnutls_handshake\(\) failed|Connection was reset)", sure=0.95),
    # fatal: unable to access 'http://127.0.0.1:18105/x.git/': The requested URL returned error: 503
    sign('fatal: unable to access', r"unable to access 'https?://(?P<host>[^/']+)/.*returned error: (?P<status>5\d\d)", sure=0.95),
    # error: RPC failed; curl 56 GnuTLS recv error (-54): Error in the pull function.
    sign('RPC failed;', sure=0.93),
    # fatal: early EOF
    sign('fatal: early EOF', sure=0.92),
    # WARNING: Retrying (Retry(total=0, …)) after connection broken by 'ProtocolError('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))': /simple/six/
    sign('Retry(total=0', r"Retry\(total=0.*(?:ProtocolError|RemoteDisconnected|ConnectionResetError)", also='(from versions: none)', sure=0.93),
    # pip._vendor.urllib3.exceptions.ProtocolError: ("Connection broken: InvalidChunkLength(got length b'', 0 bytes read)",
    sign('ProtocolError: (', '^\\s*\\S*ProtocolError: \\([\'\\"]Connection (?:broken|aborted)', sure=0.95),
    # requests.exceptions.ChunkedEncodingError: (…)
    sign('ChunkedEncodingError', r"^\s*\S*ChunkedEncodingError: ", sure=0.93),
    # http.client.IncompleteRead: IncompleteRead(524288 bytes read, 1048576 more expected)
    sign('IncompleteRead(', r"^\s*\S*IncompleteRead\S*: ", sure=0.93),
    #     unknown package:
    # pip below 25.1 takes a download that was cut for a file with another hash; a hash of the requirements names its package here
    sign('unknown package:', r"^\s*unknown package:$", also='DO NOT MATCH THE HASHES', sure=0.9),
    #     shared-0==1.0 from http://172.17.0.1:41779/files/shared_0-1.0-py3-none-any.whl#sha256=386b25dd…1840 (from -r requirements.txt (line 2)):
    # what was expected is what the index says of its own file, which came otherwise: an index without metadata files (PEP 658), pip below 25.1
    sign('#sha256=', r"\bfrom https?://(?P<host>[^/\s]+)/\S*#sha256=(?P<hash>[0-9a-f]{64})\b", also='Expected sha256 {hash}', sure=0.9),
    # ERROR: Could not install packages due to an OSError: ("Connection broken: ConnectionResetError(104, 'Connection reset by peer')", …)
    sign('("Connection broken: ', r"\(\"Connection broken: (?:ConnectionResetError|IncompleteRead|BrokenPipeError|OSError)\(", sure=0.95),
    # ConnectionResetError: [Errno 104] Connection reset by peer
    sign('ConnectionResetError', r"^\s*ConnectionResetError: ", sure=0.92),
    # the index's own hash of a file: in hash-checking mode nothing comes through another requirement (a->b)
    sign(' (from ', r"https?://\S+\.(?:whl|tar\.gz|zip)\S* \(from [^)]*->", also='DO NOT MATCH THE HASHES', sure=0.93),
    # Error: Download failed: size mismatch, file size: 9666038, expected size: 160170704 URL: https://…      (playwright)
    sign('Download failed: size mismatch', sure=0.95),
    # npm ERR! Error: read ECONNRESET
    sign('Error: read ECONNRESET', sure=0.92),
    # E: Failed to fetch http://mirror.example/dists/x/InRelease  503  Service Unavailable
    sign('Failed to fetch http', r"Failed to fetch https?://(?P<host>[^/\s]+)\S*\s+50[234]\s", sure=0.92),
    # npm error code ECONNRESET
    sign('code ECONNRESET', sure=0.94),
    # npm error 503 Service Unavailable - GET http://127.0.0.1:18105/left-pad
    sign('npm', r"npm (?:error|ERR!) code E(?P<status>5\d\d)", sure=0.94),
    # error An unexpected error occurred: "https://registry.example/x.tgz: socket hang up".
    sign('socket hang up', sure=0.9),
    #   cause: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:18105/simple/six/)
    sign('HTTP status server error', r"HTTP status server error \((?P<status>\d+)[^)]*\) for url \(https?://(?P<host>[^/)]+)", sure=0.95),
    #   cause: Connection reset by peer (os error 104)
    sign('Connection reset by peer (os error', sure=0.94),
    # #5 ERROR: invalid response status 503
    sign('invalid response status 5', r"invalid response status (?P<status>5\d\d)", sure=0.95),
    # ADD failed: failed to GET https://www.example.org/x with status 503 Service Unavailable: <!DOCTYPE HTML>
    sign('failed to GET', r"failed to GET https?://(?P<host>[^/\s]+)\S* with status (?P<status>5\d\d)", sure=0.95),
    # #5 ERROR: unexpected EOF
    sign('unexpected EOF', r"^(?:ERROR: )?(?:.*: )?unexpected EOF$", sure=0.85, also='>>> ADD'),
    # read tcp 127.0.0.1:40138->127.0.0.1:18102: read: connection reset by peer
    sign('read: connection reset by peer', sure=0.94),
    # E: Failed to fetch http://archive.example/x.deb  502  Bad Gateway [IP: 91.189.88.152 80]
    sign(': Failed to fetch', r"E(?:rror)?: Failed to fetch https?://(?P<host>[^/\s]+)\S*\s+(?:(?P<status>5\d\d)\s|Connection reset|Error reading from server|Undetermined Error)", sure=0.88),
    # go: cloud.example/go@v0.37.4: unexpected status (https://mirror.example/x.info): 502 Bad Gateway
    sign('unexpected status', r"unexpected status.*: (?P<status>50\d) ", sure=0.85),
    # received unexpected HTTP status: 503 Service Unavailable
    sign('received unexpected HTTP status: 5', r"received unexpected HTTP status: (?P<status>5\d\d)", sure=0.95),
    # no recorded log yet: failed to do request: Head "https://registry.example/v2/library/node/manifests/20": EOF
    sign('failed to do request: ', r'failed to do request: \w+ "https?://(?P<host>[^/"]+)[^"]*": (?:unexpected )?EOF', sure=0.94),
    # no recorded log yet: Get https://registry.example/v2/: EOF
    sign(': EOF', r'Get "?https?://(?P<host>[^/"\s]+)/v2/[^"\s]*"?: (?:unexpected )?EOF\s*$', sure=0.94),
    # no recorded log yet: httpReadSeeker: failed open: unexpected status from GET request to https://registry.example/v2/…: 503 Service Unavailable
    sign('unexpected status from', r"unexpected status from \w+ request to https?://(?P<host>[^/\s]+)\S*: (?P<status>5\d\d)", sure=0.95),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Build again: the file is not to blame. Retries help (curl --retry 5 --retry-all-errors, pip --retries 10)."
    )


CASES = (
    r"""
curl
-- build.log --
#5 0.223 curl: (56) Recv failure: Connection reset by peer
#5 ERROR: process "/bin/sh -c curl -fsSL --max-time 4 -o /x http://127.0.0.1:18102/x.tar.gz" did not complete successfully: exit code: 56
------
 > [2/2] RUN curl -fsSL --max-time 4 -o /x http://127.0.0.1:18102/x.tar.gz:
>>0.223 curl: (56) Recv failure: Connection reset by peer
------
""",
    r"""
a server that is overloaded
-- build.log --
#5 0.106 curl: (22) The requested URL returned error: 503
#5 ERROR: process "/bin/sh -c curl -fsSL --max-time 4 -o /x http://127.0.0.1:18105/x.tar.gz" did not complete successfully: exit code: 22
------
 > [2/2] RUN curl -fsSL --max-time 4 -o /x http://127.0.0.1:18105/x.tar.gz:
>>0.106 curl: (22) The requested URL returned error: 503
------
""",
    r"""
a wheel that was cut
-- build.log --
#9 6.221 Downloading http://172.17.0.1:40603/files/only_api-1.0-py3-none-any.whl (4.0 MB)
#9 6.237    ━━━━━━━━━━━━━━━━━━━━                     2.0/4.0 MB 554.9 MB/s eta 0:00:01
#9 6.462 ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
#9 6.462     unknown package:
#9 6.462         Expected sha256 4449848803621b2c74d8b54e21480595025481486a1fd927ed6db96efb7223a5
#9 6.462              Got        92cc5f1dd278d295aa8286526e3ce94c7a94681b72c66069ff70853f57e7e872
#9 ERROR: process "/bin/sh -c pip install --no-cache-dir -r requirements.txt" did not complete successfully: exit code: 1
------
 > [4/5] RUN pip install --no-cache-dir -r requirements.txt:
6.462 ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
>>6.462     unknown package:
6.462         Expected sha256 4449848803621b2c74d8b54e21480595025481486a1fd927ed6db96efb7223a5
6.462              Got        92cc5f1dd278d295aa8286526e3ce94c7a94681b72c66069ff70853f57e7e872
------
""",
    r"""
a wheel that was cut, of an index without metadata files
-- build.log --
#9 4.011 Collecting shared-0==1.0 (from -r requirements.txt (line 2))
#9 4.020   Downloading http://172.17.0.1:41779/files/shared_0-1.0-py3-none-any.whl (6.0 MB)
#9 4.030                                               0.0/6.0 MB ? eta -:--:--
#9 4.102 ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.
>>#9 4.102     shared-0==1.0 from http://172.17.0.1:41779/files/shared_0-1.0-py3-none-any.whl#sha256=386b25dd7e088aee1696cbb9e752d1d870779c16244a35270e0eacd5b87a1840 (from -r requirements.txt (line 2)):
#9 4.102         Expected sha256 386b25dd7e088aee1696cbb9e752d1d870779c16244a35270e0eacd5b87a1840
#9 4.102              Got        9f2b5fd1a4c2f1f3a3d1b0d7fce5a05d0d0f7ee0ba9e9fdbf1d8cdbb6fa2a1c9
#9 ERROR: process "/bin/sh -c pip install --no-cache-dir -r requirements.txt" did not complete successfully: exit code: 1
""",
    r"""
wget
-- build.log --
------
 > [2/2] RUN wget --timeout=3 --tries=1 -O /x http://127.0.0.1:18102/x.tar.gz:
0.204 --2026-11-22 00:28:54--  http://127.0.0.1:18102/x.tar.gz
0.210 Connecting to 127.0.0.1:18102... connected.
>>0.213 HTTP request sent, awaiting response... Read error (Connection reset by peer) in headers.
0.214 Giving up.
""",
    r"""
git
-- build.log --
#5 ERROR: process "/bin/sh -c git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=3 clone http://127.0.0.1:18102/x.git /y" did not complete successfully: exit code: 128
------
 > [2/2] RUN git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=3 clone http://127.0.0.1:18102/x.git /y:
0.167 Cloning into '/y'...
>>0.253 fatal: unable to access 'http://127.0.0.1:18102/x.git/': Recv failure: Connection reset by peer
------
""",
    r"""
pip
-- build.log --
#5 ERROR: process "/bin/sh -c pip install --timeout 3 --index-url http://127.0.0.1:18102/simple --trusted-host 127.0.0.1 six" did not complete successfully: exit code: 1
------
 > [2/2] RUN pip install --timeout 3 --index-url http://127.0.0.1:18102/simple --trusted-host 127.0.0.1 six:
20.16 Looking in indexes: http://127.0.0.1:18102/simple
>>20.21 WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ProtocolError('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))': /simple/six/
20.23 ERROR: Could not find a version that satisfies the requirement six (from versions: none)
""",
    r"""
npm and a gateway
-- build.log --
#6 4.828 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_33_16_200Z-debug-0.log
#6 ERROR: process "/bin/sh -c npm install --fetch-retries=0 --fetch-timeout=3000 --registry http://127.0.0.1:18109 left-pad" did not complete successfully: exit code: 1
------
 > [3/3] RUN npm install --fetch-retries=0 --fetch-timeout=3000 --registry http://127.0.0.1:18109 left-pad:
>>4.816 npm error code E502
4.826 npm error 502 Bad Gateway - GET http://127.0.0.1:18109/left-pad
""",
    r"""
uv
-- build.log --
8.494 WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour with the system package manager, possibly rendering your system unusable. It is recommended to use a virtual environment instead: https://pip.pypa.io/warnings/venv. Use the --root-user-action option if you know what you are doing and want to suppress this warning.
18.60 error: Request failed after 3 retries in 9.0s
18.60   cause: Failed to fetch: http://127.0.0.1:18105/simple/six/
>>18.60   cause: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:18105/simple/six/)
------
""",
    r"""
ADD
-- build.log --
#5 [2/3] ADD http://127.0.0.1:18105/x.bin /x
>>#5 ERROR: invalid response status 503
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
