"""The step asks git about the source, and the source came without its .git folder or is not git's own folder.

.dockerignore leaves .git out in most projects, a downloaded archive has none, and a COPY of a subfolder does not bring it:
`git describe` and `git submodule` have nothing to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    folder: str = ""
    asked_by: str = ""


TITLE = "There is no git repository[ in {folder}] to ask"
WHY = "git finds no .git folder here or above."

SIGNATURES = (
    # fatal: Not a git repository (or any of the parent directories): .git
    sign('ot a git repository', r"^fatal: [Nn]ot a git repository", sure=0.6),
    # fatal: detected dubious ownership in repository at '/app'
    sign('detected dubious ownership in repository', r"repository at '(?P<folder>[^']+)'", sure=0.85),
    # fatal: No names found, cannot describe anything.
    sign('No names found, cannot describe anything', sure=0.55),
    # go: error obtaining VCS status: exit status 128
    sign('error obtaining VCS status', sure=0.95, asked_by='go'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.folder.startswith("/"):
        trust = f"RUN git config --global --add safe.directory {facts.folder}"
        yield remedy.risky(f"Tell git that {facts.folder} is trusted, whoever owns it", above(where, trust))
        yield remedy.advice(f"Or copy {facts.folder} as the user who asks git (COPY --chown=…).")
        return
    yield remedy.advice("Pass the version as a build argument instead of asking git, or let .git into the context.")


CASES = (
    r"""
git describe without .git
-- build.log --
#6 ERROR: process "/bin/sh -c git describe --tags --always" did not complete successfully: exit code: 128
------
 > [3/3] RUN git describe --tags --always:
>>0.382 fatal: not a git repository (or any of the parent directories): .git
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
