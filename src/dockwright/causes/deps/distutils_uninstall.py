"""pip can't replace a distribution that distutils or the system's packages installed without a list of its files.

Such an installation has no RECORD, so pip does not know which files to remove and stops. The pip that Debian and Ubuntu
package leaves these alone; the one that `pip install --upgrade pip` puts in its place does not. `pip uninstall` fails
the same way.
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
    from dockwright.remedy_install import Site


class Facts(Struct, frozen=True):
    name: str = ""
    installed: str = ""
    specifier: str = ""
    asked_by: str = ""


TITLE = "pip can't uninstall {name}[ {installed}], which was installed without a list of its files"
WHY = "[{asked_by} asks for {name}{specifier}; ]distutils or the system's package manager put the old one there."
EXPLAINS = ("deps/conflict",)

SIGNATURES = (
    # ERROR: Cannot uninstall 'six'. It is a distutils installed project and thus we cannot accurately determine which files belong to it
    sign("It is a distutils installed project", r"Cannot uninstall '?(?P<name>[\w.-]+?)'?(?: (?P<installed>[\w.]+))?[.,]? It is a distutils", sure=0.97),
    # × Cannot uninstall blinker 1.4
    sign("Cannot uninstall ", r"× Cannot uninstall (?P<name>[\w.-]+) (?P<installed>[\w.+]+)", sure=0.97),
    # ╰─> It is a distutils installed project and thus we cannot accurately determine which files belong to it
    sign("It is a distutils installed project", sure=0.96),
    # ERROR: Cannot uninstall six 1.16.0, RECORD file not found. Hint: The package was installed by debian.
    sign("RECORD file not found", r"Cannot uninstall (?P<name>[\w.-]+) (?P<installed>[\w.+]+), RECORD file not found", sure=0.97),
    # DistutilsUninstallError / error: uninstall-distutils-installed-package
    sign("uninstall-distutils-installed-package", sure=0.95),
    # error: uninstall-no-record-file
    sign("uninstall-no-record-file", sure=0.95),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "distutils":
            yield found(unmet, Facts(need.name, need.installed, need.specifier, need.asked_by))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import site
    from dockwright.remedy_seen import seen

    facts = finding.facts
    assert isinstance(facts, Facts)
    here = site(finding.where, seen(project))
    if here is not None and facts.name:
        yield _beside(here, facts)
    if facts.name:
        wanted = f'"{facts.name}{facts.specifier}"' if facts.specifier else facts.name
        yield remedy.advice(
            f"`pip install --ignore-installed {wanted}` before this step, or install into a virtual environment."
        )
    yield remedy.advice("Install into a virtual environment, where nothing of the system's is in the way.")


def _beside(here: Site, facts: Facts) -> Remedy:
    from dockwright.remedy_pip import before, quoted

    cache = " --no-cache-dir" if "--no-cache-dir" in here.place.source[here.spot.instruction.span] else ""
    command = f"{here.call.installer} install{cache} --ignore-installed {quoted(facts.name + facts.specifier)}"
    edit = before(here.place, here.spot, here.call, command)
    return remedy.safe(f"Install {facts.name} beside the old one first (`{command}`)", edit)


CASES = (
    r"""
an installation without a list of its files
-- from --
recorded with pip 26, 2026-11
-- build.log --
Processing /opt/pypi/files/six-1.17.0-py2.py3-none-any.whl
Installing collected packages: six
  Attempting uninstall: six
    Found existing installation: six 1.16.0
>>error: uninstall-no-record-file
>>× Cannot uninstall six 1.16.0
╰─> The package's contents are unknown: no RECORD file was found for six.
hint: The package was installed by debian. You should check if it can uninstall the package.
""",
    r"""
a newer pip meets what distutils left
-- Dockerfile --
FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
RUN pip install --upgrade pip && pip install flask==3.0.0
-- build.log --
#5 [2/2] RUN pip install --upgrade pip && pip install flask==3.0.0
#5 32.62   Attempting uninstall: blinker
#5 32.63     Found existing installation: blinker 1.4
>>#5 32.66 error: uninstall-distutils-installed-package
#5 32.66
>>#5 32.66 × Cannot uninstall blinker 1.4
>>#5 32.66 ╰─> It is a distutils installed project and thus we cannot accurately determine which files belong to it which would lead to only a partial uninstall.
#5 32.66
#5 ERROR: process "/bin/sh -c pip install --upgrade pip && pip install flask==3.0.0" did not complete successfully: exit code: 1
""",
    r"""
no distribution of the system's is in the way
-- Dockerfile --
FROM python:3.12-slim
RUN pip install blinker==1.9.0
""",
)
