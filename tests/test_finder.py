"""The finder of this program's own modules: the same modules as Python's finder, and never old bytecode."""

from __future__ import annotations

import os
import pkgutil
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

import pytest

import dockwright
from dockwright.cli.finder import Finder

MODULES = [each for each in pkgutil.walk_packages(dockwright.__path__, "dockwright.") if not each.ispkg]


def test_every_module_is_the_one_that_python_finds() -> None:
    for each in MODULES:
        folder = [str(Path(each.module_finder.path))]  # type: ignore[union-attr]
        ours, theirs = Finder.find_spec(each.name, folder), PathFinder.find_spec(each.name, folder)
        assert ours is not None and theirs is not None and ours.loader is not None and theirs.loader is not None
        for name in ("name", "origin", "cached", "parent", "has_location", "submodule_search_locations"):
            assert getattr(ours, name) == getattr(theirs, name), (each.name, name)
        assert ours.loader.get_code(each.name) == theirs.loader.get_code(each.name)  # type: ignore[attr-defined]


def test_packages_and_what_is_not_ours_are_left_to_python(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/__init__.py").write_text("")
    (tmp_path / "json.py").write_text("")
    assert Finder.find_spec("dockwright.folder", [str(tmp_path)]) is None
    assert Finder.find_spec("dockwright.absent", [str(tmp_path)]) is None
    assert Finder.find_spec("json", [str(tmp_path)]) is None
    assert Finder.find_spec("dockwright", None) is None


class Sample:
    def __init__(self, folder: Path) -> None:
        self.folder, self.source = folder, folder / "sample.py"

    def write(self, text: str) -> None:
        """A source one second newer than the last, as bytecode knows it by whole seconds."""
        before = self.source.stat().st_mtime if self.source.exists() else 1_700_000_000
        self.source.write_text(text)
        os.utime(self.source, (before + 1, before + 1))

    @property
    def spec(self) -> ModuleSpec:
        spec = Finder.find_spec("dockwright.sample", [str(self.folder)])
        assert spec is not None
        return spec

    @property
    def bytecode(self) -> Path:
        assert self.spec.cached is not None
        return Path(self.spec.cached)

    def load(self) -> ModuleType:
        spec = self.spec
        module = module_from_spec(spec)
        assert spec.loader is not None
        spec.loader.exec_module(module)
        return module


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    return Sample(tmp_path)


def test_bytecode_is_written_taken_and_renewed_with_its_source(sample: Sample) -> None:
    sample.write("answer = 1\n")
    assert sample.load().answer == 1 and sample.bytecode.exists()
    sample.write("answer = 2\n")  # as long as before
    assert sample.load().answer == 2
    sample.write("answer = 'longer'\n")
    assert sample.load().answer == "longer"


def test_bytecode_that_holds_what_the_source_held_is_what_runs(sample: Sample) -> None:
    sample.write("answer = 1\n")
    sample.load()
    time = sample.source.stat().st_mtime
    sample.source.write_text("answer = 2\n")
    os.utime(sample.source, (time, time))
    assert sample.load().answer == 1  # it was not compiled again: the bytecode is used


@pytest.mark.parametrize("keep", [0, 3, 15])
def test_bytecode_without_its_head_is_made_anew(sample: Sample, keep: int) -> None:
    sample.write("answer = [1, 2, 3]\n")
    sample.load()
    sample.bytecode.write_bytes(sample.bytecode.read_bytes()[:keep])
    assert sample.load().answer == [1, 2, 3]


def test_bytecode_of_another_python_is_not_taken(sample: Sample) -> None:
    sample.write("answer = 1\n")
    sample.load()
    sample.bytecode.write_bytes(b"\0\0\0\0" + sample.bytecode.read_bytes()[4:])
    assert sample.load().answer == 1
