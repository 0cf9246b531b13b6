"""The examples of the project and what their expected.toml states. One type a table; unknown keys are errors."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Literal

import msgspec
from msgspec import Struct

from .builds import Answer, Built, build, composed_service, run, serve

EXAMPLES = Path(__file__).parents[2] / "examples"


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of expected.toml."""


class Target(Table, frozen=True):
    name: str
    dockerfile: str
    context: str
    origin: str  # the file that names this target


class Expectation(Table, frozen=True):
    """A finding. `line` is where the instruction begins, `at` stands in one of its lines."""

    cause: str
    dockerfile: str
    line: int
    at: str
    certainty: Literal["certain", "likely", "possible"]
    log: str = ""  # what the log of a real build or start shows
    severity: Literal["error", "warning", "note"] = "error"
    hidden_by: str = ""  # cause of the earlier failure that hides this one in a real build
    also_ok: tuple[str, ...] = ()  # causes that say the same as well


class Variant(Table, frozen=True):
    """Another Dockerfile of the example: it builds or not, it starts or not."""

    name: str
    dockerfile: str
    context: str
    builds: bool
    start_log: str = ""  # what it says when it dies at its start
    findings: tuple[Expectation, ...] = ()


class HandEdit(Table, frozen=True):
    """Replace `old`, which the file holds exactly once, by `new`; without `old` the file is made."""

    file: str
    new: str
    old: str = ""


class ByHand(Table, frozen=True):
    """Edits that were found by hand and really build and answer. Others may be as good."""

    title: str
    edits: tuple[HandEdit, ...]
    context: str = ""  # the build context afterwards, where the edits change it


class Trap(Table, frozen=True):
    """Edits that look right and fail: in the build or at the start."""

    title: str
    edits: tuple[HandEdit, ...]
    target: str = ""  # the first one unless named
    build_log: str = ""
    start_log: str = ""


class Start(Table, frozen=True):
    """A request to the started image or service, and what it answers (`body`: a part, `location`: a beginning)."""

    target: str
    port: int
    path: str
    status: int = 200
    body: str = ""
    location: str = ""
    composed: bool = False  # only with the other services of the compose file


class Mended(Table, frozen=True):
    facts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()  # variables that have to be set, each to another random value
    starts: tuple[Start, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    traps: tuple[Trap, ...] = ()


class Engine(Table, frozen=True):
    bases: tuple[str, ...]


class Expected(Table, frozen=True):
    summary: str
    engine: Engine
    targets: tuple[Target, ...]
    findings: tuple[Expectation, ...]
    mended: Mended
    variants: tuple[Variant, ...] = ()
    host_findings: tuple[Expectation, ...] = ()  # what only the machine tells


class Example(Struct, frozen=True):
    folder: Path
    expected: Expected

    def starts(self, target: str) -> tuple[Start, ...]:
        """What the image of a target answers by itself."""
        return tuple(s for s in self.expected.mended.starts if s.target == target and not s.composed)

    def target(self, name: str = "") -> Target:
        return next(t for t in self.expected.targets if name in ("", t.name))

    def secrets(self) -> dict[str, str]:
        return {name: token_hex(32) for name in self.expected.mended.secrets}

    def build(self, target: Target, *, tag: str = "", context: str = "") -> Built:
        return build(self.folder / (context or target.context), self.folder / target.dockerfile, tag=tag)

    def edit(self, edits: tuple[HandEdit, ...]) -> None:
        """Apply edits to this copy."""
        for edit in edits:
            path = self.folder / edit.file
            if not edit.old:
                path.write_text(edit.new)
                continue
            text = path.read_text()
            assert text.count(edit.old) == 1, f"{edit.file}: the old text must stand there once: {edit.old!r}"
            path.write_text(text.replace(edit.old, edit.new))


def names() -> list[str]:
    return sorted(path.parent.name for path in EXAMPLES.glob("*/expected.toml"))


def read(name: str) -> Expected:
    return msgspec.toml.decode((EXAMPLES / name / "expected.toml").read_bytes(), type=Expected)


def copy(name: str, to: Path) -> Example:
    """A copy of the example, free to be changed."""
    shutil.copytree(EXAMPLES / name, to / name, ignore=shutil.ignore_patterns("__pycache__", "expected.toml"))
    return Example(to / name, read(name))


def fails_as_told(example: Example, target: Target, finding: Expectation) -> Built:
    """The broken state really fails with the quoted error. Gives the build, for more assertions."""
    built = example.build(target)
    assert built.code != 0, f"{target.name} builds, but should fail with {finding.cause}"
    assert finding.log in built.log, built.log
    return built


def variant_builds(example: Example, variant: Variant, tag: str) -> None:
    built = build(example.folder / variant.context, example.folder / variant.dockerfile, tag=tag)
    assert (built.code == 0) is variant.builds, built.log


def builds(example: Example, target: Target, tag: str, context: str = "") -> None:
    built = example.build(target, tag=tag, context=context)
    assert built.code == 0, built.log


def answers(tag: str, starts: tuple[Start, ...], env: Mapping[str, str] | None = None) -> None:
    """One container of the image answers every request as told."""
    with serve(tag, starts[0].port, env=env) as container:
        container.poll(starts[0].path)
        for start in starts:
            fits(container.get(start.path), start)


def fits(answer: Answer, start: Start) -> None:
    """The answer is the one that was told."""
    assert answer.status == start.status, f"{start.path}: {answer}"
    assert start.body in answer.body, f"{start.path}: {answer}"
    assert answer.headers.get("location", "").startswith(start.location), f"{start.path}: {answer}"


def dies(tag: str, log: str) -> None:
    """The image's start fails with the quoted text."""
    ended = run(tag)
    assert ended.code != 0, ended.log
    assert log in ended.log, ended.log


def service_answers(file: Path, starts: tuple[Start, ...], env: Mapping[str, str]) -> None:
    """The services of a compose file that is up answer every request as told."""
    for start in starts:
        service = composed_service(file, start.target, start.port, env)
        service.poll(start.path)
        fits(service.get(start.path), start)


def trap_closes(example: Example, trap: Trap, tag: str) -> None:
    """The build or the start fails as told, after these edits."""
    example.edit(trap.edits)
    built = example.build(example.target(trap.target), tag=tag)
    if trap.build_log:
        assert built.code != 0, f"builds, but should not: {trap.title}"
        assert trap.build_log in built.log, built.log
    else:
        assert built.code == 0, built.log
        dies(tag, trap.start_log)
