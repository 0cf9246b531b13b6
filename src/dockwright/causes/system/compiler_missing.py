"""A package is compiled during the build, and the image has no C or C++ compiler.

pip found no wheel for this Python and platform and builds from the sources. Slim and alpine images carry no compiler. Often
the better way is a version, a Python or a base image for which there is a wheel.
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
    command: str = "gcc"
    asked_by: str = ""


TITLE = "[{asked_by} is compiled, and ]{command} is not in the image"
WHY = "There is no compiler to build it with; no wheel for this Python and platform was taken."
EXPLAINS = (
    "deps/build-failed",
    "deps/platform-wheel-missing",
    "system/command-missing",
    "build/compile-error",
    "build/configure-failed",
    "build/dependency-missing",
    "node/build-failed",
)

SIGNATURES = (
    # unable to execute 'gcc': No such file or directory
    sign(
        "unable to execute '",
        r"unable to execute '(?:\S*/)?(?P<command>\S*(?:gcc|g\+\+|cc|c\+\+|clang)[\d.-]*)': No such file",
        sure=0.97,
    ),
    # error: command 'gcc' failed: No such file or directory
    sign(
        " failed: No such file or directory",
        r"command '(?:\S*/)?(?P<command>\S*(?:gcc|g\+\+|cc|c\+\+|clang)[\d.-]*)' failed: No such file",
        sure=0.97,
    ),
    # FileNotFoundError: [Errno 2] No such file or directory: 'gcc'
    sign(
        "No such file or directory: '",
        r"No such file or directory: '(?P<command>gcc|g\+\+|cc|c\+\+|x86_64-linux-gnu-gcc|make)'",
        sure=0.95,
    ),
    # configure: error: no acceptable C compiler found in $PATH
    sign("no acceptable C compiler found", sure=0.97, command="gcc"),
    # ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang'], …        (meson)
    sign("Unknown compiler(s): [[", r"Unknown compiler\(s\): \[\['(?P<command>[^']+)'", sure=0.95),
    # error: linker `cc` not found        (cargo)
    sign("error: linker `", r"error: linker `(?P<command>[^`]+)` not found", sure=0.95),
    # CMake Error: CMAKE_C_COMPILER not set, after EnableLanguage
    sign("_COMPILER not set, after EnableLanguage", sure=0.85),
    # No CMAKE_CXX_COMPILER could be found.
    sign("_COMPILER could be found", r"No CMAKE_(?P<command>C|CXX)_COMPILER could be found", sure=0.93),
    # RuntimeError: Broken toolchain: cannot link a simple C program
    sign("Broken toolchain: cannot link a simple C program", sure=0.9),
    # gcc: error trying to exec 'cc1plus': execvp: No such file or directory        (gcc without g++)
    sign("error trying to exec 'cc1plus'", sure=0.97, command="g++"),
    # gyp ERR! stack Error: not found: make
    sign("Error: not found: make", sure=0.95, command="make"),
)
COMPILERS = frozenset(["gcc", "g++", "cc", "c++", "make", "clang", "gfortran", "ld"])


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Command):
        if need.asked_by and need.name in COMPILERS:
            yield found(unmet, Facts(need.name, need.asked_by))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_packages import around, install
    from dockwright.remedy_python import older_python, releases_of

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    older = older_python(where, releases_of(finding.evidence)) if where is not None else None
    if older is not None:
        yield remedy.risky(f"Build on Python {older[0]}, for which there are wheels", *older[1])
    spot = around(where) if where is not None else None
    if where is not None and spot is not None and spot.manager is not None:
        package = (
            "gfortran"
            if facts.command == "gfortran"
            else {"apt": "build-essential", "apk": "build-base"}.get(spot.manager, "gcc-c++")
        )
        edit = install(where, package, spot)
        if edit is not None:
            yield remedy.safe(f"Install {package}", edit)
    yield remedy.advice(
        "Take a version or a Python for which there is a wheel, or install a compiler before this line."
    )


CASES = (
    r"""
netifaces has no wheel for this Python
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN pip install --no-cache-dir netifaces==0.11.0
-- build.log --
#5 [2/2] RUN pip install --no-cache-dir netifaces==0.11.0
#5 14.32 Collecting netifaces==0.11.0
#5 15.19   Downloading netifaces-0.11.0.tar.gz (30 kB)
#5 40.12       gcc -fno-strict-overflow -Wsign-compare -DNDEBUG -g -O3 -Wall -fPIC -DNETIFACES_VERSION=0.11.0 -I/usr/local/include/python3.12 -c netifaces.c -o build/temp.linux-x86_64-cpython-312/netifaces.o
>>#5 40.12       error: [Errno 2] No such file or directory: 'gcc'
#5 40.12       [end of output]
#5 42.40 [notice] A new release of pip is available: 25.0.1 -> 26.3
#5 42.40 [notice] To update, run: pip install --upgrade pip
#5 42.42 ERROR: Failed to build installable wheels for some pyproject.toml based projects (netifaces)
#5 ERROR: process "/bin/sh -c pip install --no-cache-dir netifaces==0.11.0" did not complete successfully: exit code: 1
""",
    r"""
with a compiler there is nothing to find
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir netifaces==0.11.0
""",
)
