"""Settings with which a build fails before, or as soon as, a process starts; each outcome was seen on Docker Engine 28.5 (2026-11-22)."""

from __future__ import annotations

import pytest

import dockwright
from dockwright.finding import Severity
from dockwright.project import Project

BASE = "FROM debian:bookworm-slim\n"
FILES = {"a": "1\n", "b": "2\n", "p.json": "{}"}


def causes(text: str) -> list[str]:
    report = dockwright.check(Project.of({**FILES, "Dockerfile": text}))
    return [each.cause for target in report.targets for each in target.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (BASE + 'SHELL ["/bin/bash", "-o pipefail", "-c"]\nRUN true\n', "dockerfile/shell-syntax"),
        (BASE + 'SHELL ["/bin/bash"]\nRUN true\n', "dockerfile/shell-syntax"),
        (BASE + 'SHELL ["/bin/sh", "-o", "pipefail", "-c"]\nRUN true\n', "dockerfile/shell-dialect"),
        (BASE + "USER root:nogrp\nRUN true\n", "system/user-missing"),
        ("FROM scratch\nCOPY --chown=app:app a /a\n", "system/user-missing"),
        (BASE + "RUN <<E\n#!/usr/bin/env python3\nprint(1)\nE\n", "system/command-missing"),
        (BASE + "RUN --network=host true\n", "dockerfile/syntax"),
        (BASE + "WORKDIR /etc/passwd\nRUN true\n", "dockerfile/syntax"),
        (BASE + "WORKDIR /etc/passwd/below\n", "dockerfile/syntax"),
        (BASE + "COPY ['a', '/b']\n", "dockerfile/syntax"),
        (BASE + "COPY [a, /b/]\n", "dockerfile/syntax"),
        ("# syntax=docker/dockerfile: 1\n" + BASE, "dockerfile/syntax"),
        ("# syntax=docker/Dockerfile:1\n" + BASE, "dockerfile/syntax"),
        ("# syntax=docker/dokcerfile:1\n" + BASE, "image/not-found"),
        (BASE.replace("slim", "slim AS a") + "ONBUILD RUN\nFROM a\n", ""),
        (BASE.replace("slim", "slim AS a") + "ONBUILD COPY a\nFROM a\n", "dockerfile/syntax"),
        ("FROM scratch AS a\nENV X=1\n" + BASE + "COPY --from=a /out/app /app\n", "dockerfile/stage-path-missing"),
    ],
)
def test_fails(text: str, cause: str) -> None:
    assert set(causes(text)) == ({cause} if cause else set())


@pytest.mark.parametrize(
    "text",
    [
        'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN true\n',
        'SHELL ["/bin/bash", "-euxc"]\nRUN true\n',
        'SHELL ["/bin/bash", "--login", "-c"]\nRUN true\n',
        'SHELL ["/bin/bash"]\nRUN ["true"]\n',
        "USER root:root\nRUN true\n",
        "USER 12:34\nRUN true\n",
        "RUN groupadd app\nUSER root:app\nRUN true\n",
        "COPY --chown=100:100 a /a\n",
        "COPY [ab] /d/\n",
        "COPY p[a-z.]*.json /d/\n",
        'COPY ["a", "/b"]\n',
        "WORKDIR /etc\nWORKDIR new/one\nRUN true\n",
        "RUN <<E\n#!/bin/bash\ntrue\nE\n",
        "EXPOSE 80 443/tcp 8080-8090/udp\nSTOPSIGNAL SIGRTMIN+3\nVOLUME /data\n",
        "ARG PORT=80\nEXPOSE $PORT\nENV A=${PORT:?}\n",
    ],
)
def test_works(text: str) -> None:
    assert causes(BASE + text) == []


def test_a_service_that_is_built_on_the_hosts_network_may_ask_for_it() -> None:
    service = "services:\n  web:\n    build: {context: ., network: host}\n"
    report = dockwright.check(Project.of({"compose.yaml": service, "Dockerfile": BASE + "RUN --network=host true\n"}))
    assert [each.cause for target in report.targets for each in target.findings] == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("!", 'illegal exclusion pattern: "!"'),
        ("[", "syntax error in pattern"),
        ("[x-]", "syntax error in pattern"),
        ("a/[b", "syntax error in pattern"),
        ("!!a", ""),
        ("***", ""),
        ("#[", ""),
    ],
)
def test_an_ignore_file_with_a_pattern_that_is_none(line: str, message: str) -> None:
    files = {"Dockerfile": "FROM scratch\nCOPY . /\n", ".dockerignore": f"*.pyc\n\n{line}\n"}
    report = dockwright.check(Project.of(files))
    found = [each for target in report.targets for each in target.findings]
    assert [str(getattr(each.facts, "message", "")) for each in found] == ([message] if message else [])
    assert all(each.where and (each.where.source.name, each.where.line) == (".dockerignore", 3) for each in found)
