"""The proxy refused the connection, or is not there.

http_proxy and https_proxy reach the build as build arguments, from the engine's configuration or from a tool's own
settings. A proxy on 127.0.0.1 is the container's own loopback, where nothing listens; 407 asks for a user and password.
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
    proxy: str = ""


TITLE = "The proxy [{proxy} ]did not let the download through"
WHY = "The tools go through the proxy that is set, and it refused them or could not be reached."
EXPLAINS = (
    "deps/no-matching-version",
    "deps/python-incompatible",
    "deps/platform-wheel-missing",
    "system/apt-package-missing",
    "system/apt-repository",
    "network/tls",
    "network/reset",
    "network/timeout",
    "network/gone",
    "network/dns",
    "node/build-failed",
    "deps/private-index",
)

SIGNATURES = (
    # after connection broken by 'ProxyError('Cannot connect to proxy.', NewConnectionError(…: [Errno 111] Connection refused'))
    sign('Cannot connect to proxy', r"^(?!.*Retry\(total=[1-9]).*Cannot connect to proxy", sure=0.95),
    # OSError('Tunnel connection failed: 407 Proxy Authentication Required')
    sign('Tunnel connection failed', r"^(?!.*Retry\(total=[1-9]).*Tunnel connection failed", sure=0.95),
    # curl: (22) The requested URL returned error: 407
    sign('requested URL returned error: 407', sure=0.96),
    # curl: (56) CONNECT tunnel failed, response 407
    sign('CONNECT tunnel failed', sure=0.96),
    # curl: (56) Received HTTP code 407 from proxy after CONNECT
    sign('from proxy after CONNECT', sure=0.96),
    # curl: (5) Could not resolve proxy: proxy.corp
    sign('Could not resolve proxy', r"Could not resolve proxy: (?P<proxy>\S+)", sure=0.97),
    # Proxy tunneling failed: Proxy Authentication Required
    sign('Proxy tunneling failed', sure=0.96),
    # npm error 407 Proxy Authentication Required - GET https://registry.example/left-pad
    sign('407 Proxy Authentication Required', sure=0.96),
    #   407  Proxy Authentication Required [IP: 127.0.0.1 18104]
    sign('407  Proxy Authentication Required', sure=0.95),
    #   cause: tunnel error: proxy authorization required
    sign('tunnel error:', sure=0.95),
    # proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused
    sign('proxyconnect tcp', r"proxyconnect tcp: dial tcp (?P<proxy>[\w.:-]*\w)", sure=0.97),
    #   Could not connect to 10.168.209.72:8012 (10.168.209.72). - connect (113: No route to host)
    sign('Could not connect to ', r"Could not connect to (?P<proxy>(?:\d+\.){3}\d+:\d+) ", sure=0.9),
    # curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Could not connect to server
    sign('Failed to connect to 127.0.0.1 port', r"Failed to connect to (?P<proxy>127\.0\.0\.1) port", sure=0.75),
    # Connecting to 127.0.0.1:9... failed: Connection refused.
    sign("failed: Connection refused", r"Connecting to (?P<proxy>127\.0\.0\.1:\d+)\.\.\. failed: Connection refused", sure=0.8),
    # npm error FetchError: request to https://registry.npm.example/left-pad failed, reason: connect ECONNREFUSED 127.0.0.1:9
    sign("ECONNREFUSED 127.0.0.1", r"reason: .*connect ECONNREFUSED (?P<proxy>127\.0\.0\.1:\d+)", sure=0.8),
    # * About to connect() to proxy 10.80.147.19 port 80 (#0)
    sign('connect() to proxy ', r"About to connect\(\) to proxy (?P<proxy>\S+)", sure=0.85, also="couldn't connect to host"),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Give the build the proxy that it can reach (--build-arg https_proxy=http://HOST:PORT, not 127.0.0.1), with user and password where it asks for them; or none at all (--build-arg https_proxy=)."
    )


CASES = (
    r"""
a proxy that is not there
-- build.log --
#5 8.404 ERROR: No matching distribution found for six
#5 ERROR: process "/bin/sh -c pip install six" did not complete successfully: exit code: 1
------
 > [2/2] RUN pip install six:
>>8.195 WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ProxyError('Cannot connect to proxy.', NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f0c68d4ea80>: Failed to establish a new connection: [Errno 111] Connection refused'))': /simple/six/
8.403 ERROR: Could not find a version that satisfies the requirement six (from versions: none)
""",
    r"""
a proxy that asks for a password
-- build.log --
#5 12.95 ERROR: No matching distribution found for six
#5 ERROR: process "/bin/sh -c pip install six" did not complete successfully: exit code: 1
------
 > [2/2] RUN pip install six:
>>12.89 WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))': /simple/six/
12.95 ERROR: Could not find a version that satisfies the requirement six (from versions: none)
""",
    r"""
curl
-- build.log --
#5 0.197 curl: (22) The requested URL returned error: 407
#5 ERROR: process "/bin/sh -c curl -fsSL -o /x http://example.com/x" did not complete successfully: exit code: 22
------
 > [2/2] RUN curl -fsSL -o /x http://example.com/x:
>>url: (22) The requested URL returned error: 407
------
""",
    r"""
git
-- build.log --
#5 ERROR: process "/bin/sh -c git clone https://example.com/x.git" did not complete successfully: exit code: 128
------
 > [2/2] RUN git clone https://example.com/x.git:
0.123 Cloning into 'x'...
>>0.137 fatal: unable to access 'https://example.com/x.git/': CONNECT tunnel failed, response 407
------
""",
    r"""
wget
-- build.log --
------
 > [2/2] RUN wget --tries=1 -O /x https://example.com/x:
0.215 --2026-11-22 00:37:31--  https://example.com/x
0.233 Connecting to 127.0.0.1:18104... connected.
>>0.238 Proxy tunneling failed: Proxy Authentication RequiredUnable to establish SSL connection.
------
""",
    r"""
npm
-- build.log --
#6 ERROR: process "/bin/sh -c npm install --fetch-retries=0 left-pad" did not complete successfully: exit code: 1
------
 > [3/3] RUN npm install --fetch-retries=0 left-pad:
2.735 npm error code E407
>>2.736 npm error 407 Proxy Authentication Required - GET https://registry.npm.example/left-pad
2.742 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_37_33_519Z-debug-0.log
""",
    r"""
apt
-- build.log --
------
 > [2/2] RUN apt-get -o Acquire::Retries=0 update:
0.185 Err:1 http://mirror.example/debian bookworm InRelease
0.185   407  Proxy Authentication Required [IP: 127.0.0.1 18104]
>>0.185 Reading package lists...E: Failed to fetch http://mirror.example/debian/dists/bookworm/InRelease  407  Proxy Authentication Required [IP: 127.0.0.1 18104]
0.197 E: The repository 'http://mirror.example/debian bookworm InRelease' is not signed.
""",
    r"""
uv
-- build.log --
18.57 error: Request failed after 3 retries in 6.6s
18.57   cause: Failed to fetch: https://index.example/simple/six/
18.57   cause: error sending request for url (https://index.example/simple/six/)
18.57   cause: client error (Connect)
>>18.57   cause: tunnel error: proxy authorization required
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
