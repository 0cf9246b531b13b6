"""rpm finds its database changed under it, as the image's layers lie on overlayfs.

Old yum opens the database for reading first and for writing later; on overlayfs the second is another file, and yum stops
after all packages are installed.
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


TITLE = "rpm's database does not agree with itself[ after {package}]"
WHY = "The file was copied up between yum's first and second look at it."

SIGNATURES = (
    # Rpmdb checksum is invalid: dCDPT(pkg checksums): wget.x86_64 0:1.12-10.el6 - u
    sign('Rpmdb checksum is invalid', r"pkg checksums\): (?P<package>\S+)", sure=0.97),
    # Rpmdb checksum is invalid: dCDPT(pkg checksums)
    sign('Rpmdb checksum is invalid', sure=0.96),
    # error: rpmdb: BDB0113 Thread/process 1/139 failed: BDB1507 Thread died in Berkeley DB library
    sign('died in Berkeley DB library', sure=0.93),
    # error: db5 error(-30973) from dbenv->failchk: BDB0087 DB_RUNRECOVERY: Fatal error, run database recovery
    sign('DB_RUNRECOVERY', sure=0.93),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice("Put `touch /var/lib/rpm/*` before yum in the same RUN, or install yum-plugin-ovl first.")


CASES = (
    r"""
yum
-- from --
sw-0787 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/50 : RUN yum -y install wget &&     wget --no-check-certificate --no-cookies --header "Cookie: oraclelicense=accept-securebackup-cookie" http://download.oracle.com/otn-pub/java/jdk/8u65-b17/jdk-8u65-linux-x64.rpm &&     echo "1e587aca2514a612b10935813b1cef28  jdk-8u65-linux-x64.rpm" >> MD5SUM
>>Rpmdb checksum is invalid: dCDPT(pkg checksums): wget.x86_64 0:1.12-10.el6 - u
The command '/bin/sh -c yum -y install wget &&     wget --no-check-certificate --no-cookies --header "Cookie: oraclelicense=accept-securebackup-cookie" http://download.oracle.com/otn-pub/java/jdk/8u65-b17/jdk-8u65-linux-x64.rpm &&     echo "1e587aca2514a612b10935813b1cef28  jdk-8u65-linux-x64.rpm" >
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
