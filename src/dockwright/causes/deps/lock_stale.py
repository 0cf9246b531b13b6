"""The lock file is out of date with the manifest that it was made from.

poetry, `uv sync --locked` and `pipenv install --deploy` refuse to install from a lock file that no longer says what the
manifest asks for. Somebody changed the manifest and did not lock anew, or only one of the two files was committed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, command_start, inserted, instruction_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    asked_by: str = ""


TITLE = "{path} is out of date"
WHY = "The manifest was changed after the lock file was made[, and {asked_by} installs from an up-to-date one only]."
EXPLAINS = ("deps/tool-changed",)

SIGNATURES = (
    # pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.
    sign(
        "changed significantly since poetry.lock was last generated", sure=0.97, path="poetry.lock", asked_by="poetry"
    ),
    # Error: poetry.lock is not consistent with pyproject.toml. Run `poetry lock [--no-update]` to fix it.
    sign("poetry.lock is not consistent with pyproject.toml", sure=0.96, path="poetry.lock", asked_by="poetry"),
    # no recorded log yet: Warning: The lock file is not up to date with the latest changes in pyproject.toml. You may be getting improper dependencies.
    sign("poetry.lock is not up to date with pyproject.toml", sure=0.95, path="poetry.lock", asked_by="poetry"),
    # The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.
    sign(
        "needs to be updated, but `--locked`",
        r"lockfile at `(?P<path>[^`]+)` needs to be updated",
        sure=0.97,
        asked_by="uv",
    ),
    # Your Pipfile.lock (1f3c) is out of date. Expected:
    sign(
        "Your Pipfile.lock",
        r"Your Pipfile\.lock \(\w+\) is out ?(?:of)?",
        sure=0.96,
        path="Pipfile.lock",
        asked_by="pipenv",
    ),
    # ERROR:: Aborting deploy
    sign("ERROR:: Aborting deploy", sure=0.9, path="Pipfile.lock", asked_by="pipenv"),
    # no recorded log yet: [PdmUsageError]: The lock file is not compatible with / Lock file hash doesn't match pyproject.toml, packages may be outdated
    sign("Lock file hash doesn't match pyproject.toml", sure=0.9, path="pdm.lock", asked_by="pdm"),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Manifest):
        if need.problem == "stale" and need.asked_by in ("poetry", "uv", "pipenv", "pdm"):
            yield found(unmet, Facts(need.path, need.asked_by))


LOCK = {"poetry": "poetry lock", "uv": "uv lock", "pipenv": "pipenv lock", "pdm": "pdm lock"}


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    command = LOCK.get(facts.asked_by, "the tool's lock command")
    if facts.asked_by == "poetry" and any("--no-update" in proof.text for proof in finding.evidence):
        command = "poetry lock --no-update"  # Poetry 1 keeps the pinned versions only when it is told so
    if where is not None and facts.asked_by in LOCK:
        start, instruction = command_start(where, facts.asked_by), instruction_of(where)
        if instruction is not None and start is not None:
            whole = instruction.rest.text.lstrip().startswith(facts.asked_by)
            edit = above(where, f"RUN {command}") if whole else inserted(where.source, start, f"{command} && ")
            what = "all versions then are" if command in ("pipenv lock", "pdm lock") else "what the manifest changed is"
            yield remedy.risky(f"Lock anew in the image (`{command}`): {what} of the day of the build", edit)
    yield remedy.advice(f"Run `{command}` and commit {posixpath.basename(facts.path) or 'the lock file'}.")


CASES = (
    r"""
pipenv install --deploy
-- from --
recorded with pipenv 2026, 2026-11
-- build.log --
✔ Successfully created virtual environment!
Virtualenv location: /root/.local/share/virtualenvs/pe-zahkLrUR
>>Your Pipfile.lock (1f3c) is out of date. Expected:
(bc70c44b62fd05b0e229f0ec0846e67345b04f81d6fcea0fb590623ee594903e).
>>ERROR:: Aborting deploy
""",
    r"""
poetry.lock was not made anew
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#9 [5/5] RUN poetry install --no-root
#9 7.902 Installing dependencies from lock file
#9 7.905
>>#9 7.916 pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.
#9 ERROR: process "/bin/sh -c poetry install --no-root" did not complete successfully: exit code: 1
""",
    r"""
uv.lock misses a dependency
-- Dockerfile --
FROM python:3.12-slim
RUN pip install uv==0.9.5
WORKDIR /app
COPY pyproject.toml uv.lock ./
# found: path=/app/uv.lock asked_by=uv
RUN uv sync --locked
-- pyproject.toml --
[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = ["idna>=3.5"]
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.10"

[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "idna" },
]

[package.metadata]
requires-dist = [{ name = "idna", specifier = ">=3" }]

[[package]]
name = "idna"
version = "3.6"
source = { registry = "https://packages.example/simple" }
-- build.log --
#9 [5/5] RUN uv sync --locked
#9 0.572 Creating virtual environment at: .venv
#9 0.828 Resolved 2 packages in 253ms
>>#9 0.830 The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.
#9 ERROR: process "/bin/sh -c uv sync --locked" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
RUN pip install uv==0.9.5
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv lock
RUN uv sync --locked
""",
    r"""
an up-to-date lock file
-- Dockerfile --
FROM python:3.12-slim
RUN pip install uv==0.9.5
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked
-- pyproject.toml --
[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = ["idna>=3"]
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.10"

[[package]]
name = "demo"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "idna" },
]

[package.metadata]
requires-dist = [{ name = "idna", specifier = ">=3" }]

[[package]]
name = "idna"
version = "3.6"
source = { registry = "https://packages.example/simple" }
""",
)
