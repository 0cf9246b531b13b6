"""How a build's command is run: found, streamed, ended. A small program stands in for the engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dockwright.engine import argv, run
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Event
from dockwright.engine.run import build

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


def test_an_engine_may_say_much_while_it_ends(play: Play, tmp_path: Path) -> None:
    """More than a pipe holds: it is not killed while it tidies up."""
    tidy = tmp_path / "tidy"
    say = f"print('x' * 2**20); open({str(tidy)!r}, 'w').close(); sys.exit(1)"
    play(f"import signal, sys\nsignal.signal(signal.SIGINT, lambda *_: exec({say!r}))\n" + ENDLESS)

    def watch(event: Event) -> None:
        if pids(event):
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError):
        build("buildah", REQUEST, watch)
    assert tidy.exists()


def test_builds_in_threads_that_do_not_listen_are_killed(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "GRACE", 0.05)
    play("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + ENDLESS)
    found: list[int] = []

    def watch(event: Event) -> None:
        found.extend(pids(event))
        if pids(event):
            run.interrupt()

    assert build("buildah", REQUEST, watch).code == 130
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
