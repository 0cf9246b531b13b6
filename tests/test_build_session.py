"""A whole run with an engine that is played: retries, dependencies, interruption, what is recorded. Nothing here sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from msgspec import structs

from dockwright.build import retry
from dockwright.build.board import Board, Snapshot
from dockwright.build.derive.relays import Relays
from dockwright.build.lay import Settings
from dockwright.build.names import tags
from dockwright.build.order import Host
from dockwright.build.relay import Filling, Relay
from dockwright.build.result import Built, Refused
from dockwright.build.service import Given
from dockwright.build.session import Options, Session, Tools
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Event
from dockwright.engine.run import Ran
from dockwright.errors import PREREQUISITE, ToolError
from dockwright.finding import Report
from dockwright.history.past import RunRow, runs
from dockwright.history.recording import Recording
from dockwright.history.store import History
from dockwright.inputs.targets import Target
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted
from dockwright.wheels.download import Failed, Fetched, Transfer

RESET = """\
#5 [2/2] RUN pip install x
#5 1.2 http.client.IncompleteRead: IncompleteRead(524288 bytes read, 1048576 more expected)
#5 ERROR: process "/bin/sh -c pip install x" did not complete successfully: exit code: 2
------
"""
MISSING = """\
#5 [2/2] RUN pip install x
#5 1.2 ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'
#5 ERROR: process "/bin/sh -c pip install x" did not complete successfully: exit code: 1
------
"""
COMPOSE = """\
services:
  base: {build: base}
  web: {build: {context: web, additional_contexts: {common: "service:base"}}}
  jobs: {build: jobs}
"""
FILES = dict.fromkeys(("base/Dockerfile", "web/Dockerfile", "jobs/Dockerfile"), "FROM scratch\nRUN pip install x\n")
NOTHING, USUAL = Tools(), Options()
Answer = tuple[int, str]
Play = Callable[[BuildRequest, int], Answer]


class Played:
    """An engine: `play` answers code and output for each request and how often its tag was asked for."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.asked: list[BuildRequest] = []

    def __call__(self, engine: str, request: BuildRequest, watch: Callable[[Event], None]) -> Ran:
        self.asked.append(request)
        watch(Event("started", "1", "[2/2] RUN pip install x", "0", 2, 2, at=0.0))
        code, output = self.play(request, sum(each.tag == request.tag for each in self.asked))
        watch(Event("done" if code == 0 else "failed", "1", "[2/2] RUN pip install x", "0", 2, 2, at=1.0))
        return Ran(code, output, 1.0, [])

    @property
    def tags(self) -> list[str]:
        return [request.tag for request in self.asked]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "WAITS", (0.0,))


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = History.open(f"sqlite:///{folder}/history.sqlite")
        for name, text in {**FILES, "compose.yaml": COMPOSE}.items():
            path = folder / "shop" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.project = Project.read(str(folder / "shop"), offline=True)
        self.lines: list[str] = []

    def session(self, play: Play, tools: Tools = NOTHING, options: Options = USUAL) -> tuple[Session, Played]:
        run = Recording(lambda: self.history.run("build", self.project.root))
        named = {target.name: tags(self.project, target, {}) for target in self.project.targets}
        board, work = Board(tuple(named)), self.folder / "work"
        work.mkdir(exist_ok=True)
        engine = Played(play)
        session = Session(
            self.project, "docker", named, options, tools, run, board, str(work), Host(2),
            lambda name, text, kind: self.lines.append(f"{name}: {text}"),
        )  # fmt: skip
        session.work.build = engine
        return session, engine

    def build(self, play: Play, tools: Tools = NOTHING, options: Options = USUAL) -> tuple[Built, Played]:
        session, engine = self.session(play, tools, options)
        with session.record:
            built = session.build()
            session.record.finish(built.outcome, built.exit_code)
        return built, engine

    @property
    def recorded(self) -> RunRow:
        return runs(self.history)[0]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def outcomes(built: Built) -> dict[str, str]:
    return {target.name: target.outcome for target in built.targets}


def good(request: BuildRequest, time: int) -> Answer:
    return 0, ""


def test_everything_is_built_the_base_before_what_needs_it(bench: Bench) -> None:
    built, engine = bench.build(good)
    assert (built.exit_code, set(outcomes(built).values())) == (0, {"built"})
    assert engine.tags.index("shop-base") < engine.tags.index("shop-web")
    web = next(request for request in engine.asked if request.tag == "shop-web")
    assert web.named_contexts == {"common": "docker-image://shop-base"}
    assert (bench.recorded.outcome, [target.outcome for target in bench.recorded.targets]) == ("built", ["built"] * 3)


def test_what_may_pass_is_tried_again_until_it_does(bench: Bench) -> None:
    built, _ = bench.build(lambda request, time: (1, RESET) if request.tag == "shop-jobs" and time < 3 else (0, ""))
    [jobs] = [target for target in built.targets if target.name == "jobs"]
    assert [(each.outcome, each.cause, each.transient) for each in jobs.attempts] == [
        ("failed", "network/reset", True), ("failed", "network/reset", True), ("built", "", False),
    ]  # fmt: skip
    assert (built.exit_code, {target.name: target.attempts for target in bench.recorded.targets}["jobs"]) == (0, 3)


def test_what_does_not_pass_is_explained_and_takes_only_its_own_with_it(bench: Bench) -> None:
    built, engine = bench.build(lambda request, time: (1, MISSING) if request.tag == "shop-base" else (0, ""))
    assert (built.exit_code, outcomes(built)) == (1, {"base": "failed", "web": "not-tried", "jobs": "built"})
    base, web, _ = built.targets
    assert base.diagnosis is not None and base.diagnosis.ranked[0].finding.cause == "context/requirements-missing"
    assert (len(base.attempts), web.says) == (1, "it needs the image of base, which was not built")
    assert sorted(engine.tags) == ["shop-base", "shop-jobs"]


def test_a_fault_that_outlasts_the_budget(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "WAITS", (0.0, 0.0, 1e6))
    built, _ = bench.build(lambda request, time: (1, RESET) if request.tag == "shop-base" else (0, ""))
    assert (built.exit_code, outcomes(built)) == (75, {"base": "transient", "web": "not-tried", "jobs": "built"})
    assert len(built.targets[0].attempts) == 3


def test_a_step_with_effects_outside_is_not_run_twice(bench: Bench) -> None:
    path = bench.folder / "shop" / "jobs" / "Dockerfile"
    path.write_text("FROM scratch\nRUN pip install x && twine upload dist/*\n")
    bench.project = Project.read(str(bench.folder / "shop"), offline=True)
    log = RESET.replace("pip install x", "pip install x && twine upload dist/*")
    built, engine = bench.build(lambda request, time: (1, log) if request.tag == "shop-jobs" else (0, ""))
    [jobs] = [target for target in built.targets if target.name == "jobs"]
    assert (jobs.outcome, len(jobs.attempts), engine.tags.count("shop-jobs")) == ("failed", 1, 1)
    assert "twine upload" in jobs.says


@pytest.mark.parametrize("code", [-9, 137])
def test_a_killed_client_is_started_again(bench: Bench, code: int) -> None:
    built, engine = bench.build(lambda request, time: (code, "") if time == 1 else (0, ""))
    assert (built.exit_code, len(engine.asked)) == (0, 6)


LOST = """#5 [2/2] RUN pip install x
#5 0.249 Collecting x
ERROR: failed to build: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF
"""
AWAY = "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n"


def test_an_engine_that_went_away_is_waited_for(bench: Bench) -> None:
    """Recorded: a daemon killed in a step and started again eight seconds later."""
    said = {1: LOST, 2: AWAY, 3: AWAY, 4: AWAY}
    built, _ = bench.build(lambda request, time: (1, said[time]) if time in said else (0, ""))
    assert {target.outcome for target in built.targets} == {"built"}
    causes = [each.cause for each in built.targets[0].attempts]
    assert causes == ["engine/connection-lost", *["engine/daemon-unreachable"] * 3, ""]


def test_an_engine_that_goes_away_again_and_again_is_left_alone(bench: Bench) -> None:
    """The build may be what ends it, and other people's builds with it."""
    built, engine = bench.build(lambda request, time: (1, LOST))
    assert (built.exit_code, engine.tags.count("shop-jobs")) == (75, 3)


def test_ctrl_c_ends_the_builds_and_keeps_what_is_known(bench: Bench) -> None:
    session, _ = bench.session(lambda request, time: (1, "") if session.work.stop.wait(30) else (0, ""))

    def tick(snapshot: Snapshot) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), session.record:
        session.build(tick)
    assert (bench.recorded.outcome, bench.recorded.exit_code) == ("interrupted", 130)
    assert {target.outcome for target in bench.recorded.targets} == {"interrupted"}
    assert not any(thread.is_alive() for thread in session.threads)


# -- with the wheelhouse ----------------------------------------------------------------------------------------------

FILE = Artefact("x", "1", "x-1-py3-none-any.whl", "", "a" * 64, 100)


def tools(log: list[str]) -> Tools:
    lock = threading.Lock()

    def fetch(wanted: Wanted, watch: Callable[[Transfer], None]) -> Fetched:
        with lock:
            log.append(f"fetch {wanted.target}")
        watch(Transfer(FILE.filename, "done", 100, 100, sha256=FILE.sha256))
        return Fetched(downloaded=1, bytes_over_wire=100, attempts=1)

    def derive(target: Target, wanted: Wanted | None, folder: str, relay: str) -> Given:
        with lock:
            log.append(f"derive {target.name}")
        return Given("FROM scratch\n# derived\n", {"dockwright-wheelhouse": folder}, ("one note",))

    return Tools(lambda: [Wanted(name, (FILE,)) for name in ("base", "web", "jobs")], fetch, derive)


def test_wheels_are_fetched_before_the_build_that_needs_them(bench: Bench) -> None:
    log: list[str] = []
    built, engine = bench.build(good, tools(log))
    assert all(log.index(f"fetch {name}") < log.index(f"derive {name}") for name in ("base", "web", "jobs"))
    assert {Path(request.dockerfile).read_text() for request in engine.asked} == {"FROM scratch\n# derived\n"}
    assert all("dockwright-wheelhouse" in request.named_contexts for request in engine.asked)
    assert all(target.derived and target.notes == ("one note",) for target in built.targets)
    assert (built.loaded.files, built.loaded.bytes, built.loaded.over_wire) == (1, 100, 300)


def test_where_the_wheelhouse_fails_builds_go_on_without(bench: Bench) -> None:
    def broken(wanted: Wanted, watch: Callable[[Transfer], None]) -> Fetched:
        raise OSError("the disk is gone")

    log: list[str] = []
    made = tools(log)
    built, _ = bench.build(good, Tools(made.prepare, broken, made.derive))
    assert built.exit_code == 0 and "the wheelhouse can't be filled: the disk is gone" in built.notes
    assert (built.loaded.cached, built.loaded.missing, built.loaded.failed) == (0, 1, ("the disk is gone",))


def test_what_could_not_be_fetched_is_asked_for_again_before_the_next_attempt(bench: Bench) -> None:
    log: list[str] = []
    made = tools(log)

    def fetch(wanted: Wanted, watch: Callable[[Transfer], None]) -> Fetched:
        log.append(f"fetch {wanted.target}")
        failed = (Failed(FILE, "cut off", True),) if log.count(f"fetch {wanted.target}") == 1 else ()
        return Fetched(downloaded=1 - len(failed), failed=failed)

    built, _ = bench.build(
        lambda request, time: (1, RESET) if request.tag == "shop-base" and time == 1 else (0, ""),
        Tools(made.prepare, fetch, made.derive),
    )
    assert built.exit_code == 0
    assert [log.count(f"{what} base") for what in ("fetch", "derive")] == [2, 2]
    assert log.count("fetch jobs") == 1


def test_a_certain_failure_that_only_the_index_shows_ends_the_run(bench: Bench) -> None:
    def prepare() -> list[Wanted]:
        raise Refused(Report(()))

    with pytest.raises(Refused):
        bench.build(good, Tools(prepare, tools([]).fetch, tools([]).derive))


def test_what_the_plan_shows_to_be_missing_ends_the_run(bench: Bench) -> None:
    def prepare() -> list[Wanted]:
        raise ToolError("disk", "the disk is too small", exit_code=PREREQUISITE)

    session, _ = bench.session(good, Tools(prepare, tools([]).fetch, tools([]).derive))
    with pytest.raises(ToolError, match="too small"), session.record:
        session.build()
    assert (bench.recorded.outcome, bench.recorded.exit_code) == ("refused", 3)


def test_the_past_tells_what_is_left(bench: Bench) -> None:
    bench.build(good)
    seen: list[float] = []
    session, _ = bench.session(good)
    session.record.start()
    assert session.remembered.wait(20)
    session.build(lambda snapshot: seen.extend(each.left.seconds for each in snapshot.services if each.left))
    assert session.work.past and all(past.median == 1.0 for past in session.work.past.values())


# -- with the relay ---------------------------------------------------------------------------------------------------


class FakeRelay:
    """Steps of the targets in `near` reach it."""

    host, token = "127.0.0.1", "none"

    def __init__(self, filling: Filling, near: bool) -> None:
        self.filling, self.near, self.deaf = filling, near, False
        self.asked: set[str] = set()

    def url(self, target: str) -> str:
        return f"http://relay/{target}"


def relaying(log: list[str], near: bool, early: bool = True) -> Tools:
    """Nothing of a target is fetched before its build has begun."""
    begun = {name: threading.Event() for name in ("base", "web", "jobs")}
    before = tools(log)

    def fetch(wanted: Wanted, watch: Callable[[Transfer], None]) -> Fetched:
        assert not near or not early or begun[wanted.target].wait(20)
        assert before.fetch is not None
        return before.fetch(wanted, watch)

    def derive(target: Target, wanted: Wanted | None, folder: str, relay: str) -> Given:
        log.append(f"derive {target.name} {relay}")
        begun[target.name].set()
        return Given("FROM scratch\n", relay=relay, secrets={"dockwright-x": relay} if relay else {})

    def relay(filling: Filling) -> Relay:
        return cast("Relay", FakeRelay(filling, near))

    return Tools(before.prepare, fetch, derive, relay=relay, relays=lambda target: Relays(True, early))


def test_with_a_relay_no_build_waits_for_the_download(bench: Bench) -> None:
    log: list[str] = []
    built, engine = bench.build(good, relaying(log, near=True))
    assert built.outcome == "built"
    assert log.index("derive base http://relay/base") < log.index("fetch base")
    assert all("id=dockwright-x," in request.secrets[0] for request in engine.asked)


def test_where_steps_do_not_reach_it_they_are_sent_their_files(bench: Bench) -> None:
    log: list[str] = []

    def deaf(request: BuildRequest, time: int) -> Answer:
        named = next((each for each in log if each.startswith(f"derive {request.tag.removeprefix('shop-')} http")), "")
        return (1, f"Looking in links: {named.split()[-1]}") if named and time == 1 else (0, "")

    built, _ = bench.build(deaf, relaying(log, near=False))
    assert built.outcome == "built"
    tried = {target.name: [each.outcome for each in target.attempts] for target in built.targets}
    near = {name for name in tried if f"derive {name} http://relay/{name}" in log}
    assert near and all(tried[name] == ["interrupted", "built"] for name in near)
    assert all(log.index(f"fetch {name}") < log.index(f"derive {name} ") for name in tried)
    assert [each for each in log if each.startswith("derive web")] == ["derive web "], "it is not tried again"


@pytest.mark.parametrize("push", [True, False])
def test_what_is_pushed_and_impatient_tools_wait_for_the_files(push: bool, bench: Bench) -> None:
    log: list[str] = []
    tools = relaying(log, near=True, early=False)
    tools = structs.replace(tools, relays=lambda target: Relays(True, push))
    built, _ = bench.build(good, tools, Options(Settings(push=push)))
    assert built.outcome == "built" and log.index("fetch base") < log.index("derive base http://relay/base")
