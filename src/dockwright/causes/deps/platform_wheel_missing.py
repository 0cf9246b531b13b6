"""There is no wheel for this platform: musl (Alpine), arm64, a 32-bit system.

Wheels are built for single platforms. Without one, pip compiles the source, which wants a compiler and headers and takes long,
or finds nothing at all where only wheels were published.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    specifier: str = ""
    platform: str = ""


TITLE = "{name}{specifier} has no wheel for this platform[ ({platform})]"
WHY = "Its wheels are for other platforms, and what is published has nothing else that can be used here."
EXPLAINS = ("deps/no-matching-version", "deps/build-failed")

OLD_PIP = "as far as a pip older than 20.3 can tell"
SIGNATURES = (
    # ERROR: tensorflow-2.2.0-cp38-cp38-manylinux2010_x86_64.whl is not a supported wheel on this platform.
    sign("is not a supported wheel on this platform", r"(?P<name>[A-Za-z0-9_.]+?)-\d[^\s/]*\.whl is not a supported wheel on this platform", sure=0.95),
    # ERROR: bcrypt-4.0.1-cp36-abi3-manylinux_2_28_x86_64.whl is not a supported wheel on this platform.  (pip knows manylinux_2_… since 20.3)
    *(sign("is not a supported wheel on this platform", r"(?P<name>[A-Za-z0-9_.]+?)-\d[^\s/]*manylinux_2_\d[^\s/]*\.whl is not a supported wheel", sure=0.96, also=f"You are using pip version {old}", platform=OLD_PIP) for old in ("9.", "10.", "18.", "19.", "20.0", "20.1", "20.2")),
    # Because torch==2.0.0 has no wheels with a matching platform tag (e.g., `musllinux_1_2_x86_64`)
    sign("has no wheels with a matching platform tag", r"[Bb]ecause (?P<name>[\w.-]+?)(?P<specifier>==\S+)? has no wheels with a matching platform tag(?: \(e\.g\., `(?P<platform>[^`]+)`)?", sure=0.96),
    # RuntimeError: Running cythonize failed!  (numpy's source, built by setuptools' installer: no wheel of it fits)
    sign("RuntimeError: Running cythonize failed!", sure=0.94, also="/easy_install-", name="numpy"),
    # error: Distribution `pywin32==308 @ registry+…` can't be installed because it doesn't have a source distribution or wheel for the current platform
    sign("doesn't have a source distribution or wheel for the current platform", r"Distribution `(?P<name>[\w.-]+)(?P<specifier>==[^`\s]+)?", sure=0.96),
    #     | Unable to find installation candidates for pywin32 (308)
    sign("Unable to find installation candidates for", r"installation candidates for (?P<name>[\w.-]+) \((?P<specifier>[^)]+)\)", sure=0.85),
    # pdm.exceptions.CandidateNotFound: No candidate is found for `pywin32` that
    sign("CandidateNotFound: No candidate is found for `", r"No candidate is found for `(?P<name>[\w.-]+)", sure=0.9),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "wheel":
            yield found(unmet, Facts(need.name, need.specifier, need.installed))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_base import slim
    from dockwright.remedy_install import first, site
    from dockwright.remedy_seen import seen

    facts, where, known = finding.facts, finding.where, seen(project)
    assert isinstance(facts, Facts)
    if facts.platform == OLD_PIP:
        yield remedy.advice("`pip install --upgrade pip` above this step: pip knows manylinux_2_… wheels since 20.3.")
    other = slim(where, f"{facts.name or 'it'} has wheels for glibc") if where is not None else None
    if other is not None:
        yield other
    here = site(where, known, known.egg) if known.egg else None
    if facts.name:
        from dockwright.remedy_release import for_windows

        asked_of = site(where, known, facts.name)
        yield from for_windows(asked_of, project, facts.name, known.requirement(facts.name))
    if here is not None:
        yield first(here, "pip brings what its build asks for, which setuptools' own installer does not", known.egg)
    if "musllinux" in facts.platform or (where is not None and "alpine" in where.source.text):
        yield remedy.advice(
            f"Use a base image on Debian (`python:3.12-slim` instead of -alpine, for one), for which {facts.name or 'it'} publishes wheels."
        )
    yield remedy.advice(
        f"Use a base image or a platform for which {facts.name or 'it'} publishes wheels, or a release that has one for this."
    )


CASES = (
    r"""
a lock file of uv with wheels for Windows alone
-- from --
recorded on Docker Engine 28 with BuildKit and uv 0.13, 2026-11
-- build.log --
#8 [4/4] RUN uv sync --frozen
#8 0.292 Using CPython 3.12.1 interpreter at: /usr/local/bin/python3
#8 0.292 Creating virtual environment at: .venv
>>#8 0.294 error: Distribution `pywin32==308 @ registry+http://index.invalid/simple` can't be installed because it doesn't have a source distribution or wheel for the current platform
#8 ERROR: process "/bin/sh -c uv sync --frozen" did not complete successfully: exit code: 2
""",
    r"""
a lock file of Poetry with wheels for Windows alone
-- from --
recorded on Docker Engine 28 with BuildKit and Poetry 2.2, 2026-11
-- build.log --
#8 [4/4] RUN poetry install
>>#8 3.715     | Unable to find installation candidates for pywin32 (308)
#8 3.715     |
#8 3.715     | You can also run your poetry command with -v to see more information.
#8 ERROR: process "/bin/sh -c poetry install" did not complete successfully: exit code: 1
""",
    r"""
a lock file of pdm with wheels for Windows alone
-- from --
recorded on Docker Engine 28 with BuildKit and PDM 2.11, 2026-11
-- build.log --
#8 [4/4] RUN pdm sync
>>#8 3.148 pdm.exceptions.CandidateNotFound: No candidate is found for `pywin32` that
#8 3.148 matches the environment or hashes
#8 3.153 [InstallationError]: Some package operations are not complete yet
#8 ERROR: process "/bin/sh -c pdm sync" did not complete successfully: exit code: 1
""",
    r"""
wheels for Windows alone
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN uv pip install --system pywin32==306
#5 0.465 Using Python 3.12.1 environment at: /usr/local
#5 0.557   × No solution found when resolving dependencies:
>>#5 0.558   ╰─▶ Because pywin32==306 has no wheels with a matching platform tag (e.g.,
#5 0.558       `manylinux_2_41_x86_64`) and you require pywin32==306, we can conclude
#5 0.559       that your requirements are unsatisfiable.
#5 ERROR: process "/bin/sh -c uv pip install --system pywin32==306" did not complete successfully: exit code: 1
""",
    r"""
a pure Python distribution fits every platform
-- Dockerfile --
FROM python:3.12-alpine
RUN pip install idna==3.6
""",
)
