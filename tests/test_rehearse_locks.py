"""What a lock file alone says of an install: each broken form was run with the tool itself, and each working one too."""

from __future__ import annotations

import lock_texts as locks
import pytest
from lock_texts import (
    BUILT,
    ELSEWHERE,
    FINE,
    MANIFEST,
    NATIVE,
    OLDER,
    POETRY,
    SDIST,
    WINDOWS,
    named,
    unmet,
)

from dockwright.index.question import Answer, Known, Release
from dockwright.rehearse import needs


def locked(tool: str, *packages: tuple[str, str, tuple[str, ...]]) -> dict[str, str]:
    if tool == "poetry":
        return {"pyproject__toml": POETRY, "poetry__lock": locks.poetry(*packages)}
    if tool == "pdm":
        return {"pyproject__toml": MANIFEST, "pdm__lock": locks.pdm(*packages)}
    if tool == "pip":
        return {"pyproject__toml": MANIFEST, "pylock__toml": locks.pylock(*packages)}
    return {"pyproject__toml": MANIFEST, "uv__lock": locks.uv(*packages)}


INSTALLS = ["uv sync --frozen", "uv sync", "poetry install", "poetry sync", "pdm sync", "pdm install"]
PYLOCK = "pip install uv && uv pip sync --system pylock.toml"


# -- wheels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [*INSTALLS, PYLOCK])
def test_sources_that_compile_want_a_compiler(line: str) -> None:
    found = unmet(line, files=locked(line.split()[0], FINE, BUILT))
    assert needs.Command("gcc", "netifaces") in [each.need for each in found]
    assert all(each.evidence[0].place is not None and "netifaces" in each.evidence[0].text for each in found)


@pytest.mark.parametrize("line", [*INSTALLS, PYLOCK])
def test_where_there_is_a_compiler_nothing_is_missing(line: str) -> None:
    assert unmet(line, "python:3.12", files=locked(line.split()[0], FINE, BUILT)) == []


@pytest.mark.parametrize("line", [*INSTALLS, PYLOCK])
@pytest.mark.parametrize(("package", "problem"), [(ELSEWHERE, "wheel"), (OLDER, "python")])
def test_wheels_that_do_not_fit_and_no_sources(
    line: str, package: tuple[str, str, tuple[str, ...]], problem: str
) -> None:
    (found,) = unmet(line, files=locked(line.split()[0], FINE, package))
    assert isinstance(found.need, needs.Distribution)
    assert (found.need.name, found.need.specifier, found.need.problem) == (package[0], f"=={package[1]}", problem)


@pytest.mark.parametrize("line", [*INSTALLS, PYLOCK])
def test_wheels_that_fit(line: str) -> None:
    assert unmet(line, files=locked(line.split()[0], FINE, NATIVE)) == []


@pytest.mark.parametrize("line", [*INSTALLS, PYLOCK])
def test_glibc_wheels_are_none_for_musl(line: str) -> None:
    """`markers` has code to compile, as its wheels show; nothing else is known of it, so that it is likely."""
    found = unmet(line, "python:3.12-alpine", files=locked(line.split()[0], FINE, NATIVE))
    assert needs.Command("gcc", "markers") in [each.need for each in found]


def test_what_is_not_wanted_need_not_fit() -> None:
    lock = locks.uv(FINE, more='\n[package.dev-dependencies]\ndev = [\n    { name = "pywin32" },\n]\n')
    lock += f'\n[[package]]\nname = "pywin32"\nversion = "308"\nsource = {{ registry = "http://index.invalid/simple" }}\nwheels = [\n    {{ url = "http://index.invalid/pywin32-308-{WINDOWS}.whl", hash = "sha256:{locks.HASH}" }},\n]\n'
    assert named(unmet("uv sync --frozen", pyproject__toml=MANIFEST, uv__lock=lock)) == ["pywin32"]
    assert unmet("uv sync --frozen --no-dev", pyproject__toml=MANIFEST, uv__lock=lock) == []
    assert unmet("uv sync --frozen --no-install-package pywin32", pyproject__toml=MANIFEST, uv__lock=lock) == []


def test_markers_are_those_of_the_image() -> None:
    marked = """{ name = "pywin32", marker = "sys_platform == 'win32'" },\n"""
    lock = locks.uv(FINE, ELSEWHERE).replace('{ name = "pywin32" },\n', marked)
    assert unmet("uv sync --frozen", pyproject__toml=MANIFEST, uv__lock=lock) == []


def test_an_old_lock_file_of_poetry_lists_its_files_at_the_end() -> None:
    lock = (
        '[[package]]\nname = "netifaces"\nversion = "0.11.0"\noptional = false\npython-versions = "*"\n'
        f'[metadata.files]\nnetifaces = [\n    {{file = "netifaces-0.11.0.tar.gz", hash = "sha256:{locks.HASH}"}},\n]\n'
    )
    manifest = POETRY + 'netifaces = "*"\n'
    assert "gcc" in named(unmet("poetry install", pyproject__toml=manifest, poetry__lock=lock))


def test_an_unreadable_lock_file_says_nothing() -> None:
    assert unmet("uv sync --frozen", pyproject__toml=MANIFEST, uv__lock='[[package]]\nname = 3\nsource = "x"\n') == []


# -- what only the index knows ------------------------------------------------------------------------------------------


def test_sources_of_which_nothing_is_known_are_asked_for() -> None:
    known = Known()
    files = locked("uv", FINE, ("strange", "1.0", (SDIST,)))
    assert unmet("uv sync --frozen", known=known, files=files) == []
    *_, question = known.open
    assert (question.requirements, question.no_deps) == (("strange==1.0",), True)
    known.tell(question, Answer((Release("strange", "1.0", "sdist", native=True),), complete=True))
    assert "gcc" in named(unmet("uv sync --frozen", known=known, files=files))


def test_pipenv_locks_hashes_alone() -> None:
    known = Known()
    files = {"Pipfile": '[packages]\nnetifaces = "*"\n', "Pipfile__lock": locks.pipenv(("netifaces", "0.11.0"))}
    unmet("pipenv sync --system", known=known, files=files)
    *_, question = known.open
    known.tell(question, Answer((Release("netifaces", "0.11.0", "sdist", native=True),), complete=True))
    assert "gcc" in named(unmet("pipenv sync --system", known=known, files=files))


# -- the project's Python -----------------------------------------------------------------------------------------------

NEWER = MANIFEST.replace("3.10", "3.13")
NEWER_LOCK = locks.uv(FINE, python=">=3.13")


@pytest.mark.parametrize(
    "line",
    [
        "UV_PYTHON_DOWNLOADS=never uv sync --frozen", "uv sync --no-managed-python", "uv sync --no-python-downloads",
        "UV_PYTHON_PREFERENCE=only-system uv sync",
    ],
)  # fmt: skip
def test_a_python_that_uv_may_not_fetch(line: str) -> None:
    (found,) = unmet(line, pyproject__toml=NEWER, uv__lock=NEWER_LOCK)
    assert isinstance(found.need, needs.Distribution)
    assert (found.need.problem, found.need.wants) == ("python", ">=3.13")
    assert unmet(line, "python:3.13-slim", pyproject__toml=NEWER, uv__lock=NEWER_LOCK) == []


def test_a_python_that_uv_fetches_is_not_that_of_the_image() -> None:
    lock = locks.uv(FINE, OLDER, python=">=3.13")
    assert unmet("uv sync --frozen", pyproject__toml=NEWER, uv__lock=lock) == []


def test_the_pinned_python_decides() -> None:
    files = {"pyproject__toml": MANIFEST, "uv__lock": locks.uv(FINE, BUILT)}
    assert unmet("uv sync --frozen", files={**files, "__python-version": "3.13\n"}) == []
    assert unmet("uv sync --frozen", files={**files, "__python-version": "3.12\n"}) != []
    assert unmet("uv sync --frozen -p 3.13", files=files) == []


def test_the_distributions_own_python_may_do() -> None:
    line = "apt-get update && apt-get install -y python3 && uv sync --frozen --no-managed-python"
    assert unmet(line, pyproject__toml=NEWER, uv__lock=NEWER_LOCK) == []


def test_poetry_refuses_a_python_that_the_project_excludes() -> None:
    files = {"pyproject__toml": POETRY.replace("^3.10", "~3.11"), "poetry__lock": locks.poetry(FINE)}
    (found,) = unmet("poetry install --no-root", files=files)
    assert isinstance(found.need, needs.Distribution)
    assert (found.need.problem, found.need.wants) == ("python", "~3.11")
    assert unmet("poetry install --no-root", "python:3.11-slim", files=files) == []


@pytest.mark.parametrize(
    ("line", "fails"),
    [
        ("pipenv install --system --deploy", True), ("pipenv sync", True), ("pipenv install", True),
        ("pipenv install --system", False), ("pipenv sync --system", False), ("pipenv --python 3.13 install", False),
    ],
)  # fmt: skip
def test_the_python_of_a_pipfile(line: str, fails: bool) -> None:
    pipfile = '[packages]\nidna = "*"\n[requires]\npython_version = "3.12"\n'
    files = {"Pipfile": pipfile, "Pipfile__lock": locks.pipenv(("idna", "3.10"))}
    found = unmet(line, "python:3.13-slim", files=files)
    assert [getattr(each.need, "problem", "") for each in found] == (["python"] if fails else [])
    assert unmet(line, "python:3.12-slim", files=files) == []


def test_pip_compares_the_python_of_a_local_project() -> None:
    (found,) = unmet("pip install .", pyproject__toml=NEWER)
    assert isinstance(found.need, needs.Distribution)
    assert (found.need.name, found.need.problem, found.need.wants) == ("shop", "python", ">=3.13")
    assert unmet("pip install .", "python:3.13-slim", pyproject__toml=NEWER) == []
    assert unmet("pip install --ignore-requires-python .", pyproject__toml=NEWER) == []


@pytest.mark.parametrize(
    "line",
    [
        "uv export --frozen -o all.txt && pip install -r all.txt",
        "uv export --frozen --no-dev --output-file all.txt && uv pip install --system -r all.txt",
        "poetry export -f requirements.txt --output all.txt && pip install -r all.txt",
    ],
)
def test_what_is_exported_is_installed(line: str) -> None:
    known = Known()
    files = {"pyproject.toml": MANIFEST, "uv.lock": locks.uv(FINE, BUILT)}
    if "poetry" in line:
        files = {"pyproject.toml": POETRY, "poetry.lock": locks.poetry(FINE, BUILT)}
        line = f"pip install poetry-plugin-export && {line}"
    unmet(line, known=known, files=files)
    *_, question = known.asked
    assert sorted(question.requirements) == ["idna==3.10", "netifaces==0.11.0"]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("uv pip install --system -e git+https://code.invalid/own#egg=own", True),
        ("uv pip install --system -r all.txt", True),
        ("uv pip install --system git+https://code.invalid/own", False),
        ("pip install -r all.txt", False),
    ],
)
def test_uv_makes_no_repository_editable(line: str, refused: bool) -> None:
    found = unmet(line, "python:3.12", files={"all.txt": "-e git+https://code.invalid/own#egg=own\n"})
    assert [getattr(each.need, "problem", "") for each in found] == (["line"] if refused else [])


@pytest.mark.parametrize(
    "line", ["pip install --no-binary psycopg2 psycopg2", "pip install --no-binary=:all: psycopg2==2.9.9"]
)
def test_what_may_not_be_a_wheel_is_built(line: str) -> None:
    assert needs.Command("gcc", "psycopg2") in [each.need for each in unmet(line)]
    assert unmet(line, "python:3.12") == []
    assert unmet(line.replace("psycopg2", "idna")) == []
