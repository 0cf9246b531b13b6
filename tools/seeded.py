"""Seeded faults: small projects that really build, each with one fault; does `mend --verify build` repair them alone?

The projects are those of tests/working (and tests/seeded/projects); tests/seeded/seeds.toml names the fault of each seed:
edits of the project's files. For each seed the broken project is built and started, and must fail; its log is explained;
then `dockwright mend --verify build --apply` works on a copy, and what it leaves must build and start as the working
project does. Prints one line a seed, the success rate and the median number of builds.

    tools/seeded.py                    all seeds
    tools/seeded.py NAME…              some
    tools/seeded.py --record FOLDER    keeps the failing logs, mend's answers and the diffs there
    tools/seeded.py --page             renews the table in docs/mending.md
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engine import builds  # noqa: E402
from engine.test_working import Working, works  # noqa: E402

SEEDS = ROOT / "tests/seeded/seeds.toml"
PROJECTS = (ROOT / "tests/seeded/projects", ROOT / "tests/working")
RESULTS = ROOT / "tests/seeded/results.toml"
PAGE = ROOT / "docs/mending.md"
BEGINS, ENDS = "<!-- seeded: made by tools/seeded.py --page -->", "<!-- seeded ends -->"
LONGEST = 1500  # seconds that mending one seed may take


class Edit(Struct, frozen=True, forbid_unknown_fields=True):
    """Replace `old`, which the file holds exactly once, by `new`; without `old` make the file; without both delete it."""

    file: str
    old: str = ""
    new: str | None = None
    mode: int = 0o644  # of a file that is made


class Seed(Struct, frozen=True, forbid_unknown_fields=True):
    """`causes`: what the failing log may be called, the best first. `starts`: the fault shows only at the start."""

    project: str
    causes: tuple[str, ...]
    edits: tuple[Edit, ...]
    starts: bool = False
    why: str = ""  # it is not mended: why no careful edit exists


class Outcome(Struct, frozen=True):
    name: str
    cause: str
    fails: bool  # the broken project fails, as it should
    explained: str  # the cause that its log is given
    mended: bool  # what mend leaves builds and starts
    builds: int
    seconds: float
    diff: str
    note: str = ""


def main() -> int:
    options = _options()
    seeds = read_seeds()
    names = options.names or ([] if options.page else list(seeds))
    outcomes = []
    for name in names:
        outcome = run(name, seeds[name], options.record)
        outcomes.append(outcome)
        print(line(outcome, seeds[name]).replace("\n", " "), flush=True)
    print(summary(outcomes))
    save(outcomes)
    if options.page:
        page()
    return 0 if all(outcome.mended and outcome.fails for outcome in outcomes) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="seeds to run; all unless named")
    parser.add_argument("--record", type=Path, metavar="FOLDER", help="keep logs and diffs here")
    parser.add_argument("--page", action="store_true", help="renew docs/mending.md")
    return parser.parse_args()


def read_seeds() -> dict[str, Seed]:
    return msgspec.toml.decode(SEEDS.read_bytes(), type=dict[str, Seed])


# -- one seed ---------------------------------------------------------------------------------------------------------


def run(name: str, seed: Seed, record: Path | None = None) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="seeded-") as folder:
        place = Path(folder) / seed.project
        told = lay(seed, place)
        tag = f"dockwright-seeded:{name}"
        try:
            fails, log = broken(place, told, tag)
            explained = _explain(place, told, log) if fails else ""
            answer = _mend(place, told, seed.starts)
            said = "" if not fails else _proven(place, told, tag)
        finally:
            builds.docker("image", "rm", "--force", tag)
        attempts = answer.get("attempts", [])
        mended = fails and answer.get("outcome") == "built" and not said
        outcome = Outcome(
            name=name,
            cause=seed.causes[0],
            fails=fails,
            explained=explained,
            mended=mended,
            builds=len(attempts),
            seconds=time.monotonic() - began,
            diff=answer.get("diff", ""),
            note="" if mended else said if fails else "the fault does not make it fail",
        )
        if record is not None:
            _keep(record / name, log, answer, outcome)
        return outcome


def lay(seed: Seed, place: Path) -> Working:
    """The working project at `place`, with the fault."""
    source = next(folder / seed.project for folder in PROJECTS if (folder / seed.project).is_dir())
    shutil.copytree(source, place, symlinks=True, ignore=shutil.ignore_patterns("built.toml", "__pycache__"))
    for edit in seed.edits:
        _edit(place / edit.file, edit)
    return msgspec.toml.decode((source / "built.toml").read_bytes(), type=Working)


def _edit(path: Path, edit: Edit) -> None:
    if edit.new is None:
        path.unlink()
    elif not edit.old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(edit.new.encode())
        path.chmod(edit.mode)
    else:
        text = path.read_bytes().decode()
        assert text.count(edit.old) == 1, f"{path.name}: {text.count(edit.old)} times: {edit.old!r}"
        path.write_bytes(text.replace(edit.old, edit.new).encode())


def broken(place: Path, told: Working, tag: str) -> tuple[bool, str]:
    """Does it fail, in the build or at the start, and what it says."""
    built = _build(place, told, tag)
    if built.code:
        return True, built.log
    try:
        works(tag, told.start)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return True, _said(str(error))
    return False, built.log


def _said(error: str) -> str:
    """What the container or the engine said, without the words of the assertion."""
    text = error.rpartition("the container ended:\n")[2]
    return text.partition("\nassert ")[0]


def _build(place: Path, told: Working, tag: str) -> builds.Built:
    return builds.build(
        place / told.context, (place / told.dockerfile).resolve(), tag=tag, target=told.target, args=told.args
    )


def _proven(place: Path, told: Working, tag: str) -> str:
    """Why what mend left does not work; empty when it does."""
    built = _build(place, told, tag)
    if built.code:
        return "does not build"
    try:
        works(tag, told.start)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return f"does not work: {str(error)[-300:]}"
    return ""


def _command(place: Path, told: Working, *words: str) -> subprocess.CompletedProcess[str]:
    asked = ["--file", str(place / told.dockerfile), "--context", str(place / told.context)]
    command = [sys.executable, "-m", "dockwright", *words, *asked, "--format", "json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False, cwd=place)


def _explain(place: Path, told: Working, log: str) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".log") as file:
        file.write(log)
        file.flush()
        said = json.loads(_command(place, told, "explain", file.name).stdout or "{}")
    return next((each["cause"] for each in said.get("diagnoses", ())), "")


def _mend(place: Path, told: Working, starting: bool) -> dict[str, Any]:
    words = ["mend", str(place), "--verify", "build", "--apply", *(["--start"] if starting else [])]
    done = _command(place, told, *words)
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        return {"outcome": "crashed", "says": done.stderr[-2000:]}


def _keep(folder: Path, log: str, answer: object, outcome: Outcome) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "build.log").write_text(log)
    (folder / "mend.json").write_text(json.dumps(answer, indent=2))
    (folder / "outcome.json").write_bytes(msgspec.json.format(msgspec.json.encode(outcome)))
    (folder / "mend.diff").write_text(outcome.diff)


# -- what is said -----------------------------------------------------------------------------------------------------


def line(outcome: Outcome, seed: Seed) -> str:
    named = "named" if outcome.explained in seed.causes else f"called {outcome.explained or 'nothing'}"
    state = "mended" if outcome.mended else "NOT MENDED"
    note = f"  {outcome.note}" if outcome.note else ""
    return (
        f"{state:<10} {outcome.name:<32} {outcome.cause:<32} {named}, {outcome.builds} build(s), "
        f"{outcome.seconds:.0f} s{note}"
    )


def summary(outcomes: list[Outcome]) -> str:
    mended = [outcome for outcome in outcomes if outcome.mended]
    causes = {outcome.cause for outcome in mended}
    median = statistics.median(outcome.builds for outcome in mended) if mended else 0
    return (
        f"{len(mended)} of {len(outcomes)} mended ({len(mended) / max(1, len(outcomes)):.0%}), "
        f"{len(causes)} different causes; median {median:g} build(s)"
    )


# -- what was found so far --------------------------------------------------------------------------------------------


class Result(Struct, frozen=True):
    """The last run of a seed."""

    date: date
    cause: str
    explained: str
    mended: bool
    builds: int
    seconds: int


def results() -> dict[str, Result]:
    if not RESULTS.exists():
        return {}
    return msgspec.toml.decode(RESULTS.read_bytes(), type=dict[str, Result])


def save(outcomes: list[Outcome]) -> None:
    """Seeds that are no more are forgotten; a seed that was not run keeps its last result."""
    known = {name: result for name, result in results().items() if name in read_seeds()}
    for each in outcomes:
        known[each.name] = Result(
            date.today(), each.cause, each.explained, each.mended, each.builds, round(each.seconds)
        )
    lines = ["# Made by tools/seeded.py: the last run of each seed.\n"]
    for name in sorted(known):
        row = known[name]
        lines.append(
            f'{name} = {{ date = {row.date}, cause = "{row.cause}", explained = "{row.explained}", '
            f"mended = {str(row.mended).lower()}, builds = {row.builds}, seconds = {row.seconds} }}\n"
        )
    RESULTS.write_text("".join(lines))


def page() -> None:
    """The part of docs/mending.md between the two marks."""
    text = PAGE.read_text()
    head, tail = text.partition(BEGINS)[0], text.partition(ENDS)[2]
    PAGE.write_text(head + BEGINS + "\n" + "\n".join(_page()) + "\n" + ENDS + tail)


def _page() -> Iterator[str]:
    seeds, known = read_seeds(), results()
    ran = [known[name] for name in seeds if name in known]
    mended = [row for row in ran if row.mended]
    causes = {row.cause for row in mended}
    named = sum(known[name].explained in seed.causes for name, seed in seeds.items() if name in known)
    median = statistics.median(row.builds for row in mended) if mended else 0
    yield (
        f"Of {len(ran)} seeded faults, last run {min(row.date for row in ran)} to {max(row.date for row in ran)}: "
        f"**{len(mended)} mended ({len(mended) / max(1, len(ran)):.0%})**, of {len(causes)} different causes, with a median of "
        f"**{median:g} build(s)** by `mend`; {named} of the {len(ran)} failing logs are given the cause that was seeded."
    )
    yield from ("", "| seed | cause | its log is called | mended | builds | seconds |", "|---|---|---|---|---|---|")
    for name in seeds:
        row = known.get(name)
        if row is not None:
            said = (
                "the same"
                if row.explained in seeds[name].causes
                else f"`{row.explained}`"
                if row.explained
                else "nothing"
            )
            state = "yes" if row.mended else f"no: {seeds[name].why}" if seeds[name].why else "no"
            yield f"| {name} | `{row.cause}` | {said} | {state} | {row.builds} | {row.seconds} |"


if __name__ == "__main__":
    sys.exit(main())
