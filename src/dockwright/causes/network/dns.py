"""A host name could not be resolved.

The build container has no working name server (a corporate network, a VPN, --network none), or the name does not exist.
Where it is the name server, every download of the build fails alike; a host that is retired fails alone.
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


TITLE = "The name [{host} ]could not be resolved"
WHY = "No name server answered for it."
EXPLAINS = (
    "deps/no-matching-version",
    "deps/python-incompatible",
    "deps/platform-wheel-missing",
    "system/apt-package-missing",
    "system/apt-repository",
    "network/gone",
    "image/not-found",
    "network/timeout",
    "network/reset",
    "node/build-failed",
    "engine/feature-missing",
    "image/platform-mismatch",
    "image/auth",
    "build/dependency-missing",
    "build/file-missing",
    "network/keyserver",
    "context/project-metadata-missing",
)
TRANSIENT = True

SIGNATURES = (
    # curl: (6) Could not resolve host: nothere.invalid
    sign('Could not resolve host', r"[Cc]ould not resolve host(?:name)?:? (?P<host>(?!mirrorlist\.centos\.org)[\w.-]+)", sure=0.95),
    # wget: unable to resolve host address ‘nothere.invalid’
    sign('unable to resolve host address', r"unable to resolve host address .(?P<host>[\w.-]+)", sure=0.95),
    # wget: bad address 'nothere.invalid'
    sign('bad address', r"wget: bad address '(?P<host>[\w.-]+)", sure=0.95),
    # Failed to establish a new connection: [Errno -3] Temporary failure in name resolution'))': /simple/six/
    sign('Retry(total=0', r"Retry\(total=0.*(?:name resolution|Name or service not known|NameResolutionError|getaddrinfo failed|nodename nor servname)", also='(from versions: none)', sure=0.93),
    # … [Errno -3] Temporary failure in name resolution')': /simple/six/      (retries alone: of a failed step whose end is not in the log)
    sign('Temporary failure in name resolution', r"(?:Retry\(|connection broken by|a new connection: )\S*.*Temporary failure in name resolution", sure=0.55),
    # urllib3.exceptions.NameResolutionError: <…>: Failed to resolve 'nothere.invalid'
    sign('NameResolutionError', r"^\s*\S*(?:NameResolutionError|ConnectionError|MaxRetryError)\b.*Failed to resolve '(?P<host>[^']+)'", sure=0.94),
    # urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>
    sign('<urlopen error [Errno -', r"urlopen error \[Errno -(?:2|3|5)\]", sure=0.93),
    # socket.gaierror: [Errno -3] Temporary failure in name resolution
    sign('socket.gaierror', sure=0.9),
    #   Could not resolve 'nothere.invalid'
    sign("Could not resolve '", r"Could not resolve '(?P<host>[\w.-]+)'", sure=0.86),
    # W: Failed to fetch http://archive.example/x  Temporary failure resolving 'archive.example'
    sign('Temporary failure resolving', r"Temporary failure resolving '(?P<host>[\w.-]+)'", sure=0.9),
    # npm error request to http://nothere.invalid/left-pad failed, reason: getaddrinfo ENOTFOUND nothere.invalid
    sign('getaddrinfo', r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?P<host>[\w.-]+)", sure=0.94),
    # error An unexpected error occurred: "getaddrinfo EAI_AGAIN registry.example:443".
    sign('EAI_AGAIN', sure=0.93),
    #   cause: failed to lookup address information: Name or service not known
    sign('failed to lookup address information', sure=0.94),
    # dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: no such host
    sign('dial tcp: lookup', r"dial tcp: lookup (?P<host>[\w.-]+).*(?:no such host|server misbehaving|Temporary failure|i/o timeout|connection refused)", sure=0.96),
    # ssh: Could not resolve hostname github.com: Temporary failure in name resolution
    sign('Could not resolve hostname', r"Could not resolve hostname (?P<host>[\w.-]+)", sure=0.94),
    # php_network_getaddresses: getaddrinfo failed: Name or service not known
    sign('php_network_getaddresses: getaddrinfo failed', sure=0.93),
    # WARNING: Ignoring http://dl-cdn.example/alpine/v3.9/main/x86_64/APKINDEX.tar.gz: temporary error (try again later)   (what apk makes of a name that nobody resolves)
    sign('temporary error (try again later)', r"(?:WARNING|ERROR): .*?https?://(?P<host>[^/\s]+)/\S*: temporary error \(try again later\)", sure=0.75),
    # no recorded log yet: WARNING: fetching https://dl-cdn.example/alpine/v3.22/main: DNS: transient error (try again later)  · Ignoring …: DNS lookup error
    sign(': DNS', r"(?:WARNING|ERROR): .*?https?://(?P<host>[^/\s]+)/\S*: DNS(?:: | lookup | error)", sure=0.95),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        'Look at the name server of the engine (docker run --rm IMAGE getent hosts HOST; "dns" in /etc/docker/daemon.json), then build again.'
    )


CASES = (
    r"""
curl
-- build.log --
#5 0.207 curl: (6) Could not resolve host: nothere.invalid
#5 ERROR: process "/bin/sh -c curl -fsSL -o /x http://nothere.invalid/x" did not complete successfully: exit code: 6
------
 > [2/2] RUN curl -fsSL -o /x http://nothere.invalid/x:
>>0.207 curl: (6) Could not resolve host: nothere.invalid
------
""",
    r"""
git
-- build.log --
#5 ERROR: process "/bin/sh -c git clone http://nothere.invalid/x.git" did not complete successfully: exit code: 128
------
 > [2/2] RUN git clone http://nothere.invalid/x.git:
0.311 Cloning into 'x'...
>>0.380 fatal: unable to access 'http://nothere.invalid/x.git/': Could not resolve host: nothere.invalid
------
""",
    r"""
wget
-- build.log --
------
 > [2/2] RUN wget --tries=1 -O /x http://nothere.invalid/x:
0.174 --2026-11-22 00:34:04--  http://nothere.invalid/x
0.176 Resolving nothere.invalid (nothere.invalid)... failed: Name or service not known.
>>0.179 wget: unable to resolve host address ‘nothere.invalid’
------
""",
    r"""
npm
-- build.log --
 > [3/3] RUN npm install --fetch-retries=0 --registry http://nothere.invalid left-pad:
3.865 npm error code ENOTFOUND
3.885 npm error syscall getaddrinfo
3.897 npm error errno ENOTFOUND
>>3.906 npm error network request to http://nothere.invalid/left-pad failed, reason: getaddrinfo ENOTFOUND nothere.invalid
3.921 npm error network This is a problem related to network connectivity.
""",
    r"""
uv
-- build.log --
24.87   cause: error sending request for url (http://nothere.invalid/simple/six/)
24.87   cause: client error (Connect)
24.87   cause: dns error
24.87   cause: error resolving DNS
>>24.87   cause: failed to lookup address information: Name or service not known
------
""",
    r"""
Python itself
-- build.log --
2.700     return self.do_open(http.client.HTTPConnection, req)
2.701            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
2.701   File "/usr/local/lib/python3.12/urllib/request.py", line 1347, in do_open
2.702     raise URLError(err)
>>2.703 urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>
------
""",
    r"""
ADD from a host that is not there
-- build.log --
#5 [2/3] ADD http://nothere.invalid/x /x
>>#5 ERROR: Get "http://nothere.invalid/x": dial tcp: lookup nothere.invalid on 10.255.255.53:53: no such host
""",
    r"""
the registry of the base image
-- build.log --
#2 [internal] load metadata for docker.io/library/debian:bookworm-slim
>>#2 ERROR: failed to do request: Head "https://registry-1.docker.io/v2/library/debian/manifests/bookworm-slim": dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: no such host
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
