"""What every log becomes: steps with their lines, the steps that failed, and the builder's own messages."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import isnan, nan
from typing import Literal, overload

from msgspec import Struct

Builder = Literal["buildkit", "buildkit-json", "legacy", "buildah", "compose", "kaniko", "unknown"]
Outcome = Literal["failed", "succeeded", "unknown"]
Status = Literal["done", "cached", "failed", "canceled", "running"]
Stream = Literal["", "stdout", "stderr"]
STREAMS: tuple[Stream, ...] = ("", "stdout", "stderr")

BLOCK = 4096  # lines kept as one joined text: a Line object per line would cost four times the text


class Line(Struct, frozen=True):
    """One line as a person finally sees it. `number` is its 1-based line in the log, `seconds` since its step began."""

    number: int
    text: str
    seconds: float | None = None
    stream: Stream = ""


class Lines(Sequence[Line]):
    """Lines kept compactly; `Line` objects are made when asked for.

    Search `blocks` (texts of 4096 lines, the last one of fewer, joined by LF) and turn a hit into its line with `at`:
    that costs one pass at C speed, where a loop over the lines would not.
    """

    __slots__ = ("_cache", "_firsts", "_numbers", "_seconds", "_streams", "_texts", "blocks")

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._firsts: list[int] = []  # index of the first line of each block
        self._texts: list[str] = []  # lines that no block holds yet
        self._numbers = array("I")
        self._seconds = array("d")
        self._streams = bytearray()
        self._cache: tuple[int, list[str], list[int]] = (-1, [], [])

    def add(self, number: int, text: str, seconds: float = nan, stream: int = 0) -> None:
        self._texts.append(text)
        self._numbers.append(number)
        self._seconds.append(seconds)
        self._streams.append(stream)
        if len(self._texts) >= BLOCK:
            self._seal(BLOCK)

    def extend(self, number: int, texts: list[str], seconds: array[float] | None = None) -> None:
        """A run of lines that stand one after the other in the log."""
        count = len(texts)
        self._texts += texts
        self._numbers.extend(range(number, number + count))
        self._seconds.extend(seconds if seconds is not None else array("d", [nan]) * count)
        self._streams.extend(bytes(count))
        while len(self._texts) >= BLOCK:
            self._seal(BLOCK)

    def seal(self) -> Lines:
        """Move the last pending lines to a block; the lines are complete then."""
        if self._texts:
            self._seal(len(self._texts))
        return self

    def _seal(self, count: int) -> None:
        self._firsts.append(len(self._numbers) - len(self._texts))
        self.blocks.append("\n".join(self._texts[:count]))
        self._texts = self._texts[count:]

    @property
    def text(self) -> str:
        """Everything, joined by LF."""
        return "\n".join(self.blocks)

    def at(self, block: int, offset: int) -> Line:
        """The line that holds the character `offset` of `blocks[block]`."""
        starts = self._split(block)[1]
        return self[self._firsts[block] + bisect_right(starts, offset) - 1]

    def number(self, index: int) -> int:
        """Log line number of the line at `index`."""
        return self._numbers[index]

    def above(self, line: Line) -> str:
        """The nearest text above a line that is not blank, at most a few lines away; or empty."""
        index = bisect_left(self._numbers, line.number)
        near = (self[at].text for at in range(index - 1, max(-1, index - 5), -1))
        return next((text for text in near if text and not text.isspace()), "")

    def recent(self, count: int) -> list[str]:
        """The last texts, for the reader while it reads."""
        return self._texts[-count:]

    def texts(self) -> Iterator[str]:
        for block in self.blocks:
            yield from block.split("\n")

    def _split(self, block: int) -> tuple[list[str], list[int]]:
        if self._cache[0] != block:
            texts = self.blocks[block].split("\n")
            starts = [0, *accumulate(len(text) + 1 for text in texts)]
            self._cache = (block, texts, starts[:-1])
        return self._cache[1], self._cache[2]

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Line, ...]: ...
    def __getitem__(self, index: int | slice) -> Line | tuple[Line, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        block = bisect_right(self._firsts, index) - 1
        text = self._split(block)[0][index - self._firsts[block]]
        seconds = self._seconds[index]
        return Line(self._numbers[index], text, None if isnan(seconds) else seconds, STREAMS[self._streams[index]])

    def __iter__(self) -> Iterator[Line]:
        return (self[index] for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Lines)
            and len(self) == len(other)
            and all(a == b for a, b in zip(self, other, strict=True))
        )

    def __hash__(self) -> int:
        return hash(tuple(self.blocks))

    def __repr__(self) -> str:
        return f"<Lines: {len(self)}>"


class LogStep(Struct, frozen=True):
    """One step of the build, or (`id` is empty) the lines of a log that names no step.

    `instruction` is the instruction as the builder shows it (`RUN pip install …`, folded, perhaps cut), or the name of
    an internal step (`[internal] load build context`). `dockerfile_line` is known only where the log tells it.
    """

    id: str
    lines: Lines
    index: int | None = None
    of: int | None = None
    stage: str = ""
    instruction: str = ""
    service: str = ""
    status: Status = "running"
    exit_code: int | None = None
    dockerfile_line: int | None = None
    dockerfile_name: str = ""
    seconds: float | None = None
    error: str = ""

    @property
    def keyword(self) -> str:
        """RUN, COPY, …; empty for an internal step."""
        word = self.instruction[:20].split(None, 1)[:1]
        return word[0].upper() if word and word[0].isalpha() else ""


class BuildLog(Struct, frozen=True):
    """A log of a build or of a start. `failed` names the decisive step first; `messages` are lines outside of any step.

    A log that names no step has one anonymous step with all lines; `failed` holds it when the log shows a failure.
    """

    name: str
    builder: Builder = "unknown"
    outcome: Outcome = "unknown"
    steps: tuple[LogStep, ...] = ()
    failed: tuple[LogStep, ...] = ()
    messages: tuple[Line, ...] = ()
    exit_code: int | None = None
    clipped: bool = False
