"""Packaging metadata. What each backend does without a file was tried with the backend itself (`pip wheel`)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.finding import UNKNOWN
from dockwright.inputs.manifests import LocalProject, read_project
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.packagejson import package_json
from dockwright.inputs.pipfile import pipfile
from dockwright.inputs.tree import ListTree
from dockwright.source import Source

BACKENDS = {
    "hatchling": 'requires = ["hatchling"]\nbuild-backend = "hatchling.build"',
    "poetry": 'requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"',
    "flit": 'requires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"',
    "pdm": 'requires = ["pdm-backend"]\nbuild-backend = "pdm.backend"',
    "uv_build": 'requires = ["uv_build"]\nbuild-backend = "uv_build"',
    "setuptools": 'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"',
}
PROJECT = '[project]\nname = "my-demo"\nversion = "1"\ndescription = "x"\n'
DYNAMIC = '[project]\nname = "my-demo"\ndynamic = ["version"]\n'
SRC = {"src/my_demo/__init__.py": ""}


def project(files: dict[str, str]) -> LocalProject:
    found = read_project(tree(files))
    assert isinstance(found, LocalProject)
    return found


def tree(files: dict[str, str]) -> OverlayTree:
    return OverlayTree(ListTree(()), dict(files))


def builds(backend: str, text: str, files: dict[str, str]) -> bool:
    everything = {"pyproject.toml": f"[build-system]\n{BACKENDS[backend]}\n{text}", **files}
    found = project(everything)
    missing = [need for need in found.missing(tree(everything)) if need.fatal]
    return not missing and not found.problems


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_usual_project_builds(backend: str) -> None:
    assert builds(backend, PROJECT, SRC)


@pytest.mark.parametrize(
    ("field", "stops"),
    [
        ('readme = "README.md"', {"hatchling", "poetry", "flit", "pdm", "uv_build"}),
        ('license = {file = "LICENSE"}', {"hatchling", "poetry", "flit", "pdm", "uv_build"}),
        ('license-files = ["LICENSE"]', {"poetry", "flit", "pdm", "uv_build"}),
    ],
)
def test_files_that_the_metadata_names(field: str, stops: set[str]) -> None:
    assert {backend for backend in BACKENDS if not builds(backend, f"{PROJECT}{field}\n", SRC)} == stops


def test_without_a_package_of_the_projects_name() -> None:
    for files in ({}, {"app/__init__.py": ""}):
        failing = {backend for backend in BACKENDS if not builds(backend, PROJECT, files)}
        assert failing == {"hatchling", "poetry", "flit", "uv_build"}


VERSION_FILE = "[tool.hatch.version]\npath = 'src/my_demo/v.py'\n"


@pytest.mark.parametrize(
    ("backend", "text", "files", "expected"),
    [
        ("hatchling", DYNAMIC + VERSION_FILE, SRC, False),
        ("hatchling", PROJECT + '[tool.hatch.build.targets.wheel]\npackages = ["zzz"]\n', SRC, True),
        ("hatchling", PROJECT + '[tool.hatch.build.targets.wheel.force-include]\n"data.txt" = "x"\n', SRC, False),
        ("setuptools", PROJECT + '[tool.setuptools]\npackages = ["zzz"]\n', SRC, False),
        ("setuptools", PROJECT + '[tool.setuptools.packages.find]\nwhere = ["src"]\n', {}, False),
        ("setuptools", PROJECT + '[tool.setuptools]\npackage-dir = {"" = "lib"}\n', {}, False),
        ("setuptools", PROJECT + '[tool.setuptools]\npy-modules = ["zzz"]\n', {}, True),
        ("setuptools", DYNAMIC + '[tool.setuptools.dynamic]\nversion = {attr = "my_demo.__version__"}\n', {}, False),
        ("setuptools", DYNAMIC + '[tool.setuptools.dynamic]\nversion = {attr = "my_demo.__version__"}\n', SRC, True),
        ("setuptools", DYNAMIC + '[tool.setuptools.dynamic]\nversion = {file = "VERSION"}\n', SRC, True),
        ("setuptools", PROJECT, {"a/x.py": "", "b/y.py": ""}, False),
        ("setuptools", PROJECT, {"a.py": "", "b.py": ""}, False),
        ("setuptools", PROJECT, {"a/__init__.py": "", "tests/x.py": "", "docs/x.py": "", "b.py": "", "c.py": ""}, True),
        ("poetry", '[tool.poetry]\nname = "x"\nversion = "1"\npackages = [{include = "zzz"}]\n', SRC, False),
        (
            "poetry",
            '[tool.poetry]\nname = "x"\nversion = "1"\npackages = [{include = "my_demo", from = "src"}]\n',
            SRC,
            True,
        ),
        ("poetry", '[tool.poetry]\nname = "my-demo"\nversion = "1"\nreadme = "README.md"\n', SRC, False),
        ("poetry", '[tool.poetry]\nname = "x"\nversion = "1"\npackage-mode = false\n', {}, True),
        ("poetry", PROJECT, {"my_demo/data.txt": ""}, False),
        ("poetry", PROJECT, {"my_demo.py": ""}, True),
        ("flit", PROJECT + '[tool.flit.module]\nname = "zzz"\n', SRC, False),
        ("pdm", DYNAMIC + '[tool.pdm.version]\nsource = "file"\npath = "x.py"\n', SRC, False),
        ("uv_build", PROJECT + '[tool.uv.build-backend]\nmodule-root = ""\n', {"my_demo/__init__.py": ""}, True),
        ("uv_build", PROJECT + '[tool.uv.build-backend]\nmodule-name = "zzz"\n', SRC, False),
    ],
)
def test_rules_of_the_backends(backend: str, text: str, files: dict[str, str], expected: bool) -> None:
    assert builds(backend, text, files) is expected


def test_versions_from_git() -> None:
    text = '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\nbuild-backend = "setuptools.build_meta"\n'
    files = {"pyproject.toml": f"{text}{DYNAMIC}[tool.setuptools_scm]\n", **SRC}
    (need,) = project(files).missing(tree(files))
    assert need.paths[0] == ".git" and need.place.line == 7
    with_git = tree({**files, ".git/HEAD": ""})
    assert project(files).missing(with_git) == ()


def test_pep_621() -> None:
    text = """\
[project]
name = "demo"
version = "1.2"
requires-python = ">=3.11"
dependencies = [
  "flask[async]>=3",
  "broken==",
]
[project.optional-dependencies]
dev = ["pytest"]
[project.scripts]
serve = "demo:main"
[dependency-groups]
test = ["hypothesis", {include-group = "lint"}]
lint = ["ruff>=0.8"]
"""
    found = project({"pyproject.toml": text})
    assert (found.name, found.version, found.requires_python, found.family) == ("demo", "1.2", ">=3.11", "setuptools")
    (flask,) = found.dependencies
    assert (flask.name, flask.extras, flask.constraint, flask.place.line) == ("flask", ("async",), ">=3", 6)
    assert [one.name for one in found.extras["dev"]] == ["pytest"]
    assert [one.name for one in found.groups["test"]] == ["hypothesis", "ruff"]
    assert found.scripts == {"serve": "demo:main"}
    assert [(p.code, p.place and p.place.line) for p in found.problems] == [("requirement-version", 7)]


def test_poetry_tables() -> None:
    text = """\
[tool.poetry]
name = "demo"
version = "1"
[tool.poetry.dependencies]
python = "^3.11"
flask = "^3.0"
local = {path = "../local", develop = true}
tool = {git = "https://git.example/tool.git"}
redis = {version = "^5", optional = true, extras = ["hiredis"]}
[tool.poetry.extras]
cache = ["redis"]
[tool.poetry.group.dev.dependencies]
pytest = "*"
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
    found = project({"pyproject.toml": text})
    assert found.requires_python == "^3.11"
    assert [(one.name, one.constraint, one.place.line) for one in found.dependencies] == [
        ("flask", "^3.0", 6),
        ("local", "*", 7),
        ("tool", "*", 8),
        ("redis", "^5", 9),
    ]
    assert found.dependencies[1].path == "../local"
    assert found.dependencies[2].url == "git+https://git.example/tool.git"
    assert [one.name for one in found.extras["cache"]] == ["redis"]
    assert [one.name for one in found.groups["dev"]] == ["pytest"]


SETUP = """\
import os
import numpy
try:
    import Cython
except ImportError:
    Cython = None
from setuptools import setup, find_packages
from pathlib import Path

here = os.path.abspath(os.path.dirname(__file__))
VERSION = "1.4"
requires = ["flask>=2", "requests"]

def read(*names):
    with open(os.path.join(here, *names), encoding="utf-8") as file:
        return file.read()

with open("requirements.txt") as file:
    more = file.read().splitlines()
if os.path.exists("CHANGES.md"):
    changes = open("CHANGES.md").read()
open("log.txt", "w").write("x")

setup(
    name="de" + "mo",
    version=VERSION,
    long_description=read("docs", "README.md") + Path(__file__).parent.joinpath("x").read_text() ,
    install_requires=requires,
    extras_require={"dev": ["pytest"], "docs": more},
    packages=find_packages(),
)
"""


def test_setup_py_is_read_and_not_run() -> None:
    found = project({"setup.py": SETUP})
    assert (found.name, found.version) == ("demo", "1.4")
    assert [(one.name, one.place.line) for one in found.dependencies] == [("flask", 12), ("requests", 12)]
    assert [one.name for one in found.extras["dev"]] == ["pytest"]
    assert [(need.paths[0], need.fatal) for need in found.needs_files] == [
        ("requirements.txt", True),
        ("CHANGES.md", False),
        ("docs/README.md", True),
    ]
    assert {(one.module, one.guarded) for one in found.imports} >= {("numpy", False), ("Cython", True)}


def test_computed_requirements_are_not_known() -> None:
    text = 'from setuptools import setup\nreqs = []\nreqs.append("x")\nsetup(name="x", install_requires=reqs)\n'
    found = project({"setup.py": text})
    assert (found.dependencies, found.complete) == ((), False)


def test_python_2_is_a_problem_with_its_line() -> None:
    (problem,) = project({"setup.py": "import os\nprint 'x'\n"}).problems
    assert (problem.code, problem.place and problem.place.line) == ("setup-py-syntax", 2)


def test_setup_cfg() -> None:
    text = """\
[metadata]
name = demo
version = attr: demo.__version__
long_description = file: README.md, CHANGES.md
[options]
python_requires = >=3.8
install_requires =
    flask>=2   # web
    # not this
    requests; python_version > "3"
packages = find:
[options.extras_require]
dev = pytest
"""
    found = project({"setup.cfg": text, "setup.py": "from setuptools import setup\nsetup()\n"})
    assert (found.name, found.version, found.requires_python) == ("demo", None, ">=3.8")
    assert [(one.name, one.place.line) for one in found.dependencies] == [("flask", 8), ("requests", 10)]
    assert [need.paths[0] for need in found.needs_files] == ["README.md", "CHANGES.md"]
    assert [one.name for one in found.extras["dev"]] == ["pytest"]


def test_what_is_no_project() -> None:
    assert read_project(tree({"setup.cfg": "[metadata]\nname = x\n", "requirements.txt": ""})) is None
    assert read_project(ListTree(["pyproject.toml"])) is UNKNOWN


def test_broken_toml_is_a_problem_with_its_line() -> None:
    (problem,) = project({"pyproject.toml": '[project]\nname = "x\n'}).problems
    assert (problem.code, problem.place and problem.place.line) == ("toml-syntax", 2)


@given(st.text(alphabet="ab=\"'[]{}(),.:\n #+", max_size=80))
def test_any_text_is_read(text: str) -> None:
    for head in ("", "[project]\ndependencies = ", "[tool.poetry.dependencies]\n", "[build-system]\nrequires = "):
        read_project(tree({"pyproject.toml": head + text, "setup.cfg": "[metadata]\n" + text}))
    for head in ("", "from setuptools import setup\nsetup(", "a = "):
        read_project(tree({"setup.py": head + text}))


def test_hostile_setup_py_ends() -> None:
    doubling = "a0 = []\n" + "".join(f"a{n} = a{n - 1} + a{n - 1}\n" for n in range(1, 60))
    project({"setup.py": f"{doubling}setup(name=a59, install_requires=a59)\n"})
    project({"setup.py": "(" * 5000})
    project({"setup.py": "a = " + "-" * 50000 + "1\n"})
    project({"setup.py": "setup(name=" + "+".join(["'x'"] * 20000) + ")"})


def test_package_json() -> None:
    text = """{
  "name": "site", "type": "module", "packageManager": "pnpm@9.1.0",
  "scripts": {"build": "vite build"},
  "dependencies": {"react": "^18"},
  "devDependencies": {"vite": "^5", "fsevents": "*"},
  "optionalDependencies": {"fsevents": "^2"},
  "engines": {"node": ">=20"},
  "workspaces": {"packages": ["packages/*"]}
}"""
    found = package_json(Source("web/package.json", text))
    assert [(one.name, one.wanted, one.place.line) for one in found.installed()] == [
        ("react", "^18", 4),
        ("vite", "^5", 5),
        ("fsevents", "^2", 6),
    ]
    assert (found.scripts, found.engines, found.workspaces) == (
        {"build": "vite build"},
        {"node": ">=20"},
        ("packages/*",),
    )
    assert found.package_manager == "pnpm@9.1.0" and found.module


def test_pipfile() -> None:
    text = """\
[packages]
flask = "*"
local = {path = ".", editable = true}
[dev-packages]
pytest = {version = ">=8", extras = ["x"]}
[requires]
python_version = "3.12"
"""
    found = pipfile(Source("Pipfile", text))
    assert [(one.name, one.constraint, one.path, one.place.line) for one in found.groups["main"]] == [
        ("flask", "*", None, 2),
        ("local", "*", ".", 3),
    ]
    assert [(one.name, one.extras) for one in found.groups["dev"]] == [("pytest", ("x",))]
    assert found.python == "3.12"
