"""The version asked for does not exist: it never did, it was withdrawn, or the name is no distribution at all.

The index answered; it has no file of that version. A misspelled name, a version of another package, a private package
looked for in the public index, or a module of the standard library listed as a requirement.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import YES, Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.remedy_install import Site
    from dockwright.remedy_seen import Asked


class Facts(Struct, frozen=True):
    name: str = ""
    specifier: str = ""
    asked_by: str = ""


TITLE = "There is no {name}{specifier} to install"
WHY = "The package index has no release that fits[, and {asked_by} asks for it]."

SIGNATURES = (
    # ERROR: Could not find a version that satisfies the requirement pomegranade==0.12.0 (from versions: none)
    sign("Could not find a version that satisfies the requirement", r"the requirement (?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?(?P<specifier>[<>=!~][^\s;]*)?;? .*\(from versions: *(?:none)?\)", sure=0.8, unless="No space left"),
    # ERROR: Could not find a version that satisfies the requirement idna==99.0 (from versions: 0.2, 0.3, …)
    sign("Could not find a version that satisfies the requirement", r"the requirement (?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?(?P<specifier>[<>=!~][^\s;]*)?;? .*\(from versions: ", sure=0.75),
    # No matching distribution found for json (from -r requirements.txt (line 9))
    sign("No matching distribution found for", r"No matching distribution found for (?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?(?P<specifier>[<>=!~][^\s;]*)?(?:;? |$)", sure=0.72),
    # Because app depends on idna (99.0) which doesn't match any versions, version solving failed.
    sign("which doesn't match any versions", r"on (?P<name>[\w.-]+) \((?P<specifier>[^)]*)\) which doesn't match any versions", sure=0.92),
    #   ╰─▶ Because there is no version of idna==99.0 and you require idna==99.0, we
    sign("there is no version of", r"there is no version of (?P<name>[\w.-]+)(?P<specifier>[<>=!~]\S*)?", sure=0.93),
    #   ╰─▶ Because idnaxyzzyq was not found in the package registry and you require
    sign("was not found in the package registry", r"Because (?P<name>[\w.-]+) was not found in the package registry", sure=0.93),
    #   - nothing provides requested quarto 1.3.*   (mamba, micromamba)
    sign("nothing provides requested ", r"nothing provides requested (?P<name>[\w.-]+)(?P<specifier> \S.*)?", sure=0.94),
    # PackagesNotFoundError: The following packages are not available from current channels:
    sign("PackagesNotFoundError: The following packages are not available", sure=0.9, name="a package"),
    # PackageNotFoundError: Packages missing in current channels:
    sign("Packages missing in current channels", sure=0.9, name="a package"),
    # ResolvePackageNotFound:
    sign("ResolvePackageNotFound", sure=0.9, name="a package"),
    # Could not find any downloads that satisfy the requirement boto3-python3 (from -r requirements.txt (line 8))
    sign("Could not find any downloads that satisfy the requirement", r"the requirement (?P<name>[\w.-]+)", sure=0.7),
    # error: Could not find suitable distribution for Requirement.parse('pip')
    sign("Could not find suitable distribution for Requirement.parse", r"Requirement\.parse\('(?P<name>[\w.-]+)(?P<specifier>[^']*)'\)", sure=0.7),
    # Error:  Package missing in current linux-64 channels:
    sign(" missing in current linux-", sure=0.9, name="a package"),
    #   - pymks
    sign("  - ", r"^  - (?P<name>[\w.-]+)\s*$", sure=0.91, also="ackage missing in current linux-"),
    # no recorded log yet:     └─ nosuch 9.9**  does not exist (perhaps a typo or a missing channel).
    sign("does not exist (perhaps a typo or a missing channel)", r"[─•\s](?P<name>[\w.-]+)(?P<specifier> [^\s]+)?\s+does not exist \(perhaps", sure=0.94),
    # no recorded log yet: Cannot solve the request because of: No candidates were found for nosuch ==9.9.
    sign("No candidates were found for ", r"No candidates were found for (?P<name>[\w.-]+) ?(?P<specifier>[^\s]*?)\.?$", sure=0.94),
    #   - mysql-python==1.2.5=py27_0
    sign("  - ", r"^  - (?:[\w-]+(?:/[\w-]+)?::)?(?P<name>[a-z_][\w.-]*?)(?P<specifier>(?:[<>=!~]=?| +[<>=\d]).*)?\s*$", sure=0.91, also="ResolvePackageNotFound"),
    sign("  - ", r"^  - (?:[\w-]+(?:/[\w-]+)?::)?(?P<name>[a-z_][\w.-]*?)(?P<specifier>(?:[<>=!~]=?| +[<>=\d]).*)?\s*$", sure=0.91, also="PackagesNotFoundError: The following packages are not available"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "none":
            yield found(unmet, Facts(need.name, need.specifier, need.asked_by))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import bound_for, site
    from dockwright.remedy_release import nearest
    from dockwright.remedy_seen import Asked, offered, seen

    facts, known = finding.facts, seen(project)
    assert isinstance(facts, Facts)
    here = site(finding.where, known, facts.name)
    asked = known.requirement(facts.name) or Asked(facts.name, facts.specifier)
    if " " in facts.name:
        yield remedy.advice(
            "Ask for versions that the channels have, or name the channel that has them (-c conda-forge); take out pins on builds (=py27_0), which last as long as one release."
        )
        return
    versions = offered(project, facts.name)
    if not versions and known.pip and known.pip < (19, 0) and facts.name:
        yield from _blind(here, ".".join(map(str, known.pip)))
    near = nearest(facts.specifier, versions)
    if near and asked.direct:
        why = f"the release nearest to {facts.specifier.lstrip('=')} that there is"
        wanted = f"{facts.name}=={near}"
        yield from bound_for(here, project, wanted, why, asked) if here is not None else _told(asked, wanted, why)
    elif near:
        yield remedy.advice(
            f"{facts.name}{facts.specifier} is asked for by {asked.by}: there is {facts.name}=={near}; take a release of {asked.by.split('->')[0]} that asks for it."
        )
    if here is not None and here.python.startswith("2") and versions and not near:
        yield from _too_old(here, project, facts, asked)
    if facts.name and not versions:
        yield from _no_such_name(finding, project, facts, asked, here)
    yield remedy.advice(
        f"Ask for a version of {facts.name or 'it'} that the index has, or take the line out if the name is wrong."
    )


def _blind(here: Site | None, pip: str) -> Iterator[Remedy]:
    """pip below 19 takes no manylinux2010 wheel and below 19.3 no manylinux2014 one: of what has no others it finds nothing."""
    from dockwright.remedy_install import newer_tools

    why = f"pip {pip} does not know today's wheels, and finds nothing of what has only such"
    if here is not None:
        yield from newer_tools(here, why, "pip")
    yield remedy.advice(f"`pip install --upgrade pip` first: {why}.")


def _too_old(here: Site, project: Project, facts: Facts, asked: Asked) -> Iterator[Remedy]:
    """What Python 2 is offered ends where its releases ended: an older release of those who ask, or a Python 3."""
    from dockwright.remedy_base import supported, with_python
    from dockwright.remedy_install import bound_for
    from dockwright.remedy_pip import parent_bound

    fits = parent_bound(asked.by, here.python) if asked.by else ""
    if fits:
        yield from bound_for(here, project, fits, f"later ones are not for Python {here.python}", asked)
    newer = with_python(
        here.place, supported(project), f"{facts.name}{facts.specifier} is not for Python {here.python}"
    )
    if newer is not None:
        yield newer


def _told(asked: Asked, wanted: str, why: str) -> Iterator[Remedy]:
    place = f"In {asked.file}, line {asked.line}, write" if asked.line else "Write"
    yield remedy.advice(f"{place} `{wanted}` for {asked.text}: {why}.")


def _no_such_name(
    finding: Finding, project: Project, facts: Facts, asked: Asked, here: Site | None
) -> Iterator[Remedy]:
    """A module of the standard library, or an import name that is not the distribution's name."""
    from dockwright.facts.python import distribution_of, in_stdlib
    from dockwright.remedy_release import for_windows, removed, renamed

    yield from for_windows(here, project, facts.name, asked)
    if in_stdlib(facts.name, "3.11") is YES:
        yield from removed(here, project, asked, f"{facts.name} is a module of Python itself")
        return
    right = distribution_of(facts.name)
    if asked.file:
        yield remedy.advice(
            f"The index has nothing of this name: in {asked.file}, line {asked.line}, correct the name in `{asked.text}`, or take the line out."
        )
    if right is not None and right.lower() != facts.name.lower():
        yield from renamed(here, project, facts.name, right, asked)


CASES = (
    r"""
a version that never was
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN pip install idna==99.0
>>#5 4.501 ERROR: Could not find a version that satisfies the requirement idna==99.0 (from versions: 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9, 2.10, 3.0, 3.1, 3.2, 3.3, 3.4, 3.5, 3.6, 3.7, 3.8, 3.9, 3.10, 3.11, 3.12, 3.13, 3.14, 3.15, 3.16, 3.17, 3.18, 3.19, 3.20)
#5 4.714
>>#5 4.715 ERROR: No matching distribution found for idna==99.0
#5 ERROR: process "/bin/sh -c pip install idna==99.0" did not complete successfully: exit code: 1
""",
    r"""
uv says that there is none
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN uv pip install --system idna==99.0
#5 0.503 Using Python 3.12.1 environment at: /usr/local
#5 0.591   × No solution found when resolving dependencies:
>>#5 0.591   ╰─▶ Because there is no version of idna==99.0 and you require idna==99.0, we
#5 0.591       can conclude that your requirements are unsatisfiable.
#5 ERROR: process "/bin/sh -c uv pip install --system idna==99.0" did not complete successfully: exit code: 1
""",
    r"""
a version that is there
-- Dockerfile --
FROM python:3.12-slim
RUN pip install idna==3.6
""",
)
