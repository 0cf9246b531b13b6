"""A system package could not be unpacked, or its own set-up script failed.

dpkg, rpm and apk run scripts of the package. In a build they find no systemd, no terminal, no /dev, a clock or kernel that they
do not expect; an error in one leaves the package half configured and ends the step.
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
    package: str = ""
    why: str = ""


TITLE = "{package} can't be unpacked or set up[: {why}]"
WHY = "The package manager stops at it and reports the failure as its own."
EXPLAINS = ("build/file-missing",)

SIGNATURES = (
    # dpkg: error processing package util-linux (--configure):
    sign('dpkg: error processing ', r"dpkg: error processing (?:package |archive )?(?P<package>\S+)", sure=0.85),
    # subprocess installed post-installation script returned error exit status 1
    sign('script returned error exit status', r"(?P<why>(?:post|pre)-(?:installation|removal) script).* returned error exit status", sure=0.83, package='a package'),
    # E: Sub-process /usr/bin/dpkg returned an error code (1)
    sign('dpkg returned an error code (1)', sure=0.8, package='a package'),
    # Errors were encountered while processing:
    sign('Errors were encountered while processing', sure=0.75, package='a package'),
    # ERROR: busybox-1.31.1-r16.trigger: script exited with error 1
    sign(': script exited with error ', r"ERROR: (?P<package>\S+?)(?:\.(?P<why>[\w-]+))?: script exited with error", sure=0.85),
    # 1 error; 244 MiB in 53 packages
    sign(' MiB in ', r"^[1-9]\d* errors?; \d+ MiB in \d+ packages", sure=0.7, package='a package'),
    # Error unpacking rpm package httpd-2.4.6-93.el7.centos.x86_64
    sign('Error unpacking rpm package ', r"unpacking rpm package (?P<package>\S+)", sure=0.9),
    # error: %pre(x-1.0-1.x86_64) scriptlet failed, exit status 1
    sign('scriptlet failed, exit status', r"%\w+\((?P<package>[^)]+)\) scriptlet failed", sure=0.75),
    # Error: Error unpacking … cpio: chown / cap_set_file
    sign('cpio: ', r"unpacking of archive failed on file (?P<package>[^:]+).*: cpio: (?P<why>.+)", sure=0.9),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Read what the script says above; set DEBIAN_FRONTEND=noninteractive, give it the user, folder or locale that it wants, or take a release of the package that suits the image."
    )


CASES = (
    r"""
dpkg and tinc
-- from --
sw-0864 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/8 : RUN echo "deb http://http.debian.net/debian experimental main" >> /etc/apt/sources.list &&     apt-get update &&     DEBIAN_FRONTEND=noninteractive apt-get install -y net-tools &&     DEBIAN_FRONTEND=noninteractive apt-get install -y -t experimental tinc &&     apt-get clean && rm -rf /va
Setting up tinc (1.1~pre17-1.2) ...
/var/lib/dpkg/info/tinc.postinst: 10: cannot create /etc/tinc/nets.boot: Directory nonexistent
>>dpkg: error processing package tinc (--configure):
 installed tinc package post-installation script subprocess returned error exit status 2
The command '/bin/sh -c echo "deb http://http.debian.net/debian experimental main" >> /etc/apt/sources.list &&     apt-get update &&     DEBIAN_FRONTEND=noninteractive apt-get install -y net-tools &&     DEBIAN_FRONTEND=noninteractive apt-get install -y -t experimental tinc &&     apt-get clean && r
""",
    r"""
apk
-- from --
sw-1074 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 2/15 : RUN apk add --update openssl dovecot dovecot-mysql python spamassassin supervisor make g++ wget
Error relocating /usr/bin/openssl: SRP_VBASE_get1_by_user: symbol not found
Error relocating /usr/bin/openssl: SRP_user_pwd_free: symbol not found
>>ERROR: dovecot-2.2.19-r0.post-install: script exited with error 2
(8/80) Installing mariadb-common (5.5.54-r0)
The command '/bin/sh -c apk add --update openssl dovecot dovecot-mysql python spamassassin supervisor make g++ wget' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
