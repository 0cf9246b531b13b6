"""Base images are got before the builds: one at a time, the name looked up first, and again when the network failed."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable

from dockwright.build.retry import Budget, Failure
from dockwright.engine.api import has_image
from dockwright.engine.argv import PROGRAMS

SHORT = "registry-1.docker.io"  # where names without a host come from
LOOKUP = 10.0  # seconds that a name may take
HOST = re.compile(r"^(?:localhost|[\w.-]+\.[\w.-]+|[\w.-]+:\d+)$")


class Pulls:
    """`lost`: images that could not be had for reasons that may pass, with what was said last."""

    def __init__(
        self, engine: str, images: Iterable[str], budget: float, say: Callable[[str], None], stop: threading.Event,
        allowed: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        """`allowed`: asked before the first pull, for which it may let wait."""
        self.allowed = allowed
        self.program = PROGRAMS[engine]
        self.images, self.budget, self.say, self.stop = tuple(images), budget, say, stop
        self.lost: dict[str, str] = {}
        self.done = threading.Event()
        self.process: subprocess.Popen[str] | None = None

    def run(self) -> None:
        try:
            for image in self.images:
                if self.stop.is_set():
                    return
                if not self._there(image) and self.allowed():
                    self._pull(image)
        finally:
            self.done.set()

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def _there(self, image: str) -> bool:
        known = has_image(image) if self.program == "docker" else None
        if known is not None:
            return known
        words = (
            [self.program, "image", "inspect", image]
            if self.program != "buildah"
            else ["buildah", "inspect", "-t", "image", image]
        )
        return self._run(words)[0] == 0

    def _pull(self, image: str) -> None:
        from dockwright.diagnose import diagnose
        from dockwright.log import read

        budget = Budget(self.budget)
        while not self.stop.is_set():
            self.say(f"pulling {image}")
            unknown = lookup(host_of(image))
            code, said = self._run([self.program, "pull", image])
            if code == 0:
                return
            ranked = diagnose(read(said)).ranked
            # a mirror of the engine may know the image although this machine can't find the registry's name
            transient = ranked[0].transient if ranked else bool(unknown)
            verdict = budget.judge(Failure(transient), time.monotonic(), random.random())
            last = unknown or (said.strip().split("\n") or [""])[-1]
            if verdict.wait is None:
                if verdict.spent:
                    self.lost[image] = last
                self.say(f"{image} can't be pulled: {last}")
                return
            self.say(f"{image}: {last}; next try in {verdict.wait:.0f} s")
            self.stop.wait(verdict.wait)

    def _run(self, words: list[str]) -> tuple[int, str]:
        try:
            with subprocess.Popen(
                words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                errors="replace", process_group=0,
            ) as process:  # fmt: skip
                self.process = process
                said = process.communicate()[0]
                return process.returncode, said
        except OSError as error:
            return 127, str(error)


def host_of(image: str) -> str:
    """The registry's host, without its port."""
    first, slash, _ = image.partition("/")
    return first.partition(":")[0] if slash and HOST.match(first) else SHORT


def lookup(host: str, timeout: float = LOOKUP) -> str:
    """Why a name can't be looked up; empty when it can. The system's own lookup can't be given a time, so a thread waits."""
    failed: list[str] = [f"looking up {host} takes longer than {timeout:.0f} s"]

    def look() -> None:
        try:
            socket.getaddrinfo(host, 443)
            failed[0] = ""
        except OSError as error:
            failed[0] = f"the name {host} can't be looked up: {error.strerror or error}"

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(timeout)
    return failed[0]
