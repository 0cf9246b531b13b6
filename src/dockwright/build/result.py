"""What a build came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from dockwright.diagnose import Diagnosis
    from dockwright.finding import Report

TRANSIENT = 75


class Refused(Exception):
    """The rehearsal is certain that a build fails: none is made."""

    def __init__(self, report: Report) -> None:
        super().__init__("the rehearsal is certain that this fails")
        self.report = report


class Attempted(Struct, frozen=True):
    """One run of the engine. `waited`: the pause before it. `cause` of its failure, where one is known."""

    number: int
    seconds: float
    outcome: str  # built, failed, interrupted
    cause: str = ""
    title: str = ""
    transient: bool = False
    waited: float = 0.0
    words: tuple[str, ...] = ()


class BuiltTarget(Struct, frozen=True):
    """`outcome`: built, failed, transient, not-tried, interrupted. `says`: why it was not tried, or not again.

    `derived`: the wheelhouse was given to it.
    """

    name: str
    dockerfile: str
    context: str
    tags: tuple[str, ...]
    outcome: str
    seconds: float = 0.0
    attempts: tuple[Attempted, ...] = ()
    says: str = ""
    notes: tuple[str, ...] = ()
    derived: bool = False
    diagnosis: Diagnosis | None = None


class Loaded(Struct, frozen=True):
    """What was fetched into the wheelhouse for this run. `missing`: files that did not come. `failed`: a sentence each."""

    files: int = 0
    bytes: int = 0
    cached: int = 0
    missing: int = 0
    over_wire: int = 0
    attempts: int = 0
    seconds: float = 0.0
    failed: tuple[str, ...] = ()


class Built(Struct, frozen=True):
    targets: tuple[BuiltTarget, ...]
    engine: str
    seconds: float
    loaded: Loaded = Loaded()
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """failed wins over transient: trying again would not help."""
        outcomes = {target.outcome for target in self.targets}
        return next((each for each in ("interrupted", "failed", "transient") if each in outcomes), "built")

    @property
    def exit_code(self) -> int:
        return {"built": 0, "failed": 1, "transient": TRANSIENT, "interrupted": 130}[self.outcome]
