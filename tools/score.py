"""make score: how right dockwright is on real failures that nobody showed it.

Over the corpus of failed builds (classic builder, 2020) and over the logs recorded in the causes' own cases: share of
logs given a specific cause, right and wrong among the labelled, failures foreseen from Dockerfile and file list alone,
false alarms, calibration, time. `--cause X` lists the logs given X; `--show ID` shows one log with all that is said
of it. Writes docs/score.json and prints the difference to the one committed.
"""

from __future__ import annotations

import argparse
import gzip
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from multiprocessing import Pool
from pathlib import Path

import msgspec
from measure import Measured, Sample, measure, project_of
from tally import Json, flat, tally

from dockwright.causes.case import read_case
from dockwright.causes.shape import causes

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared/corpus/failures-2020.jsonl.gz"
SCORE = ROOT / "docs/score.json"
DAY = "2020-06-01"  # the world in which the corpus was built


def main() -> int:
    options = _options()
    samples = list(_samples(options))
    if options.show:
        return _show([sample for sample in samples if sample.id == options.show])
    if not samples:
        return 0
    results = list(_measured(samples, options.jobs))
    if options.cause:
        return _list(results, options.cause)
    score = {name: tally(part) for name, part in _parts(results)}
    _print(score)
    if not options.sample and not options.limit_to and {"corpus", "recorded"} <= score.keys():
        _difference(score)
        SCORE.write_text(msgspec.json.format(msgspec.json.encode(score, order="sorted"), indent=2).decode() + "\n")
    return 1 if any(result.crash for result in results) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="failures-2020.jsonl.gz")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="N logs of the corpus, drawn at random (always the same)"
    )
    parser.add_argument("--limit-to", choices=["corpus", "recorded"], help="only this part")
    parser.add_argument(
        "--cause", metavar="NAME", help="list the logs that are given this cause, or where it is foreseen"
    )
    parser.add_argument("--show", metavar="ID", help="show one log, its findings and its diagnoses")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


# -- what is measured -------------------------------------------------------------------------------------------------


def _samples(options: argparse.Namespace) -> Iterator[Sample]:
    if options.limit_to != "recorded":
        yield from corpus(options.corpus, options.sample)
    if options.limit_to != "corpus" and not options.sample:
        yield from _recorded()


def corpus(path: Path, count: int | None) -> Iterable[Sample]:
    if not path.exists():
        print(f"score: {path} is not here, so the corpus is skipped; name it with --corpus", file=sys.stderr)
        return ()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        read = [msgspec.json.decode(line) for line in lines]
    chosen = random.Random(count).sample(read, min(count, len(read))) if count else read
    return [_of_corpus(item) for item in chosen]


def _of_corpus(item: Json) -> Sample:
    right = (item["cause"], *(item.get("also_ok") or ())) if item.get("cause") else ()
    return Sample(
        "corpus", item["id"], item["log"], right, {"Dockerfile": item["dockerfile"]}, tuple(item["files"]), DAY
    )


def _recorded() -> Iterator[Sample]:
    """The logs in the causes' cases: each is labelled by the cause that holds it. A negative case's log is not."""
    for cause in causes().values():
        for number, text in enumerate(cause.cases, 1):
            case = read_case(text)
            if case.log and case.marked_lines:
                yield Sample("recorded", f"{cause.name}:{number}", case.log, (cause.name,), case.files, (), None)


def _measured(samples: list[Sample], jobs: int) -> Iterator[Measured]:
    if jobs < 2:
        yield from map(measure, samples)
        return
    with Pool(jobs) as pool:
        for done, result in enumerate(pool.imap(measure, samples, chunksize=8), 1):
            if sys.stderr.isatty():
                print(f"\r{done} of {len(samples)}", end="", file=sys.stderr, flush=True)
            yield result
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _parts(results: list[Measured]) -> Iterator[tuple[str, list[Measured]]]:
    for name in ("corpus", "recorded"):
        part = [result for result in results if result.part == name]
        if part:
            yield name, part


# -- what is printed --------------------------------------------------------------------------------------------------


def _print(score: dict[str, Json]) -> None:
    for name, part in score.items():
        print(f"\n{name}")
        for key, value in part.items():
            if key == "causes":
                print(f"  {'cause':<38}{'given':>7}{'right':>7}{'wrong':>7}{'missed':>7}{'foreseen':>9}{'alarms':>7}")
                for cause, row in value.items():
                    print(f"  {cause:<38}" + "".join(f"{row[each]:>{width}}" for each, width in _COLUMNS))
            elif isinstance(value, dict):
                print(f"  {key}: " + ", ".join(f"{each} {shown}" for each, shown in value.items()))
            elif isinstance(value, list):
                print(f"  {key} ({len(value)}): " + "; ".join(map(str, value[:60])) + (" …" if len(value) > 60 else ""))
            else:
                print(f"  {key}: {value}")


_COLUMNS = (("given", 7), ("right", 7), ("wrong", 7), ("missed", 7), ("foreseen", 9), ("alarms", 7))


def _difference(score: dict[str, Json]) -> None:
    """What changed since the score that is committed."""
    shown = subprocess.run(["git", "show", "HEAD:docs/score.json"], cwd=ROOT, capture_output=True, check=False)
    if shown.returncode:
        return
    before, after = flat(msgspec.json.decode(shown.stdout)), flat(score)
    changed = [
        key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key) and "/ms" not in key
    ]
    print(f"\nagainst the committed score: {'no difference' if not changed else ''}")
    for key in changed:
        print(f"  {key}: {before.get(key)} -> {after.get(key)}")


def _list(results: list[Measured], cause: str) -> int:
    for each in results:
        notes = ["given"] * (each.cause == cause) + ["foreseen"] * (cause in each.foreseen)
        notes += [f"FALSE ALARM at line {line}" for name, line in each.alarms if name == cause]
        if notes:
            judged = f"  labelled {' or '.join(each.right)}" if each.right else ""
            print(f"{each.id:<10} {', '.join(notes):<40} {each.confidence:.2f}  {each.facts}{judged}")
    return 0


def _show(samples: list[Sample]) -> int:
    from dockwright.api import check, explain
    from dockwright.report.diagnosis import show_diagnosis
    from dockwright.report.terminal import show_report

    for sample in samples:
        project = project_of(sample)
        print(sample.files["Dockerfile"])
        found = explain(sample.log, name=sample.id)
        lines = list(found.failed.lines.texts()) if found.failed else sample.log.splitlines()
        print("-" * 100, *lines[-60:], "-" * 100, sep="\n")
        print(show_diagnosis(found), show_report(check(project), verbose=True), sep="\n")
        print("with the files:", show_diagnosis(explain(sample.log, project, name=sample.id)))
        print("labelled:", " or ".join(sample.right) or "no")
    return 0 if samples else 2


if __name__ == "__main__":
    sys.exit(main())
