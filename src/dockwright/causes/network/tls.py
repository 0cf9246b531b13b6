"""The certificate of a server was not trusted, or no secure connection came about.

Either something between decrypts the traffic (a corporate proxy whose certificate authority the image does not know), or
the image is old: expired root certificates, no ca-certificates package, no TLS 1.2.
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
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    host: str = ""
    package: str = ""  # what would bring the authorities


TITLE = "No trusted connection[ to {host}] came about[: {package} is not installed]"
WHY = (
    "The certificate shown is not signed by an authority that the image trusts, or the two sides share no TLS version."
)
EXPLAINS = (
    "deps/no-matching-version",
    "deps/python-incompatible",
    "deps/platform-wheel-missing",
    "system/apt-package-missing",
    "system/apt-repository",
    "network/reset",
    "network/gone",
    "node/build-failed",
    "network/timeout",
    "build/dependency-missing",
    "build/file-missing",
    "network/keyserver",
    "context/project-metadata-missing",
)

SIGNATURES = (
    # <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1000)>
    sign('CERTIFICATE_VERIFY_FAILED', r"^(?!.*Retry\(total=[1-9]).*CERTIFICATE_VERIFY_FAILED", sure=0.95),
    # curl: (60) SSL certificate problem: self-signed certificate
    sign('curl: (60)', sure=0.97),
    # curl: (35) error:1407742E:SSL routines:SSL23_GET_SERVER_HELLO:tlsv1 alert protocol version
    sign('curl: (35)', sure=0.9),
    # curl: (77) error setting certificate verify locations
    sign('curl: (77)', sure=0.95),
    # fatal: unable to access 'https://127.0.0.1:18103/x.git/': server verification failed: certificate signer not trusted.
    sign('fatal: unable to access', r"unable to access 'https://(?P<host>[^/']+)/.*(?:certificate|server verification failed)", sure=0.96),
    # ERROR: cannot verify example.org's certificate, issued by …
    sign('cannot verify', r"ERROR: cannot verify (?P<host>\S+)'s certificate", sure=0.95),
    # ERROR: The certificate of ‘127.0.0.1’ is not trusted.
    sign('ERROR: The certificate of', r"The certificate of .(?P<host>[\w.-]+). (?:is not trusted|has expired|doesn)", sure=0.95),
    # npm error code DEPTH_ZERO_SELF_SIGNED_CERT
    sign('code ', r"code (?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID)", sure=0.97),
    # npm ERR! Error: CERT_UNTRUSTED
    sign('CERT_UNTRUSTED', sure=0.95),
    # error An unexpected error occurred: "https://registry.example/x: self signed certificate in certificate chain".
    sign('self signed certificate in certificate chain', sure=0.93),
    #   cause: invalid peer certificate: UnknownIssuer
    sign('invalid peer certificate', sure=0.96),
    # SSL connection failed: error:0A000086:SSL routines::certificate verify failed / Success
    sign('certificate verify failed', sure=0.9),
    # Certificate verification failed: The certificate is NOT trusted.
    sign('Certificate verification failed', sure=0.93),
    # x509: certificate signed by unknown authority
    sign('x509: certificate', sure=0.95),
    # [Errno 1] _ssl.c:504: error:1407742E:SSL routines:SSL23_GET_SERVER_HELLO:tlsv1 alert protocol version
    sign('tlsv1 alert', sure=0.92),
    # setuptools.sandbox.UnpickleableException: <HTTPError 403: 'SSL is required'>
    sign('SSL is required', sure=0.95),
    #   Cannot fetch index base URL http://index.example/simple/
    sign('Cannot fetch index base URL', r"Cannot fetch index base URL https?://(?P<host>[^/\s]+)", sure=0.9),
    # ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number
    sign('ssl.SSLError', sure=0.85),
    # javax.net.ssl.SSLHandshakeException: PKIX path building failed
    sign('PKIX path building failed', sure=0.95),
    # Could not fetch URL https://index.example/simple/six/: There was a problem confirming the ssl certificate
    sign('problem confirming the ssl certificate', also='(from versions: none)', sure=0.94),
    # W: Failed to fetch https://developer.download.example/Packages  gnutls_handshake() failed: Handshake failed
    sign('gnutls_handshake() failed', r"^[EW]: Failed to fetch https://(?P<host>[^/\s]+)/.*gnutls_handshake\(\) failed", sure=0.93),
    # abort: error: _ssl.c:510: error:14094410:SSL routines:SSL3_READ_BYTES:sslv3 alert handshake failure
    sign('alert handshake failure', sure=0.9),
    # wget: note: TLS certificate validation not implemented / wget: TLS error from peer (alert code 80)
    sign('wget: TLS error from peer', sure=0.9),
    # ERROR: Unable to establish SSL connection.
    sign('Unable to establish SSL connection', sure=0.88),
    # curl: (51) SSL: no alternative certificate subject name matches target host name
    sign('curl: (51)', sure=0.95),
    # no recorded log yet: WARNING: fetching https://dl-cdn.example/alpine/v3.22/main: TLS: server certificate not trusted
    sign(': TLS: server certificate not trusted', sure=0.96),
    # Exception in thread "main" javax.net.ssl.SSLException: Received fatal alert: protocol_version   (Java 7 speaks no TLS 1.2 by itself)
    sign('SSLException: Received fatal alert: ', r"Received fatal alert: (?:protocol_version|handshake_failure)", sure=0.93),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Address):
        if need.problem == "tls":
            yield found(unmet, Facts(need.url, need.instead))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.package and finding.where is not None:
        from dockwright.remedy_packages import install

        edit = install(finding.where, facts.package)
        if edit is not None:
            yield remedy.safe(f"Install {facts.package}", edit)
        return
    from dockwright.causes.edits import target_of
    from dockwright.remedy_trust import trusted

    yield from trusted(finding.where, project, target_of(finding, project))
    yield remedy.advice(
        "Put the authority's certificate into the image (COPY ca.crt /usr/local/share/ca-certificates/ and RUN update-ca-certificates) and point the tools at it (REQUESTS_CA_BUNDLE, PIP_CERT, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE); install ca-certificates; on an old base, take a newer one."
    )


CASES = (
    r"""
npm 1.3 does not know the registry's certificate
-- Dockerfile --
FROM ubuntu:14.04
RUN apt-get update && apt-get install -y nodejs npm
# found: host="the registry of npm"
RUN npm install -g bower
""",
    r"""
what curl trusts is recommended to it, not required
-- Dockerfile --
FROM debian:bookworm-slim
# found: host=example.org package=ca-certificates
RUN apt-get update && apt-get install -y --no-install-recommends curl && curl -fsSL -o /x https://example.org/x
""",
    r"""
recommended packages come along
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl && curl -fsSL -o /x https://example.org/x
""",
    r"""
curl
-- build.log --
#5 0.162 how to fix it, please visit the webpage mentioned above.
#5 ERROR: process "/bin/sh -c curl -fsSL -o /x https://127.0.0.1:18103/x" did not complete successfully: exit code: 60
------
 > [2/2] RUN curl -fsSL -o /x https://127.0.0.1:18103/x:
>>0.162 curl: (60) SSL certificate problem: self-signed certificate
0.162 More details here: https://curl.se/docs/sslcerts.html
""",
    r"""
git
-- build.log --
#5 ERROR: process "/bin/sh -c git clone https://127.0.0.1:18103/x.git" did not complete successfully: exit code: 128
------
 > [2/2] RUN git clone https://127.0.0.1:18103/x.git:
0.277 Cloning into 'x'...
>>0.590 fatal: unable to access 'https://127.0.0.1:18103/x.git/': server verification failed: certificate signer not trusted. (CAfile: /etc/ssl/certs/ca-certificates.crt CRLfile: none)
------
""",
    r"""
wget
-- build.log --
------
 > [2/2] RUN wget --tries=1 -O /x https://127.0.0.1:18103/x:
0.247 --2026-11-22 00:34:59--  https://127.0.0.1:18103/x
0.321 Connecting to 127.0.0.1:18103... connected.
>>0.372 ERROR: The certificate of ‘127.0.0.1’ is not trusted.
0.373 ERROR: The certificate of ‘127.0.0.1’ doesn't have a known issuer.
""",
    r"""
npm
-- build.log --
#6 3.393 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_35_03_323Z-debug-0.log
#6 ERROR: process "/bin/sh -c npm install --fetch-retries=0 --registry https://127.0.0.1:18103 left-pad" did not complete successfully: exit code: 1
------
 > [3/3] RUN npm install --fetch-retries=0 --registry https://127.0.0.1:18103 left-pad:
>>3.372 npm error code DEPTH_ZERO_SELF_SIGNED_CERT
3.377 npm error errno DEPTH_ZERO_SELF_SIGNED_CERT
""",
    r"""
uv
-- build.log --
12.85 Using Python 3.12.1 environment at: /usr/local
: Failed to fetch: https://127.0.0.1:18103/simple/six/
12.97   cause: error sending request for url (https://127.0.0.1:18103/simple/six/)
12.97   cause: client error (Connect)
>>12.97   cause: invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))
------
""",
    r"""
urllib
-- build.log --
1.590     return self.do_open(http.client.HTTPSConnection, req,
1.590            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
1.590   File "/usr/local/lib/python3.12/urllib/request.py", line 1347, in do_open
1.601     raise URLError(err)
>>1.601 urllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1000)>
------
""",
    r"""
requests
-- build.log --
15.04     r = adapter.send(request, **kwargs)
15.04         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
15.04   File "/usr/local/lib/python3.12/site-packages/requests/adapters.py", line 727, in send
15.04     raise SSLError(e, request=request)
>>15.04 requests.exceptions.SSLError: HTTPSConnectionPool(host='127.0.0.1', port=18103): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1000)')))
------
""",
    r"""
a Python without TLS 1.2
-- from --
sw-1137 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/11 : RUN cd /intuition && python setup.py install
Downloading http://github.com/quantopian/zipline/tarball/master#egg=zipline-0.5.11.dev
>>error: Download error for http://github.com/quantopian/zipline/tarball/master#egg=zipline-0.5.11.dev: [Errno 1] _ssl.c:504: error:1407742E:SSL routines:SSL23_GET_SERVER_HELLO:tlsv1 alert protocol version
The command '/bin/sh -c cd /intuition && python setup.py install' returned a non-zero code: 1
""",
    r"""
an index that wants https
-- from --
sw-0069 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 10/19 : RUN python setup.py develop
    raise HTTPError(req.full_url, code, msg, hdrs, fp)
>>setuptools.sandbox.UnpickleableException: <HTTPError 403: 'SSL is required'>
The command '/bin/sh -c python setup.py develop' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
