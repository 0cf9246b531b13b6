"""BuildKit's rawjson, line by line: what its states, pieces of output and transfers become."""

from __future__ import annotations

from engine_replay import replay
from msgspec import json as msgjson

from dockwright.engine.events import Event, Place, place


def vertex(**fields: object) -> bytes:
    return msgjson.encode({"vertexes": [{"digest": "a", "name": "[web 2/3] RUN make", **fields}]}) + b"\n"


START = "2026-11-21T10:00:00.100000000Z"
END = "2026-11-21T10:00:02.600000000Z"


def log(data: bytes, stream: int = 1, at: str = END) -> bytes:
    return msgjson.encode({"logs": [{"vertex": "a", "stream": stream, "data": data, "timestamp": at}]}) + b"\n"


def status(id: str, current: int, total: int = 0, vertex: str = "a", **fields: str) -> bytes:
    one = {"id": id, "vertex": vertex, "current": current, "total": total, **fields}
    return msgjson.encode({"statuses": [one]}) + b"\n"


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def test_a_probe_in_the_cache_is_no_end() -> None:
    """`started`, `completed`, and started again in one record: the real run begins."""
    probe = {"digest": "a", "name": "n", "started": START, "completed": START}
    again = {"digest": "a", "name": "n", "started": END}
    events, _ = replay(
        "rawjson", msgjson.encode({"vertexes": [probe, again]}) + b"\n" + vertex(started=END, completed=END)
    )
    assert kinds(events) == ["started", "done"]


def test_the_same_state_told_twice_counts_once() -> None:
    line = vertex(started=START, completed=END)
    assert kinds(replay("rawjson", line + line)[0]) == ["started", "done"]


def test_times_are_the_engines() -> None:
    """The step takes 2.5 seconds on the engine's clock, whenever its lines arrive here."""
    events, text = replay("rawjson", vertex(started=START) + log(b"hi\n") + vertex(started=START, completed=END))
    assert [event.at for event in events] == [1.0, 3.5, 3.5]
    assert text == "\n#1 [web 2/3] RUN make\n#1 2.500 hi\n#1 DONE 2.5s\n"


def test_lines_are_put_together_by_stream() -> None:
    pieces = (
        vertex(started=START)
        + log(b"one \xc3")
        + log(b"err\n", 2)
        + log(b"\xa9\ntwo")
        + vertex(started=START, completed=END)
    )
    events, _ = replay("rawjson", pieces)
    assert [event.text for event in events if event.kind == "output"] == ["err", "one é", "two"]


def test_a_line_that_never_ends_is_cut() -> None:
    data = vertex(started=START) + b"".join(log(b"x" * 8192) for _ in range(40))
    events, _ = replay("rawjson", data)
    assert [len(event.text) for event in events if event.kind == "output"] == [73728] * 4 + [32768]


def test_bytes_are_summed_over_the_layers_of_a_pull() -> None:
    data = (
        vertex(started=START)
        + status("sha256:1", 5, 10)
        + status("sha256:2", 1)
        + status("sha256:1", 10, 10)
        + status("sha256:2", 4, 20)
    )
    told = [(event.current, event.total) for event in replay("rawjson", data)[0] if event.kind == "bytes"]
    assert told == [(5, 10), (6, 0), (11, 0), (14, 30)]


def test_what_was_transferred_is_shown_as_buildkit_shows_it() -> None:
    data = vertex(started=START) + status("sha256:1", 10_490_000, 29_130_000, started=START, completed=END)
    assert "#1 sha256:1 10.49MB / 29.13MB 2.5s done\n" in replay("rawjson", data)[1]


def test_who_is_stopped_has_not_failed() -> None:
    error = (
        'process "/bin/sh -c make" did not complete successfully: exit code: 137: context canceled: context canceled'
    )
    events, text = replay("rawjson", vertex(started=START) + vertex(started=START, completed=END, error=error), 130)
    assert kinds(events) == ["started", "canceled"] and "#1 CANCELED" in text


def test_a_client_that_was_killed_leaves_no_step_open() -> None:
    whole = vertex(started=START) + log(b"half a line")
    events, _ = replay("rawjson", whole + vertex(started=START, completed=END)[:40], -9)
    assert kinds(events) == ["started", "output", "canceled"]


def test_warnings() -> None:
    line = (
        msgjson.encode({"warnings": [{"vertex": "a", "level": 1, "short": b"FromAsCasing: casing (line 1)"}]}) + b"\n"
    )
    events, text = replay("rawjson", vertex(started=START) + line)
    assert events[-1].kind == "warning" and events[-1].text == "FromAsCasing: casing (line 1)"
    assert "#1 WARN: FromAsCasing: casing (line 1)" in text


def test_the_failure_shows_its_last_lines_before_the_final_error() -> None:
    data = vertex(started=START) + b"".join(log(b"line %d\n" % n) for n in range(20))
    data += (
        vertex(started=START, completed=END, error="exit code: 2")
        + b"ERROR: failed to build: failed to solve: exit code: 2\n"
    )
    text = replay("rawjson", data, 1)[1]
    assert text.endswith(
        "------\n > [web 2/3] RUN make:\n"
        + "".join(f"2.500 line {n}\n" for n in range(10, 20))
        + "------\nERROR: failed to build: failed to solve: exit code: 2\n"
    )
    assert text.count("line 3\n") == 1  # all of them in the step itself


def test_places() -> None:
    assert place("[builder 3/7] RUN x") == Place("builder", 3, 7)
    assert place("[3/7] RUN x") == Place("0", 3, 7)
    assert place("[stage-2 1/2] COPY a b") == Place("2", 1, 2)
    assert place("[linux/arm64 builder 3/7] RUN x") == Place("builder", 3, 7)
    assert place("[linux/arm64 3/7] RUN x") == Place("0", 3, 7)
    assert place("[internal] load metadata for x") == place("exporting to image") == place("") == Place()
