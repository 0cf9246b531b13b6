"""The parser against a real BuildKit: the golden Dockerfiles line by line, and mutations of them.

The engine's own frontend may be older than the one that the parser follows, and goes on to look at images, ports and
signals; what it says of those does not count.
"""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest

from dockwright.dockerfile import parse

FOLDER = Path(__file__).parent / "dockerfiles"
NOT_OURS = re.compile(
    "resolve source|mount target|circular|cannot copy from stage|"
    "dockerfile metadata|unknown flag: --(parents|exclude|security|device|unpack)|only supported in|"
    "must be lowercase|invalid stage index|no local sources"
)
SPLICES = [
    "\\",
    "\n",
    '"',
    "'",
    "$",
    "${",
    "#",
    "[",
    "]",
    ",",
    "=",
    " ",
    "<<E",
    "--",
    "\\\n",
    "\r\n",
    "\n\n",
    "\u00a0",
    "`",
]


def engine_says(text: str) -> str | None:
    done = subprocess.run(
        ["docker", "buildx", "build", "--call=check", "-"],
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    found = re.search(r"^ERROR: (.*)$", done.stderr.decode("utf-8", "replace"), re.MULTILINE)
    return None if found is None else re.sub(r" \(did you mean .*", "", found[1])


def we_say(text: str) -> str | None:
    found = parse(text).first_error
    return None if found is None else re.sub(r" \(did you mean .*", "", str(found).split("\n")[0])


def mutations(count: int) -> list[str]:
    dice = random.Random(20)
    texts = [
        path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*/Dockerfile")) if path.parent.name != "errors"
    ]
    found = []
    for _ in range(count):
        text = re.sub(
            r"(?m)^(FROM\s+)\S+|^# syntax=.*\n",
            lambda match: f"{match[1]}scratch" if match[1] else "",
            dice.choice(texts),
        )
        for _ in range(dice.randint(1, 2)):
            at = dice.randrange(len(text))
            text = text[:at] + (dice.choice(SPLICES) if dice.random() < 0.6 else "") + text[at + dice.randint(0, 2) :]
        found.append(text)
    return found


@pytest.mark.engine
@pytest.mark.parametrize("text", mutations(60))
def test_mutations(text: str) -> None:
    compare(text)


@pytest.mark.engine
@pytest.mark.parametrize("line", (FOLDER / "errors" / "Dockerfile").read_text(encoding="utf-8").splitlines()[4:-3])
def test_errors(line: str) -> None:
    compare(f"FROM scratch\n{line}\nE\n" if "<<" in line else f"FROM scratch\n{line}\n")


def compare(text: str) -> None:
    theirs = engine_says(text)
    if theirs is not None and NOT_OURS.search(theirs):
        return
    assert we_say(text) == theirs
