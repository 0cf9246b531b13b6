"""Two requirements can't be met together.

Every requirement names versions, and so does every distribution that comes along. When no set of versions suits all of
them, the resolver stops; a pin of one's own, or two pins of the same name, is usually the one to relax.
"""

from __future__ import annotations

import re
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
    from dockwright.remedy_install import Site


class Facts(Struct, frozen=True):
    name: str = ""
    other: str = ""
    specifier: str = ""
    relax: tuple[str, ...] = ()


TITLE = "The requirements[ {name}][ and {other}] can't be met together"
WHY = "[{other} does not take {name}{specifier}: ]no set of versions suits all that is asked for."
EXPLAINS = ("deps/no-matching-version",)

SIGNATURES = (
    # ERROR: Cannot install fastapi==0.115.0 and starlette==0.27.0 because these package versions have conflicting dependencies.
    sign("because these package versions have conflicting dependencies", r"Cannot install (?:-r \S+ \(line \d+\)(?:, | and ))*(?P<name>[^\s,]+)(?:,? .*?(?:and|,) (?P<other>\S+))? because these", sure=0.97),
    # ERROR: ResolutionImpossible: for help visit …
    sign("ResolutionImpossible", sure=0.95),
    # So, because app depends on fastapi (0.115.0), version solving failed.
    sign("version solving failed", r"(?:depends on|requires) (?P<name>[\w.-]+) .*version solving failed", sure=0.85, unless="which doesn't match any versions"),
    # So, because no versions of black match * and cnab depends on pytest-black (^0.3.2), version solving failed.
    sign("version solving failed", sure=0.8, unless="which doesn't match any versions"),
    #   ╰─▶ Because fastapi==0.115.0 depends on starlette>=0.37.2,<0.39.0 and you
    sign("╰─▶ Because ", r"Because (?P<name>[\w.-]+)\S* depends on (?P<other>[\w.-]+)", sure=0.9, also="No solution found when resolving dependencies"),
    #   cause: Because fastapi==0.115.0 depends on starlette>=0.37.2,<0.39.0 and you        (uv 0.9 and newer)
    sign("cause: Because ", r"Because (?P<name>[\w.-]+)\S* depends on (?P<other>(?!Python\b)[\w.-]+)", sure=0.9, also="No solution found when resolving dependencies"),
    # ERROR: Double requirement given: six==1.15.0 (from -r dd.txt (line 2)) (already in six==1.14.0 (from -r dd.txt (line 1)), name='six')
    sign("Double requirement given", r"Double requirement given: (?P<name>[\w.-]+)", sure=0.97),
    # error: six 1.11.0 is installed but six<2.0.0dev,>=1.13.0 is required by {'google-cloud-bigquery'}
    sign(" is installed but ", r"error: (?P<name>[\w.-]+) \S+ is installed but (?P<specifier>\S+).* is required by", sure=0.95),
    # pkg_resources.VersionConflict / ContextualVersionConflict: (six 1.11.0 (/usr/lib/…), Requirement.parse('six>=1.12'), {'x'})
    sign("VersionConflict: (", r"VersionConflict: \((?P<name>[\w.-]+) ", sure=0.9),
    # ERROR: ERROR: Could not find a version that matches pycodestyle<2.4.0,<2.7.0,>=2.0.0,>=2.6.0
    sign("Could not find a version that matches", r"version that matches (?P<name>[\w-]+?)(?P<specifier>[<>=!~].*)", sure=0.9),
    # There are incompatible versions in the resolved dependencies.
    sign("There are incompatible versions in the resolved dependencies", sure=0.93),
    # UnsatisfiableError: The following specifications were found to be incompatible with each other:
    sign("UnsatisfiableError: The following specifications were found", sure=0.95),
    # Package perl-list-moreutils conflicts for:
    sign(" conflicts for:", r"Package (?P<name>\S+) conflicts for:", sure=0.9),
    # no recorded log yet: LibMambaUnsatisfiableError: Encountered problems while solving:
    sign("LibMambaUnsatisfiableError", sure=0.85),
    # ERROR: Cannot install idna>3 because these package versions have conflicting dependencies. / The user requested (constraint) idna<3
    sign("The user requested (constraint)", r"\(constraint\) (?P<name>[\w.-]+)", sure=0.93),
    # no recorded log yet: error: resolution-too-deep  (pip 25.1 and newer)
    sign("error: resolution-too-deep", sure=0.93),
    # no recorded log yet:   - package pytorch-2.1.0-cpu_py310 requires python >=3.10,<3.11.0a0, but none of the providers can be installed
    sign(", but none of the providers can be installed", r"- package (?P<name>\S+) requires (?P<other>[\w.-]+)(?P<specifier> \S.*)?, but none", sure=0.93),
    # no recorded log yet: Unable to find a resolution because the following dependencies don't have a common requirement  (pdm)
    sign("Unable to find a resolution", sure=0.9, also="pdm"),
    # no recorded log yet: Cannot solve the request because of: The following packages are incompatible  (pixi, rattler)
    sign("Cannot solve the request because of: ", r"because of: (?!No candidates)", sure=0.88),
    #     langchain 0.3.1 depends on pydantic<3.0.0 and >=2.7.4   (below: The conflict is caused by:)
    sign(" depends on ", r"^\s+(?P<other>[A-Za-z][\w.-]* \d\S*) depends on (?P<name>[A-Za-z][\w.-]*)", sure=0.975, also="The conflict is caused by:"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "conflict":
            yield found(unmet, Facts(need.name, need.asked_by, need.specifier, need.relax[0] if need.relax else ()))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import site
    from dockwright.remedy_seen import seen

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if facts.relax and where is not None:
        from dockwright.remedy_python import repinned

        edits = repinned(finding.evidence, where, project, facts.relax)
        if edits:
            yield remedy.risky(f"Ask for `{' '.join(facts.relax)}`: no smaller change resolves", *edits)
    early = re.search(r"no versions of (\S+) match \*", project.output[-5_000:])
    if early is not None:
        wanted = f'{early[1]} = {{ version = "*", allow-prereleases = true }}'
        yield remedy.advice(
            f"{early[1]} has no final release that fits: in pyproject.toml, write `{wanted}`, or ask for a release of {facts.name or 'what'} that needs none."
        )
    here = site(where, seen(project), facts.name)
    yield from _relaxed(project, here)
    yield from _installed(finding, here)
    if "resolution-too-deep" in project.output[-20_000:]:
        yield remedy.advice(
            "Give the requirements lower bounds near to what is installed today (`name>=X.Y`), or install from a lock that uv or pip-compile has made."
        )
    if "UnsatisfiableError" in project.output[-400_000:]:
        yield remedy.advice(
            "Loosen the pins of environment.yml: leave out builds (=py27_0) and patch releases, name one channel (conda-forge) for all, or pin Python to the one that the oldest of them was built for."
        )
        return
    names = " or ".join(filter(None, (facts.name, facts.other))) or "one of them"
    yield remedy.advice(
        f"Relax or change the pin of {names}; pip install --dry-run with the two together shows whether they meet."
    )


def _relaxed(project: Project, here: Site | None) -> Iterator[Remedy]:
    """pip lists what asks for what: a pin of one's own that a dependency forbids is the one to relax."""
    from dockwright.remedy_install import bound_for
    from dockwright.remedy_seen import clash

    found = clash(project.output)
    if found is None:
        return
    name, by, fits = found
    if here is not None:
        asked = here.known.requirement(name)
        yield from bound_for(here, project, f"{name}{fits}", f"{by} asks for it", asked)
    yield remedy.advice(f"Ask for `{name}{fits}`, as {by} does.")


def _installed(finding: Finding, here: Site | None) -> Iterator[Remedy]:
    """A release that is there already does not suit a dependency: the one that suits is installed first."""
    from dockwright.remedy_install import first
    from dockwright.remedy_seen import unsuited

    text = next((proof.text for proof in finding.evidence if proof.log_line is not None), "")
    wanted = unsuited(text)
    if wanted:
        if here is not None:
            yield first(here, "the release that is there does not suit what is installed", wanted)
        yield remedy.advice(f'`pip install "{wanted}"` before this step: it suits what is installed.')


CASES = (
    r"""
one name twice, with two versions
-- from --
recorded with pip 20.0, 2026-11
-- build.log --
>>ERROR: Double requirement given: six==1.15.0 (from -r dd.txt (line 2)) (already in six==1.14.0 (from -r dd.txt (line 1)), name='six')
""",
    r"""
two pins that exclude each other
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN pip install 'starlette==0.27.0' 'fastapi==0.115.0'
#5 35.75   Downloading anyio-4.16.0-py3-none-any.whl (134 kB)
#5 35.90 INFO: pip is looking at multiple versions of fastapi to determine which version is compatible with other requirements. This could take a while.
>>#5 35.94 ERROR: Cannot install fastapi==0.115.0 and starlette==0.27.0 because these package versions have conflicting dependencies.
#5 35.94
#5 35.94 The conflict is caused by:
>>#5 36.88 ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/#dealing-with-dependency-conflicts
#5 ERROR: process "/bin/sh -c pip install 'starlette==0.27.0' 'fastapi==0.115.0'" did not complete successfully: exit code: 1
""",
    r"""
uv says it as a chain of reasons
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN uv pip install --system 'starlette==0.27.0' 'fastapi==0.115.0'
#5 0.996 Using Python 3.12.1 environment at: /usr/local
#5 1.516   × No solution found when resolving dependencies:
>>#5 1.518   ╰─▶ Because fastapi==0.115.0 depends on starlette>=0.37.2,<0.39.0 and you
#5 1.518       require starlette==0.27.0, we can conclude that your requirements and
#5 1.518       fastapi==0.115.0 are incompatible.
#5 ERROR: process "/bin/sh -c uv pip install --system 'starlette==0.27.0' 'fastapi==0.115.0'" did not complete successfully: exit code: 1
""",
    r"""
one pin, no conflict
-- Dockerfile --
FROM python:3.12-slim
RUN pip install idna==3.6
""",
)
