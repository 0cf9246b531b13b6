"""A package that the line installs is not in the distribution's release.

Packages come and go with each release of a distribution: names get a new version number (`libssl1.1`), are replaced
(`netcat` by `netcat-openbsd`), or belong to a repository that the image does not know. With a base image's floating tag
the release changes under a Dockerfile that nobody touched.
"""

from __future__ import annotations

import re
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
    package: str = ""
    release: str = ""
    instead: str = ""
    version: str = ""  # the pinned version that is not there


TITLE = "{package}[ {version}] is not among the packages[ of {release}]"
WHY = "The release's package index has no such package[; {instead} is what took its place]."
EXPLAINS = ("network/gone", "system/package-conflict")

SIGNATURES = (
    # E: Unable to locate package nosuchpkg · Error: Unable to locate package nosuchpkg  (apt from 3.0 on, not apt-get)
    sign("Unable to locate package ", r"(?:^|\W)E(?:rror)?: Unable to locate package (?P<package>[^\s'\"]+)", sure=0.8),
    # E: Package 'netcat' has no installation candidate
    sign(
        "has no installation candidate",
        r"(?:(?:^|\W)E(?:rror)?: |^)Package '?(?P<package>[^\s']+)'? has no installation candidate",
        sure=0.85,
    ),
    # E: Couldn't find any package by regex 'python3.99'
    sign(
        "Couldn't find any package by",
        r"(?:^|\W)E(?:rror)?: Couldn't find any package by (?:regex|glob) '(?P<package>[^']+)'",
        sure=0.8,
    ),
    # E: Version '1.2.3' for 'curl' was not found
    sign(
        "was not found",
        r"(?:^|\W)E(?:rror)?: Version '(?P<version>[^']*)' for '(?P<package>[^']+)' was not found",
        sure=0.9,
    ),
    # E: Couldn't find task 'lamp-server'
    sign("Couldn't find task", r"(?:^|\W)E(?:rror)?: Couldn't find task '(?P<package>[^']+)'", sure=0.85),
    #   python-dev (missing):
    sign(" (missing):", r"^\s*(?:\x1b\[\w*)?\s*(?P<package>[\w.+:-]+) \(missing\):", sure=0.9),
    #   py-pip (no such package):
    sign(" (no such package):", r"^\s*(?P<package>[\w.+:-]+) \(no such package\):", sure=0.9),
    # Error: Unable to find a match: java-1.7.0-openjdk
    sign("Error: Unable to find a match: ", r"Unable to find a match: (?P<package>\S+)", sure=0.9),
    # No match for argument: libffi
    sign("No match for argument: ", r"No match for argument: (?P<package>[^\s\x1b]+)", sure=0.85),
    # No package golang available.
    sign("No package ", r"^No package (?P<package>\S+) available\.", sure=0.8),
    # microdnf: error: No package matches 'foo'
    sign("No package matches '", r"No package matches '(?P<package>[^']+)'", sure=0.85),
    #     breaks: world[openssl=1.1.1d-r2]
    sign(
        "breaks: world[",
        r"breaks: world\[(?P<package>[^=~<>\]]+)[=~<>]+(?P<version>[^\]]+)\]",
        sure=0.93,
    ),
    # error: target not found: openjpeg
    sign("error: target not found: ", r"target not found: (?P<package>\S+)", sure=0.93),
    # No provider of 'nosuchpkg' found.
    sign("No provider of '", r"No provider of '(?P<package>[^']+)' found", sure=0.93),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Package):
        if need.problem == "missing":
            yield found(unmet, Facts(need.name, need.release, need.instead))
        elif need.problem == "version":
            yield found(unmet, Facts(need.name, "", "", need.release))


# Words of a command line that end up among the packages when an `&&` before them is missing.
COMMANDS = ("apt-get", "apt", "apt-key", "autoremove", "autoclean", "yum", "apk", "rm", "echo", "update", "install")


def _renamed(old: str, new: str) -> bool:
    """The same software under another name or version: `netcat` and `netcat-openbsd`, `libpng12-dev` and `libpng-dev`."""
    one, other = (re.sub(r"(?:python3?|[\d.]+)", "", name).strip("-") for name in (old, new))
    return one in other or other in one


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    written = where.source[where.span] if where is not None else ""
    if where is not None and facts.version and written.partition("=")[0] == facts.package:
        yield remedy.risky(f"Install the release's own version of {facts.package}", remedy.swap(where, facts.package))
    elif where is not None and facts.instead and written.partition("=")[0] == facts.package:
        grade = remedy.safe if _renamed(facts.package, facts.instead) else remedy.risky
        yield grade(f"Install {facts.instead} in its place", remedy.swap(where, facts.instead))
    if facts.package in COMMANDS:
        yield remedy.advice(f"`{facts.package}` is a command, not a package: an `&&` is missing before it.")
        return
    if facts.package.startswith("linux-headers-") and facts.package[14:15].isdigit():
        yield remedy.advice(
            "`uname -r` is the kernel of the machine that builds, which the image's distribution does not know: name the headers without it (linux-headers-generic, linux-headers-amd64), or leave them out."
        )
        return
    of = f" of {facts.release}" if facts.release else ""
    yield remedy.advice(
        f"Look for {facts.package or 'the package'} among the packages{of}; add the repository that has it, or take it out."
    )


CASES = (
    r"""
apt of Debian 13 spells the word out
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN apt-get update && apt install -y nosuchpkg-x
#5 4.338 WARNING: apt does not have a stable CLI interface. Use with caution in scripts.
#5 4.340
#5 4.347 Reading package lists...
#5 4.369 Building dependency tree...
>>#5 4.728 Error: Unable to locate package nosuchpkg-x
#5 ERROR: process "/bin/sh -c apt-get update && apt install -y nosuchpkg-x" did not complete successfully: exit code: 100
""",
    r"""
Debian 13 has libgl1 in the place of libgl1-mesa-glx
-- Dockerfile --
FROM debian:trixie-slim
# found: package=libgl1-mesa-glx instead=libgl1
RUN apt-get update && apt-get install -y --no-install-recommends libgl1-mesa-glx && rm -rf /var/lib/apt/lists/*
-- build.log --
#5 [2/2] RUN apt-get update && apt-get install -y --no-install-recommends libgl1-mesa-glx && rm -rf /var/lib/apt/lists/*
#5 0.505 Get:1 http://deb.debian.example/debian trixie InRelease [140 kB]
#5 0.724 Get:2 http://deb.debian.example/debian trixie/main amd64 Packages [9678 kB]
#5 1.545 Get:3 http://deb.debian.example/debian trixie/main Translation-en [6486 kB]
#5 7.232 Fetched 16.3 MB in 7s (2405 kB/s)
#5 7.232 Reading package lists...
#5 12.05 Reading package lists...
#5 12.16 Building dependency tree...
#5 12.99 Package libgl1-mesa-glx is not available, but is referred to by another package.
#5 12.99 This may mean that the package is missing, has been obsoleted, or
#5 12.99 is only available from another source
#5 12.99
>>#5 12.99 E: Package 'libgl1-mesa-glx' has no installation candidate
#5 ERROR: process "/bin/sh -c apt-get update && apt-get install -y --no-install-recommends libgl1-mesa-glx && rm -rf /var/lib/apt/lists/*" did not complete successfully: exit code: 100
-- mended --
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgl1 && rm -rf /var/lib/apt/lists/*
""",
    r"""
Python 2's pip left Ubuntu with 20.04
-- Dockerfile --
FROM ubuntu:20.04
# found: package=python-pip instead=python3-pip
RUN apt-get update && apt-get install -y --no-install-recommends python-pip && rm -rf /var/lib/apt/lists/*
-- mended --
FROM ubuntu:20.04
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*
""",
    r"""
names that carry a version go with their release, on Alpine too
-- Dockerfile --
FROM alpine:3.20
# found: package=python-dev instead=python3-dev
# found: package=php7-cli
RUN apk add --no-cache python-dev php7-cli py3-pip

FROM ubuntu:22.04
# found: package=postgresql-client-12 instead=postgresql-client-14
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-12 python3.10-venv
COPY --from=0 /etc/alpine-release /
""",
    r"""
a vendor's repository is not where Debian's packages are
-- Dockerfile --
FROM debian:bookworm-slim
RUN echo "deb http://dl.yarnpkg.com/debian/ stable main" > /etc/apt/sources.list.d/yarn.list
# found: package=libgl1-mesa-dri-none
RUN apt-get update && apt-get install -y --no-install-recommends yarn libgl1-mesa-dri-none
""",
    r"""
another repository may have it
-- Dockerfile --
FROM debian:bookworm-slim
RUN echo "deb http://repo.example/debian bookworm main" > /etc/apt/sources.list.d/own.list
RUN apt-get update && apt-get install -y --no-install-recommends acme-agent && rm -rf /var/lib/apt/lists/*
""",
)
