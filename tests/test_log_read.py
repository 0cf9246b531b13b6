"""What `log.read` makes of recorded logs, of older versions' shapes, and of fragments."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockwright import log
from dockwright.dockerfile import parse

LOGS = Path(__file__).parent / "logs"
RECORDED = sorted(path for path in LOGS.glob("*/*.txt") if (path.parent / "Dockerfile").exists())
# case: index, of, stage and exit code as BuildKit counts; line of the instruction; a line of the step's output
EXPECTED: dict[str, tuple[int | None, str, int | None, int, str]] = {
    "multi": (1, "deps", 3, 4, "deps broke"),
    "heredoc": (2, "", 1, 2, "ModuleNotFoundError: No module named 'nothere'"),
    "long": (2, "", 4, 4, "a long text world"),
    "copymiss": (3, "", None, 3, ""),
    "syntax": (None, "", None, 2, ""),
    "nofrom": (None, "", None, 1, ""),
    "pipcr": (3, "", 1, 3, "ERROR: No matching distribution found for nothere-package-xyz==9.9.9"),
    "pippty": (3, "", 1, 3, "ERROR: No matching distribution found for numpy==0.0.1"),
}
BUILDER = {"plain": "buildkit", "tty": "buildkit", "rawjson": "buildkit-json", "legacy": "legacy", "buildah": "buildah"}


def recorded(path: str) -> log.BuildLog:
    return log.read((LOGS / path).read_bytes(), path)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_recorded_build(path: Path) -> None:
    read = log.read(path.read_bytes(), path.name)
    assert read.builder == BUILDER[path.stem]
    if path.parent.name == "good":
        assert (read.outcome, read.failed, read.exit_code) == ("succeeded", (), None)
        assert all(step.status in ("done", "cached") for step in read.steps)
        return
    index, stage, exit_code, line, text = EXPECTED[path.parent.name]
    assert (read.outcome, read.exit_code) == ("failed", exit_code)
    step = read.failed[0]
    assert step.error
    assert text in step.lines.text
    if path.stem in ("plain", "rawjson", "tty"):
        assert (step.index, step.stage, step.dockerfile_line, step.dockerfile_name) == (
            index,
            stage,
            line,
            "Dockerfile",
        )
    found = log.locate(step, parse((path.parent / "Dockerfile").read_text()))
    assert found is not None and found.line == line


def test_plain_and_json_hold_the_same_output() -> None:
    texts = {kind: recorded(f"pipcr/{kind}.txt").failed[0].lines for kind in ("plain", "rawjson", "legacy")}
    assert len({tuple(sorted(text for text in lines.texts() if text)) for lines in texts.values()}) == 1


def test_siblings_of_the_failed_step_are_canceled() -> None:
    for kind in ("plain", "rawjson", "tty"):
        steps = {step.stage: step.status for step in recorded(f"multi/{kind}.txt").steps if step.keyword == "RUN"}
        assert steps == {"deps": "failed", "slow": "canceled"}


def test_cut_names_of_the_terminal_display_become_whole() -> None:
    assert recorded("multi/tty.txt").failed[0].instruction.endswith('echo "deps broke" >&2; exit 3')


def test_progress_bars_show_their_end() -> None:
    texts = [text for step in recorded("pippty/plain.txt").steps for text in step.lines.texts()]
    assert not any("\r" in text or "\x1b" in text for text in texts)
    assert any(text.startswith("Successfully installed numpy") for text in texts)


def test_seconds_and_line_numbers() -> None:
    line = next(line for line in recorded("multi/plain.txt").failed[0].lines if line.text == "dep 1")
    assert line.seconds is not None and 0 < line.seconds < 5
    written = (LOGS / "multi/plain.txt").read_text().split("\n")[line.number - 1]
    assert written.endswith(" dep 1")


def test_streams_of_the_json_log() -> None:
    lines = recorded("multi/rawjson.txt").failed[0].lines
    assert {line.stream for line in lines if line.text.startswith("dep ")} == {"stdout"}
    assert [line.stream for line in lines if line.text == "deps broke"] == ["stderr"]


@pytest.mark.parametrize("kind", ["plain", "tty"])
def test_compose_builds_several_services(kind: str) -> None:
    read = recorded(f"compose/build-{kind}.txt")
    [step] = read.failed
    assert (step.service, step.stage, step.index, step.dockerfile_line) == ("copy", "", 3, 3)
    assert {"web", "deps", "copy"} <= {step.service for step in read.steps}
    assert {step.stage for step in read.steps if step.service == "deps"} >= {"deps", "slow"}


def test_compose_up_names_the_service_that_died() -> None:
    read = recorded("compose/up.txt")
    [step] = read.failed
    assert (read.outcome, step.service, read.exit_code) == ("failed", "web", 1)
    assert "ModuleNotFoundError: No module named 'nothere'" in step.lines.text
    stopped = next(step for step in read.steps if step.service == "sick")
    assert (stopped.status, stopped.exit_code) == ("canceled", 137)


def test_compose_logs() -> None:
    read = recorded("compose/logs.txt")
    assert (read.builder, read.outcome, [step.service for step in read.failed]) == ("compose", "failed", ["web"])


def test_unhealthy_container() -> None:
    read = recorded("compose/up-wait.txt")
    assert (read.outcome, [step.service for step in read.failed]) == ("failed", ["sick"])


@pytest.mark.parametrize("name", ["traceback", "exec"])
def test_container_that_died(name: str) -> None:
    read = recorded(f"run/{name}.txt")
    assert (read.builder, read.outcome) == ("unknown", "failed")
    assert read.failed == read.steps and len(read.steps) == 1


PIP_FAILS = "ERROR: No matching distribution found for foo==9"
OLD_PLAIN = f"""#12 [stage 3/7] RUN pip install foo==9
#12 sha256:0123456789abcdef
#12 0.345 Collecting foo
#12 1.2 {PIP_FAILS}
#12 ERROR: executor failed running [/bin/sh -c pip install foo==9]: exit code: 1
------
 > [stage 3/7] RUN pip install foo==9:
#12 1.2 {PIP_FAILS}
------
failed to solve: rpc error: code = Unknown desc = executor failed running [/bin/sh -c pip install foo==9]: exit code: 1
"""
ONLY_THE_END = f"""------
 > [4/4] RUN pip install foo==9:
0.345 Collecting foo
1.200 {PIP_FAILS}
------
Dockerfile:12
--------------------
  11 |     WORKDIR /x
  12 | >>> RUN pip install foo==9
--------------------
ERROR: failed to solve: process "/bin/sh -c pip install foo==9" did not complete successfully: exit code: 1
"""
TERMINAL = f"""[+] Building 12.3s (8/9)
 => [internal] load build definition from Dockerfile                       0.0s
 => => transferring dockerfile: 32B                                        0.0s
 => CACHED [2/4] WORKDIR /app                                              0.0s
 => ERROR [3/4] RUN pip install foo==9                                     1.2s
------
 > [3/4] RUN pip install foo==9:
#8 0.9 {PIP_FAILS}
------
failed to solve: process "/bin/sh -c pip install foo==9" did not complete successfully: exit code: 1
"""
CLASSIC = f"""Step 1/2 : FROM python:3
 ---> 123456789012
Step 2/2 : RUN pip install foo==9
 ---> Running in 123456789abc
{PIP_FAILS}
"""
CLASSIC_END = "The command '/bin/sh -c pip install foo==9' returned a non-zero code: 1\n"
COMPOSE_1 = f"""Building db
Step 1/1 : FROM postgres
 ---> 123456789012
Successfully built 123456789012
Successfully tagged x_db:latest
Building web
{CLASSIC}ERROR: Service 'web' failed to build: {CLASSIC_END}"""
DOCKER_PY = f"""{{'stream': 'Step 1/2 : FROM python:3'}}
{{'stream': '\\n'}}
{{'stream': 'Step 2/2 : RUN pip install foo==9'}}
{{'stream': '\\n'}}
{{'stream': '\\x1b[91m{PIP_FAILS}\\n\\x1b[0m'}}
{{'errorDetail': {{'code': 1, 'message': "{CLASSIC_END.strip()}"}}, 'error': "{CLASSIC_END.strip()}"}}
"""
KANIKO = f"""\x1b[36mINFO\x1b[0m[0000] Resolved base name python:3.9 to build
\x1b[36mINFO\x1b[0m[0002] Building stage 'python:3.9' [idx: '0', base-idx: '-1']
\x1b[36mINFO\x1b[0m[0009] RUN pip install foo==9
\x1b[36mINFO\x1b[0m[0009] Args: [-c pip install foo==9]
{PIP_FAILS}
error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1
"""
BUILDAH_OLD = f"""STEP 1: FROM python:3.9
STEP 2: RUN pip install foo==9
{PIP_FAILS}
error building at STEP "RUN pip install foo==9": error while running runtime: exit status 1
"""
SHAPES = {
    "plain of older versions": ("buildkit", OLD_PLAIN),
    "only the final block": ("buildkit", ONLY_THE_END),
    "terminal display": ("buildkit", TERMINAL),
    "classic": ("legacy", CLASSIC + CLASSIC_END),
    "classic, standard error first": ("legacy", CLASSIC_END + CLASSIC),
    "docker-compose 1": ("legacy", COMPOSE_1),
    "docker-py": ("legacy", DOCKER_PY),
    "kaniko": ("kaniko", KANIKO),
    "buildah of older versions": ("buildah", BUILDAH_OLD),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(shape: str) -> None:
    builder, text = SHAPES[shape]
    read = log.read(text)
    assert (read.builder, read.outcome, read.exit_code) == (builder, "failed", 1)
    [step] = read.failed
    assert (step.instruction, step.exit_code, step.keyword) == ("RUN pip install foo==9", 1, "RUN")
    assert PIP_FAILS in step.lines.texts()


def test_compose_1_names_the_service() -> None:
    assert [step.service for step in log.read(COMPOSE_1).steps] == ["db", "web", "web"]


def test_excerpt_of_the_dockerfile_gives_the_line() -> None:
    step = log.read(ONLY_THE_END).failed[0]
    assert (step.dockerfile_name, step.dockerfile_line) == ("Dockerfile", 12)


@pytest.mark.parametrize(
    ("text", "exit_code"),
    [
        (
            "failed to solve: rpc error: desc = executor failed running [/bin/sh -c npm ci]: exit code: 9",
            9,
        ),
        ('failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1', 1),
        ("The command '/bin/sh -c npm ci' returned a non-zero code: 7", 7),
        ('Error: building at STEP "RUN npm ci": while running runtime: exit status 3', 3),
    ],
)
def test_a_final_error_alone_names_the_instruction(text: str, exit_code: int) -> None:
    read = log.read(text)
    assert (read.outcome, read.exit_code, read.failed[0].instruction) == ("failed", exit_code, "RUN npm ci")
    assert read.failed[0].lines[0].text == text


def test_a_fragment_is_one_anonymous_step() -> None:
    text = (
        "  error: subprocess-exited-with-error\nERROR: Failed to build installable wheels for some projects (netifaces)"
    )
    read = log.read(text)
    assert (read.builder, read.outcome, len(read.steps), read.messages) == ("unknown", "unknown", 1, ())
    assert len(read.steps[0].lines) == 2


def test_several_services_fail() -> None:
    read = log.read(
        '#7 [a 2/2] RUN false\n#7 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1\n'
        '#8 [b 2/2] RUN exit 2\n#8 ERROR: process "/bin/sh -c exit 2" did not complete successfully: exit code: 2\n'
        'target b: failed to solve: process "/bin/sh -c exit 2" did not complete successfully: exit code: 2\n'
    )
    assert [(step.instruction, step.exit_code) for step in read.failed] == [("RUN exit 2", 2), ("RUN false", 1)]
    assert read.failed[0].service == "b"


def test_a_missing_remote_cache_is_no_failure() -> None:
    read = log.read(
        "#5 importing cache manifest from x/y:cache\n#5 ERROR: failed to configure registry cache importer: not found\n"
        "#6 [1/1] FROM x\n#6 DONE 0.1s\n#7 exporting to image\n#7 naming to docker.io/library/x done\n#7 DONE 1.0s\n"
    )
    assert (read.outcome, read.failed) == ("succeeded", ())


def test_a_later_build_that_succeeds_outweighs_a_failure() -> None:
    again = '#0 building with "default" instance\n#1 [1/1] FROM x\n#1 DONE 0.1s\n#2 exporting to image\n#2 DONE 1.0s\n'
    assert log.read(OLD_PLAIN + again).outcome == "succeeded"
    assert log.read(again + OLD_PLAIN).outcome == "failed"


def test_an_interrupted_build_has_no_failed_step() -> None:
    read = log.read(
        "#5 [2/2] RUN sleep 9\n#5 CANCELED\nERROR: failed to build: failed to solve: Canceled: context canceled\n"
    )
    assert (read.outcome, read.failed, read.steps[0].status) == ("failed", (), "canceled")


def test_a_noisy_log_that_goes_on_is_not_failed() -> None:
    served = 'Traceback (most recent call last):\nValueError: x\n1.2.3.4 - "GET / HTTP/1.1" 200 OK\n'
    assert log.read(served).outcome == "unknown"
    assert log.read("Step 1/1 : RUN x\nSuccessfully built numpy\n").outcome == "unknown"


@pytest.mark.parametrize(
    ("instruction", "error"),
    [
        ("FROM python:3.12-nothere", "manifest for python:3.12-nothere not found"),
        ("COPY a b", "COPY failed: file not found in build context: stat a: file does not exist"),
        ("ENV A=1", "layer does not exist"),
        (
            "RUN x",
            'OCI runtime create failed: starting container process caused "exec: \\"/bin/sh\\": stat /bin/sh": unknown',
        ),
    ],
)
def test_errors_of_the_classic_builder_itself(instruction: str, error: str) -> None:
    read = log.read(f"Step 1/3 : FROM x\n ---> 123456789012\nStep 2/3 : {instruction}\n{error}\n")
    assert (read.outcome, read.failed[0].instruction, read.failed[0].error) == ("failed", instruction, error)


def test_a_classic_log_cut_in_a_run_is_unknown() -> None:
    assert log.read("Step 1/2 : FROM x\n ---> 123456789012\nStep 2/2 : RUN make\ncc -c a.c\n").outcome == "unknown"


def test_clipped() -> None:
    read = log.read("#5 [2/2] RUN make\n#5 0.229 x\n#5 0.229 [output clipped, log limit 2MiB reached]\n")
    assert read.clipped


def test_excerpt_shows_the_lines_around_the_match() -> None:
    text = "".join(f"#5 0.{i:03d} line {i}\n" for i in range(100))
    read = log.read(f"#5 [2/2] RUN make\n{text}")
    lines = read.steps[0].lines
    shown = log.excerpt(read, lines[50])
    assert len(shown) == 8 and "line 50" in shown and shown[0] == "line 45"
    assert log.excerpt(read, lines[99])[-1] == "line 99"


def test_excerpt_without_a_match_ends_with_the_error() -> None:
    shown = log.excerpt(log.read(OLD_PLAIN))
    assert shown[0] == "Collecting foo" and shown[-1].endswith("exit code: 1")


def test_lines_are_found_from_offsets_in_blocks() -> None:
    read = log.read("#5 [2/2] RUN make\n" + "".join(f"#5 0.1 line {i}\n" for i in range(10_000)))
    lines = read.steps[0].lines
    assert len(lines.blocks) > 1
    for block, text in enumerate(lines.blocks):
        at = text.index("\n", len(text) // 2) + 1
        assert lines.at(block, at).text == text[at:].partition("\n")[0]
    assert lines[-1].text == "line 9999" and lines[-1].number == 10_001
    assert [line.text for line in lines] == list(lines.texts())
