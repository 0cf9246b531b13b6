"""What is downloaded or cloned is not there any more.

The server answers, and says that it has no such thing (404, 410): the release was withdrawn, the repository moved or was
made private, or the service was shut down. Retrying does not help; the address has to change.
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
    url: str = ""
    status: str = ""
    since: str = ""
    instead: str = ""


TITLE = "[{url} is ]not there any more[ since {since}][ (HTTP {status})]"
WHY = "The server answers that it has no such file or repository."
EXPLAINS = (
    "system/toolchain-missing",
    "deps/build-failed",
    "build/file-missing",
    "build/dependency-missing",
    "build/configure-failed",
    "build/compile-error",
    "context/project-metadata-missing",
)

SIGNATURES = (
    # curl: (22) The requested URL returned error: 404
    sign('requested URL returned error: 4', r"^(?!fatal).*requested URL returned error: (?P<status>404|410|403)\b", sure=0.93),
    # 2026-11-22 00:30:47 ERROR 404: Not Found.
    sign(' ERROR 4', r" ERROR (?P<status>404|410|403): ", sure=0.93),
    # wget: server returned error: HTTP/1.1 404 Not Found
    sign('wget: server returned error: HTTP', r"server returned error: HTTP/[\d.]+ (?P<status>4\d\d)", sure=0.93),
    # fatal: repository 'http://127.0.0.1:18106/x.git/' not found
    sign('fatal: repository ', r"fatal: repository '(?P<url>[^']+)' not found", sure=0.94),
    # fatal: could not read Username for 'https://github.com': No such device or address
    sign('could not read Username for', r"could not read Username for '(?P<url>[^']+)'", sure=0.75),
    # fatal: unable to connect to github.com:      (of git://, which GitHub answers no more: under it errno=Connection refused or timed out)
    sign('git://github.com/', r"(?P<url>git://github\.com/[^\s@'\"]+)", sure=0.88, also='unable to connect to github.com', since='2022'),
    # fatal: Remote branch v9 not found in upstream origin
    sign('fatal: Remote branch', r"fatal: Remote branch (?P<url>\S+) not found", sure=0.94),
    # #5 ERROR: invalid response status 404
    sign('invalid response status 4', r"invalid response status (?P<status>404|410|403)", sure=0.95),
    # ADD failed: failed to GET https://download.example/apt/pubkey.gpg with status 404 Not Found: <!DOCTYPE html>
    sign('failed to GET', r"failed to GET (?P<url>\S+) with status (?P<status>4\d\d)", sure=0.96),
    # urllib.error.HTTPError: HTTP Error 404: Not Found
    sign('HTTP Error 404', r"HTTPError: HTTP Error (?P<status>404)", sure=0.9),
    # gzip: stdin: not in gzip format
    sign('not in gzip format', sure=0.7),
    # curl: (7) Failed to connect to ftp.example.org port 21: Connection refused
    sign('curl: (7)', r"curl: \(7\) Failed to connect to (?P<url>(?!127\.|localhost)[\w.-]+) port \d+.*[Rr]efused", sure=0.6),
    # The command '/bin/sh -c wget -q https://dl.bintray.com/mitchellh/consul/0.4.1_linux_amd64.zip;' returned a non-zero code: 8
    sign('ode: 8', r"[ /'\"](?:wget)\s.*(?:non-zero|exit) code: 8\b", sure=0.85),
    # process "/bin/sh -c curl -fsSL -o /x https://…" did not complete successfully: exit code: 22
    sign('ode: 22', r"[ /'\"](?:curl)\s.*(?:non-zero|exit) code: 22\b", sure=0.88),
    # tar: invalid magic
    sign('tar: invalid magic', sure=0.75),
    # tar: This does not look like a tar archive
    sign('This does not look like a tar archive', sure=0.72),
    # xz: (stdin): File format not recognized
    sign('File format not recognized', sure=0.72),
    # bzip2: (stdin) is not a bzip2 file.
    sign('is not a bzip2 file', sure=0.72),
    #   End-of-central-directory signature not found.  Either this file is not a zipfile, or it constitutes one disk of a multi-part archive.
    sign('End-of-central-directory signature not found', sure=0.75),
    # gpg: no valid OpenPGP data found.
    sign('no valid OpenPGP data found', sure=0.78),
    # dpkg-deb: error: `graylog2_latest.deb' is not a debian format archive
    sign('ebian format archive', r"is not a [dD]ebian format archive", sure=0.8),
    # ERROR: glibc-2.21-r2.apk: IO ERROR
    sign('.apk: ', r"ERROR: (?P<url>\S+\.apk): (?:IO ERROR|BAD archive|v2 package format error)", sure=0.8),
    # Cannot open: https://centos7.iuscommunity.org/ius-release.rpm. Skipping.
    sign('Cannot open: http', r"Cannot open: (?P<url>https?://\S+?)\. Skipping", sure=0.9),
    # urllib2.HTTPError: HTTP Error 403: Forbidden
    sign('HTTP Error 4', r"HTTP Error (?P<status>403|404|410): ", sure=0.88),
    # HTTP request failed! HTTP/1.1 404 Not Found
    sign('HTTP request failed! HTTP', r"(?:\"(?P<url>https?://[^\"]+)\".*)?HTTP request failed! HTTP/\S+ (?P<status>403|404|410)", sure=0.9),
    # error: pathspec 'origin/proof-v4' did not match any file(s) known to git.
    sign("error: pathspec '", r"error: pathspec '(?P<url>[^']+)' did not match", sure=0.85),
    # No such directory ‘genomes/H_sapiens/Assembled_chromosomes/seq’.
    sign('No such directory', r"^No such (?:directory|file) [‘'`](?P<url>[^’']+)[’']", sure=0.9),
    # fatal: reference is not a tree: 3f2504e0
    sign('reference is not a tree', r"reference is not a tree: (?P<url>\S+)", sure=0.9),
    # fatal: couldn't find remote ref refs/heads/x
    sign("find remote ref", r"(?i)couldn't find remote ref (?P<url>\S+)", sure=0.92),
    # svn: E170000: URL 'http://x' doesn't exist
    sign("svn: ", r"svn: E\d+: .*URL '(?P<url>[^']+)'.*(?:doesn't exist|non-existent)", sure=0.93),
    # curl: (9) Server denied you to change to the given directory
    sign('curl: (9)', sure=0.85),
    # curl: (78) RETR response: 550
    sign('curl: (78)', sure=0.93),
    # Error retrieving versions of cookbook 'nodejs' at site: 'http://cookbooks.opscode.com/api/v1/cookbooks'
    sign('Error retrieving versions of cookbook', r"at site: '(?P<url>[^']+)'", sure=0.8),
    # 501 HTTPS Required
    sign('501 HTTPS Required', r"(?:(?P<url>https?://\S+) .*)?501 HTTPS Required", sure=0.93, status='501'),
    # [ERROR] … status: 501 HTTPS Required / Return code is: 501, ReasonPhrase:HTTPS Required.
    sign('ReasonPhrase:HTTPS Required', r"(?P<url>https?://\S+?)[. ].*501", sure=0.93, status='501'),
    # gzip: stdin: unexpected end of file
    sign('gzip: stdin: unexpected end of file', sure=0.7),
    # Get https://registry.example/v2/: dial tcp 106.75.145.94:443: getsockopt: connection refused
    sign(': connection refused', r"(?:Get|Head|Post) \"?(?P<url>https?://(?!127\.|localhost)[^\s\"]+?)\"?: dial tcp \S+: (?:getsockopt|connect): connection refused", sure=0.7),
    # 0gzip: invalid magic
    sign('gzip: invalid magic', sure=0.72),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Address):
        if need.problem == "gone":
            yield found(unmet, Facts(need.url, instead=need.instead, since=need.since))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.instead and facts.url in where.source[where.span]:
        written = where.source[where.span]
        edit = remedy.swap(where, written.replace(facts.url, facts.instead))
        yield remedy.safe(f"Fetch it from {facts.instead}", edit)
    if facts.url.startswith("git://github.com/"):
        yield remedy.advice(
            "Write https:// for git://, which GitHub answers no more; where another's requirement says it: `git config --global url.https://github.com/.insteadOf git://github.com/` above."
        )
        return
    yield remedy.advice(
        "Look at the address in a browser and name where the file is now; for a withdrawn release, a newer one."
    )


CASES = (
    r"""
a service that was shut down
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends wget ca-certificates
# found: url=https://dl.bintray.com/mitchellh/consul/0.4.1_linux_amd64.zip since=2021-05-01
RUN wget https://dl.bintray.com/mitchellh/consul/0.4.1_linux_amd64.zip
""",
    r"""
an old release that the mirrors have dropped, and what reads what did not come
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends wget curl ca-certificates git
# found: url=https://downloads.apache.org/kafka/2.4.0/kafka_2.12-2.4.0.tgz
RUN wget -qO- https://downloads.apache.org/kafka/2.4.0/kafka_2.12-2.4.0.tgz | tar xz -C /opt
# found: url=git://github.com/pallets/flask.git instead=https://github.com/pallets/flask.git
RUN git clone git://github.com/pallets/flask.git /srv/flask
-- mended --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends wget curl ca-certificates git
RUN wget -qO- https://archive.apache.org/dist/kafka/2.4.0/kafka_2.12-2.4.0.tgz | tar xz -C /opt
RUN git clone https://github.com/pallets/flask.git /srv/flask
""",
    r"""
the archive keeps all releases; curl without --fail keeps the page that says that nothing is there
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends wget curl ca-certificates
RUN wget https://archive.apache.org/dist/kafka/2.4.0/kafka_2.12-2.4.0.tgz
RUN curl -sLO https://repo1.maven.org/maven2/org/apache/kafka/kafka_2.12/2.4.0/kafka_2.12-2.4.0.jar
""",
    r"""
curl
-- build.log --
#5 0.176 curl: (22) The requested URL returned error: 404
#5 ERROR: process "/bin/sh -c curl -fsSL --max-time 4 -o /x http://127.0.0.1:18106/x.tar.gz" did not complete successfully: exit code: 22
------
 > [2/2] RUN curl -fsSL --max-time 4 -o /x http://127.0.0.1:18106/x.tar.gz:
>>url: (22) The requested URL returned error: 404
------
""",
    r"""
wget
-- build.log --
 > [2/2] RUN wget --timeout=3 --tries=1 -O /x http://127.0.0.1:18106/x.tar.gz:
0.163 --2026-11-22 00:30:47--  http://127.0.0.1:18106/x.tar.gz
0.164 Connecting to 127.0.0.1:18106... connected.
0.165 HTTP request sent, awaiting response... 404 Not Found
>>0.171 2026-11-22 00:30:47 ERROR 404: Not Found.
0.171
""",
    r"""
git
-- build.log --
#5 ERROR: process "/bin/sh -c git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=3 clone http://127.0.0.1:18106/x.git /y" did not complete successfully: exit code: 128
------
 > [2/2] RUN git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=3 clone http://127.0.0.1:18106/x.git /y:
0.166 Cloning into '/y'...
>>0.343 fatal: repository 'http://127.0.0.1:18106/x.git/' not found
------
""",
    r"""
ADD
-- build.log --
#5 [2/3] ADD http://127.0.0.1:18106/x.bin /x
>>#5 ERROR: invalid response status 404
""",
    r"""
ADD of the classic builder
-- from --
sw-1141 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/24 : ADD https://download.rethinkdb.com/apt/pubkey.gpg /tmp/rethinkdb-pubkey.gpg
>>ADD failed: failed to GET https://download.rethinkdb.com/apt/pubkey.gpg with status 404 Not Found: <!DOCTYPE html>
<html lang="en">
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
