"""The shape of a cause. One file under `causes/<group>/` is one cause; its path is its name.

A file has, from top to bottom: a docstring (the cause's page: first line is the summary), `Facts`, `TITLE` and `WHY`
(templates over the facts), and as far as they exist `EXPLAINS`, `SEVERITY`, `TRANSIENT`, `ENGINE`, `PHASE`, `SIGNATURES`, `check(step)`,
`remedies(finding, project)`, `judge(problem)` (facts for what is wrong with a file that defines targets) and `CASES`
(or, where these are many, a file `name.cases` beside it).
"""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
import importlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Any

from msgspec import Struct, structs

from dockwright.finding import Certainty, Evidence, Finding, Place, Remedy, Severity
from dockwright.inputs.problem import Problem
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Step
from dockwright.source import Span


class Signature(Struct, frozen=True):
    """What a log says. `literal` must be in the line; `pattern` binds facts in it; `also`/`unless`: anywhere in the step's output.

    `also` may hold what the pattern bound, as in "Expected sha256 {hash}". `above` binds facts in the nearest line above
    that says something, where a tool spreads one complaint over two.
    """

    literal: str
    pattern: str | None
    facts: tuple[tuple[str, Any], ...]
    sure: float
    also: str | None
    unless: str | None
    above: str | None = None

    def match(self, line: str) -> dict[str, Any] | None:
        """The facts that the line binds, or None."""
        if self.literal not in line:
            return None
        found = dict(self.facts)
        if self.pattern is None:
            return found
        match = compiled(self.pattern).search(line)
        if match is None:
            return None
        return found | {name: text for name, text in match.groupdict().items() if text is not None}


def sign(
    literal: str,
    pattern: str | None = None,
    *,
    sure: float = 0.9,
    also: str | None = None,
    unless: str | None = None,
    above: str | None = None,
    **facts: Any,
) -> Signature:
    """A signature: quote the real line above each. `sure` is how often a log with this line fails for this cause."""
    return Signature(literal, pattern, tuple(facts.items()), sure, also, unless, above)


@lru_cache(1024)
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class Found(Struct, frozen=True):
    """What `check` yields: a place in the step, the facts, what proves them."""

    span: Span
    facts: Struct
    evidence: tuple[Evidence, ...] = ()
    certainty: Certainty = Certainty.CERTAIN
    severity: Severity | None = None


def found(unmet: Unmet, facts: Struct, *evidence: Evidence, severity: Severity | None = None) -> Found:
    """The finding that an unmet need makes."""
    return Found(unmet.span, facts, (*unmet.evidence, *unmet.masked_by, *evidence), unmet.certainty, severity)


class Looks(Struct, frozen=True):
    """What a cause's file says it looks at, read without importing it: `kinds` of unmet needs (None: any)."""

    checks: bool
    judges: bool
    kinds: frozenset[str] | None


class Cause(Struct, frozen=True, dict=True):
    """A cause by name; its module is imported when it is first asked for something."""

    name: str
    path: str  # of its file

    @property
    def module(self) -> ModuleType:
        module: ModuleType | None = self.__dict__.get("_module")
        if module is None:
            module = self.__dict__["_module"] = importlib.import_module(module_of(self.name))
        return module

    @property
    def looks(self) -> Looks:
        looks: Looks | None = self.__dict__.get("_looks")
        if looks is None:
            looks = self.__dict__["_looks"] = looks_of(self.path)
        return looks

    @property
    def page(self) -> str:
        return (self.module.__doc__ or "").strip()

    @property
    def summary(self) -> str:
        return self.page.split("\n", 1)[0]

    @property
    def explains(self) -> tuple[str, ...]:
        return tuple(getattr(self.module, "EXPLAINS", ()))

    @property
    def signatures(self) -> tuple[Signature, ...]:
        return tuple(getattr(self.module, "SIGNATURES", ()))

    @property
    def transient(self) -> bool:
        return bool(getattr(self.module, "TRANSIENT", False))

    @property
    def engine(self) -> bool:
        """The engine itself was not there: no step is known to have failed."""
        return bool(getattr(self.module, "ENGINE", False))

    @property
    def phase(self) -> str:
        """`build` or `start` where the words alone do not tell which of the two failed; else empty."""
        return str(getattr(self.module, "PHASE", ""))

    @property
    def cases(self) -> tuple[str, ...]:
        """Those in its file, and those that outgrew it: in `name.cases` beside it, parted by lines of `====`."""
        written = tuple(getattr(self.module, "CASES", ()))
        beside = self.path.removesuffix(".py") + ".cases"
        if not os.path.exists(beside):
            return written
        with open(beside, encoding="utf-8", newline="") as file:
            return (*written, *(f"\n{case}" for case in re.split(r"(?m)^====\n", file.read())))

    def check(self, step: Step) -> Iterator[Finding]:
        """Findings of this cause in one rehearsed step."""
        check: Callable[[Step], Iterable[Found]] | None = getattr(self.module, "check", None)
        for item in check(step) if check else ():
            yield self.finding(item, step.place(item.span))

    def judge(self, problem: Problem) -> Iterator[Finding]:
        """What this cause says of a file that defines targets and is wrong itself."""
        if not self.looks.judges:
            return
        judge: Callable[[Problem], Struct | None] | None = getattr(self.module, "judge", None)
        facts = judge(problem) if judge else None
        if facts is not None:
            span = problem.place.span if problem.place else Span(0, 0)
            sure = Certainty.POSSIBLE if problem.unsure else Certainty.CERTAIN
            yield self.finding(Found(span, facts, (), sure), problem.place)

    def finding(self, item: Found, where: Place | None) -> Finding:
        usual: Severity = getattr(self.module, "SEVERITY", Severity.ERROR)
        texts = words(item.facts)
        return Finding(
            cause=self.name,
            facts=item.facts,
            title=sentence(self.module.TITLE, texts),
            why=sentence(getattr(self.module, "WHY", self.summary), texts),
            certainty=item.certainty,
            severity=item.severity or usual,
            where=where,
            evidence=item.evidence,
        )

    def facts(self, bound: dict[str, Any]) -> Struct:
        """This cause's Facts from what a signature bound."""
        fields = {field.name: field for field in structs.fields(self.module.Facts)}
        given = {name: value for name, value in bound.items() if name in fields}
        facts: Struct = self.module.Facts(**given)
        return facts

    def remedies(self, finding: Finding, project: Any) -> tuple[Remedy, ...]:
        """Ways to mend it, the best first."""
        remedies: Callable[[Finding, Any], Iterable[Remedy]] | None = getattr(self.module, "remedies", None)
        return tuple(remedies(finding, project)) if remedies else ()


def words(facts: Struct) -> dict[str, str]:
    """Facts as words for a template; what is not known is an empty text."""
    return {name: _word(value) for name, value in structs.asdict(facts).items()}


def _word(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def sentence(template: str, facts: dict[str, str]) -> str:
    """Fill a template. A part in [square brackets] is left out when a fact in it is empty."""

    def optional(match: re.Match[str]) -> str:
        return match[1] if all(facts.get(name) for name in re.findall(r"\{(\w+)", match[1])) else ""

    return re.sub(r"\[([^\[\]]*\{[^\[\]]*)\]", optional, template).format_map(facts)


@lru_cache(1)
def causes() -> dict[str, Cause]:
    """All causes by name, found by walking the package. None is imported yet."""
    found: dict[str, Cause] = {}
    package = os.path.dirname(__file__)
    for group in sorted(os.listdir(package)):
        folder = f"{package}/{group}"
        if group.isidentifier() and os.path.isdir(folder):
            for file in sorted(os.listdir(folder)):
                stem, _, ending = file.partition(".")
                if ending == "py" and stem != "__init__":
                    name = f"{group}/{stem.replace('_', '-')}"
                    found[name] = Cause(name, f"{folder}/{file}")
    return found


@lru_cache(1024)
def asked(kinds: frozenset[str]) -> tuple[Cause, ...]:
    """The causes that may have something to say of a step with unmet needs of these kinds; where all are met, none has."""
    if not kinds:
        return ()
    looks = [(cause, cause.looks) for cause in causes().values()]
    return tuple(cause for cause, look in looks if look.checks and (look.kinds is None or look.kinds & kinds))


def module_of(name: str) -> str:
    """`deps/lock-stale` -> `dockwright.causes.deps.lock_stale`"""
    return f"dockwright.causes.{name.replace('/', '.').replace('-', '_')}"


def looks_of(path: str) -> Looks:
    """What a cause looks at, by its text: a check that asks for `needs.File` has nothing to say where no File is unmet.

    To import a hundred causes takes as long as all the rest of a check, to look through their texts a tenth of that.
    """
    handle = os.open(path, os.O_RDONLY)
    text = os.read(handle, 1 << 20).partition(b"\nCASES")[0]
    os.close(handle)
    kinds = [name.decode() for name in re.findall(rb"needs\.(\w*)", text)]
    asks = b".unmet(" in text and kinds and b"needs import" not in text and b"step.masked" not in text
    return Looks(b"\ndef check(" in text, b"\ndef judge(" in text, frozenset(kinds) if asks else None)


def roots(present: Iterable[str]) -> set[str]:
    """Those of the named causes that no other of them explains."""
    names, known = set(present), causes()
    explained: set[str] = set()
    for name in names:
        if name in known:
            explained |= set(known[name].explains) - {name}
    return names - explained
