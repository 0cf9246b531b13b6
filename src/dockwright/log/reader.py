"""Lines in, model out: cleans the text, finds the prefixes, hands each line to the format that claims it."""

from __future__ import annotations

import re
from array import array
from codecs import IncrementalDecoder
from collections.abc import Callable, Iterable

from dockwright.log import buildah, buildkit, compose, kaniko, legacy, prefixes, terminal
from dockwright.log.assemble import Build
from dockwright.log.clean import MAX_LINE, clean, collapse, decoder, shorten, whole
from dockwright.log.finish import finish
from dockwright.log.jsonlines import JsonLines
from dockwright.log.model import BuildLog

CHUNK = 1 << 20
CLIPPED = ("[output clipped, log limit", "has exceeded the limit of", "log exceeded limit")
CLOCKS = re.compile(r"(?:\d{1,9}\.\d{1,9} ?)+")

Claim = Callable[[Build, str, int], bool]
# The first that claims a line that begins so keeps it; each looks closer itself.
MARKS: tuple[tuple[Claim, str], ...] = (
    (legacy.step_line, "Step "),
    (
        legacy.noise,
        " ---> |---> |Removing intermediate container|Error removing intermediate|Sending build context|# Exec",
    ),
    (legacy.success, "Successfully "),
    (legacy.command_failed, "The command '"),
    (legacy.service_failed, "ERROR: Service '"),
    (legacy.service_begins, "Building "),
    (compose.unhealthy, "container |Container |dependency failed"),
    (compose.attaching, "Attaching to "),
    (compose.stopping, "Aborting on container exit|Gracefully stopping|Gracefully Stopping"),
    (compose.event, " Container | Network | Volume | Image | Service | ✔ | ✘ | ⠿ |Container |Network |Volume "),
    (legacy.engine_error, "COPY failed|ADD failed|Error |ERROR: |error |unable to|Cannot |invalid "),
    (buildah.step_line, "STEP |[1|[2|[3|[4|[5|[6|[7|[8|[9|COMMIT"),
    (buildah.arrow, "--> "),
    (buildah.error, "Error: |error |ERRO["),
    (kaniko.logrus_line, "INFO[|WARN[|DEBU[|ERRO[|FATA[|TRAC["),
    (kaniko.error, "error building image: |error pushing image: "),
    (terminal.step_line, " => |=> "),
    (terminal.head, "[+] "),
    (terminal.rule, "------"),
    (terminal.bare_head, " > ["),
    (
        buildkit.final,
        "ERROR: |error: |Error: |failed to |buildx |executor failed|rpc error|Dockerfile parse|dockerfile parse"
        "|Canceled|solve|target ",
    ),
)


def _by_two() -> dict[str, tuple[tuple[str, Claim], ...]]:
    """Claims by the first two characters: most lines are settled by one look-up."""
    table: dict[str, list[tuple[str, Claim]]] = {}
    for claim, begins in MARKS:
        for begin in begins.split("|"):
            table.setdefault(begin[:2], []).append((begin, claim))
    table.update({f"#{digit}": [] for digit in range(10)})
    table.update({f"{{{quote}": [] for quote in "\"'"})
    return {two: tuple(claims) for two, claims in table.items()}


CLAIMS = _by_two()
BEGINS = {two: tuple(begin for begin, _ in claims) or (two,) for two, claims in CLAIMS.items()}


class Reader:
    """A log as it comes: `feed` takes any pieces of it, cut anywhere; `close` answers with the model."""

    def __init__(self, name: str = "-") -> None:
        self.name = name
        self.build = Build()
        self.build.dispatch = self._line
        self._json = JsonLines(self.build)
        self._decoder: IncrementalDecoder | None = None
        self._first = b""  # too few bytes to know the encoding
        self._rest: list[str] = []  # of a line that has not ended
        self._sample: list[str] | None = []  # first lines, until the prefixes are known
        self._prefixes: tuple[re.Pattern[str], ...] = ()
        self._compose = False
        self._number = 0

    def feed(self, chunk: str | bytes) -> None:
        text = self._decode(chunk, False) if isinstance(chunk, bytes) else whole(chunk)
        done, broken, rest = text.rpartition("\n")
        if broken:
            self._cleaned("".join((*self._rest, done)))
            self._rest = []
        if rest:
            self._rest.append(rest)

    def close(self) -> BuildLog:
        if self._decoder or self._first:
            self._rest.append(self._decode(b"", True))
        rest = "".join(self._rest)
        if rest:
            self._cleaned(rest)
        if self._sample is not None:
            self._begin()
        self._json.close()
        build = self.build
        if build.intercept is terminal.block_head:
            build.text(*build.held)
        elif build.intercept is terminal.head_goes_on:
            terminal.no_head(build)
        elif build.intercept in (legacy.command_goes_on, buildah.error_goes_on):
            # the log was cut inside of the last error
            legacy.fail(build, *build.held)
        return finish(build, self.name)

    def _decode(self, chunk: bytes, last: bool) -> str:
        if self._decoder is None:
            self._first += chunk
            if len(self._first) < 3 and not last:
                return ""
            self._decoder = decoder(self._first)
            chunk = self._first
        return whole(self._decoder.decode(chunk, last))

    def _cleaned(self, text: str) -> None:
        """Whole lines, without the last line break."""
        if any(mark in text for mark in CLIPPED):
            self.build.clipped = True
        text = clean(text)
        if self._sample is None:
            self._consume(text)
            return
        self._sample += text.split("\n")
        if len(self._sample) >= prefixes.SAMPLE:
            self._begin()

    def _begin(self) -> None:
        lines, self._sample = self._sample or [], None
        if lines:
            lines[0] = lines[0].lstrip("\ufeff")
        first = lines[: prefixes.SAMPLE]
        self._prefixes = prefixes.detect(first)
        self._compose = compose.prefixed(prefixes.strip("\n".join(first), self._prefixes).split("\n"))
        if lines:
            self._consume("\n".join(lines))

    def _consume(self, text: str) -> None:
        lines = prefixes.strip(text, self._prefixes).split("\n")
        if "\r" in text:
            lines = [collapse(line) if "\r" in line else line for line in lines]
        if max(map(len, lines)) > MAX_LINE:
            lines = [shorten(line) for line in lines]
        self._read(lines)

    def _read(self, lines: list[str]) -> None:
        """The hot loop: runs of a build's output are settled by a look-up a line."""
        build, begins, number, count = self.build, BEGINS, self._number, len(lines)
        at = 0
        while at < count:
            begin = at
            if build.intercept is None and not self._compose:
                while at < count and not ((two := lines[at][:2]) in begins and lines[at].startswith(begins[two])):
                    at += 1
                if at > begin:
                    self._run(lines[begin:at], number + begin + 1)
                    continue
                at = self._vertex_run(lines, begin, number + 1)
                if at > begin:
                    continue
            self._line(lines[at], number + at + 1)
            at += 1
        self._number = number + count

    def _run(self, texts: list[str], number: int) -> None:
        build = self.build
        if (build.current is None and build.marked) or build.names:
            for at, text in enumerate(texts):
                self._line(text, number + at)
            return
        build.previous = next((text for text in reversed(texts) if text), build.previous)
        (build.messages if build.current is None else build.current.lines).extend(number, texts)

    def _vertex_run(self, lines: list[str], begin: int, number: int) -> int:
        """Takes the lines `#8 0.285 text` of one step that stand together; answers with the index after them."""
        head = lines[begin].partition(" ")[0]
        step = self.build.by_id.get(head) if head[:1] == "#" else None
        if step is None:
            return begin
        clocks: list[str] = []
        texts: list[str] = []
        for at in range(begin, len(lines)):
            parts = lines[at].split(" ", 2)
            if len(parts) < 3 or parts[0] != head or not "0" <= parts[1][:1] <= "9":
                break
            clocks.append(parts[1])
            texts.append(parts[2])
        if CLOCKS.fullmatch(" ".join(clocks)):
            step.lines.extend(number + begin, texts, array("d", map(float, clocks)))
            self.build.current = None
        else:
            for at in range(begin, begin + len(texts)):
                self._line(lines[at], number + at)
        return begin + len(texts)

    def _line(self, line: str, number: int) -> None:
        build = self.build
        if build.intercept is not None and build.intercept(build, line, number):
            return
        if line[:1] == "#" and buildkit.vertex_line(build, line, number):
            return
        if line[:1] == "{" and self._json.line(line, number):
            return
        if self._compose or build.names:
            if compose.service_line(build, line, number) or compose.exited(build, line, number):
                return
            if build.current is not None and build.current.id.startswith("| "):
                build.current = None
        for begin, claim in CLAIMS.get(line[:2], ()):
            if line.startswith(begin) and claim(build, line, number):
                return
        build.text(line, number)


def read(lines: Iterable[str] | Iterable[bytes] | str | bytes, name: str = "-") -> BuildLog:
    """Read a whole log. Each item of an iterable is one line, or several, with or without the last line break."""
    reader = Reader(name)
    if isinstance(lines, str | bytes):
        for at in range(0, len(lines), CHUNK):
            reader.feed(lines[at : at + CHUNK])
        return reader.close()
    held: list[str | bytes] = []
    size = 0
    for item in lines:
        held.append(item)
        size += len(item) + 1
        if size > CHUNK:
            reader.feed(_joined(held))
            held, size = [], 0
    reader.feed(_joined(held))
    return reader.close()


def _joined(items: list[str | bytes]) -> str | bytes:
    """The lines, each ended by a line break."""
    if items and isinstance(items[0], bytes):
        data = [item if isinstance(item, bytes) else item.encode("utf-8", "replace") for item in items]
        return b"".join([item if item[-1:] == b"\n" else item + b"\n" for item in data])
    texts = [item if isinstance(item, str) else item.decode("utf-8", "replace") for item in items]
    return "".join([item if item[-1:] == "\n" else item + "\n" for item in texts])
