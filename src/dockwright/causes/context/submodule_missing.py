"""The source needs git submodules, and they were not fetched into the build context.

`git clone` without --recursive leaves the submodules' folders empty; COPY brings them empty into the image.
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
    path: str = ""
    asked_by: str = ""


TITLE = "The git submodule[ {path}] is not there"
WHY = "Its folder is empty, or not there at all."
EXPLAINS = (
    "build/configure-failed",
    "build/dependency-missing",
    "build/file-missing",
    "build/compile-error",
    "context/project-metadata-missing",
    "deps/build-failed",
)

SIGNATURES = (
    # Git submodules not initialized, execute:
    sign('ubmodules not initialized', sure=0.95),
    # modules/policy/meson.build:24:2: ERROR:  Problem encountered: run "git submodule update --init --recursive" to initialize git submodules
    sign('git submodule update --init', r"(?i)(?:run|try|execute|use|missing|please|submodule).*git submodule update --init", sure=0.88),
    # git submodule update --init
    sign('git submodule update --init', r"^\s*git submodule update --init", sure=0.8),
    #   does not contain a CMakeLists.txt file.
    sign('does not contain a CMakeLists.txt file', sure=0.75, also='(add_subdirectory)', asked_by='CMake'),
    # make[1]: *** No targets specified and no makefile found.  Stop.
    sign('No targets specified and no makefile found', r"make\[\d+\]: \*\*\* No targets", sure=0.7, asked_by='make'),
    # error: Failed to import waf (No module named waflib) / Are submodules up to date?
    sign('Are submodules up to date?', sure=0.93),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Fetch them before the build (git submodule update --init --recursive), or clone with --recursive in the image."
    )


CASES = (
    r"""
Meson
-- from --
sw-0902 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 20/28 : RUN cd /tmp/knot-resolver && 	meson build_docker --buildtype=plain --prefix=/usr --libdir=lib -Dc_args="-O2 -fstack-protector -g" && 	DESTDIR=/tmp/root ninja -C build_docker install && 	cp /tmp/root/usr/share/doc/knot-resolver/examples/config.docker /tmp/root/etc/knot-resolver/kresd.con
Configuring http.lua using configuration
>>modules/policy/meson.build:24:2: ERROR:  Problem encountered: run "git submodule update --init --recursive" to initialize git submodules
The command '/bin/sh -c cd /tmp/knot-resolver && 	meson build_docker --buildtype=plain --prefix=/usr --libdir=lib -Dc_args="-O2 -fstack-protector -g" && 	DESTDIR=/tmp/root ninja -C build_docker install && 	cp /tmp/root/usr/share/doc/knot-resolver/examples/config.docker /tmp/root/etc/knot-resolver/kr
""",
    r"""
CMake
-- from --
sw-0491 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/5 : RUN mkdir /build  && cmake -S /src -B /build -G Ninja -DEVMONE_TESTING=ON -DHUNTER_ROOT=/build  && cmake --build /build --target install  && ldconfig  && rm /build -rf  && adduser --disabled-password --no-create-home --gecos '' evmone
 ---> Running in de3ac0eb4c44
CMake Error at CMakeLists.txt:8 (message):
>>  Git submodules not initialized, execute:
The command '/bin/sh -c mkdir /build  && cmake -S /src -B /build -G Ninja -DEVMONE_TESTING=ON -DHUNTER_ROOT=/build  && cmake --build /build --target install  && ldconfig  && rm /build -rf  && adduser --disabled-password --no-create-home --gecos '' evmone' returned a non-zero code: 1
""",
    r"""
waf
-- from --
sw-1492 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 13/27 : RUN ./waf configure
 ---> Running in f7fc0f71ae32
error: Failed to import waf (No module named waflib)
>>Are submodules up to date? Try 'git submodule update --init --recursive'
The command '/bin/sh -c ./waf configure' returned a non-zero code: 1
""",
    r"""
CMake and a submodule
-- from --
sw-0028 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/13 : RUN  mkdir /tifig/build && cd /tifig/build && cmake .. && make
CMake Error at CMakeLists.txt:57 (add_subdirectory):
    /tifig/lib/cxxopts
>>  does not contain a CMakeLists.txt file.
The command '/bin/sh -c mkdir /tifig/build && cd /tifig/build && cmake .. && make' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
