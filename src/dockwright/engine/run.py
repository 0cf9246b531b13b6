"""Runs an engine's commands: finds the engine, streams its output, ends it cleanly when interrupted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from dockwright.engine import argv
from dockwright.errors import PREREQUISITE, ToolError

Engine = str  # docker, buildah, podman
GRACE = 10  # seconds that an interrupted engine gets to end


class Ran(Struct, frozen=True):
    code: int
    output: str
    seconds: float


def find_engine(wanted: str | None = None) -> Engine:
    """The engine to use: the one asked for, else the first that answers. Raises ToolError when there is none."""
    tried = []
    for name in (wanted,) if wanted else ("docker", "podman", "buildah"):
        if name not in argv.BUILDERS:
            raise ToolError(
                "engine-unknown",
                f"{name} is no engine that dockwright knows",
                hint=f"one of {', '.join(argv.BUILDERS)}",
            )
        if shutil.which(name) is None:
            tried.append(f"{name} is not installed")
        elif not _answers(name):
            tried.append(f"{name} is installed but does not answer")
        else:
            return name
    raise ToolError(
        "engine-missing", "; ".join(tried), hint="start an engine, or use --verify rehearse", exit_code=PREREQUISITE
    )


def _answers(name: str) -> bool:
    try:
        return all(
            subprocess.run(words, capture_output=True, timeout=20, check=False).returncode == 0
            for words in (argv.PROBES[name], argv.REACHED[name])
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def build(engine: Engine, request: argv.BuildRequest, watch: Callable[[str], None] | None = None) -> Ran:
    """Build one image; `watch` is given each line as it comes."""
    return stream(argv.BUILDERS[engine](request), watch)


def stream(words: list[str], watch: Callable[[str], None] | None = None) -> Ran:
    """Run a command, both its streams as one text. Ctrl-C ends it and is raised again."""
    started = time.monotonic()
    environment = {**os.environ, "BUILDKIT_PROGRESS": "plain", "NO_COLOR": "1"}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
        text=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        lines: list[str] = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if watch is not None:
                    watch(line)
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            raise
    return Ran(process.returncode, "".join(lines), time.monotonic() - started)
