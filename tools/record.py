"""Every cause's cases on a real engine: do they fail as told, and does the mended file build? Lists what is proven.

    tools/record.py                    what is recorded of each cause, and what is missing
    tools/record.py --run [CAUSE…]     build and start the cases that have a Dockerfile; results go to tests/recorded.toml
    tools/record.py --run --write …    also put the log into cases that have none (only the lines that tell)

A cause counts as recorded when a log of a failure of our own is in its cases (`-- from --` says "recorded on", or the run
of the case showed its marked lines), in tests/provoked or in tests/seeded. What can't be provoked here is told in
tests/unprovoked.toml.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engine.builds import Built, build, docker  # noqa: E402

from dockwright.causes.case import Case, read_case  # noqa: E402
from dockwright.causes.shape import Cause, causes  # noqa: E402
from dockwright.diagnose import diagnose  # noqa: E402
from dockwright.log import read  # noqa: E402
from dockwright.project import Project  # noqa: E402

RECORDED = ROOT / "tests/recorded.toml"
PROVOKED = ROOT / "tests/provoked/provoked.toml"
SEEDED = ROOT / "tests/seeded/results.toml"
REASONS = ROOT / "tests/unprovoked.toml"
UNMENDED = ROOT / "tests/unmended.toml"
FOLLOWED = ROOT / "tests/provoked/built.toml"
SCRUB = ROOT.parent / "shared/tools/scrub-hosts"
ORIGIN = "recorded on Docker Engine 28 with BuildKit, 2026-11"
STARTS = 8  # seconds after which a container that runs counts as started
BUILDS = 420  # seconds for a case
KEPT = 9  # lines of a log before and after the telling ones


class Result(Struct, frozen=True):
    """`says`: the cause that the real log is given; `shown`: the case's marked lines are in it; `mended`: built, fails, ''."""

    fails: bool
    says: str = ""
    shown: bool = False
    mended: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("causes", nargs="*", metavar="CAUSE")
    parser.add_argument("--run", action="store_true", help="build and start the cases")
    parser.add_argument("--write", action="store_true", help="put logs into cases that have none")
    parser.add_argument(
        "--logs", type=Path, default=Path(tempfile.gettempdir()) / "recorded", help="whole logs go here"
    )
    options = parser.parse_args()
    names = options.causes or list(causes())
    if options.run:
        for name in names:
            run_cause(causes()[name], options.logs, options.write)
    return table(names)


# -- on the engine ----------------------------------------------------------------------------------------------------


def run_cause(cause: Cause, logs: Path, write: bool) -> None:
    for number, text in enumerate(cause.cases, 1):
        case = read_case(text)
        if not case.positive or "Dockerfile" not in case.files or missing_bases(case):
            continue
        began = time.monotonic()
        try:
            result, log = run_case(cause, case, f"dockwright-record:{cause.name.replace('/', '-')}-{number}")
        except subprocess.TimeoutExpired:
            print(f"{cause.name}: {case.title}: too slow", flush=True)
            continue
        logs.mkdir(parents=True, exist_ok=True)
        (logs / f"{cause.name.replace('/', '-')}-{number}.log").write_text(log)
        print(f"{cause.name}: {case.title}: {result} {time.monotonic() - began:.0f} s", flush=True)
        _save(cause.name, case.title, result)
        if write and result.fails and result.says == cause.name and not case.log:
            _write(cause, case, log)


def run_case(cause: Cause, case: Case, tag: str) -> tuple[Result, str]:
    try:
        log = failing(case.files, tag)
        if log is None:
            return Result(False), ""
        said = diagnose(read(log), Project.of(case.files)).ranked
        says = said[0].finding.cause if said else ""
        mended = ""
        if case.mended:
            mended = "built" if failing({**case.files, **case.mended}, tag) is None else "fails"
        marked = [case.log.split("\n")[line - 1] for line in case.marked_lines]
        have = {plain(line) for line in log.split("\n")}
        return Result(True, says, bool(marked) and all(plain(line) in have for line in marked), mended), log
    finally:
        docker("image", "rm", "--force", tag)


def failing(files: dict[str, str], tag: str) -> str | None:
    """The log of the build or start that fails; None when it builds and starts."""
    with tempfile.TemporaryDirectory(prefix="recorded-") as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
        built = build(Path(folder), tag=tag, timeout=BUILDS)
    if built.code:
        return built.log
    started = start(tag)
    return started.log if started.code else None


def start(tag: str) -> Built:
    """One that still runs after a while has started."""
    name = f"dockwright-record-{time.time_ns()}"
    try:
        return docker("run", "--rm", "--name", name, tag, timeout=STARTS)
    except subprocess.TimeoutExpired:
        docker("rm", "--force", name)
        return Built(0, "", STARTS)


def missing_bases(case: Case) -> bool:
    """A base that is neither here nor a stage; what holds a variable or is misspelt on purpose is tried."""
    known = set(docker("images", "--format", "{{.Repository}}:{{.Tag}}").log.split())
    found = re.findall(r"(?im)^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", case.files["Dockerfile"])
    stages = {stage.lower() for _, stage in found if stage}
    wanted = {base for base, _ in found if base.lower() not in stages and "$" not in base and base != "scratch"}
    return any(f"{base}:latest" not in known and base not in known for base in wanted)


def plain(line: str) -> str:
    """A log line without what differs from run to run: step number, times, digests, sizes."""
    line = re.sub(r"^#\d+ (?:\d+\.\d+ ?)?", "", line)
    line = re.sub(r"/var/lib/docker/overlay2/\w+|ref \S+::\w+", "…", line)
    return re.sub(r"\d+(?:\.\d+)?", "0", line).strip()


# -- files ------------------------------------------------------------------------------------------------------------


def results() -> dict[str, dict[str, Result]]:
    if not RECORDED.exists():
        return {}
    return msgspec.convert(tomllib.loads(RECORDED.read_text()), dict[str, dict[str, Result]])


def _save(cause: str, title: str, result: Result) -> None:
    known = results()
    known.setdefault(cause, {})[title] = result
    lines = ["# Made by tools/record.py --run: each case on a real engine.\n"]
    for name in sorted(known):
        lines.append(f'\n["{name}"]\n')
        lines += [
            f"{_quoted(each)} = {{ fails = {str(got.fails).lower()}, says = {_quoted(got.says)}, "
            f"shown = {str(got.shown).lower()}, mended = {_quoted(got.mended)} }}\n"
            for each, got in sorted(known[name].items())
        ]
    RECORDED.write_text("".join(lines))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(cause: Cause, case: Case, log: str) -> None:
    """The telling lines into the case, as the part `build.log`."""
    path = Path(cause.module.__file__ or "")
    text = path.read_text()
    begin = text.index(f'r"""\n{case.title}\n') + len(f'r"""\n{case.title}\n')
    end = text.index('"""', begin)
    told = telling(cause, log)
    if not told:
        print(f"{cause.name}: {case.title}: no line of the log fits a signature")
        return
    body = text[begin:end]
    at = body.find("-- mended")
    at = len(body) if at < 0 else at
    origin = "" if "-- from --" in body else f"-- from --\n{ORIGIN}\n"
    path.write_text(text[:begin] + origin + body[:at] + "-- build.log --\n" + told + body[at:] + text[end:])


def telling(cause: Cause, log: str) -> str:
    """The failing step's first line, those around what a signature matches (marked), and its last."""
    lines = scrubbed(log).split("\n")
    error = next((line for line in lines if re.match(r"#\d+ ERROR", line)), "")
    number = error.split(" ", 1)[0]
    step = [line for line in lines if line.startswith(f"{number} ")] if number else [line for line in lines if line]
    marks = {place for place, line in enumerate(step) if any(s.match(line) is not None for s in cause.signatures)}
    if not marks:
        return ""
    near = range(max(0, min(marks) - KEPT), max(marks) + 3)
    kept = {0, len(step) - 1, *near} if number else set(near)
    said = [(">>" if place in marks else "") + step[place] for place in sorted(kept) if 0 <= place < len(step)]
    return "\n".join(line.rstrip().replace("\t", "    ") for line in said) + "\n"


def scrubbed(log: str) -> str:
    """Without names of package registries; the workplace's own tool knows them."""
    if not SCRUB.exists():
        return log
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "build.log"
        file.write_text(log)
        subprocess.run([str(SCRUB), str(file)], check=True, capture_output=True)
        return file.read_text()


# -- what is proven ---------------------------------------------------------------------------------------------------


class Row(Struct, frozen=True):
    cause: str
    log: bool  # a failing log of a run of ours
    proof: str  # where a mended file really built: case, seed, remedy or hand (tools/followed.py); else empty
    reason: str  # why there is no log
    unmended: str  # why no mended file was built


def rows(names: list[str]) -> Iterator[Row]:
    known, seeds, ways = results(), seeded(), followed()
    reasons, unmended = tomllib.loads(REASONS.read_text()), tomllib.loads(UNMENDED.read_text())
    for name in names:
        cause = causes()[name]
        cases = [read_case(text) for text in cause.cases]
        runs = known.get(name, {})
        ours = [case for case in cases if case.positive and case.log and case.origin.startswith("recorded on")]
        shown = any(run.shown or (run.fails and run.says == name) for run in runs.values()) or name in provoked()
        built = any(run.mended == "built" for run in runs.values())
        proof = "seed" if name in seeds else "case" if built else ways.get(name, "")
        yield Row(name, bool(ours) or shown or name in seeds, proof, reasons.get(name, ""), unmended.get(name, ""))


def followed() -> dict[str, str]:
    """Causes of which a mended project built (tools/followed.py) -> `remedy` when dockwright's own made it, else `hand`."""
    known = tomllib.loads(PROVOKED.read_text())
    built = tomllib.loads(FOLLOWED.read_text()) if FOLLOWED.exists() else {}
    ways: dict[str, str] = {}
    for name, row in sorted(built.items(), key=lambda each: str(each[1]["by"])):
        ways[known[name]["cause"]] = row["by"]
    return ways


def seeded() -> set[str]:
    """Causes of the seeded faults that were mended and built (tools/seeded.py)."""
    known = tomllib.loads(SEEDED.read_text()) if SEEDED.exists() else {}
    return {row["cause"] for row in known.values() if row["mended"]}


def provoked() -> set[str]:
    """Causes of the failures that tools/provoke.py brought about."""
    known = tomllib.loads(PROVOKED.read_text())
    return {what["cause"] for name, what in known.items() if (PROVOKED.parent / f"{name}.log").exists()}


def table(names: list[str]) -> int:
    found = list(rows(names))
    for row in found:
        log = "log" if row.log else "no log"
        why = "; ".join(each for each in (row.reason, row.unmended) if each)
        print(f"{row.cause:<34} {log:<8} {row.proof or '-':<8} {why}")
    print(
        f"{sum(row.log for row in found)} of {len(found)} with a log of our own; "
        f"{sum(bool(row.proof) for row in found)} with a mended file that built, "
        f"{sum(row.proof in ('seed', 'case', 'remedy') for row in found)} of them by dockwright itself"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
