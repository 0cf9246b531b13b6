"""Brings failures about, really, and keeps what the engine says: tests/provoked/NAME.log, scrubbed.

    tools/provoke.py            all of tests/provoked/provoked.toml
    tools/provoke.py NAME…      some

Each log must be given its cause; one that is not is kept all the same and named at the end. Registries, indexes and
downloads that fail are played by a server of this script: it answers by the first folder of the path.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, structs

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engine.builds import Built, build, docker  # noqa: E402

from dockwright.diagnose import diagnose  # noqa: E402
from dockwright.log import read  # noqa: E402
from tools.odd import serving  # noqa: E402
from tools.record import scrubbed  # noqa: E402

FOLDER = ROOT / "tests/provoked"
LONGEST = 300


class Provocation(Struct, frozen=True, forbid_unknown_fields=True):
    cause: str
    how: str = "build"
    files: Mapping[str, str] = {}
    options: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # causes that say the same


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    known = provocations()
    names = parser.parse_args().names or list(known)
    wrong = 0
    with serving() as served:
        for name in names:
            said = provoke(name, known[name], served)
            wrong += said not in (known[name].cause, *known[name].also)
            print(f"{name:<30} {known[name].cause:<32} {said}", flush=True)
    print(f"{len(names)} brought about, {wrong} of them not given their cause")
    return 1 if wrong else 0


def provocations() -> dict[str, Provocation]:
    return msgspec.toml.decode((FOLDER / "provoked.toml").read_bytes(), type=dict[str, Provocation])


def provoke(name: str, what: Provocation, served: Mapping[str, str]) -> str:
    """Bring it about, keep the log, answer the cause that it is given."""
    tag = f"dockwright-provoked:{name}"
    with tempfile.TemporaryDirectory(prefix="provoked-") as folder:
        told = lay(what, Path(folder), served)
        ran = run(told, Path(folder), tag)
        if told.after:
            subprocess.run(told.after, cwd=folder, capture_output=True, timeout=LONGEST, check=False)
    docker("image", "rm", "--force", tag)
    if not ran.code:
        return "does not fail"
    log = tidy(scrubbed(ran.log.replace(folder, "/project")))
    (FOLDER / f"{name}.log").write_text(log)
    ranked = diagnose(read(log)).ranked
    return ranked[0].finding.cause if ranked else ""


def lay(what: Provocation, folder: Path, served: Mapping[str, str]) -> Provocation:
    """Its files in the folder; the provocation as it is run, with the names of what is served filled in."""

    def told(text: str) -> str:
        for name, value in served.items():
            text = text.replace(name, value)
        return text

    for path, text in what.files.items():
        _lay(folder / path, told(text))
    return structs.replace(
        what, options=tuple(told(each) for each in what.options), words=tuple(told(each) for each in what.words)
    )


def _lay(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {"elf-arm64": elf(183), "elf-amd64": elf(62)}
    path.write_bytes(made[text] if text in made else text.lstrip("\n").encode())


def elf(machine: int) -> bytes:
    """The smallest program for a processor: on amd64 it ends at once (xor edi,edi; mov eax,60; syscall)."""
    code = b"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05"
    size = 64 + 56 + len(code)
    head = struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + head
        + struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 4096)
        + code
    )


def run(what: Provocation, folder: Path, tag: str) -> Built:
    if what.how == "run":
        began = time.monotonic()
        done = subprocess.run(
            what.words,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
        return Built(done.returncode, done.stdout.decode(errors="replace"), time.monotonic() - began)
    if what.how == "legacy":
        return docker("build", *what.options, "--tag", tag, str(folder), env={"DOCKER_BUILDKIT": "0"}, timeout=LONGEST)
    built = build(folder, options=what.options, tag=tag, timeout=LONGEST)
    if what.how == "start" and not built.code:
        return docker("run", "--rm", *what.words, tag, timeout=60)
    return built


def tidy(log: str) -> str:
    """Without progress that was drawn over itself, and without blanks at line ends."""
    lines = [line.rpartition("\r")[2] if not line.endswith("\r") else line.rstrip("\r") for line in log.split("\n")]
    return re.sub(r"[ \t]+$", "", "\n".join(lines), flags=re.M)


if __name__ == "__main__":
    sys.exit(main())
