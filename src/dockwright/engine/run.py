"""Runs an engine's commands: finds the engine, streams its output, ends it cleanly when interrupted."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from msgspec import Struct

from dockwright.engine import argv
from dockwright.engine.api import answers
from dockwright.engine.buildkit import BuildKit
from dockwright.engine.events import Watch
from dockwright.engine.output import Output
from dockwright.engine.plain import NO_RAWJSON, Plain
from dockwright.engine.textual import READERS
from dockwright.errors import PREREQUISITE, ToolError

NAMING = ("DOCKER_HOST", "DOCKER_CONTEXT")
Engine = str  # docker, podman, buildah, docker-classic
GRACE = 10  # seconds that an interrupted engine gets to end
INTERRUPTED = 130
PIECE = 64 * 1024  # bytes of a line without an end that are read at once


class Ran(Struct, frozen=True):
    code: int
    output: str  # the plain text log that log.read understands
    seconds: float
    words: list[str] = []  # the command line, as it can be typed by hand


class Reader(Protocol):
    """Reads what an engine writes, a line at a time."""

    output: Output

    def line(self, line: bytes, now: float) -> None: ...

    def close(self, code: int | None) -> None:
        """The command ended with this code; None: it is being ended, and nobody listens any more."""


def find_engine(wanted: str | None = None, say: Callable[[str], None] = lambda text: None) -> Engine:
    """The engine to use: the one asked for, else the first that answers. Raises ToolError when there is none.

    `say` is told when it is not the one that is usually taken. Where DOCKER_HOST or DOCKER_CONTEXT name an engine, no other
    is taken in its place.
    """
    tried: list[str] = []
    named = "" if wanted or shutil.which("docker") is None else _named()
    usual = [name for name in argv.ENGINES if name.startswith("docker") or not named]
    for name in (wanted,) if wanted else usual:
        if name not in argv.BUILDERS:
            raise ToolError(
                "engine-unknown",
                f"{name} is no engine that dockwright knows",
                hint=f"one of {', '.join(argv.ENGINES)}",
            )
        trouble = unanswered(name)
        if not trouble:
            if any("is installed but" in each for each in tried):
                say(f"{name} builds: {'; '.join(dict.fromkeys(tried))}")
            return name
        tried.append(trouble)
    hint = "start it, or choose another with --engine; check and mend work without one"
    if named:
        hint = f"{named} names it: start it, unset {named}, or choose another with --engine"
    raise ToolError("engine-missing", "; ".join(dict.fromkeys(tried)), hint=hint, exit_code=PREREQUISITE)


def _named() -> str:
    """The variable that names an engine of Docker's, if one does."""
    return next((each for each in NAMING if os.environ.get(each) not in (None, "", "default")), "")


def unanswered(name: Engine) -> str:
    """Why an engine can't build, in words; empty when it can."""
    if name == "docker" and answers():
        return ""
    program = argv.PROGRAMS[name]
    if shutil.which(program) is None:
        return f"{program} is not installed"
    said = ["", ""]

    def ask(place: int, words: list[str]) -> None:
        said[place] = _silent(program, words)

    # side by side: a client may take a third of a second to answer
    reached = threading.Thread(target=ask, args=(1, argv.REACHED[name]), daemon=True)
    reached.start()
    ask(0, argv.PROBES[name])
    if not said[0]:
        reached.join()
    return said[0] or said[1]


def _silent(program: str, words: list[str]) -> str:
    try:
        ran = subprocess.run(words, capture_output=True, timeout=20, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return f"{program} is installed but `{' '.join(words)}` does not answer within 20 s"
    except OSError as error:
        return f"{program} is installed but can't be run: {error.strerror}"
    if not ran.returncode:
        return ""
    said = ran.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:300]
    return f"{program} is installed but `{' '.join(words)}` fails: {said}"


def build(engine: Engine, request: argv.BuildRequest, watch: Watch | None = None) -> Ran:
    """Build one image; `watch` is given each event as it comes. What `watch` raises ends the build and is raised."""
    words = argv.BUILDERS[engine](request)
    if engine != "docker":
        return stream(words, READERS[engine](watch))
    ran = stream(words, BuildKit(watch))
    if ran.code and NO_RAWJSON in ran.output:
        return stream(argv.plainly(words), Plain(watch))
    return ran


class Running:
    """A command that runs. `stopped`: somebody asked it to end, whatever code it then ends with."""

    def __init__(self, process: subprocess.Popen[bytes], words: list[str]) -> None:
        self.process, self.words = process, words
        self.stopped = False


RUNNING: set[Running] = set()


def interrupt(word: str = "") -> None:
    """Ask running builds to end: for threads, since Ctrl-C reaches only the main one. `build` returns code 130.

    `word`: those whose command line has it; without one all.
    """
    for running in list(RUNNING):
        if word and word not in running.words:
            continue
        running.stopped = True
        _signal(running.process, signal.SIGINT)
        late = threading.Timer(GRACE, _kill, [running])
        late.daemon = True
        late.start()


def _kill(running: Running) -> None:
    if running in RUNNING:
        _signal(running.process, signal.SIGKILL)


def stream(words: list[str], reader: Reader) -> Ran:
    """Run a command, both its streams as one. Ctrl-C ends it and is raised again.

    It has its own process group: a Ctrl-C in the terminal reaches it once, through us, and all its children with it.
    """
    began = time.monotonic()
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("BUILDKIT_PROGRESS", None)
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
        process_group=0,
    ) as process:  # fmt: skip
        running = Running(process, words)
        RUNNING.add(running)
        code: int | None = None
        try:
            assert process.stdout is not None
            while line := process.stdout.readline(PIECE):
                reader.line(line, time.monotonic() - began)
            code = process.wait()
            if code < 0:
                _signal(process, signal.SIGKILL)  # the engine's client was killed: what it had started goes too
            if running.stopped:
                code = INTERRUPTED
        except BaseException:
            _end(process)
            raise
        finally:
            RUNNING.discard(running)
            reader.close(code)
    return Ran(code, reader.output.text(), time.monotonic() - began, words)


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGINT, as Ctrl-C sends it; what has not ended after a while is killed. What it still says is read and dropped."""
    assert process.stdout is not None
    deadline = time.monotonic() + GRACE
    try:
        _signal(process, signal.SIGINT)
        while process.poll() is None and time.monotonic() < deadline:
            if select.select([process.stdout], [], [], 0.05)[0] and not os.read(process.stdout.fileno(), PIECE):
                process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
