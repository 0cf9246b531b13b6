"""The package manager can't use its repository: lists not fetched, a release that has left the mirrors, a key that does not fit.

`apt-get install` looks names up in lists that `apt-get update` fetched; official images carry none, and a clean-up removes
them again. A release whose support has ended leaves the mirrors some time later, and every install on it fails from that
day on. A repository's key expires or is replaced while the Dockerfile keeps the old one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    problem: str = ""  # lists, release, key, own key, signature, clock, source, fetch
    name: str = ""


TITLE = "the package repository can't be used[ ({problem}: {name})]"
WHY = "Package lists must be fetched in the same layer, from a release that its mirrors still carry, with a key that fits."
EXPLAINS = ("system/apt-package-missing", "network/gone", "system/package-conflict")

SIGNATURES = (
    # E: The repository 'http://archive.ubuntu.com/ubuntu disco Release' does not have a Release file.
    sign("does not have a Release file", r"(?:^|\W)E(?:rror)?: The repository '(?P<name>[^']+)' does not have a Release file", sure=0.93, problem="release"),
    # E: The repository 'http://archive.ubuntu.com/ubuntu precise Release' is not signed.
    sign("' is not signed", r"(?:^|\W)E(?:rror)?: The repository '(?P<name>[^']+)' is not signed", sure=0.9, problem="key"),
    # E: The repository 'http://… Release' no longer has a Release file.
    sign("no longer has a Release file", r"(?:^|\W)E(?:rror)?: The repository '(?P<name>[^']+)'", sure=0.93, problem="release"),
    # W: GPG error: http://dl.google.com stable InRelease: The following signatures couldn't be verified … NO_PUBKEY 78BD65473CB3BD1
    sign("NO_PUBKEY", r"GPG error: \S*?(?P<name>[\w.-]+\.\w+\S*) .*NO_PUBKEY", sure=0.7, problem="key"),
    # W: GPG error: http://mirror.example/debian bookworm InRelease: … NO_PUBKEY …: the keys that the image itself brings
    sign("NO_PUBKEY", r"GPG error: (?P<name>https?://\S+/(?:debian|debian-security|ubuntu|ubuntu-ports)/? \S+ InRelease): .*NO_PUBKEY", sure=0.91, problem="own key"),
    # W: GPG error: http://mirror.example/debian bookworm InRelease: At least one invalid signature was encountered.
    sign("At least one invalid signature was encountered", r"GPG error: (?P<name>\S+ \S+ \S+): At least", sure=0.92, problem="signature"),
    # Err:8 http://mirror.example/debian stretch/main amd64 Packages /   404  Not Found [IP: …]
    sign("Err:", r"^Err:\d+ (?P<name>https?://\S+ \S+) (?:.* )?(?:Packages|Release)$", sure=0.7, also="  404  Not Found", problem="release"),
    # The following signatures were invalid: KEYEXPIRED 1587841717 / EXPKEYSIG …
    sign("The following signatures were invalid", r"signatures were invalid: (?P<name>\S+)", sure=0.7, problem="key"),
    # E: Failed to fetch http://…/Packages  404  Not Found [IP: 91.189.88.152 80]
    sign("Failed to fetch ", r"(?:^|\W)E(?:rror)?: Failed to fetch \S+/dists/(?P<name>[^/\s]+)/\S*\s+404\s+Not Found", sure=0.9, problem="release"),
    # E: Failed to fetch http://…/pool/main/f/freetype/libfreetype6_2.6.3-3.2_amd64.deb  404  Not Found
    sign("Failed to fetch ", r"(?:^|\W)E(?:rror)?: Failed to fetch \S+/(?P<name>[^/\s]+\.deb)\s+404\s+Not Found", sure=0.85, problem="lists"),
    # W: Failed to fetch http://…/dists/jessie-backports/main/binary-amd64/Packages  404  Not Found
    sign("Failed to fetch ", r"(?:^|\W)W(?:arning)?: Failed to fetch \S+/dists/(?P<name>[^/\s]+)/\S*\s+404\s+Not Found", sure=0.75, problem="release"),
    # E: Failed to fetch …  Hash Sum mismatch
    sign("Hash Sum mismatch", sure=0.85, problem="fetch"),
    # E: Release file for … is expired (invalid since 11d 2h 5min 12s). Updates for this repository will not be applied.
    sign("Release file for ", r"(?:^|\W)E(?:rror)?: Release file for \S*?(?P<name>[^/\s]+/dists/\S+) is expired", sure=0.9, problem="release"),
    # E: Release file for http://deb.example/debian/dists/trixie-updates/InRelease is not valid yet (invalid for another 5h 33min 20s).
    sign(" is not valid yet (", r"Release file for \S*?(?P<name>[^/\s]+/dists/[^\s]+?)(?:/In?Release)? is not valid yet", sure=0.95, problem="clock"),
    # E: You must put some 'deb-src' URIs in your sources.list
    sign("You must put some '", r"You must put some '(?P<name>deb-src|source)' URIs", sure=0.95, problem="source"),
    # E: The value 'bookworm-backports' is invalid for APT::Default-Release as such a release is not available in the sources
    sign("is invalid for APT::Default-Release", r"The value '(?P<name>[^']+)' is invalid for APT::Default-Release", sure=0.95, problem="source"),
    # Error: Failed to download metadata for repo 'appstream': Cannot prepare internal mirrorlist
    sign("Failed to download metadata for repo", r"Failed to download metadata for repo '(?P<name>[^']+)'", sure=0.85, problem="release"),
    # Cannot find a valid baseurl for repo: base/7/x86_64
    sign("Cannot find a valid baseurl for repo", r"valid baseurl for repo: (?P<name>\S+)", sure=0.85, problem="release"),
    # E: The repository 'http://archive.ubuntu.com/ubuntu zesty Release' does no longer have a Release file.
    sign("does no longer have a Release file", r"(?:^|\W)E(?:rror)?: The repository '(?P<name>[^']+)' does no longer have a Release file", sure=0.95, problem="release"),
    # E: Failed to fetch http://ppa.launchpad.net/jonathonf/python-3.6/ubuntu/dists/xenial/main/binary-amd64/Packages  403  Forbidden
    sign("Failed to fetch ", r"^(?:[EW]|Error|Warning): Failed to fetch (?P<name>\S+)/dists/\S+\s+(?:HttpError)?403", sure=0.88, problem="release"),
    # E: Some index files failed to download. They have been ignored, or old ones used instead.
    sign("Some index files failed to download", r"(?:^|\W)E(?:rror)?: Some index files", sure=0.7, problem="fetch"),
    # Failed to fetch http://archive.ubuntu.com/ubuntu/pool/main/a/adduser/adduser_3.113_all.deb  404  Not Found
    sign("Failed to fetch ", r"^\s*Failed to fetch \S+/(?P<name>[^/\s]+\.deb)\s+404\s+Not Found", sure=0.85, problem="lists"),
    # E: The method driver /usr/lib/apt/methods/https could not be found.
    sign("The method driver ", r"E(?:rror)?: The method driver \S*/apt/methods/(?P<name>\w+) could not be found", sure=0.96, problem="source"),
    # E: GPG error: http://x dist InRelease: Clearsigned file isn't valid, got 'NODATA' (does the network require authentication?)
    sign("Clearsigned file isn't valid", r"GPG error: (?P<name>\S+) ", sure=0.85, problem="fetch"),
    # E: There were unauthenticated packages and -y was used without --allow-unauthenticated
    sign(": There were unauthenticated packages", sure=0.92, problem="key"),
    # E: There are problems and -y was used without --force-yes
    sign("E: There are problems and -y was used without", sure=0.88, problem="key", also="cannot be authenticated"),
    # E: Repository 'http://deb.devuan.org/merged beowulf InRelease' changed its 'Suite' value from 'testing' to 'stable'
    sign(" value from '", r"(?:^|\W)E(?:rror)?: Repository '(?P<name>[^']+)' changed its '\w+' value from", sure=0.95, problem="release"),
    # ## Your distribution, identified as "focal", is not currently supported, please contact NodeSource at …
    sign(", is not currently supported, please contact", r'distribution, identified as "(?P<name>[^"]+)"', sure=0.95, problem="release"),
    # Cannot add PPA: 'ppa:iconnor/zoneminder'.
    sign("Cannot add PPA: ", r"Cannot add PPA: '(?P<name>[^']+)'", sure=0.92, problem="source"),
    # E: Method gave invalid 103 Redirect message
    sign("E: Method gave invalid ", sure=0.7, problem="fetch"),
    # http://linuxsoft.example/repodata/repomd.xml: [Errno 14] HTTP Error 403 - Forbidden
    sign("repomd.xml: [Errno ", r"(?P<name>https?://\S+)/repodata/repomd\.xml: \[Errno", sure=0.7, problem="release"),
    # failure: repodata/repomd.xml from epel: [Errno 256] No more mirrors to try.
    sign("[Errno 256] No more mirrors to try", r"failure: \S+ from (?P<name>\S+): \[Errno 256\]", sure=0.88, problem="release"),
    # Public key for cyrus-imapd-2.5.15.28-1.10.el7.kolab_16.x86_64.rpm is not installed
    sign(" is not installed", r"^\s*Public key for (?P<name>\S+) is not installed", sure=0.55, problem="key"),
    #  Failing package is: Percona-Server-client-57-5.7.30-33.1.el7.x86_64
    sign("Failing package is: ", r"Failing package is: (?P<name>\S+)", sure=0.92, problem="key", also="GPG"),
    # GPG key retrieval failed: [Errno 14] …
    sign("GPG key retrieval failed", sure=0.9, problem="key"),
    # error: libseccomp: signature from "Levente Polyak <…>" is unknown trust
    sign(" is unknown trust", r"error: (?P<name>\S+): signature from", sure=0.93, problem="key"),
    # error: failed to commit transaction (invalid or corrupted package (PGP signature))
    sign("(invalid or corrupted package", sure=0.88, problem="key"),
    # error: no mirrors found
    sign("error: no mirrors found", sure=0.85, problem="fetch"),
    # ERROR: http://dl-cdn.example/alpine/v3.10/main: UNTRUSTED signature
    sign("UNTRUSTED signature", r"(?:ERROR|WARNING): (?P<name>\S+): UNTRUSTED signature", sure=0.93, problem="key"),
    # # WARNING! This script is deprecated. Please use the script at https://get.docker.com/
    sign("This script is deprecated. Please use the script", sure=0.7, problem="source"),
    # E: Unable to locate package git  (each release has it in its main part: no list was fetched)
    sign("Unable to locate package ", r"(?:^|\W)E(?:rror)?: Unable to locate package (?P<name>git|curl|wget|vim|sudo|build-essential|ca-certificates|gnupg|unzip|zip|gcc|g\+\+|make|cmake|python3|python3-dev|openssh-client|openssl|tar|xz-utils|bzip2|rsync|less|nano|locales|tzdata|apt-transport-https|apt-utils|libssl-dev|libffi-dev|libpq-dev|zlib1g-dev|pkg-config|perl|patch|file)$", sure=0.88, problem="lists"),
    # Warning: OpenPGP signature verification failed: http://deb.example/debian sid InRelease: Sub-process /usr/bin/sqv returned an error code (1), …
    sign("OpenPGP signature verification failed: ", r"OpenPGP signature verification failed: (?P<name>\S+ \S+)", sure=0.88, problem="key"),
    # no recorded log yet: GPG check FAILED: OpenPGP check for package "x-1.2-1.x86_64" (/var/cache/libdnf5/…) from repo "vendor" has failed: Public key is not installed.
    sign("OpenPGP check for package ", r'OpenPGP check for package "(?P<name>[^"]+)".* has failed', sure=0.93, problem="key"),
    # Error: GPG check FAILED
    sign("GPG check FAILED", r"^\s*(?:Error: )?GPG check FAILED\s*$", sure=0.88, problem="key"),
    # 14: curl#6 - "Could not resolve host: mirrorlist.centos.org; Unknown error"   (that name is gone since CentOS 7 has ended, 2024-06-30)
    sign("Could not resolve host: mirrorlist.centos.org", sure=0.95, problem="release", name="CentOS", ),
    # no recorded log yet: Errors during downloading metadata for repository 'baseos': … mirrorlist.centos.org
    sign("No URLs in mirrorlist", sure=0.93, problem="release", name="CentOS"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Package):
        if need.problem in ("lists", "release", "source", "key"):
            yield found(unmet, Facts(need.problem, need.name))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.problem == "lists":
        yield from _fetch(where)
        yield remedy.advice("Run `apt-get update &&` in the same RUN as the install.")
    elif facts.problem == "release":
        yield from _archive(where, facts)
        if facts.name == "CentOS" or "mirrorlist.centos.org" in project.output[-50_000:]:
            yield remedy.advice(
                "CentOS's packages are in its vault since it ended: `sed -i -e 's|^mirrorlist=|#mirrorlist=|' -e 's|^#\\?baseurl=http://mirror.centos.org|baseurl=http://vault.centos.org|' /etc/yum.repos.d/CentOS-*.repo` before yum; better, build on almalinux or rockylinux."
            )
        yield remedy.advice(f"Move to a release that is still carried{f': {facts.name} is not' if facts.name else ''}.")
    elif facts.problem == "key":
        yield remedy.advice("Fetch the repository's present key into /usr/share/keyrings and name it with signed-by=.")
    elif facts.problem == "own key":
        yield remedy.advice(
            "The image has its own release's keys: where they can't be read, the engine is older than the image (its seccomp filter refuses newer calls): bring Docker, runc and libseccomp2 on the host up to date. Sources of another release or distribution want that one's keyring."
        )
    elif facts.problem == "signature":
        yield remedy.advice(
            "The lists arrive damaged, most often for want of space: `docker system df`, then `docker builder prune` and `docker image prune`, or a larger disk for Docker Desktop. Else an engine older than the image (update Docker and libseccomp2), or a proxy that changes downloads."
        )
    elif facts.problem == "clock":
        yield remedy.advice(
            "The clock of the machine that builds is behind (the list is dated in its future): set it, or restart Docker Desktop or its virtual machine, whose clock stops in sleep."
        )
    elif facts.problem == "source":
        yield remedy.advice("Add the source (deb-src, backports) to the list of sources, then fetch the lists.")
    else:
        yield remedy.advice("Fetch the lists again in the same RUN; a mirror between two updates mends itself.")


def _fetch(where: Place) -> Iterator[Remedy]:
    """`apt-get update &&` before the install command."""
    text = where.source.text
    line_start = text.rfind("install", 0, where.span.start)
    start = max(text.rfind("apt-get", 0, line_start), text.rfind("apt ", 0, line_start))
    if start < 0:
        return
    name = "apt-get" if text.startswith("apt-get", start) else "apt"
    sudo = text[max(0, start - 5) : start] == "sudo "
    at = start - 5 if sudo else start
    prefix = f"{'sudo ' if sudo else ''}{name} update && "
    yield remedy.safe("Fetch the package lists in the same RUN", remedy.swap_span(where.source, Span(at, at), prefix))


def _host(name: str) -> str:
    return ".".join((name, "debian", "org"))


def _archive(where: Place | None, facts: Facts) -> Iterator[Remedy]:
    """Debian's and Ubuntu's old releases live on in an archive: the same packages, no updates any more."""
    from dockwright.facts.release import release
    from dockwright.remedy_packages import around

    spot = around(where) if where is not None else None
    if where is None or spot is None or spot.base is None or spot.base.os is None:
        return
    os = release(spot.base.os.id, spot.base.os.codename)
    if os is None or not os.archive:
        return
    if os.id == "debian":
        now, then = _host("deb"), _host("archive")
        edits = f"s|{now}/debian-security|{then}/debian-security|; s|{_host('security')}|{then}|; s|{now}|{then}|; /-updates/d"
    else:
        edits = "s|archive.ubuntu.com|old-releases.ubuntu.com|; s|security.ubuntu.com|old-releases.ubuntu.com|"
    line = f"RUN sed -i -e '{edits}' /etc/apt/sources.list"
    yield remedy.risky(
        f"Take the packages of {os.codename} from its archive",
        remedy.line_before(where.source, spot.instruction.span.start, line),
    )


CASES = (
    r"""
a key that is not there, in the words of Debian 13
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN echo "deb [signed-by=/usr/share/keyrings/none.gpg] http://archive.debian.example/debian sid main" > /etc/apt/sources.list.d/x.list && apt update
#5 0.294 Err:2 http://archive.debian.example/debian sid InRelease
#5 0.294   Sub-process /usr/bin/sqv returned an error code (1), error message is: Error: Failed to parse keyring "/usr/share/keyrings/none.gpg"  Caused by:     0: Reading "/usr/share/keyrings/none.gpg": No such file or directory (os error 2)     1: No such file or directory (os error 2)
>>#5 3.148 Warning: OpenPGP signature verification failed: http://archive.debian.example/debian sid InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Error: Failed to parse keyring "/usr/share/keyrings/none.gpg"
>>#5 3.149 Error: The repository 'http://archive.debian.example/debian sid InRelease' is not signed.
#5 ERROR: process "/bin/sh -c echo \"deb [signed-by=/usr/share/keyrings/none.gpg] http://archive.debian.example/debian sid main\" > /etc/apt/sources.list.d/x.list && apt update" did not complete successfully: exit code: 100
""",
    r"""
an earlier clean-up removed the lists
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
# found: problem=lists name=curl
RUN apt-get install -y --no-install-recommends curl
-- build.log --
#6 [3/3] RUN apt-get install -y --no-install-recommends curl
#6 0.519 Reading package lists...
#6 0.633 Building dependency tree...
#6 0.650 Reading state information...
>>#6 0.650 E: Unable to locate package curl
#6 ERROR: process "/bin/sh -c apt-get install -y --no-install-recommends curl" did not complete successfully: exit code: 100
-- mended --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y --no-install-recommends curl
""",
    r"""
a suite that has left the mirrors, and a repository that is gone
-- Dockerfile --
FROM debian:bullseye-slim
RUN echo "deb http://ftp.debian.example/debian jessie-backports main" >> /etc/apt/sources.list.d/backports.list
# found: problem=release name=jessie-backports
RUN apt-get update && apt-get install -y --no-install-recommends git
""",
    r"""
Node.js 11 was never made for Ubuntu 20.04
-- Dockerfile --
FROM ubuntu:20.04
RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates gnupg
# found: problem=release name=focal
RUN curl -sL https://deb.nodesource.com/setup_11.x | bash -
""",
    r"""
lists fetched and used in one line
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y --no-install-recommends git
RUN apt-get install -y --no-install-recommends make
""",
)
