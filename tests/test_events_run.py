"""How a build's command is run: found, streamed, ended. A small program stands in for the engine."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from dockwright.engine import argv, run
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Event
from dockwright.engine.run import build, find_engine
from dockwright.errors import ToolError

REQUEST = BuildRequest(dockerfile="web/Dockerfile", context="web", tag="web:1")
Play = Callable[[str], None]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """`play(program)`: a Python program is what buildah runs."""

    def setup(program: str) -> None:
        monkeypatch.setitem(argv.BUILDERS, "buildah", lambda _: [sys.executable, "-u", "-c", program])

    return setup


ENDLESS = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
print("STEP 1/1: FROM a")
print("begun", os.getpid(), child.pid)
time.sleep(600)
"""


def pids(event: Event) -> list[int]:
    return [int(word) for word in event.text.split()[1:]] if event.text.startswith("begun") else []


def gone(pid: int) -> bool:
    """Ended, be it that nobody has asked for its code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def all_gone(found: list[int]) -> bool:
    """Within a moment: a signal has been sent, and its processes end."""
    waited = threading.Event()
    return any(all(map(gone, found)) or waited.wait(0.01) for _ in range(500))


def test_events_come_while_it_runs(play: Play) -> None:
    """The second line is only written when the first has been read."""
    reader, writer = os.pipe()
    play(f"print('STEP 1/1: FROM a'); import os; os.read({reader}, 1); print('more')")
    os.set_inheritable(reader, True)
    seen: list[Event] = []

    def watch(event: Event) -> None:
        seen.append(event)
        if event.kind == "started":
            os.write(writer, b"x")

    original = subprocess.Popen.__init__

    def inheriting(self: subprocess.Popen[bytes], *words: object, **more: object) -> None:
        original(self, *words, **{**more, "close_fds": False})  # type: ignore[call-overload]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", inheriting)
        ran = build("buildah", REQUEST, watch)
    os.close(reader)
    os.close(writer)
    assert [event.kind for event in seen] == ["started", "output", "done"]
    assert ran.output == "STEP 1/1: FROM a\nmore\n" and ran.code == 0


def test_both_streams_are_one_text_in_order(play: Play) -> None:
    play("import sys; print('a'); print('b', file=sys.stderr); print('c'); sys.exit(7)")
    ran = build("buildah", REQUEST)
    assert (ran.code, ran.output) == (7, "a\nb\nc\n") and ran.words[0] == sys.executable and ran.seconds > 0


def test_a_line_without_an_end_is_read_in_pieces(play: Play) -> None:
    play("import sys; sys.stdout.write('x' * 1000000)")
    seen: list[Event] = []
    ran = build("buildah", REQUEST, seen.append)
    assert len(ran.output) == 1_000_000 and max(len(event.text) for event in seen) <= run.PIECE


def test_what_the_watcher_raises_ends_the_build(play: Play) -> None:
    play(ENDLESS)
    found: list[int] = []

    def watch(event: Event) -> None:
        found.extend(pids(event))
        if found:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        build("buildah", REQUEST, watch)
    assert all_gone(found) and not run.RUNNING


def test_control_c_ends_the_build_with_all_that_it_has_started(play: Play) -> None:
    play(ENDLESS)
    found: list[int] = []

    def watch(event: Event) -> None:
        found.extend(pids(event))
        if pids(event):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        build("buildah", REQUEST, watch)
    assert all_gone(found)


def test_an_engine_that_does_not_listen_is_killed(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "GRACE", 0.05)
    play("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + ENDLESS)
    found: list[int] = []

    def watch(event: Event) -> None:
        found.extend(pids(event))
        if found:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError):
        build("buildah", REQUEST, watch)
    assert all_gone(found)


def test_builds_in_threads_are_interrupted_together(play: Play) -> None:
    play(ENDLESS)
    begun = threading.Barrier(3)
    seen: list[Event] = []
    codes: list[int] = []

    def one() -> None:
        def watch(event: Event) -> None:
            seen.append(event)
            if pids(event):
                begun.wait(60)

        codes.append(build("buildah", REQUEST, watch).code)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    begun.wait(60)
    run.interrupt()
    for thread in threads:
        thread.join(60)
    assert codes == [130, 130]
    assert [event.kind for event in seen if event.kind not in ("started", "output")] == ["canceled", "canceled"]
    assert all_gone([pid for event in seen for pid in pids(event)])


def test_a_client_that_is_killed_takes_what_it_has_started_along(play: Play) -> None:
    play(ENDLESS.replace('["sleep", "600"]', '["sleep", "600"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL'))
    found: list[int] = []

    def watch(event: Event) -> None:
        found.extend(pids(event))
        if pids(event):
            os.kill(found[0], signal.SIGKILL)

    assert build("buildah", REQUEST, watch).code == -signal.SIGKILL
    assert all_gone(found)


def test_an_old_buildx_is_asked_for_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys\nif 'rawjson' in sys.argv[1]: sys.exit('ERROR: invalid progress mode rawjson')\nprint('#1 [1/1] FROM a\\n#1 DONE 0.1s')"
    monkeypatch.setitem(argv.BUILDERS, "docker", lambda _: [sys.executable, "-c", program, "--progress=rawjson"])
    seen: list[Event] = []
    ran = build("docker", REQUEST, lambda event: seen.append(event))
    assert ran.code == 0 and ran.words[-1] == "--progress=plain"
    assert [event.kind for event in seen if event.step] == ["started", "done"]


# -- the command lines ------------------------------------------------------------------------------------------------

FULL = BuildRequest(
    dockerfile="web/Dockerfile",
    context="web",
    tag="web:1",
    stage="run",
    arguments={"A": "1 2", "TOKEN": None},
    platform="linux/arm64",
    named_contexts={"wheels": "/tmp/wheels"},
    network="host",
    secrets=("id=token,src=token.txt",),
    ssh=("default",),
    labels={"a": "b"},
    no_cache=True,
    pull=True,
)
COMMON = (
    "--target run --platform linux/arm64 --network host --no-cache --build-arg 'A=1 2' --build-arg TOKEN --label a=b"
)
CONTEXTS = "--build-context wheels=/tmp/wheels --secret id=token,src=token.txt --ssh default"
LINES = {
    "docker": f"docker buildx build --progress=rawjson --file web/Dockerfile --tag web:1 --load {COMMON} {CONTEXTS} --pull web",
    "docker-classic": f"env DOCKER_BUILDKIT=0 docker build --force-rm --file web/Dockerfile --tag web:1 {COMMON} --pull web",
    "podman": f"podman build --layers --force-rm --file web/Dockerfile --tag web:1 {COMMON} {CONTEXTS} --pull=always web",
    "buildah": f"buildah build --isolation chroot --layers --force-rm --file web/Dockerfile --tag web:1 {COMMON} {CONTEXTS} --pull=always web",
}


@pytest.mark.parametrize("engine", argv.ENGINES)
def test_a_command_line_can_be_typed_by_hand(engine: str) -> None:
    words = argv.BUILDERS[engine](FULL)
    assert argv.shown(words) == LINES[engine]
    assert shlex.split(argv.shown(words)) == words


def test_another_builder_of_buildx() -> None:
    words = argv.docker_build(
        structs.replace(REQUEST, builder="kube", cache_from=("type=gha",), cache_to=("type=inline",))
    )
    assert argv.shown(words) == (
        "docker buildx build --progress=rawjson --file web/Dockerfile --builder kube --tag web:1 --load "
        "--cache-from type=gha --cache-to type=inline web"
    )


def test_images_are_loaded_only_where_they_are_wanted_here() -> None:
    assert "--load" not in argv.docker_build(structs.replace(REQUEST, output="type=registry"))
    assert "--load" not in argv.docker_build(structs.replace(REQUEST, tag=""))


# -- which engine -----------------------------------------------------------------------------------------------------


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """`programs(docker="exit 0")`: only these are installed."""

    def install(**scripts: str) -> None:
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    return install


NO_BUILDX = '[ "$1" = buildx ] && { echo "docker: \'buildx\' is not a docker command." >&2; exit 1; }; exit 0'


def test_the_first_that_answers_is_taken(programs: Callable[..., None]) -> None:
    programs(docker="exit 0", podman="exit 0", buildah="exit 0")
    assert find_engine() == "docker" and find_engine("buildah") == "buildah"


def test_podman_before_buildah_before_the_classic_builder(programs: Callable[..., None]) -> None:
    programs(docker=NO_BUILDX, buildah="exit 0")
    assert find_engine() == "buildah"
    programs(podman="exit 0")
    assert find_engine() == "podman"


def test_the_classic_builder_where_there_is_nothing_else(programs: Callable[..., None]) -> None:
    programs(docker=NO_BUILDX)
    assert find_engine() == "docker-classic"


def test_none_answers(programs: Callable[..., None]) -> None:
    programs(docker="echo 'Cannot connect to the Docker daemon at tcp://127.0.0.1:1.' >&2; exit 1")
    with pytest.raises(ToolError) as raised:
        find_engine()
    assert raised.value.code == "engine-missing" and raised.value.exit_code == 3
    assert "podman is not installed" in raised.value.message
    assert "Cannot connect to the Docker daemon at tcp://127.0.0.1:1." in raised.value.message
    with pytest.raises(ToolError, match="podman is not installed"):
        find_engine("podman")


def test_an_engine_that_nobody_knows() -> None:
    with pytest.raises(ToolError, match="kaniko is no engine") as raised:
        find_engine("kaniko")
    assert raised.value.hint == "one of docker, podman, buildah, docker-classic"
