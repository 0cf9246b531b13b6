"""Folders of a project, its groups and extras, hashes: each form was run with the tool itself, broken and working."""

from __future__ import annotations

import lock_texts as locks
import pytest
from lock_texts import (
    FINE,
    MANIFEST,
    POETRY,
    named,
    unmet,
)

from dockwright.index.question import Answer, Known, Release
from dockwright.project import Project
from dockwright.rehearse import needs
from dockwright.rehearse.run import rehearse

# -- folders of the project's own ---------------------------------------------------------------------------------------

MEMBER = '\n[[package]]\nname = "core"\nversion = "0.1.0"\nsource = { editable = "packages/core" }\n'
HEAD = 'version = 1\nrevision = 3\nrequires-python = ">=3.10"\n'
WORKSPACE = MANIFEST.replace("= []", '= ["core"]') + (
    '[tool.uv.sources]\ncore = { workspace = true }\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
)
WORKSPACE_LOCK = locks.uv(more=MEMBER, root='    { name = "core" },\n').replace(
    HEAD, HEAD + '\n[manifest]\nmembers = [\n    "core",\n    "shop",\n]\n'
)
CORE = (
    '[project]\nname = "core"\nversion = "0.1.0"\nreadme = "README.md"\n'
    '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
)


def workspace(line: str, copied: str) -> list[str]:
    files = {
        "pyproject__toml": WORKSPACE, "uv__lock": WORKSPACE_LOCK, "packages___core___pyproject__toml": CORE,
        "packages___core___core__py": '"""Core."""\n__version__ = "1"\n', "packages___core___README__md": "",
    }  # fmt: skip
    return named(unmet(line, copied=copied, files=files))


MANIFESTS = "pyproject.toml uv.lock"


@pytest.mark.parametrize(
    ("line", "copied", "missing"),
    [
        ("uv sync --frozen", MANIFESTS, ["/app/packages/core"]),
        ("uv sync --frozen --no-install-project", MANIFESTS, ["/app/packages/core"]),
        ("uv sync --frozen --no-install-workspace", MANIFESTS, []),
        ("uv sync --frozen --no-install-local", MANIFESTS, []),
        ("uv sync --frozen --no-install-package core", MANIFESTS, []),
        ("uv sync --no-install-workspace", MANIFESTS, ["/app/packages/core"]),
        ("uv sync --locked --no-install-workspace", MANIFESTS, ["/app/packages/core"]),
        ("uv sync --frozen --package core", MANIFESTS, ["/app/packages/core"]),
        ("uv sync --frozen --only-dev", MANIFESTS, []),
        ("uv sync --frozen", ".", []),
        ("uv sync --locked --all-packages", ".", []),
        ("cd packages/core && uv sync --frozen", ".", []),
    ],
)
def test_members_of_a_workspace(line: str, copied: str, missing: list[str]) -> None:
    assert workspace(line, copied) == missing


def test_what_a_members_build_reads_must_be_there_too() -> None:
    dockerfile = (
        "FROM python:3.12-slim\nRUN pip install uv\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\n"
        "COPY packages/core/pyproject.toml packages/core/\nRUN uv sync --frozen\n"
    )
    texts = {
        "Dockerfile": dockerfile, "pyproject.toml": WORKSPACE, "uv.lock": WORKSPACE_LOCK,
        "packages/core/pyproject.toml": CORE, "packages/core/README.md": "", "packages/core/core.py": "",
    }  # fmt: skip
    project = Project.of(texts)
    found = named(rehearse(project, project.targets[0], None).steps[-1].live)  # type: ignore[arg-type]
    assert sorted(found) == ["/app/packages/core/README.md", "/app/packages/core/core.py"]


POETRY_PATH = POETRY + 'inner = { path = "libs/inner", develop = true }\n'
POETRY_PATH_LOCK = locks.poetry(
    FINE,
    more='\n[[package]]\nname = "inner"\nversion = "0.1.0"\noptional = false\npython-versions = "*"\ngroups = ["main"]\n'
    'files = []\ndevelop = true\n\n[package.source]\ntype = "directory"\nurl = "libs/inner"\n',
)


@pytest.mark.parametrize(
    ("line", "copied", "missing"),
    [
        ("poetry install --no-root", "pyproject.toml poetry.lock", ["/app/libs/inner"]),
        ("poetry install --no-root --no-directory", "pyproject.toml poetry.lock", []),
        ("poetry install", ".", []),
    ],
)
def test_path_dependencies_of_poetry(line: str, copied: str, missing: list[str]) -> None:
    inner = {"libs___inner___pyproject__toml": CORE.replace("core", "inner", 1), "libs___inner___README__md": ""}
    inner |= {"libs___inner___inner__py": '"""Inner."""\n'}
    files = {"pyproject__toml": POETRY_PATH, "poetry__lock": POETRY_PATH_LOCK, **inner}
    assert named(unmet(line, copied=copied, files=files)) == missing


def test_repositories_are_cloned_with_git() -> None:
    git = '\n[[package]]\nname = "own"\nversion = "1.0"\nsource = { git = "https://code.invalid/own?rev=1#2" }\n'
    lock = locks.uv(FINE, more=git, root='    { name = "own" },\n')
    assert [each.need for each in unmet("uv sync --frozen", pyproject__toml=MANIFEST, uv__lock=lock)] == [
        needs.Command("git", "uv")
    ]
    assert unmet("uv sync --frozen", "python:3.12", pyproject__toml=MANIFEST, uv__lock=lock) == []


# -- groups, extras, hashes ---------------------------------------------------------------------------------------------

GROUPS = MANIFEST + '[project.optional-dependencies]\nweb = ["flask"]\n[dependency-groups]\ndocs = ["sphinx"]\n'


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("uv sync --frozen --extra web --extra nothere", ["nothere"]),
        ("uv sync --frozen --group docs --group nothere", ["nothere"]),
        ("uv sync --frozen --no-group nothere", ["nothere"]),
        ("uv sync --frozen --extra web --group docs --no-dev", []),
        ("uv sync --frozen --all-extras --all-groups", []),
        ("uv sync --frozen --package nothere", ["nothere"]),
        ("uv sync --frozen --package shop", []),
        ("uv pip install --system --group nothere", ["nothere"]),
        ("uv pip install --system --group docs -r pyproject.toml --extra web", []),
    ],
)
def test_groups_and_extras_that_uv_is_asked_for(line: str, missing: list[str]) -> None:
    assert named(unmet(line, pyproject__toml=GROUPS, uv__lock=locks.uv(FINE))) == missing


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("poetry install -E web -E nothere", ["nothere"]),
        ("poetry install --extras 'web nothere'", ["nothere"]),
        ("poetry install --without nothere", ["nothere"]),
        ("poetry install --with docs --extras web", []),
        ("poetry sync --all-extras --only main", []),
    ],
)
def test_groups_and_extras_that_poetry_is_asked_for(line: str, missing: list[str]) -> None:
    manifest = POETRY + (
        'flask = { version = "*", optional = true }\n[tool.poetry.extras]\nweb = ["flask"]\n'
        '[tool.poetry.group.docs]\noptional = true\n[tool.poetry.group.docs.dependencies]\nsphinx = "*"\n'
    )
    assert named(unmet(line, pyproject__toml=manifest, poetry__lock=locks.poetry(FINE))) == missing


HASHED = f"idna==3.10 --hash=sha256:{locks.HASH}\n"


@pytest.mark.parametrize(
    ("line", "text", "missing"),
    [
        ("pip install -r all.txt", HASHED + "flask==3.1\n", ["flask"]),
        ("pip install -r all.txt flask==3.1", HASHED, ["flask"]),
        ("pip install -r all.txt", HASHED.replace("==", ">="), ["idna"]),
        ("pip install -r all.txt", HASHED, []),
        ("pip install -r all.txt", "idna==3.10\nflask==3.1\n", []),
        ("pip install -r all.txt", HASHED + "colorama==0.4.6 ; sys_platform == 'win32'\n", []),
        ("pip install --require-hashes -r all.txt", "flask==3.1\n", ["flask"]),
        ("uv pip install --system -r all.txt", HASHED + "flask==3.1\n", []),
        ("uv pip install --system --require-hashes -r all.txt", HASHED + "flask==3.1\n", ["flask"]),
    ],
)
def test_one_hash_asks_for_all_of_them(line: str, text: str, missing: list[str]) -> None:
    assert named(unmet(line, all__txt=text)) == missing


def test_what_hashed_requirements_require_must_be_listed() -> None:
    known = Known()
    unmet("pip install -r all.txt", known=known, all__txt=HASHED)
    *_, question = known.open
    releases = (Release("idna", "3.10"), Release("other", "1.0", via=("idna",)))
    known.tell(question, Answer(releases, complete=True))
    assert named(unmet("pip install -r all.txt", known=known, all__txt=HASHED)) == ["other"]
    assert unmet("pip install --no-deps -r all.txt", known=known, all__txt=HASHED) == []


@pytest.mark.parametrize("line", ["pip install .[web,all]", "pip install -e '.[all]'", "pip install -r all.txt"])
def test_extras_of_a_local_project_are_asked_for(line: str) -> None:
    known = Known()
    manifest = GROUPS.replace("dependencies = []", 'dependencies = ["idna"]').replace(
        "web =", 'all = ["shop[web]", "gunicorn"]\nweb ='
    )
    unmet(line, known=known, pyproject__toml=manifest, all__txt="-e .[all]\n")
    *_, question = known.asked
    assert sorted(question.requirements) == ["flask", "gunicorn", "idna"]


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("uv run --frozen --group nothere pytest", ["nothere"]),
        ("uv run --frozen pytest --group nothere", []),
        ("uv run --frozen -m pytest --extra nothere", []),
        ("uv run --no-project --group nothere python", []),
        ("uv run --frozen --group nothere script.py", []),
    ],
)
def test_words_behind_uv_run_belong_to_its_program(line: str, missing: list[str]) -> None:
    script = "# /// script\n# dependencies = []\n# ///\n"
    assert named(unmet(line, pyproject__toml=GROUPS, uv__lock=locks.uv(FINE), script__py=script)) == missing


def test_a_group_that_pdm_did_not_lock() -> None:
    files = {"pyproject__toml": GROUPS, "pdm__lock": locks.pdm(FINE)}
    assert named(unmet("pdm sync -G web", files=files)) == ["web"]
    assert unmet("pdm sync -G nowhere --prod", files=files) == []


@pytest.mark.parametrize(
    ("user", "line", "missing"),
    [
        ("useradd app", "uv sync --frozen", ["/home/app", "/app/.venv"]),
        ("useradd -m app", "uv sync --frozen", ["/app/.venv"]),
        ("useradd -m app && chown app /app", "uv sync --frozen", []),
        ("useradd app && chown app /app", "UV_CACHE_DIR=/tmp/uv uv sync --frozen", []),
        ("useradd app && chown app /app", "uv sync --frozen --no-cache", []),
        ("useradd app", "poetry install", ["/home/app"]),
        ("useradd -m app", "poetry install", []),
        ("useradd -m app", "POETRY_VIRTUALENVS_IN_PROJECT=1 poetry install", ["/app/.venv"]),
        ("useradd app", "pipenv install --ignore-pipfile", ["/home/app"]),
        ("useradd -m app", "pipenv sync", []),
    ],
)
def test_users_who_can_not_make_what_their_tools_make(user: str, line: str, missing: list[str]) -> None:
    files = {"pyproject__toml": MANIFEST, "uv__lock": locks.uv(FINE), "Pipfile": '[packages]\nidna = "*"\n'}
    files |= {"Pipfile__lock": locks.pipenv(("idna", "3.10"))}
    if "poetry" in line:
        files |= {"pyproject__toml": POETRY, "poetry__lock": locks.poetry(FINE)}
    assert [
        getattr(each.need, "path", "") for each in unmet(line, before=f"RUN {user}\nUSER app\n", files=files)
    ] == missing


HATCH = MANIFEST.replace("dependencies = []", 'readme = "README.md"\ndependencies = []') + (
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
)


@pytest.mark.parametrize(
    ("copied", "missing"),
    [
        ("pyproject.toml uv.lock", ["/app/README.md", "/app/src/shop/__init__.py"]),
        ("pyproject.toml uv.lock README.md", ["/app/src/shop/__init__.py"]),
        ("pyproject.toml uv.lock README.md src", []),
        (".", []),
    ],
)
@pytest.mark.parametrize("line", ["uv sync --frozen", "pip install ."])
def test_the_package_itself_must_have_been_copied(line: str, copied: str, missing: list[str]) -> None:
    files = {"pyproject__toml": HATCH, "uv__lock": locks.uv(FINE).replace("virtual", "editable"), "README__md": ""}
    found = unmet(line, copied=copied, files={**files, "src/shop/__init__.py": ""})
    assert sorted(named(found)) == missing


def test_constraints_of_poetry_are_asked_of_the_index() -> None:
    known = Known()
    manifest = (
        '[tool.poetry]\nname = "shop"\nversion = "1"\nauthors = []\ndescription = ""\n[tool.poetry.dependencies]\n'
        'python = "^3.10"\nflask = "^3.0"\nown = { path = "own" }\ntomli = { version = "^2", python = "<3.11" }\n'
        'extra = { version = "*", optional = true }\n[build-system]\nrequires = ["poetry-core"]\n'
        'build-backend = "poetry.core.masonry.api"\n'
    )
    assert unmet("pip install .", known=known, files={"pyproject.toml": manifest, "shop/__init__.py": "x = 1"}) == []
    *_, question = known.asked
    assert question.requirements == ("flask>=3.0,<4", "tomli>=2,<3 ; python_version < '3.11'")
