"""A script is there, and what its first line names is not.

`#!/usr/local/bin/python3.11` in a script of a virtual environment that was made in another stage, `#!/bin/bash` on an image that
has sh alone. The shell and the engine then say that the script itself is not found. The same is said of a program whose loader is
missing: one made for glibc on Alpine.
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
    script: str = ""
    interpreter: str = ""


TITLE = "{script} can't run: its interpreter [{interpreter} ]is not in the image"
WHY = "The first line of a script names the program that reads it, by its whole path."
EXPLAINS = ("runtime/entrypoint-missing", "runtime/line-endings", "system/command-missing", "runtime/crash")

SIGNATURES = (
    # /app/entrypoint.sh: line 84: /app/.venv/bin/uvicorn: cannot execute: required file not found      (bash 5.2 and newer)
    sign(': cannot execute: required file not found', r"(?P<script>[^\s:]+): cannot execute: required file not found", sure=0.93),
    # bash: /opt/venv/bin/pip: /opt/python/bin/python3.9: bad interpreter: No such file or directory
    sign(': bad interpreter: ', r"(?P<script>[^\s:]+): (?P<interpreter>/[^\s:^]+): bad interpreter: No such file", sure=0.95),
    # exec /app/.venv/bin/uvicorn: no such file or directory      (a missing script itself is told by its stat)
    sign(': no such file or directory', r"\bexec (?P<script>/\S*venv/bin/[\w.-]+): no such file or directory", sure=0.93),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if "/bin/" in facts.script and not facts.script.startswith(("/bin/", "/usr/")):
        yield remedy.advice(
            "A virtual environment works with the very Python, at the very path, that it was made with: take one base image for both stages, make and copy it to the same folder, and with uv's own Pythons set UV_PYTHON_INSTALL_DIR and copy that too, or UV_PYTHON_DOWNLOADS=never."
        )
    yield remedy.advice(
        "Name an interpreter that the image has (`#!/usr/bin/env python3`, `#!/bin/sh`), install it, and store the script with LF line ends."
    )


CASES = (
    r"""
a virtual environment of another stage
-- build.log --
>>/app/entrypoint.sh: line 84: /app/.venv/bin/uvicorn: cannot execute: required file not found
""",
    r"""
the engine's words
-- build.log --
web-1  | exec /app/.venv/bin/uvicorn: no such file or directory
>>web-1  | exec /app/.venv/bin/uvicorn: no such file or directory
web-1 exited with code 255
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
