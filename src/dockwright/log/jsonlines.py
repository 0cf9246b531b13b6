"""Logs of one JSON object a line: BuildKit's rawjson, the classic HTTP API, compose, kaniko, Docker's json-file."""

from __future__ import annotations

import binascii
import re
from datetime import datetime
from math import nan

import msgspec
from msgspec import Struct, field

from dockwright.log import buildkit, compose, kaniko, legacy
from dockwright.log.assemble import MAX_STEPS, Build
from dockwright.log.clean import clean, collapse, shorten, whole

MAX_DICT = 100_000  # characters of a printed Python dict that are looked at
# {'stream': 'Step 1/5 : FROM python:3.12-slim'} is what a loop over docker-py's answer prints.
PAIR = re.compile(r"""['"](stream|status|error|id|progress)['"]: ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Vertex(Struct):
    digest: str
    name: str = ""
    started: str | None = None
    completed: str | None = None
    cached: bool = False
    error: str = ""


class VertexLog(Struct):
    vertex: str
    data: str = ""
    stream: int = 0
    timestamp: str = ""


class ErrorDetail(Struct):
    code: int | None = None
    message: str = ""


class Record(Struct):
    """The fields that any of the writers uses; BuildKit's SolveStatus has the first two."""

    vertexes: list[Vertex] = field(default_factory=list)
    logs: list[VertexLog] = field(default_factory=list)
    statuses: list[msgspec.Raw] = field(default_factory=list)
    warnings: list[msgspec.Raw] = field(default_factory=list)
    stream: str | None = None
    status: str | None = None
    id: str | None = None
    progress: str | None = None
    text: str | None = None
    error: bool | str | None = None
    detail: ErrorDetail | None = field(name="errorDetail", default=None)
    aux: dict[str, msgspec.Raw] | None = None
    message: str | None = None
    log: str | None = None
    time: str | None = None
    level: str | None = None
    msg: str | None = None


DECODER = msgspec.json.Decoder(Record)


class Pending:
    """Bytes of one stream of one vertex that no line break has ended yet."""

    __slots__ = ("number", "parts", "seconds")

    def __init__(self, number: int, seconds: float) -> None:
        self.parts: list[bytes] = []
        self.number, self.seconds = number, seconds


class JsonLines:
    """Puts together what arrives in pieces: a RUN's output per vertex and stream, the API's texts."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.pending: dict[tuple[str, int], Pending] = {}
        self.begun: dict[str, float] = {}  # when each vertex began
        self.stream: list[str] = []  # of the API's text that no line break has ended yet
        self.stream_number = 0

    def line(self, line: str, number: int) -> bool:
        """Takes a line that begins with `{`; False leaves it as text."""
        if line.startswith("{'"):
            return self._printed(line, number)
        try:
            record = DECODER.decode(line)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            return False
        return self._record(record, line, number)

    def _record(self, record: Record, line: str, number: int) -> bool:
        if record.vertexes or record.logs:
            self._solve_status(record, number)
        elif record.stream is not None and record.log is None:
            self._stream(record.stream, number)
        elif record.log is not None and record.stream is not None:
            self._lines(record.log, number)
        elif record.error or record.detail:
            self._error(record, number)
        elif record.msg is not None and record.level:
            return kaniko.event(self.build, record.level.upper()[:4], record.msg, nan, record.msg, number)
        elif record.id is not None and (record.status or record.text):
            self._event(record, number)
        elif record.status is not None:
            self._lines(record.status, number)
        elif record.message is not None and line.startswith('{"message":"') and '","' not in line:
            self._lines(record.message, number)
        else:
            return bool(record.aux or record.statuses or record.warnings)
        return True

    def _solve_status(self, record: Record, number: int) -> None:
        build = self.build
        if build.builder in ("unknown", "buildkit"):
            build.builder = "buildkit-json"
        build.marked, build.current = True, None
        for vertex in record.vertexes:
            self._vertex(vertex, number)
        for log in record.logs:
            self._output(log, number)

    def _vertex(self, vertex: Vertex, number: int) -> None:
        build = self.build
        step = build.by_id.get(vertex.digest) or build.step(vertex.digest, number)
        if vertex.name and not step.name:
            buildkit.describe(build, step, vertex.name)
        if vertex.started and len(self.begun) < MAX_STEPS:
            self.begun[vertex.digest] = _clock(vertex.started)
        if vertex.cached:
            buildkit.finish(build, step, "cached", number)
        if vertex.error:
            self._flush(vertex.digest)
            buildkit.fail(build, step, vertex.error, number)
        elif vertex.completed:
            self._flush(vertex.digest)
            step.seconds = round(_clock(vertex.completed) - self.begun.get(vertex.digest, nan), 3)
            buildkit.finish(build, step, "cached" if vertex.cached else "done", number)
        elif vertex.started:
            # a vertex is probed in the cache, completed, and started again when it really runs
            step.status = "running"

    def _output(self, log: VertexLog, number: int) -> None:
        try:
            data = binascii.a2b_base64(log.data)
        except (binascii.Error, ValueError):
            return
        seconds = round(_clock(log.timestamp) - self.begun.get(log.vertex, nan), 3)
        key = (log.vertex, log.stream if log.stream in (1, 2) else 0)
        pending = self.pending.get(key)
        if pending is None:
            if len(self.pending) > MAX_STEPS:
                return
            pending = self.pending[key] = Pending(number, seconds)
        done, broken, rest = data.rpartition(b"\n")
        if not broken:
            pending.parts.append(data)
            return
        self._emit(key, b"".join((*pending.parts, done)), pending)
        if rest:
            pending.number, pending.seconds, pending.parts = number, seconds, [rest]
        else:
            del self.pending[key]

    def _emit(self, key: tuple[str, int], data: bytes, pending: Pending) -> None:
        step = self.build.by_id.get(key[0]) or self.build.step(key[0], pending.number)
        text = clean(data.decode("utf-8", "replace"))
        if "[output clipped, log limit" in text:
            self.build.clipped = True
        for line in text.split("\n"):
            shown = collapse(line) if "\r" in line else line
            step.lines.add(pending.number, shorten(shown), pending.seconds, key[1])

    def _flush(self, vertex: str) -> None:
        for stream in (0, 1, 2):
            pending = self.pending.pop((vertex, stream), None)
            if pending is not None and pending.parts:
                self._emit((vertex, stream), b"".join(pending.parts), pending)

    def _stream(self, text: str, number: int) -> None:
        """`{"stream":"Step 1/5 : FROM debian"}`, then `{"stream":"\\n"}`"""
        if not self.stream:
            self.stream_number = number
        done, broken, rest = text.rpartition("\n")
        if broken:
            self._lines("".join((*self.stream, done)), self.stream_number)
            self.stream, self.stream_number = [], number
        if rest:
            self.stream.append(rest)

    def _lines(self, text: str, number: int) -> None:
        for line in clean(whole(text)).removesuffix("\n").split("\n"):
            self.build.dispatch(shorten(collapse(line)), number)

    def _event(self, record: Record, number: int) -> None:
        """`{"status":"Pull complete","id":"8559a31e96f4"}` (pull), `{"id":"Container x","status":"Started"}`"""
        if record.progress:
            return
        state = record.status or record.text or ""
        if state == "Error" or (record.text == "Error" and record.status):
            self.build.fail(f"{record.id} {state}", number)
        line = f"{record.id}: {state}"
        if not compose.event(self.build, f" {record.id}  {state}", number):
            self.build.text(line, number)

    def _error(self, record: Record, number: int) -> None:
        """`{"errorDetail":{"code":2,"message":"The command …"},"error":"…"}`; compose: `{"error":true,"message":…}`"""
        self.close_stream()
        build = self.build
        if record.error is True:
            text = record.message or ""
            if not compose.unhealthy(build, text, number):
                build.builder = "compose" if build.builder == "unknown" else build.builder
                build.message(text, number)
                build.fail(text, number)
            return
        detail = record.detail
        text = clean(whole((detail.message if detail else "") or str(record.error or "")))
        build.message(text, number)
        if build.builder == "unknown":
            build.builder = "legacy"
        legacy.fail(build, text, number)
        if detail and detail.code is not None:
            build.exit_code = detail.code
            if build.steps:
                build.steps[-1].exit_code = detail.code

    def _printed(self, line: str, number: int) -> bool:
        found = {key: _unquote(value) for key, value in PAIR.findall(line[:MAX_DICT])}
        if "stream" in found:
            self._stream(found["stream"], number)
        elif "error" in found:
            self._error(Record(error=found["error"]), number)
        elif "status" in found:
            self._event(Record(id=found.get("id", ""), status=found["status"], progress=found.get("progress")), number)
        else:
            return line.startswith("{'aux'")
        return True

    def close_stream(self) -> None:
        if self.stream:
            self._lines("".join(self.stream), self.stream_number)
            self.stream = []

    def close(self) -> None:
        self.close_stream()
        for vertex, _ in list(self.pending):
            self._flush(vertex)


def _unquote(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else PLAIN_ESCAPES.get(code, code)

    return ESCAPE.sub(plain, text[1:-1])


def _clock(timestamp: str) -> float:
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (ValueError, OverflowError):
        return nan
