"""What dockwright relies on, tried on each engine: named contexts, secrets, events as they come, builders, clean ends."""

from __future__ import annotations

import socket
import tarfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from dockwright.build.unfit import unfit
from dockwright.engine import argv
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Event
from dockwright.engine.run import Ran, build
from dockwright.log import read

from .builds import docker
from .other_engines import need, remove
from .same_files import files, same_files

pytestmark = pytest.mark.engine
BASE = "python:3.12-slim"
WITH_MOUNTS = [name for name in argv.ENGINES if name != "docker-classic"]


@pytest.fixture
def image(engine: None) -> Iterator[str]:
    name = f"dockwright-test:{uuid.uuid4().hex[:12]}"
    yield name
    for each in ("docker", "buildah"):
        remove(each, name)


def made(folder: Path, dockerfile: str, tag: str = "", **more: object) -> BuildRequest:
    context = folder / "context"
    context.mkdir(exist_ok=True)
    (context / "a.txt").write_text("a\n")
    (folder / "Dockerfile").write_text(dockerfile)
    return BuildRequest(str(folder / "Dockerfile"), str(context), tag, **more)  # type: ignore[arg-type]


def run(engine: str, request: BuildRequest) -> tuple[Ran, list[Event]]:
    events: list[Event] = []
    return build(engine, request, events.append), events


@pytest.mark.parametrize("engine_name", argv.ENGINES)
def test_a_failing_build_on_each_engine(engine_name: str, tmp_path: Path, engine: None) -> None:
    """The step, its output and its code are the same; only BuildKit's name of the step has other numbers.

    One stream for each step: the classic builder mixes what a step writes to two in no certain order, also within a line.
    """
    need(engine_name, [BASE])
    steps = "RUN echo no >&2\nRUN printf 'half'; echo ' line'; exit 3\n"
    text = f"FROM {BASE} AS base\nCOPY a.txt /a\nFROM base\n{steps}"
    ran, events = run(engine_name, made(tmp_path, text, no_cache=True))
    (failed,) = (event for event in events if event.kind == "failed")
    assert failed.stage == "1" and failed.name.endswith("exit 3") and failed.index <= failed.of
    said = [(event.text, event.step == failed.step) for event in events if event.kind == "output"]
    assert ("half line", True) in said and ("no", False) in said
    log = read(ran.output)
    assert ran.code and log.outcome == "failed" and log.failed[0].exit_code == 3
    assert log.failed[0].instruction.endswith("exit 3")


@pytest.mark.parametrize("engine_name", argv.ENGINES)
def test_the_second_build_is_cached(engine_name: str, tmp_path: Path, image: str) -> None:
    need(engine_name, [BASE])
    text = f"FROM {BASE}\nRUN echo {uuid.uuid4().hex}\n"
    for kind in ("done", "cached"):
        _, events = run(engine_name, made(tmp_path, text, image))
        ends = [event.kind for event in events if "RUN echo" in event.name and event.kind in ("done", "cached")]
        assert ends[-1] == kind


@pytest.mark.parametrize("engine_name", WITH_MOUNTS)
def test_a_named_context_is_bound_and_leaves_nothing(engine_name: str, tmp_path: Path, image: str) -> None:
    """Read for one RUN, by folder and by file; where the target's folder is there already no trace stays."""
    need(engine_name, [BASE])
    wheels = tmp_path / "wheels"
    (wheels / "sub").mkdir(parents=True)
    (wheels / "sub" / "f").write_text("from the wheelhouse\n")
    mount = "--mount=type=bind,from=dockwright-wheelhouse,source"
    run_it = "cat /tmp/w/f /opt/c > /seen"
    bound = f"FROM {BASE}\nRUN {mount}=sub,target=/tmp/w {mount}=sub/f,target=/opt/c {run_it}\n"
    request = made(tmp_path, bound, image, named_contexts={"dockwright-wheelhouse": str(wheels)})
    ran, _ = run(engine_name, request)
    assert ran.code == 0, ran.output
    tree = files(image, engine_name)
    before = files(BASE, engine_name)
    assert {path for path in tree if path not in before} - {"etc/hosts"} == {"seen"}
    assert tree["seen"].size == 2 * len("from the wheelhouse\n")


@pytest.mark.parametrize("engine_name", WITH_MOUNTS)
def test_folders_that_a_mount_needs_stay_with_buildah(engine_name: str, tmp_path: Path, image: str) -> None:
    """BuildKit takes away what it made for a mount; buildah 1.28 leaves the folders above a mounted file."""
    need(engine_name, [BASE])
    (tmp_path / "f").write_text("f\n")
    text = f"FROM {BASE}\nRUN --mount=type=bind,from=w,source=f,target=/etc/none/such/f cat /etc/none/such/f\n"
    ran, _ = run(engine_name, made(tmp_path, text, image, named_contexts={"w": str(tmp_path)}))
    assert ran.code == 0, ran.output
    left = {path for path in files(image, engine_name) if path.startswith("etc/none")}
    assert left <= (set() if engine_name == "docker" else {"etc/none", "etc/none/such"})


@pytest.mark.parametrize("engine_name", WITH_MOUNTS)
def test_a_secret_reaches_the_build_and_not_the_image(engine_name: str, tmp_path: Path, image: str) -> None:
    need(engine_name, [BASE])
    (tmp_path / "token").write_text("s3cret")
    text = f'FROM {BASE}\nRUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = s3cret\n'
    ran, _ = run(engine_name, made(tmp_path, text, image, secrets=(f"id=token,src={tmp_path / 'token'}",)))
    assert ran.code == 0, ran.output
    assert not [
        path for path, entry in files(image, engine_name).items() if path.startswith("run/secrets/") and entry.size
    ]


@pytest.mark.parametrize(
    "line",
    [
        "RUN --mount=type=cache,target=/x true", "COPY --chmod=755 a.txt /", "RUN --network=none true",
        "FROM --platform=$BUILDPLATFORM " + BASE, "ARG TARGETARCH\nRUN test -n \"$TARGETARCH\"",
        "COPY <<END /x\nx\nEND",
    ],
)  # fmt: skip
def test_what_is_refused_for_the_classic_builder_really_fails_there(line: str, tmp_path: Path, engine: None) -> None:
    need("docker-classic", [BASE])
    text = f"FROM {BASE}\n{line}\n"
    assert unfit("docker-classic", text)
    assert run("docker-classic", made(tmp_path, text))[0].code
    assert run("docker", made(tmp_path, text))[0].code == 0


@pytest.mark.parametrize("line", ["COPY --link a.txt /", "COPY --chown=1:1 a.txt /", "HEALTHCHECK CMD true"])
def test_what_is_not_refused_makes_the_same_image(line: str, tmp_path: Path, image: str) -> None:
    need("docker-classic", [BASE])
    text = f"FROM {BASE}\n{line}\n"
    assert not unfit("docker-classic", text)
    for name in ("docker", "docker-classic"):
        assert run(name, made(tmp_path, text, f"{image}-{name}"))[0].code == 0
    compared = same_files(f"{image}-docker", f"{image}-docker-classic")
    for name in ("docker", "docker-classic"):
        remove("docker", f"{image}-{name}")
    assert compared.same, str(compared)


@pytest.fixture
def remote() -> Iterator[str]:
    """A buildx instance of the driver `remote`: the engine's own BuildKit, reached over TCP as one elsewhere would be."""
    name = f"dockwright-test-{uuid.uuid4().hex[:8]}"
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        threading.Thread(target=hand_on, args=(server,), daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        made = docker("buildx", "create", "--name", name, "--driver", "remote", address)
        if made.code:
            pytest.skip(made.log)
        yield name
        docker("buildx", "rm", "--force", name)


def hand_on(server: socket.socket) -> None:
    """Each connection becomes one to BuildKit inside of the Docker Engine (its API: POST /grpc, upgraded to h2c)."""
    with suppress(OSError):
        while True:
            here = server.accept()[0]
            there = socket.socket(socket.AF_UNIX)
            there.connect("/var/run/docker.sock")
            there.sendall(b"POST /grpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += there.recv(1)
            for pair in ((here, there), (there, here)):
                threading.Thread(target=pump, args=pair, daemon=True).start()


def pump(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
    for each in (source, to):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
    source.close()


@pytest.mark.skipif(not Path("/var/run/docker.sock").is_socket(), reason="the engine's socket is elsewhere")
def test_a_remote_builder_is_another_builder(tmp_path: Path, remote: str) -> None:
    """Kubernetes builders are given by the same option. Where the image goes is said, since this BuildKit loads none."""
    archive = tmp_path / "image.tar"
    text = f"FROM {BASE}\nCOPY a.txt /\nRUN echo far away\n"
    request = made(tmp_path, text, builder=remote, output=f"type=tar,dest={archive}", no_cache=True)
    ran, events = run("docker", request)
    if "failed to resolve source metadata" in ran.output:
        pytest.skip("this builder can't have the base image")
    assert ran.code == 0 and f"--builder {remote}" in argv.shown(ran.words), ran.output
    assert [event.text for event in events if event.kind == "output"] == ["far away"]
    assert [event for event in events if event.kind == "bytes"]
    with tarfile.open(archive) as tar:
        assert "a.txt" in tar.getnames()


@pytest.mark.parametrize("engine_name", ["docker", "docker-classic", "buildah"])
def test_an_ended_build_leaves_nothing_running(engine_name: str, tmp_path: Path, engine: None) -> None:
    need(engine_name, [BASE])
    mark = f"6{uuid.uuid4().int % 10**6:06}"  # seconds of a sleep that nobody else sleeps

    def watch(event: Event) -> None:
        if event.text == "begun":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        build(engine_name, made(tmp_path, f"FROM {BASE}\nRUN echo begun; sleep {mark}\n", no_cache=True), watch)
    assert not sleeping(mark)


def sleeping(mark: str) -> list[str]:
    """Processes of this machine, which are the engine's too, that still sleep for it after a moment."""
    deadline = time.monotonic() + 20
    while True:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:2] == [b"sleep", mark.encode()]:
                found.append(str(path))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
