"""What is built for where nothing names a platform: the engine's own, as BuildKit does it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dockwright import check
from dockwright.inputs.native import native
from dockwright.planning import plan
from dockwright.project import Project


@pytest.mark.parametrize(
    ("machine", "expected"),
    [("x86_64", "linux/amd64"), ("arm64", "linux/arm64"), ("aarch64", "linux/arm64"), ("mips", None)],
)
def test_this_machine(machine: str, expected: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    known = os.uname()
    monkeypatch.setattr(os, "uname", lambda: os.uname_result((*known[:4], machine)))
    assert native({}) == expected
    assert native({"DOCKER_DEFAULT_PLATFORM": "linux/386"}) == "linux/386"


@pytest.mark.parametrize(
    ("engine", "base", "causes"),
    [
        ("linux/arm64", "arm64v8/debian:bookworm", []),
        ("linux/amd64", "arm64v8/debian:bookworm", ["image/platform-mismatch"]),
        ("linux/amd64", "amd64/debian:bookworm", []),
    ],
)
def test_images_of_one_processor(
    engine: str, base: str, causes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", engine)
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\nRUN true\n")
    found = check(str(tmp_path), offline=True)
    assert [finding.cause for target in found.targets for finding in target.findings] == causes


def test_what_is_planned(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n")
    (tmp_path / "requirements.txt").write_text("demo==1\n")
    found = {
        engine: plan(Project.read(str(tmp_path), offline=True, native=engine)).targets[0].platform
        for engine in (None, "linux/arm64")
    }
    assert found == {None: "linux/amd64", "linux/arm64": "linux/arm64"}
    named = Project.read(str(tmp_path), offline=True, native="linux/arm64", platform="linux/s390x")
    assert plan(named).targets[0].platform == "linux/s390x"
