"""The log as read so far: what every format's reader writes to, one line at a time."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockwright.log.model import Builder, Lines, Status

MAX_STEPS = 20_000  # more are no build; their lines go to the last step
KEYWORDS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
# exit code: 1 (BuildKit) · returned a non-zero code: 1 (classic) · exit status 1 (buildah, kaniko)
EXIT = re.compile(r"(?:exit code: |non-zero code: |exit status |exited with code |exit code )(\d{1,9})")

Intercept = Callable[["Build", str, int], bool]


class Step:
    """A step while it is read; `partial` says that its lines are a copy or a window of the whole output."""

    __slots__ = (
        "began", "committed", "error", "exit_code", "failed_at", "id", "index", "instruction", "lines", "name", "of", "partial",
        "place", "seconds", "service", "stage", "stage_number", "status", "target",
    )  # fmt: skip

    def __init__(self, id: str, number: int) -> None:
        self.id = id
        self.lines = Lines()
        self.began = number  # line of the log
        self.failed_at = 0
        self.committed = 0  # line of the log that names the image which the step made
        self.index: int | None = None
        self.of: int | None = None
        self.name = self.stage = self.instruction = self.service = self.target = self.error = ""
        self.stage_number = 0
        self.status: Status = "running"
        self.exit_code: int | None = None
        self.seconds: float | None = None
        self.partial = False
        self.place: tuple[str, int] | None = None  # file and line of the Dockerfile, from an excerpt

    def fail(self, error: str, number: int) -> None:
        self.status, self.error, self.failed_at = "failed", error, number
        self.exit_code = exit_code(error)


class Excerpt:
    """`Dockerfile:12` and the lines marked `>>>` below it."""

    __slots__ = ("file", "line", "number", "text")

    def __init__(self, file: str, line: int, number: int) -> None:
        self.file, self.line, self.number = file, line, number
        self.text = ""


class Build:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.by_id: dict[str, Step] = {}
        self.messages = Lines()
        self.current: Step | None = None  # where a line without a mark belongs; None: to the messages
        self.builder: Builder = "unknown"
        self.intercept: Intercept | None = None
        self.previous = ""  # the last line without a mark
        self.excerpts: list[Excerpt] = []
        self.errors: list[tuple[int, str]] = []  # the builder's own last words
        self.services: set[str] = set()
        self.failed_at = self.succeeded_at = self.session_at = 0
        self.exit_code: int | None = None
        self.clipped = False
        self.marked = False  # something said that this is a build
        self.drawn: Step | None = None  # the step that the terminal display speaks of
        self.block: Step | None = None  # the step whose last lines are being copied
        self.held = ("", 0)  # a line whose meaning the next one tells
        self.opened: list[tuple[str, int]] = []  # lines of a head that has not ended
        self.service = ("", 0)  # that compose 1 begins to build, and the line that says so
        self.stopping = False  # compose stops its containers
        self.names: set[str] = set()  # prefixes of compose's services
        self.dispatch: Callable[[str, int], None] = self.text  # reads a line that stood inside of another one

    def step(self, id: str, number: int) -> Step:
        """A new step; replaces what had its id in an earlier build of the same log."""
        if len(self.steps) >= MAX_STEPS:
            return self.steps[-1]
        step = Step(id, number)
        self.steps.append(step)
        self.by_id[id] = step
        return step

    def text(self, line: str, number: int) -> None:
        """A line that no format claims."""
        if line:
            self.previous = line
        if self.current is not None:
            self.current.lines.add(number, line)
        elif not self.marked or (line and not line.isspace()):
            self.messages.add(number, line)

    def message(self, line: str, number: int) -> None:
        self.messages.add(number, line)

    def fail(self, error: str, number: int) -> None:
        """The builder says that the build failed."""
        self.failed_at = number
        self.errors = [*self.errors[-50:], (number, error)]
        code = exit_code(error)
        if code is not None:
            self.exit_code = code

    def success(self, number: int) -> None:
        self.succeeded_at = number

    def session(self, number: int) -> None:
        """Another build begins in the same log."""
        self.session_at = number
        self.by_id.clear()

    @property
    def failed(self) -> bool:
        """A success in a later build of the same log outweighs a failure; one in the same build does not."""
        return self.failed_at > 0 and not self.failed_at < self.session_at <= self.succeeded_at


def exit_code(error: str) -> int | None:
    """The code at the end of an error; the command quoted before it may hold such words too."""
    codes = EXIT.findall(error[-4000:])
    return int(codes[-1]) if codes else None


def keyword(text: str) -> str:
    """RUN of `RUN pip install`, or empty."""
    word = text[:12].partition(" ")[0].partition("\t")[0].upper()
    return word if word in KEYWORDS else ""
