"""mend --verify build with an engine that is played: when it stops, what it says, what it writes into the history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dockwright import verify_build
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Watch
from dockwright.engine.run import Ran
from dockwright.finding import Safety
from dockwright.history.past import runs
from dockwright.history.store import History
from dockwright.project import Project
from dockwright.verify_build import Proven, prove
from dockwright.verify_start import Started

BOTH = (Safety.SAFE, Safety.RISKY)
# The rehearsal knows nothing of what the archive holds, so only the build tells.
DOCKERFILE = "FROM python:3.12-slim\nADD site.tar /srv\nRUN sh /srv/install.sh\n"
GONE = '#6 [3/3] RUN sh /srv/install.sh\n#6 0.2 {said}\n#6 ERROR: process "/bin/sh -c sh /srv/install.sh" did not complete successfully: exit code: 1\n'
RESET = GONE.format(said="curl: (56) Recv failure: Connection reset by peer")
HEADER = GONE.format(said="shop.c:3:10: fatal error: libpq-fe.h: No such file or directory")
OTHER = GONE.format(said="shop.c:4:10: fatal error: ffi.h: No such file or directory")

Play = Callable[..., list[BuildRequest]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """`play(log, log, "")`: what each build says; an empty one succeeds, and so does every build after the last."""

    def plays(*logs: str) -> list[BuildRequest]:
        asked: list[BuildRequest] = []

        def build(engine: str, request: BuildRequest, watch: Watch | None = None) -> Ran:
            log = logs[len(asked)] if len(asked) < len(logs) else ""
            asked.append(request)
            return Ran(1 if log else 0, log, 1.0, ["docker"])

        monkeypatch.setattr(verify_build, "build", build)
        return asked

    return plays


def project(folder: Path, **services: str) -> Project:
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "site.tar").write_bytes(b"")
    if services:
        (folder / "compose.yaml").write_text(
            "services:\n" + "".join(f"  {name}: {text}\n" for name, text in services.items())
        )
    return Project.read(str(folder), offline=True)


def mended(folder: Path, **options: object) -> Proven:
    return prove(project(folder), "docker", BOTH, **options)  # type: ignore[arg-type]


def test_built_at_once(tmp_path: Path, play: Play) -> None:
    asked = play()
    result = mended(tmp_path)
    assert result.outcome == "built" and result.files == {} and len(asked) == 1
    assert [attempt.built for attempt in result.attempts] == [True]


def test_mended_from_the_log_with_evidence_and_diff(tmp_path: Path, play: Play) -> None:
    play(HEADER)
    result = mended(tmp_path)
    first, second = result.attempts
    assert result.outcome == "built" and second.built and not first.built
    assert (
        first.cause == "system/header-missing"
        and "libpq-fe.h" in first.evidence[0]
        and first.evidence[0].startswith("log:2:")
    )
    assert "+RUN apt-get" in first.diff and first.remedy == "Install libpq-dev" and result.diff == first.diff
    assert (tmp_path / "Dockerfile").read_text() == DOCKERFILE, "the project itself stays as it is"


def test_each_build_has_the_mended_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def build(engine: str, request: BuildRequest, watch: Watch | None = None) -> Ran:
        texts.append(Path(request.dockerfile).read_text())
        return Ran(len(texts) == 1, HEADER if len(texts) == 1 else "", 1.0, [])

    monkeypatch.setattr(verify_build, "build", build)
    mended(tmp_path)
    assert texts[0] == DOCKERFILE and "libpq-dev" in texts[1]


def test_stops_at_the_same_cause_twice(tmp_path: Path, play: Play) -> None:
    asked = play(HEADER, HEADER, HEADER)
    result = mended(tmp_path)
    assert result.outcome == "persists" and len(asked) == 2 and result.left


def test_goes_on_while_the_causes_differ_and_stops_after_so_many(tmp_path: Path, play: Play) -> None:
    assert play(HEADER, OTHER) is not None
    assert mended(tmp_path).outcome == "built"
    asked = play(HEADER, OTHER)
    result = mended(tmp_path, tries=2)
    assert result.outcome == "too-many" and len(asked) == 2 and result.left


def test_a_fault_that_may_pass_is_tried_again_and_then_said_to_be_one(tmp_path: Path, play: Play) -> None:
    play(RESET)
    assert mended(tmp_path).outcome == "built"
    play(*[RESET] * 9)
    result = mended(tmp_path)
    assert result.outcome == "transient" and len(result.attempts) == 3


def test_what_nobody_knows_is_not_mended(tmp_path: Path, play: Play) -> None:
    play(GONE.format(said="something odd"))
    result = mended(tmp_path)
    assert result.outcome == "no-remedy" and result.files == {}


def test_no_target_is_not_success(play: Play) -> None:
    play()
    assert prove(Project.of({"README.md": "x"}), "docker", BOTH).outcome == "no-target"


def test_a_target_built_before_a_later_mend_is_built_again(tmp_path: Path, play: Play) -> None:
    asked = play("", HEADER)
    found = project(tmp_path, one="{build: .}", two="{build: {context: ., args: {A: b}}}")
    result = prove(found, "docker", BOTH)
    assert result.outcome == "built"
    assert [(attempt.target, attempt.built) for attempt in result.attempts] == [
        ("one", True), ("two", False), ("two", True), ("one", True),
    ]  # fmt: skip
    assert len({request.tag for request in asked}) == 2


def test_start_is_mended_too(tmp_path: Path, play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play()
    said = [
        "Traceback (most recent call last):\nImportError: libGL.so.1: cannot open shared object file: No such file or directory\n",
        "",
    ]
    monkeypatch.setattr(verify_build, "start", lambda *_: Started(bool(said[0]), said.pop(0), 0.1))
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    found = project(tmp_path)
    (tmp_path / "Dockerfile").write_text(DOCKERFILE + 'CMD ["python", "/srv/app.py"]\n')
    result = prove(Project.read(str(found.root), offline=True), "docker", BOTH, starting=True)
    assert [(attempt.built, attempt.started) for attempt in result.attempts] == [(True, False), (True, True)]
    assert result.outcome == "built" and "libgl1" in result.diff


def test_attempts_go_to_the_history(tmp_path: Path, play: Play) -> None:
    play(HEADER)
    history = History.open(f"sqlite:///{tmp_path / 'history.sqlite'}")
    told: list[str] = []
    with history.run("mend", str(tmp_path), engine="docker") as run:
        mended(tmp_path, run=run, tell=lambda attempt: told.append(attempt.cause))
        run.finish("built", 0)
    (row,) = runs(history)
    assert row.outcome == "built" and row.targets[0].attempts == 2 and row.targets[0].cause == "system/header-missing"
    assert told == ["system/header-missing", ""]
    history.close()
