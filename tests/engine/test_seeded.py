"""A handful of the seeded faults (tools/seeded.py runs all): mended by `mend --verify build` alone, they build and start."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

from dockwright.causes.shape import causes

from .builds import missing_bases
from .test_working import Working

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import seeded

ROOT = Path(__file__).parents[2]
SEEDS = seeded.read_seeds()
# Quick ones of different kinds: the Dockerfile's text, the context, the shell, accounts, a start that fails.
HANDFUL = ("stage-misspelt", "ignored-by-dockerignore", "bash-in-sh", "user-never-made", "script-of-a-folder-below")


def test_seeds_are_many_and_of_different_causes() -> None:
    assert len(SEEDS) >= 30
    assert len({seed.causes[0] for seed in SEEDS.values()}) >= 25
    assert {cause for seed in SEEDS.values() for cause in seed.causes} <= set(causes())


@pytest.mark.parametrize("name", SEEDS)
def test_seed_is_one_fault_of_a_working_project(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = seeded.lay(SEEDS[name], Path(folder) / "project")
        assert (Path(folder) / "project" / told.dockerfile).is_file()


@pytest.mark.engine
@pytest.mark.parametrize("name", HANDFUL)
def test_mended_alone(name: str, engine: None) -> None:
    folder = next(each for each in seeded.PROJECTS if (each / SEEDS[name].project).is_dir()) / SEEDS[name].project
    told = msgspec.toml.decode((folder / "built.toml").read_bytes(), type=Working)
    missing = missing_bases(told.bases)
    if missing:
        pytest.skip(f"base images that can't be had: {', '.join(missing)}")
    done = subprocess.run(
        [sys.executable, "tools/seeded.py", name], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
