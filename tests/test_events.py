"""One stream of events over all engines, from what they really wrote (tests/logs), and from what nobody should write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engine_replay import EVERY, LOGS, RAWJSON, READERS, name, replay
from hypothesis import given
from hypothesis import strategies as st

from dockwright.diagnose import diagnose
from dockwright.engine.events import Event, Watch, plain, visible
from dockwright.engine.output import Output
from dockwright.log import BuildLog, read


def shape(log: BuildLog) -> object:
    """What explain is made of."""
    steps = {
        (step.instruction, step.stage, step.index, step.of, step.status.replace("cached", "done"))
        for step in log.steps
        if step.index is not None and step.status != "canceled"
    }
    failed = [
        (step.instruction, step.exit_code, step.dockerfile_line, sorted(line.text for line in step.lines))
        for step in log.failed
    ]
    return log.outcome, log.exit_code, steps, failed


@pytest.mark.parametrize("path", RAWJSON, ids=name)
def test_rawjson_is_rendered_as_the_plain_text_that_explain_reads(path: Path) -> None:
    _, text = replay("rawjson", path.read_bytes(), 1)
    assert shape(read(text)) == shape(read(path.with_name("plain.txt").read_bytes()))


@pytest.mark.parametrize("path", RAWJSON, ids=name)
def test_what_was_rendered_is_explained_the_same(path: Path) -> None:
    _, text = replay("rawjson", path.read_bytes(), 1)
    plainly = path.with_name("plain.txt").read_text()
    causes = [[(each.finding.cause, each.confidence) for each in diagnose(read(log)).ranked] for log in (text, plainly)]
    assert causes[0] == causes[1]


def block(text: str) -> dict[str, list[str]]:
    """By the name of each step, its lines without their times."""
    names: dict[str, str] = {}
    lines: dict[str, list[str]] = {}
    for line in text.splitlines():
        found = re.match(r"#([1-9]\d*) (.*)", line)
        if found is None or found[2] in ("...", ""):
            continue
        step = names.setdefault(found[1], found[2])
        rest = re.sub(r"^\d+\.\d+ ", "", found[2])
        rest = re.sub(r" ?\d+\.\d+s", "", rest)
        if found[2] != step and not rest.startswith(("transferring", "extracting", "sha256:", "exporting", "writing")):
            lines.setdefault(step, []).append(rest)
    return lines


@pytest.mark.parametrize(
    "path", [path for path in RAWJSON if path.parent.name in ("good", "multi", "heredoc", "pipcr")], ids=name
)
def test_rendered_line_by_line_as_buildkit_does(path: Path) -> None:
    ours = block(replay("rawjson", path.read_bytes())[1])
    theirs = block(path.with_name("plain.txt").read_text())
    for step, lines in theirs.items():
        if "RUN" in step and "CANCELED" not in lines:  # it was stopped at another moment
            assert sorted(ours[step]) == sorted(lines), step


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_every_step_that_begins_ends(path: Path) -> None:
    code = 0 if path.parent.name == "good" else 1
    events, _ = replay(path.stem, path.read_bytes(), code)
    open_steps: dict[str, Event] = {}
    for event in events:
        assert event.step or event.kind == "output"
        if event.kind == "started":
            open_steps[event.step] = event
        elif event.kind in ("done", "cached", "failed", "canceled"):
            open_steps.pop(event.step, None)
        assert event.index <= event.of and event.at >= 0
    assert not open_steps
    failed = [event for event in events if event.kind == "failed"]
    if code == 0:
        assert not failed


@pytest.mark.parametrize("kind", READERS)
def test_the_same_failure_in_the_words_of_each_engine(kind: str) -> None:
    path = LOGS / "multi" / f"{kind}.txt"
    events, _ = replay(kind, path.read_bytes(), 1)
    (failed,) = (event for event in events if event.kind == "failed")
    log = read(path.read_bytes())
    assert failed.text and failed.name.partition("] ")[2].split()[0] == "RUN"
    assert log.failed[0].instruction == failed.name.partition("] ")[2]
    said = [event.text for event in events if event.kind == "output" and event.step == failed.step]
    assert said, "what the failed step has put out"


# -- engines that write text ------------------------------------------------------------------------------------------


def steps(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(event.kind, event.step, event.name) for event in events if event.kind not in ("output", "bytes")]


def test_the_classic_builder() -> None:
    said = b"""Sending build context to Docker daemon  3.015MB\r\r
Step 1/4 : FROM a AS base
 ---> 8b5d67b54350
Step 2/4 : WORKDIR /app
 ---> Using cache
 ---> f92131ebd72f
Step 3/4 : FROM base
 ---> f92131ebd72f
Step 4/4 : RUN make
 ---> Running in 72da879f4a02
Step 3/4 : forged
\x1b[91merr\x1b[0m
no end of line ---> Removed intermediate container 72da879f4a02
 ---> 2d82498fe922
Successfully built 2d82498fe922
"""
    events, text = replay("legacy", said)
    assert text == said.decode()
    assert steps(events) == [
        ("started", "context", "[internal] load build context"),
        ("done", "context", "[internal] load build context"),
        ("started", "0/1", "[base 1/4] FROM a AS base"),
        ("done", "0/1", "[base 1/4] FROM a AS base"),
        ("started", "0/2", "[base 2/4] WORKDIR /app"),
        ("cached", "0/2", "[base 2/4] WORKDIR /app"),
        ("started", "1/3", "[stage-1 3/4] FROM base"),
        ("done", "1/3", "[stage-1 3/4] FROM base"),
        ("started", "1/4", "[stage-1 4/4] RUN make"),
        ("done", "1/4", "[stage-1 4/4] RUN make"),
    ]
    assert [event.current for event in events if event.kind == "bytes"] == [3_015_000]
    said_by_make = [event.text for event in events if event.kind == "output" and event.step == "1/4"]
    assert said_by_make[:3] == ["Step 3/4 : forged", "err", "no end of line"]


def test_buildah_and_podman() -> None:
    said = b"""[1/3] STEP 1/2: FROM a AS base
[1/3] STEP 2/2: WORKDIR /app
--> Using cache 2c31dc1303b070dbe5c0ae533dd5d71fe791c62b0575d4a7bee4b31591baff7e
--> 2c31dc1303b
[3/3] STEP 1/2: FROM 2c31dc1303b070dbe5c0ae533dd5d71fe791c62b0575d4a7bee4b31591baff7e
[3/3] STEP 2/2: RUN make
STEP 2/2: forged
no end of line--> 5b152fcb19c
[3/3] COMMIT web
--> 0f7327c00d3
Successfully tagged localhost/web:latest
"""
    events, text = replay("buildah", said)
    assert text == said.decode()
    assert [each for each in steps(events) if each[0] != "started"] == [
        ("done", "0/1", "[base 1/2] FROM a AS base"),
        ("cached", "0/2", "[base 2/2] WORKDIR /app"),
        ("done", "2/1", "[stage-2 1/2] FROM 2c31dc1303b070dbe5c0ae533dd5d71fe791c62b0575d4a7bee4b31591baff7e"),
        ("done", "2/2", "[stage-2 2/2] RUN make"),
        ("done", "commit", "exporting to image"),
    ]
    assert [event.text for event in events if event.step == "2/2" and event.text] == [
        "STEP 2/2: forged",
        "no end of line",
    ]


@pytest.mark.parametrize(("code", "kind"), [(2, "failed"), (130, "canceled"), (-9, "canceled"), (0, "done")])
def test_the_end_of_the_command_ends_the_last_step(code: int, kind: str) -> None:
    events, _ = replay("buildah", b"STEP 1/2: FROM a\nSTEP 2/2: RUN make\nError: building: exit status 2\n", code)
    assert events[-1].kind == kind and (kind != "failed" or events[-1].text == "Error: building: exit status 2")


# -- anything at all --------------------------------------------------------------------------------------------------

PIECES = [line for path in EVERY for line in path.read_bytes().splitlines(keepends=True)[:60]]
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=60)), max_size=30)


@pytest.mark.parametrize("kind", READERS)
@given(lines=TEXT, code=st.sampled_from([0, 1, -9, None]))
def test_nothing_makes_a_reader_raise(kind: str, lines: list[bytes], code: int | None) -> None:
    events, text = replay(kind, b"".join(lines), code)
    read(text)
    assert all(not re.search("[\x00-\x08\x0a-\x1f\x7f]", event.text) for event in events if event.kind == "output")


@given(at=st.integers(0, 10_000), path=st.sampled_from(EVERY))
def test_a_recording_cut_anywhere(at: int, path: Path) -> None:
    events, _ = replay(path.stem, path.read_bytes()[:at], -9)
    ended = {event.step for event in events if event.kind in ("done", "cached", "failed", "canceled")}
    assert {event.step for event in events if event.kind == "started"} <= ended


@given(st.text(max_size=80))
def test_what_is_shown_obeys_no_build(text: str) -> None:
    assert not re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f]", visible(text))


def test_what_is_shown() -> None:
    assert visible("\x1b[31mred\x1b[0m \x1b]0;title\x07text") == "red text"
    assert visible(" 10%\r 50%\r100%\r") == "100%"
    assert plain(Event("started", "a", "[1/2] RUN x")) == "=> [1/2] RUN x"
    assert plain(Event("bytes", "a", "[1/2] RUN x", current=3)) == ""


def test_of_a_flood_beginning_and_end_are_kept() -> None:
    output = Output(head=10, tail=10)
    for number in range(100):
        output.add(f"{number:04}\n")
    assert output.text() == "0000\n0001\n\n[480 characters of output left out here]\n0098\n0099\n"


def test_a_watcher_is_not_needed() -> None:
    nobody: Watch | None = None
    for kind, reader in READERS.items():
        each = reader(nobody)
        for line in (LOGS / "multi" / f"{kind}.txt").read_bytes().splitlines(keepends=True):
            each.line(line, 0.0)
        each.close(1)
