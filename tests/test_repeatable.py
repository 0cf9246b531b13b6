"""The same input gives the same bytes, whatever order this process hashes things in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/expected.toml"))
LOGS = sorted((ROOT / "tests/broken").rglob("*.log"))


def printed(arguments: list[str], seed: str) -> list[object]:
    """What is printed, a JSON object a line, without the time it took; its order of keys kept."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-m", "dockwright", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    for line in lines:
        del line["elapsed_ms"]
    return [json.dumps(line) for line in lines]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_check(example: Path) -> None:
    arguments = ["check", "--offline", "--format", "json", str(example)]
    assert printed(arguments, "1") == printed(arguments, "2")


def test_explain() -> None:
    arguments = ["explain", "--format", "json", *map(str, LOGS)]
    assert LOGS
    assert printed(arguments, "1") == printed(arguments, "2")
