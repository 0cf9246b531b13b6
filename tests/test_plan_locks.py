"""What a plan says of installs from lock files: the files that the tool will take, and those that it will not find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import lock_texts as locks
import pytest
from lock_texts import BUILT, ELSEWHERE, FINE, LINUX, MANIFEST, OLD, SDIST

from dockwright.planning import TargetPlan, plan
from dockwright.project import Project

HEAD = "FROM python:3.12-slim\nRUN pip install uv\nWORKDIR /app\nCOPY . .\n"
Planned = Callable[..., TargetPlan]
FITS = ("markers", "3.0", (OLD, LINUX, SDIST))


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planned:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def of(line: str, **files: str) -> TargetPlan:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "Dockerfile").write_text(f"{HEAD}RUN {line}\n")
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        return plan(Project.read(str(folder), offline=True)).targets[0]

    return of


def lines(target: TargetPlan) -> list[tuple[str, str, str]]:
    return [(line.name, line.form, line.file) for line in target.lines]


def test_the_files_that_fit_and_those_that_are_built(planned: Planned) -> None:
    target = planned("uv sync --frozen", pyproject__toml=MANIFEST, uv__lock=locks.uv(FINE, FITS, BUILT))
    assert lines(target) == [
        ("idna", "wheel", "idna-3.10-py3-none-any.whl"),
        ("markers", "wheel", f"markers-3.0-{LINUX}.whl"),
        ("netifaces", "sdist", "netifaces-0.11.0.tar.gz"),
    ]
    assert target.total == 27
    assert not target.troubles


def test_what_has_no_file_for_the_image_stands_in_the_way(planned: Planned) -> None:
    target = planned("uv sync --frozen", pyproject__toml=MANIFEST, uv__lock=locks.uv(FINE, ELSEWHERE))
    assert [(trouble.name, trouble.problem) for trouble in target.troubles] == [("pywin32", "wheel")]
    assert "no wheel for linux/amd64 with glibc in uv.lock" in target.troubles[0].says


GROUPED = """
[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "idna" },
]

[package.optional-dependencies]
web = [
    { name = "markers" },
]

[package.dev-dependencies]
dev = [
    { name = "netifaces" },
]
docs = [
    { name = "pywin32", marker = "sys_platform == 'win32'" },
]
"""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("uv sync --frozen", ["idna", "netifaces"]),
        ("uv sync --frozen --no-dev", ["idna"]),
        ("uv sync --frozen --extra web --no-dev", ["idna", "markers"]),
        ("uv sync --frozen --all-extras --all-groups", ["idna", "markers", "netifaces"]),
        ("uv sync --frozen --only-group dev", ["netifaces"]),
        ("uv sync --frozen --no-install-package idna", ["netifaces"]),
        ("uv export --frozen --no-dev -o all.txt", ["idna"]),
    ],
)
def test_the_chosen_groups_and_extras_for_the_images_platform(planned: Planned, line: str, names: list[str]) -> None:
    packages = locks.uv(FINE, FITS, BUILT, ELSEWHERE)
    lock = packages[: packages.index('[[package]]\nname = "shop"')] + GROUPED
    manifest = (
        MANIFEST + '[project.optional-dependencies]\nweb = ["markers"]\n[dependency-groups]\ndev = []\ndocs = []\n'
    )
    target = planned(line, pyproject__toml=manifest, uv__lock=lock)
    assert [name for name, _, _ in lines(target)] == names
    assert not target.troubles
