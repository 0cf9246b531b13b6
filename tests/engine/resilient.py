"""A project of several services whose packages come from the faulty index, built plainly and by dockwright. Tests and tools share it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faulty.server import Index
from faulty.synthetic import Wheel
from msgspec import Struct

from .builds import docker

GATEWAY = "172.17.0.1"  # of docker0: the host as RUN steps see it
BASE = "python:3.12-slim"
LIMIT = 1800.0  # seconds after which a build is taken for hung

DOCKERFILE = """\
FROM {base}
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --index-url {index} --trusted-host {gateway} -r requirements.txt
COPY main.py .
CMD ["python", "main.py"]
"""


class Ran(Struct, frozen=True):
    code: int
    seconds: float
    out: str
    err: str

    @property
    def said(self) -> Any:
        return json.loads(self.out)


def wheels(
    total: int, services: Sequence[str], shared: int = 8, share: float = 0.8
) -> tuple[list[Wheel], dict[str, list[str]]]:
    """`total` bytes: most of it in wheels that every service wants, the rest in one for each; and who wants which."""
    common = [Wheel(f"shared-{number}", size=int(total * share / shared)) for number in range(shared)]
    own = {name: Wheel(f"only-{name}", size=int(total * (1 - share) / len(services))) for name in services}
    wants = {name: [f"{wheel.name}=={wheel.version}" for wheel in (*common, own[name])] for name in services}
    return [*common, *own.values()], wants


class Shop:
    """The project on disk. Its images are named after `name`, which is like no other."""

    def __init__(
        self, root: Path, index: Index, wants: Mapping[str, Sequence[str]], dockerfile: str = DOCKERFILE
    ) -> None:
        self.root, self.index, self.wants = root / "shop", index, dict(wants)
        self.name = f"dockwright-test-{uuid.uuid4().hex[:8]}"
        for made in index.files.values():
            assert made.sha256  # computed now: a page shall not wait for the hash of a large file
        self.environment = {
            **os.environ,
            "XDG_CACHE_HOME": str(root / "cache"),
            "DOCKWRIGHT_HISTORY": str(root / "history.sqlite"),
            "NO_COLOR": "1",
        }
        lines = [f"name: {self.name}", "services:", *(f"  {name}: {{build: ./{name}}}" for name in wants)]
        self.root.mkdir(parents=True)
        (self.root / "compose.yaml").write_text("\n".join([*lines, ""]))
        for name, requirements in wants.items():
            folder = self.root / name
            folder.mkdir()
            text = dockerfile.format(base=BASE, index=index.simple, gateway=GATEWAY)
            (folder / "Dockerfile").write_text(f"{text}LABEL made-for={self.name}\n")
            (folder / "main.py").write_text(f"print({name!r})\n")
            self.require(name, requirements)

    def require(self, name: str, requirements: Sequence[str]) -> None:
        # its own name in the file: another project's layers are not found in the engine's cache
        (self.root / name / "requirements.txt").write_text("\n".join([f"# {self.name} {name}", *requirements, ""]))

    @property
    def size(self) -> int:
        """Bytes of all artefacts, each once."""
        return sum(made.size for made in self.index.files.values())

    # -- building -----------------------------------------------------------------------------------------------------

    def plain(self, *words: str) -> Ran:
        """As a person does it without dockwright."""
        began = time.monotonic()
        done = docker("compose", "--progress=plain", "build", *words, cwd=self.root, timeout=LIMIT)
        return Ran(done.code, time.monotonic() - began, done.log, "")

    def ours(self, *words: str) -> Ran:
        with self.started(*words) as process:
            began = time.monotonic()
            out, err = process.communicate(timeout=LIMIT)
            return Ran(process.returncode, time.monotonic() - began, out, err)

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dockwright", "build", "--format", "json", *words],
            cwd=self.root, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()

    def killed(self, when: Callable[[str], bool], words: Sequence[str] = (), *, whom: str = "dockwright") -> Ran:
        """kill -9 of dockwright, or of the engine's client, at the first line of progress that is so; then what came of it."""
        with self.started(*words) as process:
            began = time.monotonic()
            guard = threading.Timer(LIMIT, process.kill)
            guard.start()
            assert process.stderr is not None and process.stdout is not None
            lines, done = [], False
            for line in process.stderr:
                lines.append(line)
                if not done and when(line):
                    pids = [process.pid] if whom == "dockwright" else clients(process.pid)
                    done = bool(pids)
                    for pid in pids:
                        kill(pid)
            out = process.stdout.read()
            guard.cancel()
            assert done, "".join(lines)
            return Ran(process.wait(), time.monotonic() - began, out, "".join(lines))

    def remove(self) -> None:
        for name in self.wants:
            docker("image", "rm", "--force", f"{self.name}-{name}")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def clients(parent: int) -> list[int]:
    """Processes of `docker` below a process."""
    found, todo = [], [parent]
    while todo:
        above = todo.pop()
        for task in Path(f"/proc/{above}/task").iterdir():
            for pid in map(int, (task / "children").read_text().split()):
                todo.append(pid)
                program = Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]
                if program.endswith((b"docker", b"docker-buildx")):  # the name is in ours too
                    found.append(pid)
    return found


@contextmanager
def shop(root: Path, index: Index, wants: Mapping[str, Sequence[str]], dockerfile: str = DOCKERFILE) -> Iterator[Shop]:
    made = Shop(root, index, wants, dockerfile)
    try:
        yield made
    finally:
        made.remove()


def attempts(said: Any) -> int:
    return sum(len(target["attempts"]) for target in said["targets"])
