"""The command names a dependency group, an extra or a workspace member that the project does not define.

Groups live under [dependency-groups] or [tool.poetry.group.NAME], extras under [project.optional-dependencies] or
[tool.poetry.extras]; a name that is only in somebody's working copy, or misspelled, is not found.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import target_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import UNKNOWN, Finding, Remedy
from dockwright.inputs.targets import in_tree
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    path: str = ""


TITLE = "There is no dependency group or extra {name}[ in {path}]"
WHY = "The command asks for a name that the project's metadata does not define."

SIGNATURES = (
    # Group(s) not found: nothere (via --only)
    sign("Group(s) not found: ", r"Group\(s\) not found: (?P<name>[^\s(]+)", sure=0.97),
    # Extra [nothere] is not specified.
    sign("] is not specified.", r"Extra \[(?P<name>[^\]]+)\] is not specified", sure=0.97),
    # error: Group `nothere` is not defined in the project's `dependency-groups` table
    sign("error: Group `", r"Group `(?P<name>[^`]+)` is not defined", sure=0.97),
    # error: Extra `nothere` is not defined in the project's `optional-dependencies` table
    sign("error: Extra `", r"Extra `(?P<name>[^`]+)` is not defined", sure=0.97),
    # error: The dependency group 'nothere' was not found in the project: pyproject.toml
    sign(
        "was not found in the project: ",
        r"dependency group '(?P<name>[^']+)' was not found in the project: (?P<path>\S+)",
        sure=0.97,
    ),
    # error: Could not find root package `nothere`
    sign("Could not find root package `", r"Could not find root package `(?P<name>[^`]+)`", sure=0.95),
    # [PdmUsageError]: Requested groups not in lockfile: web
    sign(
        "Requested groups not in lockfile: ",
        r"Requested groups not in lockfile: (?P<name>[\w.-]+)",
        sure=0.96,
        path="pdm.lock",
    ),
    # error: Package `nothere` not found in workspace
    sign("not found in workspace", r"Package `(?P<name>[^`]+)` not found in workspace", sure=0.95),
    # ERROR: [dependency-groups] table was missing from 'pyproject.toml'. Cannot resolve '--group' option.
    sign("[dependency-groups] table was missing", sure=0.97, path="pyproject.toml"),
    # ERROR: [dependency-groups] resolution failed for 'nothere' from 'pyproject.toml': Dependency group 'nothere' not found
    sign("Dependency group '", r"Dependency group '(?P<name>[^']+)' not found", sure=0.95),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Manifest):
        if need.problem == "group":
            yield found(unmet, Facts(need.name, need.path))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where, target = finding.facts, finding.where, target_of(finding, project)
    assert isinstance(facts, Facts)
    if facts.path.endswith(".lock"):
        yield remedy.advice(f"Lock it in as well (`pdm lock -G :all`, or -G {facts.name}), and commit {facts.path}.")
        return
    known = _known(project, in_tree(target.context)) if target is not None else []
    near = get_close_matches(facts.name, known, 2, 0.7) or [each for each in known if _short(each, facts.name)]
    if where is not None and len(near) == 1 and facts.name in where.source[where.span]:
        text = where.source[where.span].replace(facts.name, near[0])
        yield remedy.risky(f"Ask for {near[0]}", remedy.swap_span(where.source, where.span, text))
    there = f": {', '.join(known)}" if known else ""
    yield remedy.advice(f"Define {facts.name or 'the group'} in pyproject.toml, or ask for one that is there{there}.")


def _short(one: str, other: str) -> bool:
    """`dev` for `development`, `doc` for `docs`."""
    return min(len(one), len(other)) >= 3 and (other.startswith(one) or one.startswith(other))


def _known(project: Project, folder: str) -> list[str]:
    from dockwright.inputs.manifests import read_project

    local = read_project(project.tree, folder or ".")
    return [] if local is None or local is UNKNOWN else [*local.groups, *local.extras]


CASES = (
    r"""
uv pip reads the groups of pyproject.toml
-- from --
recorded on Docker Engine 28 with BuildKit and uv 0.13, 2026-11
-- build.log --
#8 [4/4] RUN uv pip install --system --group nothere
#8 0.583 Using Python 3.12.1 environment at: /usr/local
>>#8 0.590 error: The dependency group 'nothere' was not found in the project: pyproject.toml
#8 ERROR: process "/bin/sh -c uv pip install --system --group nothere" did not complete successfully: exit code: 2
""",
    r"""
a member that the workspace does not have
-- from --
recorded on Docker Engine 28 with BuildKit and uv 0.13, 2026-11
-- build.log --
#8 [4/4] RUN uv sync --frozen --package nothere
#8 0.681 Creating virtual environment at: .venv
>>#8 0.707 error: Could not find root package `nothere`
#8 ERROR: process "/bin/sh -c uv sync --frozen --package nothere" did not complete successfully: exit code: 2
""",
    r"""
a group that pdm did not lock
-- from --
recorded on Docker Engine 28 with BuildKit and PDM 2.11, 2026-11
-- build.log --
#8 [4/4] RUN pdm sync -G web
>>#8 1.789 [PdmUsageError]: Requested groups not in lockfile: web
#8 ERROR: process "/bin/sh -c pdm sync -G web" did not complete successfully: exit code: 1
""",
    r"""
pip --group with a name that is not there
-- from --
recorded with pip 26, 2026-11
-- build.log --
>>ERROR: [dependency-groups] resolution failed for 'nothere' from 'pyproject.toml': Dependency group 'nothere' not found
""",
    r"""
a group that nobody defined
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml README.md ./
# found: name=prod
RUN poetry install --no-root --only prod
-- pyproject.toml --
[tool.poetry]
name = "app"
version = "0.1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.11"
[tool.poetry.group.production.dependencies]
idna = "^3.4"
-- README.md --
-- build.log --
#9 [5/5] RUN poetry install --no-root --only prod
#9 4.148 Creating virtualenv app-9TtSrW0h-py3.12 in /root/.cache/pypoetry/virtualenvs
#9 6.641
>>#9 6.647 Group(s) not found: prod (via --only)
#9 ERROR: process "/bin/sh -c poetry install --no-root --only prod" did not complete successfully: exit code: 1
""",
    r"""
groups that are there
-- Dockerfile --
FROM python:3.12-slim
RUN pip install poetry==2.2.1
WORKDIR /app
COPY pyproject.toml ./
RUN poetry install --no-root --only main --without dev
-- pyproject.toml --
[tool.poetry]
name = "app"
version = "0.1.0"
description = ""
authors = []
[tool.poetry.dependencies]
python = "^3.11"
[tool.poetry.group.dev.dependencies]
idna = "^3.4"
""",
)
