"""What a person sees: the board, its picture, its lines, the forecast, and what is shown at the end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.build.board import Board, Download, Estimate, Service, Snapshot
from dockwright.build.forecast import left
from dockwright.build.result import Attempted, Built, BuiltTarget, Loaded
from dockwright.engine.events import Event
from dockwright.finding import Report
from dockwright.history.past import RunRow, TargetRow
from dockwright.history.values import Past
from dockwright.report.built import encode_built, encode_refused, show_built
from dockwright.report.progress import clock, news, picture, size, span
from dockwright.report.runs import encode_runs, show_running, show_runs
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.download import Transfer

MB = 1_000_000
PASTS = {"a": Past(10, 8, 14, 3), "b": Past(4, 4, 4, 5), "c": Past(1, 1, 2, 5)}


# -- forecast ---------------------------------------------------------------------------------------------------------


def test_what_is_left_is_the_sum_of_what_lies_ahead() -> None:
    assert left(("a", "b", "c"), {"a"}, {"b": 1.0}, PASTS) == Estimate(4.0, 4.0, 5.0, 5)


def test_a_step_that_takes_longer_than_ever_counts_no_more() -> None:
    assert left(("a",), set(), {"a": 60.0}, PASTS) == Estimate(0.0, 0.0, 0.0, 3)


def test_nothing_is_said_where_the_past_of_what_runs_is_not_known() -> None:
    assert left(("a",), set(), {"new": 1.0}, PASTS) is None
    assert left((), set(), {}, PASTS) is None


# -- the board --------------------------------------------------------------------------------------------------------


def test_steps_of_a_build() -> None:
    board = Board(("web",))
    board.event("web", Event("cached", "1", "[build 1/3] FROM x", "build", 1, 3))
    board.event("web", Event("started", "2", "[build 2/3] RUN make", "build", 2, 3))
    board.event("web", Event("bytes", "2", "[build 2/3] RUN make", "build", 2, 3, current=5, total=9))
    [service] = board.snapshot().services
    assert (service.stage, service.index, service.of, service.cached) == ("build", 2, 3, 1)
    assert (service.step, service.current, service.total) == ("[build 2/3] RUN make", 5, 9)
    board.event("web", Event("done", "2", "[build 2/3] RUN make", "build", 2, 3))
    assert board.snapshot().services[0].step == ""


def test_downloads_of_all_services_together() -> None:
    board = Board()
    digests = ["a" * 64, "b" * 64]
    board.expect(
        [Artefact(name, "1", f"{name}.whl", "", digest, 10 * MB) for name, digest in zip("ab", digests, strict=True)]
    )
    board.transfer(Transfer("a.whl", "cached", 10 * MB, 10 * MB, sha256=digests[0]))
    board.transfer(Transfer("b.whl", "loading", 4 * MB, 10 * MB, sha256=digests[1]))
    download = board.snapshot().download
    assert download is not None
    assert (download.current, download.total, download.done, download.files) == (14 * MB, 20 * MB, 1, 2)
    assert download.running == ("b.whl",)


def test_a_snapshot_survives_the_history() -> None:
    board = Board(("web",))
    board.set("web", left=Estimate(1, 2, 3, 4))
    snapshot = board.snapshot()
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot) == snapshot


# -- the picture ------------------------------------------------------------------------------------------------------

SNAPSHOT = Snapshot(
    at=1042.0,
    began=1000.0,
    services=(
        Service(
            "api", "building", "builder", 3, 7, "[builder 3/7] RUN pip install -r requirements.txt", attempt=2, began=1010.0,
            left=Estimate(40, 31, 62, 4),
        ),
        Service("jobs", "pausing", says="the connection was reset", until=1054.0),
        Service("base", "built", seconds=12.3),
        Service("web", "not-tried", says="it needs the image of base"),
    ),
    download=Download(412 * MB, 1000 * MB, 34e6, 16, 7),
)  # fmt: skip


def test_the_picture() -> None:
    assert picture(SNAPSHOT, 140) == [
        "2 of 4 images   wheels: 412 MB of 1.0 GB, 7 of 16 files, 34 MB/s, 17 s left   0:42",
        "  api   building     attempt 2   builder 3/7   0:32   about 40 s left (31 s to 1 min 2 s, 4 builds)   RUN pip install -r requirements.txt",
        "  jobs  pausing      next try in 12 s: the connection was reset",
        "  base  built        12 s",
        "  web   not tried    it needs the image of base",
    ]


@given(st.integers(10, 200), st.text(max_size=300))
def test_no_line_is_wider_than_the_terminal_and_none_drives_it(width: int, text: str) -> None:
    service = Service(text, "building", text, 1, 2, text, began=0.0, says=text)
    lines = picture(Snapshot(5.0, 0.0, text, (service,)), width)
    assert all(len(line) <= width and line.isprintable() for line in lines)


def test_lines_tell_of_each_tenth_and_of_long_steps() -> None:
    def at(seconds: float, current: int) -> Snapshot:
        service = Service("web", "building", step="[2/3] RUN make", step_began=0.5)
        return Snapshot(seconds, 0.0, "", (service,), Download(current, 100 * MB, files=2))

    snapshots = [at(1.0, 0), at(2.0, 4 * MB), at(3.0, 12 * MB), at(4.0, 19 * MB), at(5.0, 100 * MB)]
    told = list(news(None, snapshots[0]))
    for before, now in pairwise(snapshots):
        told += news(before, now)
    assert told == [
        "wheels: 0 B of 100 MB, 0 of 2 files", "wheels: 12 MB of 100 MB, 0 of 2 files", "web: [2/3] RUN make …",
        "wheels: 100 MB of 100 MB, all here",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "said"), [(4.2, "4.2 s"), (9.99, "10 s"), (59.6, "1 min"), (125, "2 min 5 s"), (3840, "1 h 4 min")]
)
def test_spans(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_clocks_and_sizes() -> None:
    assert (clock(42.9), clock(3727), size(999), size(1_300_000_000)) == ("0:42", "1:02:07", "999 B", "1.3 GB")


# -- the end ----------------------------------------------------------------------------------------------------------

BUILT = Built(
    (
        BuiltTarget("web", "web/Dockerfile", "web", ("shop-web",), "built", 41.2, (Attempted(1, 9, "failed", "network/reset"), Attempted(2, 30, "built"))),
        BuiltTarget("jobs", "Jobs", ".", ("shop-jobs",), "not-tried", says="it needs the image of base"),
    ),
    "docker", 44.0, Loaded(16, 1000 * MB, 2, 0, 900 * MB, 17, 20.0),
)  # fmt: skip


def test_what_is_shown_at_the_end() -> None:
    assert show_built(BUILT).splitlines() == [
        "built      web    shop-web   41 s, 2 attempts",
        "not tried  jobs   it needs the image of base",
        "  wheels: 16 files, 1.0 GB; 900 MB downloaded in 20 s",
    ]


def test_what_was_not_loaded_is_not_said_to_be_here() -> None:
    loaded = Loaded(10, 60 * MB, missing=10, failed=("the disk is full",))
    said = "  wheels: 10 of 10 files not in the wheelhouse, builds asked the index for them: the disk is full"
    assert show_built(Built((), "docker", 1.0, loaded)).splitlines() == [said]


@pytest.mark.parametrize(
    ("outcomes", "outcome", "code"),
    [
        (("built",), "built", 0), (("built", "transient"), "transient", 75), (("transient", "failed", "not-tried"), "failed", 1),
        (("built", "interrupted"), "interrupted", 130),
    ],
)  # fmt: skip
def test_what_a_run_comes_to(outcomes: tuple[str, ...], outcome: str, code: int) -> None:
    built = Built(tuple(BuiltTarget("x", "", "", ("x",), each) for each in outcomes), "docker", 1.0)
    assert (built.outcome, built.exit_code) == (outcome, code)


def schema() -> Any:
    from importlib.resources import files

    return msgspec.json.decode(files("dockwright").joinpath("schema/build.json").read_bytes())


def test_the_json_is_as_its_schema_says() -> None:
    for text in (encode_built(BUILT, lambda name: None), encode_refused(Report(()), lambda name: None)):
        jsonschema.validate(msgspec.json.decode(text), schema())


# -- runs -------------------------------------------------------------------------------------------------------------


def row(outcome: str, progress: str = "") -> RunRow:
    target = TargetRow("web", "shop-web", "failed", 3.0, "", 2, "network/reset")
    return RunRow(7, "build", "/shop", "docker", 99, 1000.0, 1044.0, outcome, 1, 900 * MB, progress, (target,))


def test_a_running_build_is_shown_as_its_own_terminal_shows_it() -> None:
    shown = show_running([row("running", msgspec.json.encode(SNAPSHOT).decode())], 140).splitlines()
    assert shown[0] == "/shop   build with docker, process 99"
    assert shown[2].startswith("  api   building")


@pytest.mark.parametrize("progress", ["", "{", "[]"])
def test_a_run_without_a_picture_is_named_all_the_same(progress: str) -> None:
    assert "/shop" in show_running([row("running", progress)], 80)


def test_runs_that_are_over() -> None:
    lines = show_runs([row("failed")]).splitlines()
    assert lines[0].endswith("build      failed        44 s   900 MB downloaded   /shop")
    assert lines[1] == "        web: failed   network/reset   2 attempts"
    assert msgspec.json.decode(encode_runs([row("gone")]))["runs"][0]["outcome"] == "gone"
    assert show_runs([]) == "nothing has run yet\n"
