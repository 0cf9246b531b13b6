"""What the rehearsal says of one instruction: the needs it saw unmet, what it could not follow, the state around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from dockwright.finding import Evidence, Place
from dockwright.rehearse.forms import malformed
from dockwright.rehearse.needs import Unmet
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.dockerfile.nodes import Instruction
    from dockwright.rehearse.expansion import Argument
    from dockwright.rehearse.image import Image
    from dockwright.rehearse.journal import Value
    from dockwright.rehearse.shell import Shell

N = TypeVar("N")


class Executed(Struct, frozen=True, gc=False):
    """A command of a step, in scripts that were followed too, and on ways that may not be gone; variables as they were then."""

    arguments: tuple[Argument, ...]
    user: Value
    cwd: Value
    home: Value
    variables: dict[str, Value]
    strange: bool  # variables may be set that are not known


class Step(Struct, frozen=True, dict=True):
    """`before` and `after` are the image around the instruction; `live` failures break the build, `masked` ones don't.

    `kind`: build, start (ENTRYPOINT/CMD), health. `stage` is the index of the stage.
    """

    instruction: Instruction
    source: Source
    stage: int
    before: Image
    after: Image
    live: tuple[Unmet, ...] = ()
    masked: tuple[Unmet, ...] = ()
    unknown: tuple[str, ...] = ()  # why parts of it could not be followed
    kind: str = "build"
    executed: tuple[Executed, ...] = ()

    def unmet(self, kind: type[N], *, masked: bool = False) -> Iterator[tuple[Unmet, N]]:
        """The unmet needs of one kind, with the need itself at its own type."""
        for unmet in self.masked if masked else (*self.live, *self.malformed):
            if isinstance(unmet.need, kind):
                yield unmet, unmet.need

    @property
    def malformed(self) -> tuple[Unmet, ...]:
        """What the instruction's own text says, whatever the image holds."""
        found: tuple[Unmet, ...] | None = self.__dict__.get("_malformed")
        if found is None:
            found = self.__dict__["_malformed"] = tuple(malformed(self.instruction))
        return found

    @property
    def kinds(self) -> frozenset[str]:
        """Names of the kinds of needs that are unmet, masked ones too."""
        kinds: frozenset[str] | None = self.__dict__.get("_kinds")
        if kinds is None:
            found = frozenset(type(unmet.need).__name__ for unmet in (*self.live, *self.masked, *self.malformed))
            kinds = self.__dict__["_kinds"] = found
        return kinds

    def place(self, span: Span) -> Place:
        return Place(self.source, span, head(self.instruction))


def head(instruction: Any, limit: int = 100) -> str:
    """The instruction on one line, shortened for display."""
    text = " ".join(f"{instruction.keyword} {instruction.rest.text}".split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


class Recorder:
    """Collects what one step's commands need; failures inside of `||`, `;`, `if` and pipes are taken back or masked."""

    def __init__(self, source: Source, instruction: Instruction) -> None:
        self.source = source
        self.instruction = instruction
        self.unmet: list[Unmet] = []
        self.masked: list[Unmet] = []
        self.unknown: list[str] = []
        self.commands = 0  # that the step has run so far
        self.executed: list[Executed] = []
        self.demands: list[
            tuple[str, str, Span]
        ] = []  # variables that the program reads, the file that does, where it is named
        self.filled = False  # may the program set variables for itself

    def says(self, text: str, span: Span) -> Evidence:
        """Evidence at a span of this step."""
        place = Place(self.source, span, head(self.instruction))
        return Evidence(text, place, text=self.source.line_text(place.line).strip())

    def executes(self, shell: Shell, arguments: list[Argument]) -> None:
        variables = dict(shell.variables)
        home = variables["HOME"] if variables.get("HOME") not in (None, "") else shell.home()
        self.executed.append(Executed(tuple(arguments), shell.user, shell.cwd, home, variables, shell.strange))
