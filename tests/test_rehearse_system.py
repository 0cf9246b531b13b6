"""Packages, accounts and shells as real images treat them (each line below was run on Debian 11, 12 or 13)."""

from __future__ import annotations

import pytest

from dockwright.causes.shape import causes
from dockwright.checking import check
from dockwright.finding import Finding, breaks
from dockwright.project import Project

BOOKWORM, TRIXIE, PYTHON = "debian:bookworm-slim", "debian:trixie-slim", "python:3.12-slim-bookworm"


def findings(base: str, *lines: str, files: dict[str, str] | None = None) -> list[Finding]:
    text = "\n".join((f"FROM {base}", *lines)) + "\n"
    report = check(Project.of({"Dockerfile": text, **(files or {})}))
    return [finding for target in report.targets for finding in target.findings if breaks(finding)]


def names(base: str, *lines: str, files: dict[str, str] | None = None) -> list[str]:
    return [finding.cause for finding in findings(base, *lines, files=files)]


WORKS = [
    (BOOKWORM, "RUN apt-get update && apt-get install -y curl && curl --version"),
    (BOOKWORM, "RUN apt-get update && apt-get install hostname"),  # there already: nothing to ask
    (BOOKWORM, "RUN apt-get install -y hostname"),  # needs no lists
    (BOOKWORM, "RUN apt-get update && apt-get -o APT::Get::Assume-Yes=true install curl"),
    (BOOKWORM, "RUN apt-get update && apt-get install -y 'lib*ffi-dev' g++ python3.11"),
    (BOOKWORM, "RUN apt-get update && apt-get install -y python3-venv && python3 -m venv /venv"),
    (BOOKWORM, "RUN adduser -S -D -H app7 || true"),
    (BOOKWORM, "RUN adduser --disabled-password --gecos '' a && adduser --quiet --comment x --disabled-password b"),
    (BOOKWORM, "RUN adduser --system --group c && adduser --system c && useradd -ms /bin/bash d && groupadd -f d"),
    (BOOKWORM, "RUN useradd app\nUSER app\nRUN id"),
    (BOOKWORM, "RUN adduser --system --home /srv/x e\nUSER e\nRUN touch /srv/x/f"),
    (BOOKWORM, "RUN useradd app && chown app:app /opt\nUSER app\nRUN touch /opt/x"),
    (TRIXIE, "RUN apt-get update && apt-get install -y adduser && adduser --disabled-password --gecos '' a"),
    (TRIXIE, "RUN useradd -m a && echo 'a:secret' | chpasswd"),
    ("ubuntu:24.04", "RUN userdel -r ubuntu || true; useradd -u 1000 -m a"),
    ("ubuntu:24.04", "RUN userdel ubuntu && groupadd -g 1000 a && useradd -u 1000 -g a a"),
    (TRIXIE, "RUN useradd -m -g users a && chsh -s /bin/bash a && chsh --shell=/bin/sh a && chown a: /opt"),
    (BOOKWORM, "RUN apt-get update && yes | apt-get install curl"),
    (BOOKWORM, "RUN set -e; [[ -f /etc/passwd ]] || true"),
    (BOOKWORM, "RUN if command -v curl; then curl x; fi; which git || echo none"),
    (BOOKWORM, "RUN mkdir -p /a/{b,c}"),  # dash makes one folder of that name
    (BOOKWORM, "RUN apt-get update && apt-get install -y acl; rm -rf /var/lib/apt/lists/*"),
    (PYTHON, "RUN install -d -o nobody -g nogroup -m 0700 /spool\nUSER nobody\nRUN touch /spool/x"),
]


@pytest.mark.parametrize(("base", "lines"), WORKS, ids=[lines[:60] for _, lines in WORKS])
def test_no_error_on_what_works(base: str, lines: str) -> None:
    assert names(base, lines) == []


FAILS = [
    (BOOKWORM, "RUN apt-get install -y curl", "system/apt-repository"),
    (PYTHON, "RUN apt-get install -y git", "system/apt-repository"),
    (BOOKWORM, "RUN apt-get update && apt-get install curl", "system/confirmation-needed"),
    (BOOKWORM, "RUN apt-get update && apt-get install -y nosuchpkg", "system/apt-package-missing"),
    (BOOKWORM, "RUN apt-get update && apt-get install -y netcat", "system/apt-package-missing"),
    (BOOKWORM, "RUN apt-get update && apt-get install -y --no-install-recommend curl", "system/option-unsupported"),
    (BOOKWORM, "RUN apt-get update && apt-get build-dep -y curl", "system/apt-repository"),
    (BOOKWORM, "RUN adduser --create-home a", "system/option-unsupported"),
    (BOOKWORM, "RUN adduser -D a", "system/option-unsupported"),
    (BOOKWORM, "RUN addgroup -S a", "system/option-unsupported"),
    (TRIXIE, "RUN adduser a", "system/command-missing"),
    (BOOKWORM, "RUN useradd --disabled-password a", "system/option-unsupported"),
    (BOOKWORM, "RUN useradd -G docker a", "system/user-missing"),
    (BOOKWORM, "RUN usermod -aG sudo a", "system/user-missing"),
    (BOOKWORM, "RUN useradd a && useradd a", "dockerfile/path-exists"),
    (BOOKWORM, "RUN groupadd www-data", "dockerfile/path-exists"),
    (BOOKWORM, "RUN sudo ls", "system/command-missing"),
    (BOOKWORM, "USER app\nRUN id", "system/user-missing"),
    (BOOKWORM, "USER nobody\nRUN touch /x", "system/permission-denied"),
    (BOOKWORM, "USER nobody\nRUN useradd x", "system/permission-denied"),
    (BOOKWORM, "RUN source /etc/profile", "dockerfile/shell-dialect"),
    (BOOKWORM, "RUN pushd /tmp && ls", "dockerfile/shell-dialect"),
    (BOOKWORM, "RUN a=(1 2); echo ok", "dockerfile/shell-dialect"),
    (BOOKWORM, "RUN set -o pipefail; ls", "dockerfile/shell-dialect"),
    (BOOKWORM, "RUN for x in a b; do echo $x", "dockerfile/shell-syntax"),
    ("alpine:3.20", "RUN bash -c ls", "system/command-missing"),
    ("alpine:3.20", "RUN useradd app", "system/command-missing"),
    ("alpine:3.20", "RUN adduser --disabled-password --create-home app", "system/option-unsupported"),
]


@pytest.mark.parametrize(("base", "lines", "cause"), FAILS, ids=[lines[:60] for _, lines, _ in FAILS])
def test_error_on_what_fails(base: str, lines: str, cause: str) -> None:
    assert names(base, lines) == [cause]


def test_a_release_that_left_the_mirrors() -> None:
    assert names("debian:buster-slim", "RUN apt-get update && apt-get install -y curl") == ["system/apt-repository"]
    moved = "RUN sed -i s/deb/archive/ /etc/apt/sources.list && apt-get update && apt-get install -y curl"
    assert names("debian:buster-slim", moved) == []


def test_every_failure_shows_at_once() -> None:
    lines = ("RUN adduser --create-home app", "RUN curl -V", "RUN chown web /opt")
    assert names(BOOKWORM, *lines) == ["system/option-unsupported", "system/command-missing", "system/user-missing"]


def test_a_purged_package_takes_its_command_along() -> None:
    lines = ("RUN apt-get update && apt-get install -y make", "RUN apt-get purge -y make", "RUN make --version")
    assert names(BOOKWORM, *lines) == ["system/command-missing"]


@pytest.mark.parametrize(
    ("line", "cause", "facts"),
    [
        ("/bin/sh: 1: curl: not found", "system/command-missing", {"command": "curl"}),
        ("bash: line 1: uv: command not found", "system/command-missing", {"command": "uv"}),
        ("E: Unable to locate package nosuchpkg", "system/apt-package-missing", {"package": "nosuchpkg"}),
        (
            "E: Version '1.2.3' for 'curl' was not found",
            "system/apt-package-missing",
            {"package": "curl", "version": "1.2.3"},
        ),
        ("Continue? [Y/n] Abort.", "system/confirmation-needed", {"command": "apt-get install"}),
        ("useradd: group 'docker' does not exist", "system/user-missing", {"name": "docker", "kind": "group"}),
        ("chown: invalid group: 'u1:nogrp'", "system/user-missing", {"name": "nogrp", "kind": "group"}),
        ("adduser: The user `app2' already exists.", "dockerfile/path-exists", {"name": "app2", "kind": "user"}),
        ("useradd: UID 1000 is not unique", "dockerfile/path-exists", {"name": "1000"}),
        ("useradd: invalid option -- 'S'", "system/option-unsupported", {"command": "useradd", "option": "S"}),
        ("touch: cannot touch '/x': Permission denied", "system/permission-denied", {"path": "/x", "what": "write"}),
        (
            "/bin/sh: 1: ./publish.py: Permission denied",
            "system/permission-denied",
            {"path": "./publish.py", "what": "execute"},
        ),
        ("sh: 1: cannot create /x: Permission denied", "system/permission-denied", {"path": "/x", "what": "write"}),
        ("/usr/bin/ld: cannot find -lz", "system/header-missing", {"header": "z"}),
        (
            "src/pyodbc.h:56:10: fatal error: sql.h: No such file or directory",
            "system/header-missing",
            {"header": "sql.h"},
        ),
        ("make: git: Command not found", "system/toolchain-missing", {"command": "git"}),
    ],
)
def test_signatures(line: str, cause: str, facts: dict[str, str]) -> None:
    bound = next(found for signature in causes()[cause].signatures if (found := signature.match(line)) is not None)
    assert {name: bound.get(name, "write" if name == "what" else None) for name in facts} == facts
