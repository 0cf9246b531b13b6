"""How many pip and Python failures get a concrete remedy: an edit, or words that name the exact command, line or pin.

Counted over the logs of the corpus whose first cause is one of an installation by pip, Poetry and the like, once with the
log alone and once with the Dockerfile and the names of the files. `python tools/mendable.py --sample 60` shows a random
sample with its first remedy, to be graded by reading; `--json FILE` writes the figures.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path

from measure import Sample, project_of
from msgspec import Struct

from dockwright.diagnose import Diagnosis, diagnose
from dockwright.finding import Remedy, Safety
from dockwright.log import read

# causes of other groups count where the failing step runs a Python installer
BESIDE = (
    "system/header-missing", "system/compiler-missing", "system/toolchain-missing", "system/runtime-library-missing",
    "context/requirements-missing", "context/project-metadata-missing", "context/source-not-copied-yet",
)  # fmt: skip
INSTALLS = re.compile(
    r"(?:^|[\s;&|(/])(?:pip[\d.]*|python[\d.]*|poetry|pipenv|uv|pdm|easy_install[\d.]*|setup\.py|virtualenv)(?=\s|$)"
)
OTHERS = re.compile(r"(?:^|[\s;&|(/])(?:npm|yarn|bundle|go|make|git|glide|cargo|mvn)\s")
EXACT = re.compile(r"`[^`]+`")


class Outcome(Struct, frozen=True):
    """Best remedy of one log: edit, words or nothing; with the log alone and with the files."""

    id: str
    cause: str
    alone: str
    with_files: str
    remedy: str = ""
    safety: str = ""
    facts: str = ""
    instruction: str = ""


def outcome(sample: Sample) -> Outcome | None:
    """None for a log that is not of a pip or Python failure."""
    log = read(sample.log, name=sample.id)
    known = diagnose(log, project_of(sample))
    if not known.ranked or not counted(known):
        return None
    finding = known.ranked[0].finding
    best = finding.remedies[0] if finding.remedies else None
    return Outcome(
        sample.id, finding.cause, kind(diagnose(log)), kind(known), best.title if best else "", best.safety.value if best else "",
        repr(finding.facts), known.failed.instruction[:600] if known.failed else "",
    )  # fmt: skip


def counted(known: Diagnosis) -> bool:
    cause, step = known.ranked[0].finding.cause, known.failed
    instruction = step.instruction if step is not None else ""
    if (
        cause in ("deps/private-index", "deps/conflict")
        and OTHERS.search(instruction)
        and not INSTALLS.search(instruction)
    ):
        return False  # these causes speak of other package managers too
    if cause.startswith("deps/") or cause == "runtime/module-missing":
        return True
    return cause in BESIDE and INSTALLS.search(instruction) is not None


def kind(found: Diagnosis) -> str:
    remedies: Iterable[Remedy] = found.ranked[0].finding.remedies if found.ranked else ()
    if any(remedy.safety is not Safety.ADVICE and remedy.patch for remedy in remedies):
        return "edit"
    return "words" if any(EXACT.search(remedy.title) for remedy in remedies) else ""


def figures(outcomes: list[Outcome]) -> dict[str, object]:
    """The shares, and by cause how many logs and how many of them with a concrete remedy."""
    total = len(outcomes)
    by_cause = Counter(each.cause for each in outcomes)
    mended = Counter(each.cause for each in outcomes if each.with_files)
    return {
        "logs": total,
        "log alone: exact words": _share(sum(bool(each.alone) for each in outcomes), total),
        "with files: an edit": _share(sum(each.with_files == "edit" for each in outcomes), total),
        "with files: an edit or exact words": _share(sum(bool(each.with_files) for each in outcomes), total),
        "by cause": {cause: f"{mended[cause]} of {count}" for cause, count in by_cause.most_common()},
    }


def _share(count: int, of: int) -> str:
    return f"{count} of {of}, {100 * count / of:.1f} %" if of else "0 of 0"


def measured(samples: list[Sample], jobs: int = 2) -> list[Outcome]:
    with Pool(jobs) as pool:
        return [each for each in pool.imap(outcome, samples, chunksize=8) if each is not None]


def main() -> int:
    from score import CORPUS, corpus

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--sample", type=int, default=0, help="show so many logs, drawn at random (always the same)")
    parser.add_argument("--list", action="store_true", help="show all")
    parser.add_argument("--json", type=Path, help="write the figures")
    options = parser.parse_args()
    outcomes = sorted(measured(list(corpus(options.corpus, None))), key=lambda each: each.id)
    shown = (
        outcomes if options.list else random.Random(options.sample).sample(outcomes, min(options.sample, len(outcomes)))
    )
    for each in sorted(shown, key=lambda each: (each.cause, each.id)):
        print(f"## {each.id} {each.cause} [{each.alone or '-'}|{each.with_files or '-'}] {each.facts}")
        print(f"   {' '.join(each.instruction.split())[:260]}\n   {each.safety}: {each.remedy}")
    result = figures(outcomes)
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
