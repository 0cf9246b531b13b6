"""What holds of any log: nothing raises; pieces, noise and prefixes do not matter; hostile logs cost little."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright import log

LOGS = Path(__file__).parent / "logs"
SAMPLES = {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in sorted(LOGS.glob("*/*.txt"))}
TEXTS = {
    name: data.decode("utf-8", "replace")
    for name, data in SAMPLES.items()
    if "tty" not in name and "compose" not in name
}
WORDS = st.sampled_from(
    [
        *r"""#5 |#5 0.1 |#1 [internal] load|#5 [a 1/2] RUN x|#5 ERROR: x|#5 DONE 0.1s| => [1/2] RUN x 0.1s|=> => # x
------| > [1/2] RUN x:|Dockerfile:3|--------------------|ERROR: failed to solve: x|Step 1/2 : RUN x|Step 2/2 : COPY a b
 ---> 123456789012|The command '/bin/sh -c x|' returned a non-zero code: 3|STEP 1/2: RUN x|[1/2] STEP 1/1: FROM x
COMMIT x|Error: building at STEP "RUN x|": exit status 1|INFO[0001] RUN x|Attaching to web-1, db-1|{'stream': 'x'}
 Container x-web-1  Started|container x-web-1 is unhealthy|{"stream":"Step 1/1 : RUN x\n"}|{"error":"x"}
{"vertexes":[{"digest":"sha256:1","name":"[1/1] RUN x","started":"x"}]}|{"log":"x\n","stream":"stderr"}
{"logs":[{"vertex":"sha256:1","stream":1,"data":"eAp5"}]}|Traceback (most recent call last):|Building web
web-1 exited with code 1|ERROR: Service 'web' failed to build|2024-05-01T12:00:00.123Z |##[error]
error building image: x""".replace("\n", "|").split("|"),
        *(
            "web-1  | x",
            "   3 | >>> RUN x",
            "\x1b[91m",
            "\r",
            "\n",
            "\r\n",
            "\t",
            "section_start:1:x\r",
            "\ufeff",
            "\ud800",
        ),
        *("\0", "é"),
    ]
)
BUILT = st.lists(WORDS | st.just("\n") | st.text(max_size=5), max_size=60).map("".join)


def everything(read: log.BuildLog) -> list[str]:
    return [text for step in read.steps for text in step.lines.texts()] + [line.text for line in read.messages]


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    log.excerpt(log.read(data))


@given(BUILT)
def test_any_mixture_of_formats_is_read(text: str) -> None:
    read = log.read(text)
    assert read.failed == () or read.outcome == "failed"
    for step in read.failed:
        assert step in read.steps
    for line in everything(read):
        line.encode()
        assert "\n" not in line and "\x1b" not in line
    log.excerpt(read, read.steps[0].lines[0] if read.steps and len(read.steps[0].lines) else None)


@given(BUILT, st.lists(st.integers(0, 400), max_size=8))
def test_pieces_do_not_matter(text: str, cuts: list[int]) -> None:
    data = text.encode("utf-8", "surrogatepass")
    reader, at = log.Reader(), 0
    for cut in sorted(cuts):
        reader.feed(data[at:cut])
        at = max(at, cut)
    reader.feed(data[at:])
    assert reader.close() == log.read(data)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_recorded_logs_in_pieces(name: str, size: int) -> None:
    data = SAMPLES[name][:60_000]
    reader = log.Reader()
    for at in range(0, len(data), size):
        reader.feed(data[at : at + size])
    assert reader.close() == log.read(data)
    lines = data.split(b"\n")
    lines = lines[:-1] if lines[-1] == b"" else lines
    assert log.read(lines) == log.read(data)
    assert log.read([line + b"\n" for line in lines]) == log.read(data)


PREFIXES = {
    "GitHub": "2024-05-01T12:00:00.1234567Z ",
    "gh run view": "build\tBuild and push\t2024-05-01T12:00:00.1234567Z ",
    "Jenkins": "[2024-05-01T12:00:00.123Z] ",
    "Timestamper": "12:00:00  ",
    "Kubernetes": "2024-05-01T12:00:00.123456789Z stdout F ",
    "GitLab": "2024-05-01T12:00:00.123456Z 01O ",
    "Heroku": "2024-05-01T12:00:00.000000+00:00 app[web.1]: ",
    "Fly": "2024-05-01T12:00:00Z app[148e] ord [info] ",
    "Railway": "2024-05-01T12:00:00.123456789Z [inf]  ",
    "Cloud Build": 'Step #0 - "build": ',
    "git push": "remote: ",
    "journal": "May  1 12:00:00 host dockerd[123]: ",
    "two at once": "2024-05-01T12:00:00.1234567Z Step #0: ",
    "indented": "    ",
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", TEXTS)
def test_prefixes_do_not_matter(name: str, prefix: str) -> None:
    text = TEXTS[name].rstrip("\n")
    prefixed = "\n".join(PREFIXES[prefix] + line for line in text.split("\n"))
    assert log.read(prefixed) == log.read(text)


@pytest.mark.parametrize("name", TEXTS)
def test_escapes_do_not_matter(name: str) -> None:
    text = TEXTS[name].rstrip("\n")
    cuts = [0 if "\x1b" in line else 9 for line in text.split("\n")]
    noisy = "\n".join(
        f"\x1b[32m{line[:cut]}\x1b[0;1m{line[cut:]}\x1b[0m\r" for line, cut in zip(text.split("\n"), cuts, strict=True)
    )
    assert log.read(noisy) == log.read(text)


def test_utf16_with_a_byte_order_mark() -> None:
    text = TEXTS["multi/plain"]
    assert log.read(text.encode("utf-16")) == log.read(text)
    assert log.read(b"\xef\xbb\xbf" + text.encode()) == log.read(text)


MEGABYTE = 1 << 20
HOSTILE = {
    "one long line": "x" * 20 * MEGABYTE,
    "one long line of carriage returns": "\r" * 5 * MEGABYTE,
    "one long line of escapes": "\x1b[" * 2 * MEGABYTE,
    "one long JSON line": '{"stream":"' + "x" * 5 * MEGABYTE,
    "deep JSON": '{"vertexes":' + "[" * MEGABYTE,
    "deep objects": '{"aux":' * 300_000,
    "base64 garbage": '{"logs":[{"vertex":"a","data":"%%%%"},{"vertex":"a","data":"é"},{"vertex":"a","data":"QQ"}]}\n'
    * 1000,
    "bytes one at a time": '{"logs":[{"vertex":"a","stream":1,"data":"QQ=="}]}\n' * 20_000,
    "API text one character at a time": '{"stream":"x"}\n' * 20_000,
    "many steps": "".join(f"#{i} [1/1] RUN x\n#{i} 0.1 x\n" for i in range(60_000)),
    "many classic steps": "".join(f"Step {i}/9 : RUN x\n" for i in range(60_000)),
    "many blocks": "------\n > [1/2] RUN x:\ny\n------\n" * 20_000,
    "many services": "Attaching to a\n" + "".join(f"container x-s{i}-1 is unhealthy\n" for i in range(10_000)),
    "clocks that are none": "#5 [1/1] RUN x\n" + ("#5 0.1 x\n" * 200 + "#5 1x x\n") * 500,
    "errors that go on": ("The command 'x\n" + 'Error: building at STEP "x\n') * 20_000,
    "tab after tab": "a\t" * MEGABYTE,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_logs(name: str) -> None:
    read = log.read(HOSTILE[name])
    assert len(read.steps) <= 20_001
    assert all(len(text) <= 100_003 for text in everything(read))


def test_json_output_is_put_together_per_stream() -> None:
    def piece(data: bytes, stream: int) -> str:
        return json.dumps({"logs": [{"vertex": "v", "stream": stream, "data": base64.b64encode(data).decode()}]})

    vertex = json.dumps(
        {"vertexes": [{"digest": "v", "name": "[1/1] RUN x", "started": "2026-01-01T00:00:00.123456789Z"}]}
    )
    read = log.read(
        "\n".join([vertex, piece(b"on", 1), piece(b"err\n", 2), piece(b"e\xc3", 1), piece(b"\xa9\nlast", 1)])
    )
    assert [(line.text, line.stream, line.number) for line in read.steps[0].lines] == [
        ("err", "stderr", 3),
        ("oneé", "stdout", 2),
        ("last", "stdout", 5),
    ]
