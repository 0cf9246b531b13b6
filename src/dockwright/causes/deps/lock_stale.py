"""The lock file is out of date with the manifest that it was made from.

poetry, `uv sync --locked`, `pipenv install --deploy`, a frozen Bundler and `cargo --locked` refuse to install from a lock file
that no longer says what the manifest asks for. Somebody changed the manifest and did not lock anew, or only one of the two files was committed.
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
    platform: str = ""  # that the lock file lacks


TITLE = "{path} is out of date"
WHY = "The manifest was changed after the lock file was made[, and {asked_by} installs from an up-to-date one only]."
EXPLAINS = ("deps/tool-changed",)

SIGNATURES = (
    # pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.
    sign("changed significantly since poetry.lock was last generated", sure=0.97, path="poetry.lock", asked_by="poetry"),
    # Error: poetry.lock is not consistent with pyproject.toml. Run `poetry lock [--no-update]` to fix it.
    sign("poetry.lock is not consistent with pyproject.toml", sure=0.96, path="poetry.lock", asked_by="poetry"),
    # no recorded log yet: Warning: The lock file is not up to date with the latest changes in pyproject.toml. You may be getting improper dependencies.
    sign("poetry.lock is not up to date with pyproject.toml", sure=0.95, path="poetry.lock", asked_by="poetry"),
    # The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.
    sign("needs to be updated, but `--locked`", r"lockfile at `(?P<path>[^`]+)` needs to be updated", sure=0.97, asked_by="uv"),
    # Your Pipfile.lock (1f3c) is out of date. Expected:
    sign("Your Pipfile.lock", r"Your Pipfile\.lock \(\w+\) is out ?(?:of)?", sure=0.96, path="Pipfile.lock", asked_by="pipenv"),
    # ERROR:: Aborting deploy
    sign("ERROR:: Aborting deploy", sure=0.9, path="Pipfile.lock", asked_by="pipenv"),
    # no recorded log yet: [PdmUsageError]: The lock file is not compatible with / Lock file hash doesn't match pyproject.toml, packages may be outdated
    sign("Lock file hash doesn't match pyproject.toml", sure=0.9, path="pdm.lock", asked_by="pdm"),
    # no recorded log yet: Error:   × lock-file not up-to-date with the workspace
    sign(" not up-to-date with the ", r"lock[- ]file not up-to-date with the (?:workspace|project)", sure=0.96, path="pixi.lock", asked_by="pixi"),
    # The dependencies in your gemfile changed, but the lockfile can't be updated because   (Bundler breaks its lines at the width)
    sign("but the lockfile can't be updated", r"dependencies in your gemfile changed, but the lockfile can't be updated|in your gemfile changed, but the lockfile can't", sure=0.96, path="Gemfile.lock", asked_by="bundler"),
    # no recorded log yet: You are trying to install in deployment mode after changing your Gemfile.  (Bundler 2.4 and older)
    sign("trying to install in deployment mode after", sure=0.96, path="Gemfile.lock", asked_by="bundler"),
    # Your bundle only supports platforms ["arm64-darwin-23"] but your local platform
    sign("Your bundle only supports platforms", sure=0.95, path="Gemfile.lock", asked_by="bundler"),
    # `bundle lock --add-platform x86_64-linux-gnu` and try again.
    sign("bundle lock --add-platform ", r"`bundle lock --add-platform (?P<platform>[\w.-]+)` and try", sure=0.96, path="Gemfile.lock", asked_by="bundler", also="only supports platforms"),
    # go: inconsistent vendoring in /src:
    sign("go: inconsistent vendoring in ", r"inconsistent vendoring in (?P<folder>\S+?):?$", sure=0.96, path="vendor/modules.txt", asked_by="go"),
    # no recorded log yet: error: the lock file /app/Cargo.lock needs to be updated but --locked was passed to prevent this
    sign("needs to be updated but --", r"lock file (?P<path>\S+) needs to be updated but --(?:locked|frozen) was passed", sure=0.97, asked_by="cargo"),
    # no recorded log yet: - Required package "x/y" is not present in the lock file.
    sign("is not present in the lock file", r'Required (?:\(in require-dev\) )?package "[^"]+" is not present in the lock file', sure=0.95, path="composer.lock", asked_by="composer"),
    # go: updates to go.mod needed, disabled by -mod=readonly
    sign("go: updates to go.mod needed", sure=0.95, path="go.mod", asked_by="go"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Manifest):
        if need.problem == "stale" and need.asked_by in ("poetry", "uv", "pipenv", "pdm"):
            yield found(unmet, Facts(need.path, need.asked_by))


LOCK = {"poetry": "poetry lock", "uv": "uv lock", "pipenv": "pipenv lock", "pdm": "pdm lock"}
# Those of other tools are made outside of the image alone: a lock made in it is thrown away with the layer.
OUTSIDE = {
    "pixi": "pixi lock", "bundler": "bundle lock", "go": "go mod vendor", "cargo": "cargo update --workspace",
    "composer": "composer update --lock",
}  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    command = LOCK.get(facts.asked_by) or OUTSIDE.get(facts.asked_by, "the tool's lock command")
    if facts.path == "go.mod":
        command = "go mod tidy"
    if facts.platform:
        command = f"bundle lock --add-platform {facts.platform}"
    if facts.asked_by == "poetry" and any("--no-update" in proof.text for proof in finding.evidence):
        command = "poetry lock --no-update"  # Poetry 1 keeps the pinned versions only when it is told so
    if where is not None and facts.asked_by in LOCK:
        start, instruction = command_start(where, facts.asked_by), instruction_of(where)
        if instruction is not None and start is not None:
            whole = instruction.rest.text.lstrip().startswith(facts.asked_by)
            edit = above(where, f"RUN {command}") if whole else inserted(where.source, start, f"{command} && ")
            what = "all versions then are" if command in ("pipenv lock", "pdm lock") else "what the manifest changed is"
            yield remedy.risky(f"Lock anew in the image (`{command}`): {what} of the day of the build", edit)
    yield remedy.advice(
        f"Run `{command}` and commit {facts.path if facts.asked_by == 'go' else posixpath.basename(facts.path) or 'the lock file'}."
    )


CASES = (
    r"""
Bundler, frozen
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#8 [5/5] RUN bundle install
#8 0.911 Don't run Bundler as root. Installing your bundle as root will break this
#8 0.911 application for all non-root users on this machine.
>>#8 1.786 The dependencies in your gemfile changed, but the lockfile can't be updated
#8 1.786 because frozen mode is set
#8 1.786
#8 1.786 You have added to the Gemfile:
#8 1.786 * rack
#8 ERROR: process "/bin/sh -c bundle install" did not complete successfully: exit code: 16
""",
    r"""
Bundler on another platform
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#8 [5/5] RUN bundle install
>>#8 1.688 Your bundle only supports platforms ["arm64-darwin-23"] but your local platform
#8 1.688 is x86_64-linux-gnu. Add the current platform to the lockfile with
>>#8 1.688 `bundle lock --add-platform x86_64-linux-gnu` and try again.
#8 ERROR: process "/bin/sh -c bundle install" did not complete successfully: exit code: 16
""",
    r"""
Go's vendor folder
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#8 [5/6] RUN go build -mod=vendor .
>>#8 0.179 go: inconsistent vendoring in /src:
#8 0.179 	github.com/gin-gonic/gin@v1.10.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt
#8 0.179
#8 0.179 	To ignore the vendor directory, use -mod=readonly or -mod=mod.
#8 0.179 	To sync the vendor directory, run:
#8 0.179 		go mod vendor
#8 ERROR: process "/bin/sh -c go build -mod=vendor ." did not complete successfully: exit code: 1
""",
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
