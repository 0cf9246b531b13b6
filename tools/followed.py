"""Follows what is advised on the failures of tools/provoke.py, really: does what is left build?

    tools/followed.py            all of tests/provoked/mended.toml
    tools/followed.py NAME…      some

tests/provoked/mended.toml says for each what differs from the failing project. Where a remedy of dockwright makes exactly
these files out of the log, the proof is its own (`remedy`); else a person who followed the advice made them (`hand`). What
built goes to tests/provoked/built.toml; what does not is forgotten there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct, structs

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engine.builds import docker  # noqa: E402

from dockwright.diagnose import diagnose  # noqa: E402
from dockwright.log import read  # noqa: E402
from dockwright.project import Project  # noqa: E402
from tools.odd import serving  # noqa: E402
from tools.provoke import FOLDER, LONGEST, Provocation, lay, provocations, run  # noqa: E402

MENDED, BUILT = FOLDER / "mended.toml", FOLDER / "built.toml"


class Mended(Struct, frozen=True, forbid_unknown_fields=True):
    """`files` in the place of the failing ones; the rest only where the command line is what was wrong."""

    files: Mapping[str, str] = {}
    how: str | None = None
    options: tuple[str, ...] | None = None
    words: tuple[str, ...] | None = None


class Proof(Struct, frozen=True):
    date: date
    by: str  # remedy, hand


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    names = parser.parse_args().names or list(mended())
    failed = []
    with serving() as served:
        for name in names:
            code, log = follow(name, served)
            by = "remedy" if by_remedy(name) else "hand"
            _save(name, None if code else Proof(date.today(), by))
            print(f"{name:<30} {'does not build' if code else 'built'} ({by})", flush=True)
            if code:
                failed.append(name)
                print("\n".join(log.rstrip().split("\n")[-12:]), flush=True)
    return 1 if failed else 0


def mended() -> dict[str, Mended]:
    return msgspec.toml.decode(MENDED.read_bytes(), type=dict[str, Mended])


def proofs() -> dict[str, Proof]:
    return msgspec.toml.decode(BUILT.read_bytes(), type=dict[str, Proof]) if BUILT.exists() else {}


def followed(name: str) -> Provocation:
    """The failing project with what was mended in it."""
    failing, changed = provocations()[name], mended()[name]
    return structs.replace(
        failing,
        files={**failing.files, **changed.files},
        how=changed.how or failing.how,
        options=failing.options if changed.options is None else changed.options,
        words=failing.words if changed.words is None else changed.words,
    )


def follow(name: str, served: Mapping[str, str]) -> tuple[int, str]:
    what, tag = followed(name), f"dockwright-followed:{name}"
    with tempfile.TemporaryDirectory(prefix="followed-") as folder:
        told = lay(what, Path(folder), served)
        ran = run(told, Path(folder), tag)
        if told.after:
            subprocess.run(told.after, cwd=folder, capture_output=True, timeout=LONGEST, check=False)
    docker("image", "rm", "--force", tag)
    return ran.code, ran.log


def by_remedy(name: str) -> bool:
    """Does a remedy for the recorded log make these very files?"""
    files = {path: text.lstrip("\n") for path, text in provocations()[name].files.items()}
    wanted = {path: text.lstrip("\n") for path, text in mended()[name].files.items()}
    ranked = diagnose(read((FOLDER / f"{name}.log").read_text()), Project.of(files)).ranked
    return any(
        bool(wanted) and remedy.patch.apply(files) == wanted
        for found in ranked[:1]
        for remedy in found.finding.remedies
        if remedy.patch
    )


def _save(name: str, proof: Proof | None) -> None:
    known = {each: row for each, row in proofs().items() if each in mended() and each != name}
    if proof is not None:
        known[name] = proof
    lines = ["# Made by tools/followed.py: the mended project of a provoked failure was really built (or started).\n"]
    lines += [f'{each} = {{ date = {known[each].date}, by = "{known[each].by}" }}\n' for each in sorted(known)]
    BUILT.write_text("".join(lines))


if __name__ == "__main__":
    sys.exit(main())
