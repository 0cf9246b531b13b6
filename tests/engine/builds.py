"""Builds and runs on a real engine: what the engine tests share. Every wait has a deadline."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

POLL = 0.1  # seconds between two looks at what is not ready yet
STARTS = 60.0  # seconds that a container may take until it answers
BUILDS = 1200.0  # seconds that a build may take


class Built(NamedTuple):
    code: int
    log: str
    seconds: float


class Answer(Struct, frozen=True):
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: str


def docker(*words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 120) -> Built:
    """A docker command line; its log is standard output and standard error in the order they came."""
    began = time.monotonic()
    done = subprocess.run(
        ["docker", *words],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    )
    return Built(done.returncode, done.stdout.decode(errors="replace"), time.monotonic() - began)


def build(
    context: Path,
    dockerfile: str | Path = "Dockerfile",
    *,
    tag: str = "",
    target: str = "",
    args: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    timeout: float = BUILDS,
) -> Built:
    """`docker buildx build` with plain progress. A relative Dockerfile is relative to the context."""
    words = ["buildx", "build", "--progress=plain", "--file", str(context / dockerfile)]
    words += ["--load", "--tag", tag] if tag else []
    words += ["--target", target] if target else []
    for name, value in (args or {}).items():
        words += ["--build-arg", f"{name}={value}"]
    return docker(*words, *options, str(context), timeout=timeout)


def compose(file: Path, *words: str, env: Mapping[str, str] | None = None, timeout: float = BUILDS) -> Built:
    """`docker compose` for one file, in its folder; builds tell plainly what they do."""
    return docker("compose", "--progress=plain", "--file", str(file), *words, cwd=file.parent, env=env, timeout=timeout)


def missing_bases(images: Sequence[str]) -> list[str]:
    """Those base images that neither are here nor can be pulled."""
    return [i for i in images if docker("image", "inspect", i).code and docker("pull", "--quiet", i, timeout=600).code]


class Container(Struct, frozen=True):
    """A running container, one port of which is published on this machine."""

    name: str
    address: tuple[str, int]

    def get(self, path: str, timeout: float = 10) -> Answer:
        """One GET request; redirects are answers, not followed."""
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read().decode(errors="replace"))
        finally:
            connection.close()

    def poll(self, path: str, seconds: float = STARTS) -> Answer:
        """The first answer; AssertionError with the container's log when it dies or the time is up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                return self.get(path)
            except (OSError, http.client.HTTPException):
                assert self.running(), f"the container ended:\n{self.log()}"
                time.sleep(POLL)
        raise AssertionError(f"no answer to {path} in {seconds} s:\n{self.log()}")

    def running(self) -> bool:
        return docker("inspect", "--format", "{{.State.Running}}", self.name).log.strip() == "true"

    def log(self) -> str:
        return docker("logs", self.name).log


@contextmanager
def serve(
    image: str,
    port: int,
    *,
    env: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    command: Sequence[str] = (),
) -> Iterator[Container]:
    """A container of the image that publishes `port`; removed at the end."""
    words = ["run", "--detach", "--publish", f"127.0.0.1::{port}"]
    for name, value in (env or {}).items():
        words += ["--env", f"{name}={value}"]
    started = docker(*words, *options, image, *command)
    assert started.code == 0, started.log
    name = started.log.split()[-1]
    try:
        yield Container(name, published(name, port))
    finally:
        docker("rm", "--force", "--volumes", name)


def published(container: str, port: int) -> tuple[str, int]:
    """Where a container's port is reached. A container that ended already has none: port 0, which refuses."""
    lines = docker("port", container, str(port)).log.split()
    host, _, number = lines[0].rpartition(":") if lines else ("127.0.0.1", "", "0")
    return (host, int(number)) if number.isdigit() else ("127.0.0.1", 0)


def run(image: str, *command: str, options: Sequence[str] = (), timeout: float = STARTS) -> Built:
    """A container that is expected to end by itself."""
    return docker("run", "--rm", *options, image, *command, timeout=timeout)


@contextmanager
def composed(file: Path, *services: str, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """The services of a compose file, up; images are built before. At the end containers, volumes and images go.

    Images that the file names itself stay: others may use them.
    """
    try:
        up = compose(file, "up", "--detach", *services, env=env)
        assert up.code == 0, up.log
        yield
    finally:
        compose(file, "down", "--volumes", "--rmi", "local", "--remove-orphans", "--timeout", "3", env=env)


def composed_service(file: Path, service: str, port: int, env: Mapping[str, str] | None = None) -> Container:
    """A service of a compose file that is up."""
    name = compose(file, "ps", "--all", "--quiet", service, env=env).log.split()[-1]
    return Container(name, published(name, port))
