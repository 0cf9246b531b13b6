"""The folder of a run, and what is done about a run that was killed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dockwright.build.runfolder import RunFolder
from dockwright.history.process import here


def client(folder: Path) -> subprocess.Popen[bytes]:
    """A process that has a file of the folder among its words, as an engine's client has."""
    words = ["sh", "-c", "read line", "build", f"{folder}/Dockerfile"]  # it waits for a line that never comes
    return subprocess.Popen(words, stdin=subprocess.PIPE)


def ended() -> int:
    """The number of a process that is no more."""
    done = subprocess.Popen(["true"])
    done.wait()
    return done.pid


def test_what_a_killed_run_left_is_removed_and_its_clients_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    builds = tmp_path / "dockwright/builds"
    of_dead, of_living = builds / f"{ended()}-{here()}-x", builds / f"{os.getpid()}-{here()}-y"
    elsewhere = builds / f"{ended()}-another-machine-z"
    for folder in (of_dead, of_living, elsewhere):
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text("FROM scratch\n")
    theirs, other = client(of_dead), client(of_living)
    try:
        with RunFolder() as own:
            assert Path(own).is_dir() and not of_dead.exists() and of_living.exists() and elsewhere.exists()
            assert theirs.wait(timeout=30) == -9
            assert other.poll() is None
        assert not Path(own).exists()
    finally:
        for process in (theirs, other):
            process.kill()
            process.communicate()
