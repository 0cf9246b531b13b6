"""History: what is recorded, what never is, what is known after a crash, how an older database is brought up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, select, text, update

from dockwright.engine.events import Event
from dockwright.errors import ToolError
from dockwright.history import migrations, process
from dockwright.history.past import last_steps, runs, steps_past
from dockwright.history.redact import HIDDEN, redact, redacted_words, secret, secret_values
from dockwright.history.schema import ATTEMPTS, EVENTS, RUNS, STEPS, TARGETS
from dockwright.history.store import History
from dockwright.history.values import Why, key


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History.open(f"sqlite:///{tmp_path}/history.sqlite")


def rows(history: History, table: object) -> list[dict[str, object]]:
    with history.connection() as connection:
        assert connection is not None
        return [dict(row) for row in connection.execute(select(table)).mappings()]  # type: ignore[call-overload]


def build(history: History, seconds: float, name: str = "[2/3] RUN make") -> None:
    with history.run("build", "/p", ["dockwright", "build"], engine="docker") as run:
        target = run.target("web")
        attempt = target.attempt()
        attempt.watch(Event("started", "a", name, at=1.0))
        attempt.watch(Event("done", "a", name, at=1.0 + seconds))
        attempt.finish("built")
        target.finish("built")
        run.finish("built", 0)


def test_a_run_with_its_targets_attempts_steps_and_events(history: History) -> None:
    with history.run("build", "/p", ["dockwright", "build"], engine="docker") as run:
        run.event("note", "the index answers slowly", "web")
        target = run.target("web", dockerfile="web/Dockerfile", context="web", tag="p-web", platform="linux/amd64")
        attempt = target.attempt(["docker", "buildx", "build", "."])
        attempt.watch(Event("started", "sha256:a", "[builder 2/3] RUN pip install x", "builder", 2, 3, at=2.0))
        attempt.watch(Event("bytes", "sha256:a", current=10, total=20, at=2.5))
        attempt.watch(Event("failed", "sha256:a", "[builder 2/3] RUN pip install x", text="exit code: 1", at=5.0))
        attempt.finish(
            "failed", Why("network/any", "it broke", 0.9, True, "reset by peer", "Dockerfile:2", exit_code=1)
        )
        target.attempt().finish("built")
        target.finish("built", bytes=10)
        run.finish("built", 0, bytes=10)
    [made] = rows(history, RUNS)
    assert (made["verb"], made["outcome"], made["exit_code"], made["bytes"]) == ("build", "built", 0, 10)
    assert [row["outcome"] for row in rows(history, TARGETS)] == ["built"]
    assert [(row["number"], row["outcome"], row["cause"]) for row in rows(history, ATTEMPTS)] == [
        (1, "failed", "network/any"),
        (2, "built", ""),
    ]
    [step] = rows(history, STEPS)
    assert (step["stage"], step["position"], step["of"], step["outcome"]) == ("builder", 2, 3, "failed")
    assert (step["seconds"], step["bytes"]) == (3.0, 10)
    assert [row["text"] for row in rows(history, EVENTS)] == ["the index answers slowly"]


def test_a_step_that_is_probed_in_the_cache_first_counts_once(history: History) -> None:
    with history.run("build", "/p") as run:
        attempt = run.target("web").attempt()
        for kind, at in (("started", 0.0), ("done", 0.1), ("started", 0.2), ("done", 4.2)):
            attempt.watch(Event(kind, "a", "[1/1] RUN make", at=at))
    assert [(row["outcome"], row["seconds"]) for row in rows(history, STEPS)] == [("done", 4.0)]


def test_what_an_interrupted_build_was_doing_is_known(history: History) -> None:
    with pytest.raises(KeyboardInterrupt), history.run("build", "/p") as run:
        attempt = run.target("web").attempt()
        attempt.watch(Event("started", "a", "[1/1] RUN make", at=1.0))
        attempt.finish("interrupted")
        raise KeyboardInterrupt
    assert [row["outcome"] for row in rows(history, STEPS)] == ["interrupted"]
    assert [(row["outcome"], row["exit_code"]) for row in rows(history, RUNS)] == [("interrupted", 130)]


@pytest.mark.parametrize(
    ("error", "outcome", "code"), [(ToolError("x", "y", exit_code=3), "refused", 3), (ValueError(), "crashed", 4)]
)
def test_a_run_that_ends_in_an_error_says_so(history: History, error: Exception, outcome: str, code: int) -> None:
    with pytest.raises(type(error)), history.run("build", "/p"):
        raise error
    assert [(row["outcome"], row["exit_code"]) for row in rows(history, RUNS)] == [(outcome, code)]


# -- what a killed process leaves -------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from dockwright.engine.events import Event
from dockwright.history.store import History
run = History.open(sys.argv[1]).run("build", "/p")
attempt = run.target("web").attempt()
attempt.watch(Event("started", "a", "[1/1] RUN make"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_whose_process_was_killed_is_shown_as_gone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite"
    assert subprocess.run([sys.executable, "-c", KILLED, url], check=False).returncode == -9
    history = History.open(url)
    [found] = runs(history)
    assert (found.outcome, [target.outcome for target in found.targets]) == ("gone", ["gone"])
    assert found.finished is not None
    with history.run("build", "/p") as run:
        assert [each.outcome for each in runs(history)] == ["running", "gone"]
        run.finish("built", 0)


def test_another_process_with_the_same_number_is_not_the_one_that_ran(history: History) -> None:
    run = history.run("build", "/p")
    history.write(update(RUNS).values(pid_started="another boot/1"))
    assert [each.outcome for each in runs(history)] == ["gone"]
    assert run.id


def test_a_run_on_another_machine_may_still_be_running(history: History) -> None:
    history.run("build", "/p")
    history.write(update(RUNS).values(host="elsewhere", pid=1, pid_started="x"))
    assert [each.outcome for each in runs(history)] == ["running"]


def test_this_process_is_alive() -> None:
    assert process.alive(os.getpid(), process.mark())
    assert not process.alive(os.getpid(), "another boot/1")


def test_without_a_database_a_build_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History.open(f"sqlite:///{tmp_path}/file/history.sqlite")
    assert history.broken
    build(history, 1)
    assert (runs(history), steps_past(history, "/p"), last_steps(history, "/p", "web")) == ([], {}, ())


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_bytes(b"this is a letter to my aunt, and no database at all" * 50)
    before = path.read_bytes()
    history = History.open(f"sqlite:///{path}")
    build(history, 1)
    assert history.broken and path.read_bytes() == before


def test_the_place_is_the_state_folder_or_what_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("DOCKWRIGHT_HISTORY", raising=False)
    build(History.open(), 1)
    assert (tmp_path / "state" / "dockwright" / "history.sqlite").is_file()
    monkeypatch.setenv("DOCKWRIGHT_HISTORY", str(tmp_path / "other.sqlite"))
    build(History.open(), 1)
    assert (tmp_path / "other.sqlite").is_file()


# -- what earlier runs tell -------------------------------------------------------------------------------------------


def test_the_past_of_a_step_is_median_and_range(history: History) -> None:
    for seconds in (4.0, 2.0, 9.0):
        build(history, seconds)
    found = steps_past(history, "/p")[key("/p", "web", "[2/3] RUN make")]
    assert (found.median, found.least, found.most, found.runs) == (4.0, 2.0, 9.0, 3)


def test_a_step_is_the_same_wherever_it_stands_and_whatever_is_mounted_for_it() -> None:
    plain = key("/p", "web", "[2/3] RUN pip install x")
    assert plain == key("/p", "web", "[builder 4/9] RUN --mount=type=bind,from=w,target=/w pip install x")
    assert plain != key("/p", "web", "[2/3] RUN pip install y")
    assert plain != key("/p", "api", "[2/3] RUN pip install x")


def test_the_steps_of_the_last_build(history: History) -> None:
    build(history, 1, "[1/2] RUN a")
    build(history, 1, "[1/2] RUN b")
    assert last_steps(history, "/p", "web") == (key("/p", "web", "RUN b"),)


# -- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN",
        "PIP_TOKEN",
        "apiKey",
        "authToken",
        "PGPASSWORD",
        "DB_PASS",
        "AWS_SECRET_ACCESS_KEY",
        "api-key",
        "SENTRY_DSN",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert secret(name)


@pytest.mark.parametrize(
    "name", ["PYTHON_VERSION", "PATH", "AUTHOR", "COMPASS", "BYPASS", "PIP_INDEX_URL", "KEYBOARD", "MONKEY"]
)
def test_names_of_what_is_no_secret(name: str) -> None:
    assert not secret(name)


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("https://me:hunter2@index.example/simple", f"https://{HIDDEN}@index.example/simple"),
        ("git+https://ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaa@github.example/x", f"git+https://{HIDDEN}@github.example/x"),
        ("RUN TOKEN=hunter2 make", f"RUN TOKEN={HIDDEN} make"),
        ("curl -H 'Authorization: Bearer hunter2' x", f"curl -H 'Authorization: Bearer {HIDDEN}' x"),
        ("tool --password hunter2 x", f"tool --password {HIDDEN} x"),
        ('{"password": "hunter2"}', f'{{"password": {HIDDEN}}}'),
        ("GET /x?access_token=hunter2&y=1", f"GET /x?access_token={HIDDEN}&y=1"),
        ("RUN PIP_TOKEN=$PIP_TOKEN make", "RUN PIP_TOKEN=$PIP_TOKEN make"),
        ("a secret: it was unexpected token here", "a secret: it was unexpected token here"),
    ],
)
def test_redact(said: str, stored: str) -> None:
    assert redact(said) == stored


def test_words_of_a_command_line() -> None:
    words = [
        "docker",
        "build",
        "--build-arg",
        "TOKEN=a b c",
        "--build-arg=KEY=x",
        "--secret",
        "id=pip",
        "--password",
        "x",
        ".",
    ]
    assert redacted_words(words) == [
        "docker", "build", "--build-arg", f"TOKEN={HIDDEN}", f"--build-arg=KEY={HIDDEN}", "--secret", "id=pip",
        "--password", HIDDEN, ".",
    ]  # fmt: skip


def test_no_secret_reaches_the_file(tmp_path: Path) -> None:
    value = "correct-horse-battery"
    url = f"sqlite:///{tmp_path}/history.sqlite"
    history = History.open(url)
    words = ["dockwright", "build", "--build-arg", f"TOKEN={value}"]
    with history.run("build", "/p", words, secrets=secret_values({"TOKEN": value})) as run:
        run.event("note", f"with {value}")
        run.progress(f'{{"line": "{value}"}}')
        target = run.target("web", context=f"https://u:{value}@git.example/r", tag="t")
        attempt = target.attempt([*words, f"https://u:{value}@git.example/r"])
        attempt.watch(Event("started", "a", f"[1/1] ENV T={value}", at=0.0))
        attempt.finish("failed", Why("x/y", f"said {value}", evidence=f"echo {value}", diff=f"+{value}", remedy=value))
        target.finish("failed", f"because of {value}")
    history.close()
    assert not [path.name for path in tmp_path.iterdir() if value.encode() in path.read_bytes()]


@given(st.text(max_size=300))
def test_redacting_never_fails_and_is_stable(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


# -- migrations -------------------------------------------------------------------------------------------------------


def _add_note(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''"))


def test_an_older_database_takes_each_step_it_lacks_and_keeps_its_rows(history: History) -> None:
    build(history, 1)
    assert history.engine is not None
    for _ in range(2):  # the second time nothing is left to do
        migrations.migrate(history.engine, 2, {2: _add_note})
    assert "note" in {column["name"] for column in inspect(history.engine).get_columns("runs")}
    assert len(rows(history, RUNS)) == 1


def test_there_is_a_step_to_every_version() -> None:
    assert sorted(migrations.STEPS) == list(range(2, migrations.CURRENT + 1))


def test_a_newer_database_is_not_touched(history: History, tmp_path: Path) -> None:
    assert history.engine is not None
    migrations.migrate(history.engine, 2, {2: _add_note})
    with pytest.raises(ToolError, match="update dockwright") as failed:
        History.open(f"sqlite:///{tmp_path}/history.sqlite")
    assert failed.value.exit_code == 3
