"""System packages that the step asks for can't be installed together.

A repository of another release, a package of another version that the image already has, or a .deb without what it depends
on: apt speaks of unmet dependencies and held broken packages, apk of unsatisfiable constraints, dnf of conflicting requests.
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
    needs: str = ""
    why: str = ""


TITLE = "{package} can't be installed[: it needs {needs}][, {why}]"
WHY = "Its dependencies are not to be had from the repositories of this image in versions that fit."
EXPLAINS = ("system/package-script-failed",)

SIGNATURES = (
    #  vim : Depends: vim-common (= 2:7.4.052-1ubuntu3) but 2:7.4.052-1ubuntu3.1 is to be installed
    sign(' : Depends: ', r"^\s*(?P<package>\S+) : (?:Pre-)?Depends: (?P<needs>.+?) but (?P<why>.+)", sure=0.93, also='dependencies:'),
    #  winehq-stable : Depends: wine-stable (= 5.0.1~bionic)
    sign(' : Depends: ', r"^\s*(?P<package>\S+) : (?:Pre-)?Depends: (?P<needs>.+)", sure=0.92, also='unmet dependencies'),
    # E: Unable to correct problems, you have held broken packages.
    sign('you have held broken packages', sure=0.9, package='a package'),
    # E: Unmet dependencies. Try 'apt-get -f install' with no packages (or specify a solution).
    sign(': Unmet dependencies', sure=0.9, package='a package'),
    # E: Error, pkgProblemResolver::Resolve generated breaks, this may be caused by held packages.
    sign('pkgProblemResolver::Resolve generated breaks', sure=0.9, package='a package'),
    #  trying to overwrite '/usr/bin/x', which is also in package y 1.0-1
    sign(', which is also in package ', r"trying to overwrite '(?P<why>[^']+)', which is also in package (?P<package>\S+)", sure=0.93),
    # E: Broken packages
    sign(': Broken packages', r"^E(?:rror)?: Broken packages", sure=0.85, package='a package'),
    # dpkg: dependency problems prevent configuration of screamingfrogseospider:
    sign('dependency problems prevent ', r"dependency problems prevent \w+ of (?P<package>[^\s:]+)", sure=0.8, also='Errors were encountered while processing'),
    #  pre-dependency problem - not installing erlang-solutions
    sign('pre-dependency problem - not installing ', r"not installing (?P<package>\S+)", sure=0.92),
    # ERROR: unable to select packages:
    sign('unsatisfiable constraints:', sure=0.7, package='a package'),
    # ERROR: unable to select packages:
    sign('ERROR: unable to select packages:', sure=0.7, package='a package'),
    #     conflicts: libressl-dev-2.5.5-r0
    sign('conflicts: ', r"^\s+conflicts:\s+(?P<needs>\S+)", sure=0.9, package='a package', also='ERROR: un'),
    #     required by: rtmpdump-dev-2.4_git20160909-r2[libressl-dev]
    sign('[so:', r"^\s+(?P<package>[\w.+-]+)\[so:(?P<needs>[^\]]+)\]", sure=0.75, also='unsatisfiable constraints'),
    # Error: Package: glibc-2.17-307.el7.1.i686 (base)
    sign('Error: Package: ', r"Error: Package: (?P<package>\S+)", sure=0.9),
    #  - nothing provides libfoo.so.1 needed by bar-1.0-1.fc33.x86_64
    sign('nothing provides ', r"nothing provides (?P<needs>.+?) needed by (?P<package>\S+)", sure=0.93),
    #  Problem: conflicting requests
    sign('Problem: conflicting requests', sure=0.9, package='a package'),
    # Error: Protected multilib versions: libgcc-4.8.5-39.el7.i686 != libgcc-4.8.5-36.el7.x86_64
    sign('Protected multilib versions', r"Protected multilib versions: (?P<package>\S+)", sure=0.95),
    #   file /usr/bin/x from install of a conflicts with file from package b
    sign('conflicts with file from package', r"from install of (?P<package>\S+) conflicts with file from package (?P<needs>\S+)", sure=0.95),
    # error: Failed dependencies:
    sign('error: Failed dependencies:', sure=0.9, package='a package'),
    #         libfoo is needed by bar-1.0-1.noarch
    sign(' is needed by ', r"^\s*(?P<needs>\S+(?: [<>=]+ \S+)?) is needed by (?P<package>\S+)$", sure=0.88),
    # error: unresolvable package conflicts detected
    sign('unresolvable package conflicts detected', sure=0.95, package='a package'),
    # error: failed to prepare transaction (could not satisfy dependencies)
    sign('could not satisfy dependencies', sure=0.9, package='a package'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Take the packages from the repository of the image's own release, leave out the pin that holds one back, or begin from an image of the release that the repository is for."
    )


CASES = (
    r"""
apt
-- from --
sw-0421 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 8/24 : RUN apt-get -y install vim git sudo zip bzip2 fontconfig curl
The following packages have unmet dependencies:
>> vim : Depends: vim-common (= 2:7.4.052-1ubuntu3) but 2:7.4.052-1ubuntu3.1 is to be installed
E: Unable to correct problems, you have held broken packages.
The command '/bin/sh -c apt-get -y install vim git sudo zip bzip2 fontconfig curl' returned a non-zero code: 100
""",
    r"""
apt with another release
-- from --
sw-0498 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 3/13 : RUN echo deb http://deb.debian.example/debian stretch-backports main > /etc/apt/sources.list.d/stretch-backports.list && apt update && apt install -t stretch-backports -y python3-pip octave liboctave-dev libnetcdf-dev && octave --eval 'pkg install -verbose -forge netcdf io struct statist
The following packages have unmet dependencies:
                 Depends: libgl1-mesa-dev but it is not going to be installed or
                          libgl-dev
>> octave : Depends: libfltk-gl1.3 (>= 1.3.0) but it is not going to be installed
          Depends: libgl1-mesa-glx but it is not going to be installed or
The command '/bin/sh -c echo deb http://deb.debian.example/debian stretch-backports main > /etc/apt/sources.list.d/stretch-backports.list && apt update && apt install -t stretch-backports -y python3-pip octave liboctave-dev libnetcdf-dev && octave --eval 'pkg install -verbose -forge netcdf io struct
""",
    r"""
dpkg and what it does not fetch
-- from --
sw-0748 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 14/24 : RUN dpkg -i $ERLANG_DEB1 && rm $ERLANG_DEB1
dpkg: error processing archive erlang-solutions_1.0_all.deb (--install):
>> pre-dependency problem - not installing erlang-solutions
Errors were encountered while processing:
The command '/bin/sh -c dpkg -i $ERLANG_DEB1 && rm $ERLANG_DEB1' returned a non-zero code: 1
""",
    r"""
apt 3
-- build.log --
#5 ERROR: process "/bin/sh -c apt-get update && apt-get install -y --no-install-recommends equivs && printf 'Package: needs-old\\nVersion: 1\\nDepends: libc6 (<< 2.0)\\n' > c && equivs-build c && apt-get install -y ./needs-old_1_all.deb" did not complete successfully: exit code: 100
------
 > [2/2] RUN apt-get update && apt-get install -y --no-install-recommends equivs && printf 'Package: needs-old\nVersion: 1\nDepends: libc6 (<< 2.0)\n' > c && equivs-build c && apt-get install -y ./needs-old_1_all.deb:
86.47
86.47 The following packages have unmet dependencies:
>>86.47  needs-old : Depends: libc6 (< 2.0) but 2.41-12+deb13u4 is to be installed
86.47 E: Unable to correct problems, you have held broken packages.
86.47 E: The following information from --solver 3.0 may provide additional context:
86.47    Unable to satisfy dependencies. Reached two conflicting decisions:
86.47    1. needs-old:amd64=1 is selected for install
86.47    2. needs-old:amd64 Depends libc6 (< 2.0)
86.47       but none of the choices are installable:
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
