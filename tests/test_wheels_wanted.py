"""What a build will download, read from lock files as their tools read them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty import Index, Made, Wheel, serving

from dockwright.index import uv
from dockwright.index.ask import opened
from dockwright.planning import TargetPlan
from dockwright.project import Project
from dockwright.wheels.artefact import Wanted
from dockwright.wheels.wanted import of_plan, wanted

MANY = "manylinux_2_17_x86_64.manylinux2014_x86_64"
WHEELS = [
    Wheel("web", "1.0", 5_000, ("core>=1", "winonly; sys_platform == 'win32'")),
    Wheel("core", "1.0", 5_000, tag=f"cp312-cp312-{MANY}"),
    Wheel("core", "1.0", 5_000, tag=f"cp311-cp311-{MANY}"),
    Wheel("core", "1.0", 5_000, tag="cp312-cp312-musllinux_1_2_x86_64"),
    Wheel("core", "1.0", 5_000, tag="cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64"),
    Wheel("winonly", "1.0", 5_000),
    Wheel("extra", "1.0", 5_000),
    Wheel("linter", "1.0", 5_000),
    Wheel("docs", "1.0", 5_000),
]
CORE = f"core-1.0-cp312-cp312-{MANY}.whl"
MANIFEST = """
[project]
name = "demo"
version = "0.1"
requires-python = ">=3.11"
dependencies = ["web==1.0"]
[project.optional-dependencies]
more = ["extra==1.0"]
[dependency-groups]
dev = ["linter==1.0"]
docs = ["docs==1.0"]
"""
PARTS = {
    "extra": "extra-1.0-py3-none-any.whl",
    "dev": "linter-1.0-py3-none-any.whl",
    "docs": "docs-1.0-py3-none-any.whl",
}
MAIN = {"web-1.0-py3-none-any.whl", CORE}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving(WHEELS) as index:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", index.simple)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        opened.cache_clear()
        yield index
        opened.cache_clear()


def named(found: tuple[Wanted, ...]) -> set[str]:
    (target,) = found
    assert all(each.url and each.sha256 for each in target.artefacts)
    return {each.filename for each in target.artefacts}


def project(tmp_path: Path, install: str, base: str = "python:3.12-slim", **files: str) -> Project:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    copied = " ".join(name.replace("__", ".") for name in files)
    (folder / "Dockerfile").write_text(f"FROM {base}\nWORKDIR /app\nCOPY {copied} ./\nRUN {install}\n")
    return Project.read(str(folder))


def parts(found: set[str]) -> set[str]:
    """Which of extra, dev and docs are among them; the rest must be what the project itself needs."""
    assert found >= MAIN and "winonly-1.0-py3-none-any.whl" not in found
    assert found - MAIN <= set(PARTS.values())
    return {part for part, name in PARTS.items() if name in found}


@pytest.fixture(scope="session")
def uv_lock(tmp_path_factory: pytest.TempPathFactory) -> str:
    """As uv itself writes it, against an index whose address is put in afterwards."""
    folder = tmp_path_factory.mktemp("lock")
    (folder / "pyproject.toml").write_text(MANIFEST)
    binary = uv.binary()
    assert binary is not None
    with serving(WHEELS) as index:
        command = [binary, "lock", "--no-config", "--no-cache", "--default-index", index.simple]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return (folder / "uv.lock").read_text().replace(index.url, "@INDEX@")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {"dev"}),
        ("--no-dev", set()),
        ("--no-dev --extra more", {"extra"}),
        ("--all-extras", {"dev", "extra"}),
        ("--group docs", {"dev", "docs"}),
        ("--all-groups --no-group dev", {"docs"}),
        ("--no-default-groups", set()),
    ],
)
def test_uv_lock(index: Index, uv_lock: str, tmp_path: Path, options: str, expected: set[str]) -> None:
    files = {"pyproject__toml": MANIFEST, "uv__lock": uv_lock.replace("@INDEX@", index.url)}
    found = wanted(project(tmp_path, f"uv sync --frozen {options}", **files))
    assert parts(named(found)) == expected
    assert index.total == 0 and not index.asked, "a lock file with addresses needs no index"


def test_uv_lock_of_one_group_only(index: Index, uv_lock: str, tmp_path: Path) -> None:
    files = {"pyproject__toml": MANIFEST, "uv__lock": uv_lock.replace("@INDEX@", index.url)}
    assert named(wanted(project(tmp_path, "uv sync --frozen --only-group docs", **files))) == {PARTS["docs"]}


@pytest.mark.parametrize(
    ("base", "platform", "tag"),
    [
        ("python:3.11-slim", None, f"cp311-cp311-{MANY}"),
        ("python:3.12-alpine", None, "cp312-cp312-musllinux_1_2_x86_64"),
        ("python:3.12-slim", "linux/arm64", "cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64"),
    ],
)
def test_the_file_that_fits_the_image(
    index: Index, uv_lock: str, tmp_path: Path, base: str, platform: str | None, tag: str
) -> None:
    files = {"pyproject__toml": MANIFEST, "uv__lock": uv_lock.replace("@INDEX@", index.url)}
    where = project(tmp_path, "uv sync --frozen --no-dev", base, **files)
    found = named(wanted(Project.read(where.root, platform=platform)))
    assert f"core-1.0-{tag}.whl" in found and len(found) == 2


def entries(index: Index, name: str) -> str:
    """Without addresses, as Poetry and PDM write them."""
    return ", ".join(f'{{file = "{made.filename}", hash = "sha256:{made.sha256}"}}' for made in files_of(index, name))


def files_of(index: Index, name: str) -> list[Made]:
    return [made for made in index.files.values() if made.name == name]


def poetry_lock(index: Index, modern: bool) -> str:
    said = {"web": "main", "core": "main", "winonly": "main", "extra": "main", "linter": "dev", "docs": "docs"}
    marks = {"winonly": 'markers = "sys_platform == \\"win32\\""\n', "extra": 'markers = "extra == \\"more\\""\n'}
    text = ""
    for name, group in said.items():
        text += f'[[package]]\nname = "{name}"\nversion = "1.0"\noptional = {str(name == "extra").lower()}\n'
        text += 'python-versions = ">=3.8"\n'
        text += f'groups = ["{group}"]\n{marks.get(name, "")}' if modern else ""
        text += f"files = [{entries(index, name)}]\n"
        if name == "web":
            text += '[package.dependencies]\ncore = ">=1"\nwinonly = {version = "*", markers = "sys_platform == \\"win32\\""}\n'
        text += "\n"
    version = "2.1" if modern else "2.0"
    return f'{text}[extras]\nmore = ["extra"]\n\n[metadata]\nlock-version = "{version}"\ncontent-hash = "0"\n'


POETRY = """
[tool.poetry]
name = "demo"
version = "0.1"
[tool.poetry.dependencies]
python = "^3.11"
web = "1.0"
extra = {version = "1.0", optional = true}
[tool.poetry.extras]
more = ["extra"]
[tool.poetry.group.dev.dependencies]
linter = "1.0"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
docs = "1.0"
"""


@pytest.mark.parametrize("modern", [True, False])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {"dev"}),
        ("--only main", set()),
        ("--without dev", set()),
        ("--with docs", {"dev", "docs"}),
        ("--only main -E more", {"extra"}),
        ("--all-extras --without=dev", {"extra"}),
    ],
)
def test_poetry_lock(index: Index, tmp_path: Path, modern: bool, options: str, expected: set[str]) -> None:
    files = {"pyproject__toml": POETRY, "poetry__lock": poetry_lock(index, modern)}
    assert parts(named(wanted(project(tmp_path, f"poetry install --no-root {options}", **files)))) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [("", {"dev", "docs"}), ("--prod", set()), ("--prod -G more", {"extra"}), ("--without docs", {"dev"})],
)
def test_pdm_lock(index: Index, tmp_path: Path, options: str, expected: set[str]) -> None:
    groups = {
        "web": "default",
        "core": "default",
        "winonly": "default",
        "extra": "more",
        "linter": "dev",
        "docs": "docs",
    }
    text = '[metadata]\ngroups = ["default", "more", "dev", "docs"]\n'
    for name, group in groups.items():
        marker = "marker = \"sys_platform == 'win32'\"\n" if name == "winonly" else ""
        text += f'\n[[package]]\nname = "{name}"\nversion = "1.0"\ngroups = ["{group}"]\n{marker}'
        text += f"files = [{entries(index, name)}]\n"
    files = {"pyproject__toml": MANIFEST, "pdm__lock": text}
    assert parts(named(wanted(project(tmp_path, f"pdm sync {options}", **files)))) == expected


@pytest.mark.parametrize(("options", "expected"), [("", set()), ("--dev", {"dev"})])
def test_pipfile_lock(index: Index, tmp_path: Path, options: str, expected: set[str]) -> None:
    def entry(name: str) -> dict[str, object]:
        hashes = [f"sha256:{made.sha256}" for made in files_of(index, name)]
        return {"hashes": hashes, "version": "==1.0", "index": "own"}

    windows = {**entry("winonly"), "markers": "sys_platform == 'win32'"}
    lock = {
        "_meta": {"sources": [{"name": "own", "url": index.simple, "verify_ssl": True}], "hash": {"sha256": "0"}},
        "default": {"web": entry("web"), "core": entry("core"), "winonly": windows},
        "develop": {"linter": entry("linter")},
    }
    files = {"Pipfile": '[packages]\nweb = "*"\n', "Pipfile__lock": json.dumps(lock)}
    assert parts(named(wanted(project(tmp_path, f"pip install pipenv; pipenv sync {options}", **files)))) == expected


def test_pylock_of_a_project_that_names_no_install(index: Index, tmp_path: Path) -> None:
    text = 'lock-version = "1.0"\ncreated-by = "x"\n'
    for name in ("web", "core", "winonly", "linter"):
        marker = {"winonly": "sys_platform == 'win32'", "linter": "'dev' in dependency_groups"}.get(name, "")
        text += f'\n[[packages]]\nname = "{name}"\nversion = "1.0"\n' + (f'marker = "{marker}"\n' if marker else "")
        for made in files_of(index, name):
            text += f'[[packages.wheels]]\nname = "{made.filename}"\nurl = "{made.url}"\nsize = {made.size}\n'
            text += f'hashes = {{sha256 = "{made.sha256}"}}\n'
    found = named(wanted(project(tmp_path, "./install.sh", pylock__toml=text)))
    assert found == MAIN


@pytest.mark.parametrize(
    "text", ["", "nonsense = [", "[[package]]\nname = 1\n", "[[package]]\nversion = '1'\n", "[metadata]\n"]
)
@pytest.mark.parametrize(
    ("install", "name"),
    [("uv sync --frozen", "uv__lock"), ("poetry install", "poetry__lock"), ("pdm sync", "pdm__lock")],
)
def test_a_lock_file_that_is_none_is_said(index: Index, tmp_path: Path, text: str, install: str, name: str) -> None:
    (found,) = wanted(project(tmp_path, install, **{"pyproject__toml": MANIFEST, name: text}))
    assert found.artefacts == ()


def test_what_comes_from_elsewhere_is_said(index: Index, tmp_path: Path) -> None:
    lock = (
        'version = 1\n[[package]]\nname = "demo"\nversion = "0.1"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "fork" }, { name = "gone" }]\n'
        '[[package]]\nname = "fork"\nversion = "2"\nsource = { git = "https://example.invalid/fork?rev=1" }\n'
        '[[package]]\nname = "gone"\nversion = "3"\nsource = { registry = "https://example.invalid/simple" }\n'
    )
    (found,) = wanted(project(tmp_path, "uv sync --frozen", pyproject__toml=MANIFEST, uv__lock=lock))
    assert set(found.unknown) == {
        "fork comes from a git repository, which is not loaded beforehand",
        "no file of gone 3 that fits the image is known",
    }


def test_requirements_and_a_lock_file_together(index: Index, uv_lock: str, tmp_path: Path) -> None:
    files = {"pyproject__toml": MANIFEST, "uv__lock": uv_lock.replace("@INDEX@", index.url)}
    found = named(wanted(project(tmp_path, "pip install docs && uv sync --frozen --no-dev", **files)))
    assert found == MAIN | {PARTS["docs"]}


@pytest.mark.parametrize(
    ("install", "name"), [("uv sync", "uv.lock"), ("poetry install", "poetry.lock"), ("pdm install", "pdm.lock")]
)
def test_an_install_without_a_lock_file_is_said(index: Index, tmp_path: Path, install: str, name: str) -> None:
    (found,) = wanted(project(tmp_path, f"pip install docs && {install}", pyproject__toml=MANIFEST))
    tool = install.split()[0]
    assert f"{tool} finds no {name} that is known, and what it will choose is not planned" in found.unknown


def test_targets_that_install_nothing() -> None:
    found = of_plan(TargetPlan("x", "Dockerfile", ".", "", "", "", ""))
    assert found == Wanted("x")
