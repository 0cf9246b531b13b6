"""What the rehearsal and the diagnosis both say: a cause, its facts, a place, the evidence, the remedies."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from dockwright.source import Patch, Source, Span


class Answer(Enum):
    """Three-valued: what is not known is UNKNOWN, never a guess."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __and__(self, other: Answer) -> Answer:
        return self if self.value <= other.value else other

    def __or__(self, other: Answer) -> Answer:
        return self if self.value >= other.value else other

    def __invert__(self) -> Answer:
        return _INVERSE[self]

    def __bool__(self) -> bool:
        raise TypeError("an Answer is YES, NO or UNKNOWN: compare it with `is`")

    @staticmethod
    def of(value: bool) -> Answer:
        return YES if value else NO


YES: Final = Answer.YES
NO: Final = Answer.NO
UNKNOWN: Final = Answer.UNKNOWN
_INVERSE = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}


class Certainty(Enum):
    CERTAIN = "certain"  # every fact used is known
    LIKELY = "likely"
    POSSIBLE = "possible"


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Safety(Enum):
    SAFE = "safe"  # the same image, but it builds
    RISKY = "risky"  # changes what runs
    ADVICE = "advice"  # words, no edit


class Place(Struct, frozen=True):
    """A span of a source; `instruction` is the text of the instruction that holds it, shortened for display."""

    source: Source
    span: Span
    instruction: str = ""

    @property
    def line(self) -> int:
        return self.source.line(self.span.start)

    @property
    def end_line(self) -> int:
        return self.source.line(max(self.span.start, self.span.end - 1))

    @property
    def column(self) -> int:
        return self.source.column(self.span.start)


class Evidence(Struct, frozen=True):
    """A line that proves something: of a project file (`place`), of a log (`log_line`, 1-based), or of a fact (neither)."""

    says: str
    place: Place | None = None
    log_line: int | None = None
    text: str = ""


class Remedy(Struct, frozen=True):
    title: str
    safety: Safety
    patch: Patch = Patch()


class Finding(Struct, frozen=True):
    """One root cause at one place. `facts` is the cause's own Facts; `title` and `why` are sentences made from them."""

    cause: str
    facts: Struct
    title: str
    why: str
    certainty: Certainty
    severity: Severity
    where: Place | None = None
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()


class TargetReport(Struct, frozen=True):
    """What one build target comes to. `verdict`: fails, builds, unknown."""

    name: str
    dockerfile: str
    context: str
    origin: str
    verdict: str
    steps: int
    unknown_steps: int
    findings: tuple[Finding, ...] = ()
    failing_steps: int = 0


class Report(Struct, frozen=True):
    targets: tuple[TargetReport, ...]

    @property
    def fails(self) -> bool:
        return any(target.verdict == "fails" for target in self.targets)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that fail a check."""
        return tuple(finding for target in self.targets for finding in target.findings if breaks(finding))


def breaks(finding: Finding) -> bool:
    """Does this finding fail a check: an error that is certain or likely."""
    return finding.severity is Severity.ERROR and finding.certainty is not Certainty.POSSIBLE
