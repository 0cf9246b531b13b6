"""A packaging tool needs files of the project that no earlier COPY brought in.

Copying only pyproject.toml before the install keeps the layer cache warm, but installing the project itself reads more:
the readme and licence that the metadata names, the package's folder, the lock file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, command_start, copy_line, in_context, inserted
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    asked_by: str = ""
    workdir: str = ""


TITLE = "[{asked_by} needs ]{path}, which no earlier line has copied"
WHY = "Installing the project reads more of it than the lines above this one bring into the image."
EXPLAINS = ("dockerfile/wrong-path", "deps/build-failed", "context/project-metadata-missing", "build/file-missing")

SIGNATURES = (
    # Error: The current project could not be installed: No file/folder found for package app
    sign("No file/folder found for package", r"No file/folder found for package (?P<path>[\w.-]+)", sure=0.95, asked_by="poetry"),
    # Error: The current project could not be installed: Readme path `/app/README.md` does not exist.
    sign("Readme path `", r"Readme path `(?P<path>[^`]+)` does not exist", sure=0.95, asked_by="poetry"),
    # no recorded log yet: app does not contain any element
    sign("does not contain any element", r"(?P<path>[\w./-]+) does not contain any element", sure=0.9, asked_by="poetry"),
    # OSError: Readme file does not exist: README.md
    sign("Readme file does not exist", r"Readme file does not exist: (?P<path>\S+)", sure=0.95),
    # ValueError: Unable to determine which files to ship inside the wheel using the following heuristics
    sign("Unable to determine which files to ship inside the wheel", sure=0.75, asked_by="hatchling", path="the package's own folder"),
    # The most likely cause of this is that there is no directory that matches the name of your project (my_app or my-app).
    sign("no directory that matches the name of your project", r"the name of your project \((?P<path>[\w.-]+)", sure=0.85, asked_by="hatchling"),
    # Error: Expected a Python module at: src/demo/__init__.py
    sign("Expected a Python module at", r"Expected a Python module at: `?(?P<path>[^`\s]+)", sure=0.9, asked_by="uv"),
    # no recorded log yet: ValueError: No file/folder found for module shop
    sign("No file/folder found for module", r"No file/folder found for module (?P<path>\S+)", sure=0.9),
    # error: package directory 'demo' does not exist
    sign("error: package directory '", r"package directory '(?P<path>[^']+)' does not exist", sure=0.85),
    # error: error in 'egg_base' option: 'src' does not exist or is not a directory
    sign("error in 'egg_base' option", r"'egg_base' option: '(?P<path>[^']+)' does not exist", sure=0.9),
    # error: Unable to find lockfile at `uv.lock`. To create a lockfile, run `uv lock` or `uv sync`.
    sign("Unable to find lockfile at", r"Unable to find lockfile at `(?P<path>[^`]+)`", sure=0.92, asked_by="uv"),
    # ERROR: Pipfile.lock not found! You need to run $ pipenv lock before you can
    sign("Pipfile.lock not found!", sure=0.9, path="Pipfile.lock", asked_by="pipenv"),
    # FileNotFoundError: [Errno 2] No such file or directory: 'README.md'
    sign("No such file or directory: '", r"(?:FileNotFoundError|IOError): .*directory: '(?P<path>(?:/\S+/)?(?:README|readme|LICENSE|CHANGELOG|HISTORY|VERSION|requirements)[\w.-]*)'", sure=0.8, also="setup.py"),
    #   cause: Distribution not found at: file:///app/packages/core        (uv: a member of the workspace, or a path dependency)
    sign("Distribution not found at: file://", r"Distribution not found at: file://(?P<path>/\S+)", sure=0.95, asked_by="uv"),
    #   cause: `core` references a workspace in `tool.uv.sources` (e.g., `core = { workspace = true }`), but is not a workspace member
    sign("references a workspace in `tool.uv.sources`", r"`(?P<path>[\w.-]+)` references a workspace in `tool\.uv\.sources` .* not a workspace member", sure=0.9, asked_by="uv"),
    # the same, told in several lines
    sign("references a workspace in `tool.uv.sources`", r"`(?P<path>[\w.-]+)` references a workspace in `tool\.uv\.sources`", sure=0.9, also="is not a workspace member", asked_by="uv"),
    # Path /app/libs/inner for inner does not exist
    sign(" does not exist", r"^Path (?P<path>/\S+) for [\w.-]+ does not exist$", sure=0.93, asked_by="poetry"),
    # [ProjectError]: Lockfile does not exist, nothing to install
    sign("Lockfile does not exist, nothing to install", sure=0.92, path="pdm.lock", asked_by="pdm"),
    # no recorded log yet: error: can't copy 'README.md': doesn't exist or not a regular file
    sign("doesn't exist or not a regular file", r"can't copy '(?P<path>[^']+)': doesn't exist", sure=0.7),
    # LookupError: setuptools-scm was unable to detect version for /app.
    sign("setuptools-scm was unable to detect version", sure=0.9, path=".git"),
    # LookupError: setuptools-scm was unable to detect version for '/app'.
    # no recorded log yet: Exception: Versioning for this project requires either an sdist tarball, or access to an upstream git repository.
    sign("Versioning for this project requires either an sdist tarball", sure=0.6, path=".git"),
    # ERROR: File "setup.py" not found. Directory cannot be installed in editable mode: /workspace
    sign('File "setup.py" not found. Directory cannot be installed', sure=0.86, path="setup.py"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        ours = need.purpose != "lock" or unmet.asked_by in ("uv", "pipenv", "poetry", "pdm")
        if need.purpose in ("source", "lock", "uncopied") and ours and unmet.deleted is None:
            yield found(unmet, Facts(need.path, unmet.asked_by, str(step.before.workdir)))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if facts.asked_by == "hatchling":
        yield remedy.advice(
            f'Copy {facts.path} before this step; where the package has another name than the project, name its folder: `[tool.hatch.build.targets.wheel] packages = ["src/NAME"]`.'
        )
        return
    if where is None:
        yield remedy.advice(f"Copy {facts.path or 'what the build reads'} above this step.")
        return
    relative = posixpath.relpath(facts.path, facts.workdir or "/") if facts.path.startswith("/") else facts.path
    if posixpath.basename(relative) == "__init__.py" and posixpath.dirname(relative):
        relative = posixpath.dirname(relative)
    if not relative.startswith("..") and in_context(finding, project, relative):
        yield remedy.safe(f"Copy {relative} first", above(where, _copy(relative, facts, finding, project)))
    yield from _without_project(finding, facts)
    yield remedy.advice(f"Copy {relative} above this step, or make it if the project has none.")


def _copy(relative: str, facts: Facts, finding: Finding, project: Project) -> str:
    if "/" not in relative and "." in relative.strip("."):
        return copy_line(relative, facts.path, facts.workdir)
    return f"COPY {relative} ./{relative}"


WITHOUT = {"poetry": "--no-root", "uv": "--no-install-project"}


def _without_project(finding: Finding, facts: Facts) -> Iterator[Remedy]:
    """Install the dependencies alone; the project's files are used from where they are copied."""
    where, option = finding.where, WITHOUT.get(facts.asked_by)
    if where is None or option is None or facts.path.endswith(".lock"):
        return
    start = command_start(where, facts.asked_by)
    words = where.source[where.span]
    if (
        start is not None
        and words in ("install", "sync")
        and option not in where.source.text[start : where.span.end + 200].split("\n")[0]
    ):
        yield remedy.risky(
            f"Install the dependencies only ({option})", inserted(where.source, where.span.end, f" {option}")
        )


CASES = (
    r"""
members of a uv workspace come with a later COPY
-- from --
recorded on Docker Engine 28 with BuildKit and uv 0.13, 2026-11
-- build.log --
#8 [4/4] RUN uv sync --frozen --no-install-project
#8 0.326 Using CPython 3.12.1 interpreter at: /usr/local/bin/python3
#8 0.326 Creating virtual environment at: .venv
#8 0.329 error: Failed to determine installation plan
>>#8 0.330   cause: Distribution not found at: file:///app/packages/core
#8 ERROR: process "/bin/sh -c uv sync --frozen --no-install-project" did not complete successfully: exit code: 2
""",
    r"""
uv resolves anew, and the members are not there
-- from --
recorded on Docker Engine 28 with BuildKit and uv 0.13, 2026-11
-- build.log --
#8 [4/4] RUN uv sync --locked --no-install-workspace
#8 0.732 Using CPython 3.12.1 interpreter at: /usr/local/bin/python3
#8 0.732 Creating virtual environment at: .venv
#8 0.732 error: Failed to build `shop @ file:///app`
#8 0.732   cause: Failed to parse entry: `core`
>>#8 0.732   cause: `core` references a workspace in `tool.uv.sources` (e.g., `core = { workspace = true }`), but is not a workspace member
#8 ERROR: process "/bin/sh -c uv sync --locked --no-install-workspace" did not complete successfully: exit code: 1
""",
    r"""
a path dependency of Poetry's
-- from --
recorded on Docker Engine 28 with BuildKit and Poetry 2.2, 2026-11
-- build.log --
#8 [4/4] RUN poetry install --no-root
>>#8 4.106 Path /app/libs/inner for inner does not exist
#8 4.110
>>#8 4.112 Path /app/libs/inner for inner does not exist
#8 ERROR: process "/bin/sh -c poetry install --no-root" did not complete successfully: exit code: 1
""",
    r"""
pdm.lock was not copied
-- from --
recorded on Docker Engine 28 with BuildKit and PDM 2.11, 2026-11
-- build.log --
#8 [4/4] RUN pdm sync
>>#8 1.132 [ProjectError]: Lockfile does not exist, nothing to install
#8 ERROR: process "/bin/sh -c pdm sync" did not complete successfully: exit code: 1
""",
    r"""
the readme that pyproject.toml names
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml ./
COPY shop/ shop/
# found: path=/app/README.md
RUN pip install .
-- pyproject.toml --
[project]
name = "shop"
version = "0.1.0"
readme = "README.md"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
-- shop/__init__.py --
-- README.md --
A shop.
-- build.log --
#9 [5/5] RUN pip install .
#9 12.33         File "/tmp/pip-build-env-0djnd4pl/overlay/lib/python3.12/site-packages/hatchling/metadata/core.py", line 553, in readme
#9 12.33           raise OSError(message)
>>#9 12.33       OSError: Readme file does not exist: README.md
#9 12.33       [end of output]
#9 12.33
#9 ERROR: process "/bin/sh -c pip install ." did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml ./
COPY shop/ shop/
COPY README.md ./
RUN pip install .
""",
    r"""
poetry installs the project before its package is copied
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml README.md ./
# found: path=/app/shop asked_by=poetry
RUN poetry install --no-interaction
COPY . .
-- pyproject.toml --
[tool.poetry]
name = "shop"
version = "0.1.0"
description = ""
authors = []
readme = "README.md"
[tool.poetry.dependencies]
python = "^3.11"
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
-- shop/__init__.py --
-- README.md --
A shop.
-- build.log --
#9 [5/6] RUN poetry install --no-interaction
#9 14.35 Installing the current project: shop (0.1.0)
#9 14.40
>>#9 14.40 Error: The current project could not be installed: No file/folder found for package shop
#9 14.40 If you do not want to install the current project use --no-root.
#9 14.40 If you want to use Poetry only for dependency management but not for packaging, you can disable package mode by setting package-mode = false in your pyproject.toml file.
#9 ERROR: process "/bin/sh -c poetry install --no-interaction" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml README.md ./
COPY shop ./shop
RUN poetry install --no-interaction
COPY . .
""",
    r"""
only the dependencies are installed
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml ./
RUN poetry install --no-root
-- pyproject.toml --
[tool.poetry]
name = "shop"
version = "0.1.0"
description = ""
authors = []
readme = "README.md"
[tool.poetry.dependencies]
python = "^3.11"
-- shop/__init__.py --
""",
)
