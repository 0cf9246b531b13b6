"""A setup.py uses what setuptools, distutils, pip or Python no longer have.

`use_2to3` went with setuptools 58, `Feature` with 46, distutils with Python 3.12, pkg_resources with setuptools 82; pip's own
modules moved in pip 10. Old releases fail on them, and stub packages (`sklearn`) fail on purpose to name their successor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.facts.python import key
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.remedy_install import Site


class Facts(Struct, frozen=True):
    what: str = ""
    name: str = ""
    verb: str = "uses"
    state: str = "which is gone"


TITLE = "[{name} ]{verb} {what}[, {state}]"
WHY = "The release is older than the tools of the image; they have removed what its setup.py uses."
EXPLAINS = ("deps/build-failed", "runtime/module-missing", "deps/build-requires-missing")

SIGNATURES = (
    # error in demjson setup command: use_2to3 is invalid.
    sign("use_2to3 is invalid", r"error in (?P<name>\S+) setup command: use_2to3 is invalid", sure=0.97, what="use_2to3"),
    # ImportError: cannot import name 'Feature' from 'setuptools'
    sign("cannot import name 'Feature'", sure=0.96, what="setuptools.Feature"),
    # ImportError: cannot import name 'convert_path' from 'setuptools'
    sign("from 'setuptools", r"ImportError: cannot import name '(?P<what>\w+)' from 'setuptools", sure=0.94),
    # ModuleNotFoundError: No module named 'distutils'
    sign("No module named 'distutils", sure=0.94, what="distutils"),
    # ModuleNotFoundError: No module named 'imp'
    sign("No module named 'imp'", sure=0.95, what="imp"),
    # ModuleNotFoundError: No module named 'pkg_resources'
    sign("No module named 'pkg_resources", sure=0.9, what="pkg_resources"),
    # ModuleNotFoundError: No module named 'pip.req'
    sign("No module named 'pip.", r"No module named '(?P<what>pip\.[\w.]+)'", sure=0.95),
    # no recorded log yet: ImportError: No module named pip.req
    sign("No module named pip.", r"No module named (?P<what>pip\.[\w.]+)", sure=0.95),
    # AttributeError: 'function' object has no attribute 'main'
    sign("'function' object has no attribute 'main'", sure=0.85, what="pip.main"),
    # AttributeError: module 'pip' has no attribute 'get_installed_distributions'
    sign("module 'pip' has no attribute", r"module 'pip' has no attribute '(?P<what>\w+)'", sure=0.93),
    # AttributeError: 'ParsedRequirement' object has no attribute 'req'
    sign("'ParsedRequirement' object has no attribute", sure=0.95, what="pip's internal parse_requirements"),
    # TypeError: parse_requirements() missing 1 required positional argument: 'session'
    sign("parse_requirements() ", r"parse_requirements\(\) (?:missing|got)", sure=0.9, what="pip's internal parse_requirements"),
    # no recorded log yet: AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?
    sign("has no attribute 'ImpImporter'", sure=0.96, what="pkgutil.ImpImporter"),
    # AttributeError: module 'configparser' has no attribute 'SafeConfigParser'. Did you mean: 'RawConfigParser'?
    sign("has no attribute 'SafeConfigParser'", sure=0.95, what="configparser.SafeConfigParser"),
    # no recorded log yet: AttributeError: module 'collections' has no attribute 'MutableMapping'
    sign("module 'collections' has no attribute", r"module 'collections' has no attribute '(?P<what>\w+)'", sure=0.85),
    # AttributeError: module 'inspect' has no attribute 'getargspec'. Did you mean: 'getargs'?
    sign("module 'inspect' has no attribute 'getargspec'", sure=0.85, what="inspect.getargspec"),
    # error in Twisted setup command: 'extras_require' must be a dictionary whose values are strings or lists of strings containing valid project/version requirement specifiers.
    sign(" setup command: '", r"error in (?P<name>\S+) setup command: '(?P<what>\w+)' must be", sure=0.88),
    # RuntimeError: cryptography requires setuptools 18.5 or newer, please upgrade to a newer version of setuptools
    sign("or newer, please upgrade to a newer version of setuptools", r"(?P<name>\w+) requires setuptools", sure=0.93, what="an old setuptools", verb="does not work with", state=""),
    # pkg_resources.DistributionNotFound: setuptools>=30.3.0
    sign("DistributionNotFound: setuptools", sure=0.9, what="an old setuptools", verb="does not work with", state=""),
    # The 'sklearn' PyPI package is deprecated, use 'scikit-learn'
    sign("package is deprecated, use '", r"The '(?P<name>[\w.-]+)' PyPI package is deprecated, use '(?P<what>[\w.-]+)'", sure=0.96),
    # **** Locust package has moved from 'locustio' to 'locust'. Please update your reference
    sign("package has moved from", r"moved from '(?P<name>[\w.-]+)' to '(?P<what>[\w.-]+)'", sure=0.93),
    # NameError: name 'platform_system' is not defined
    sign("NameError: name 'platform_system' is not defined", sure=0.9, what="an old setuptools, which can't read markers", verb="does not work with", state=""),
    # no recorded log yet: AttributeError: install_layout
    sign("AttributeError: install_layout", sure=0.93, what="distutils of Debian"),
    # ValueError: ("Expected ',' or end-of-list in", "cffi >= 1.12.2 ; platform_python_implementation == …
    sign("Expected ',' or end-of-list in", sure=0.9, what="an old setuptools, which can't read markers", verb="does not work with", state=""),
    # no recorded log yet: Requested textract==1.6.3 from … has invalid metadata: .* suffix can only be used with `==` or `!=` operators
    sign("has invalid metadata:", r"Requested (?P<name>\S+) from \S+ has invalid metadata", sure=0.94, what="metadata that pip 24.1 and newer refuse", verb="has", state=""),
    # Adding UNKNOWN 0.0.0 to easy-install.pth file
    sign("Adding UNKNOWN ", r"Adding UNKNOWN [\d.]+ to easy-install", sure=0.88, what="an old setuptools, which can't read setup.cfg", verb="does not work with", state=""),
    # Moving UNKNOWN-0.0.0-py2.7.egg to /apps/pyrlp/.eggs
    sign("Moving UNKNOWN-", r"Moving UNKNOWN-[\d.]+\S* to ", sure=0.88, what="an old setuptools, which can't read setup.cfg", verb="does not work with", state=""),
    # ImportError: No module named _internal   (under: from pip._internal import main)
    sign("No module named", r"No module named '?(?:pip\.)?_internal'?", sure=0.93, also="from pip._internal", what="pip._internal", name="the script pip", state="which the older pip that it finds has not"),
    # no recorded log yet: ImportError: cannot import name 'main'   (under: from pip import main)
    sign("cannot import name", r"ImportError: cannot import name '?main'?", sure=0.95, also="from pip import main", what="pip.main", name="the script pip", state="which the newer pip that it finds has not"),
    # setuptools_scm.version.SetuptoolsOutdatedWarning: your setuptools is too old (<12)
    sign("your setuptools is too old", sure=0.93, what="an old setuptools", verb="does not work with", state=""),
    # The required version of setuptools (>=12.2) is not available, and can't be installed while this script is running.
    sign("The required version of setuptools (", sure=0.93, what="an old setuptools", verb="does not work with", state=""),
    # (Currently using setuptools 3.3 (/usr/lib/python2.7/dist-packages))
    sign("(Currently using setuptools ", sure=0.88, what="an old setuptools", verb="does not work with", state=""),
    # ValueError: ('Expected version spec in', 'pre-commit ~=2.4', 'at', ' ~=2.4')
    sign("Expected version spec in", r"'Expected version spec in', '(?P<name>[\w.-]+)", sure=0.92, what="an old setuptools, which can't read this specifier", verb="does not work with", state=""),
    # Adding configparser 0.0.0 to easy-install.pth file
    sign(" 0.0.0 to easy-install.pth", r"Adding (?P<name>[\w.-]+) 0\.0\.0 to easy-install", sure=0.85, what="an old setuptools, which can't read setup.cfg", verb="does not work with", state="", also="distribution was not found"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Module):
        if unmet.asked_by != "setup.py" and need.name.partition(".")[0] in ("distutils", "imp", "pkg_resources"):
            yield found(unmet, Facts(need.name))


# The first setuptools that has dropped it (setuptools' own history page).
DROPPED_BY = {
    "setuptools.Feature": "46",
    "Feature": "46",
    "use_2to3": "58",
    "pkg_resources": "81",
    "2to3": "58",
    "test_command": "72",
}
# The first pip whose own modules, which no program should import, have moved (pip's NEWS).
PIP_BEFORE = {
    "pip.main": "10", "pip.req": "10", "pip.download": "10", "get_installed_distributions": "10", "pip.index": "10",
    "pip's internal parse_requirements": "20.1",
}  # fmt: skip
# what a newer Python has dropped (What's New of 3.10 to 3.12): a release of its time does without
NEWER_PYTHON = (
    "distutils",
    "imp",
    "pkgutil.ImpImporter",
    "configparser.SafeConfigParser",
    "inspect.getargspec",
    "MutableMapping",
    "Mapping",
)
SUCCESSORS = {
    "locustio": "locustio==0.14.6"
}  # stub distributions that fail on purpose: the last release under the old name


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import site
    from dockwright.remedy_seen import name_of, seen

    facts, known = finding.facts, seen(project)
    assert isinstance(facts, Facts)
    name = name_of(finding, known)
    here = site(finding.where, known, name)
    if here is not None and facts.name != "the script pip":
        yield from _in_the_call(here, project, facts, name)
    yield from _words(facts, name, here, here.python if here is not None else known.python)


def _in_the_call(here: Site, project: Project, facts: Facts, name: str) -> Iterator[Remedy]:
    from dockwright.remedy_install import bound_for, first, newer_tools, older_setuptools
    from dockwright.remedy_pip import plain
    from dockwright.remedy_release import for_newer_python, renamed

    if name and facts.what in NEWER_PYTHON:
        yield from for_newer_python(here, project, name)
    if facts.what == "setuptools.Feature" and plain(name) == "markupsafe":
        asked = here.known.requirement(name)
        yield from bound_for(here, project, "MarkupSafe==1.1.1", "the first without setuptools.Feature", asked)
    if facts.what in DROPPED_BY:
        bound = DROPPED_BY[facts.what]
        wanted = f"setuptools<{bound}"
        older = older_setuptools(here, wanted, f"{facts.what} is gone from later ones")
        yield from older if not _too_old(bound, here.python) else _on_its_python(here, wanted, older)
    elif facts.what in PIP_BEFORE:
        yield first(
            here,
            f"{name or 'its setup.py'} uses what pip {PIP_BEFORE[facts.what]} has moved",
            f"pip<{PIP_BEFORE[facts.what]}",
        )
    elif facts.what.startswith("an old setuptools") or facts.what in ("install_requires", "extras_require"):
        yield from newer_tools(
            here, "the setuptools that is there can't read what today's releases say of themselves", "pip", "setuptools"
        )
    elif facts.name in SUCCESSORS:
        asked = here.known.requirement(facts.name)
        yield from bound_for(here, project, SUCCESSORS[facts.name], "the last one under this name", asked)
    elif (
        facts.name
        and facts.what
        and "==" not in facts.what
        and facts.what.replace("-", "").isalnum()
        and facts.name != facts.what
    ):
        asked = here.known.requirement(facts.name)
        yield from renamed(here, project, facts.name, facts.what, asked)


def _too_old(bound: str, python: str) -> bool:
    """setuptools before 66.1 does not start on Python 3.12, which has no pkgutil.ImpImporter (setuptools' history page)."""
    return int(bound) <= 66 and key(python or "0") >= (3, 12)


def _on_its_python(here: Site, wanted: str, older: Iterator[Remedy]) -> Iterator[Remedy]:
    """Such a setuptools, on the last Python that it runs on.

    The official image of that one has a setuptools and a pip that runs setup.py with it, unless pip is brought up to date.
    """
    from dockwright.remedy_base import with_python
    from dockwright.remedy_install import first

    base = with_python(here.place, "3.11", "the last Python for such a setuptools")
    updated = re.search(r"install[^\n]*(?:-U|--upgrade)[^\n]* pip\b", here.place.source.text)
    ways = older if updated is not None else [first(here, "later ones have dropped what it uses", wanted)]
    for each in ways if base is not None else ():
        assert base is not None
        yield remedy.risky(f"Use Python 3.11; {each.title}", *base.patch.join(each.patch).edits)


def _words(facts: Facts, name: str, here: Site | None, python: str) -> Iterator[Remedy]:
    if facts.name == "the script pip":
        yield remedy.advice(
            "Write `python -m pip install …` (python3 for a pip3): it runs the pip that this Python has; the script on PATH is of another release."
        )
        return
    if facts.what in DROPPED_BY:
        wanted = f"setuptools<{DROPPED_BY[facts.what]}"
        yield remedy.advice(
            f'Build with `"{wanted}"`, which still has {facts.what}, or ask for a newer release of {name or "the package"}.'
        )
    elif (
        facts.what == "distutils"
        and name.lower() not in ("", "setuptools")
        and here is not None
        and not here.known.legacy
    ):
        yield remedy.advice(
            f"Ask for a release of {name} that knows Python {here.python or '3.12'}, or use `python:3.11`, the last with distutils."
        )
    elif facts.what == "distutils":
        yield remedy.advice(
            "`pip install setuptools` first, which still brings distutils, or ask for a newer release of what uses it."
        )
    elif facts.what in PIP_BEFORE:
        yield remedy.advice(
            f'Build with `"pip<{PIP_BEFORE[facts.what]}"`, or ask for a newer release of {name or "the package"}.'
        )
    elif facts.what.startswith("an old setuptools") or facts.what in ("install_requires", "extras_require"):
        from dockwright.remedy_install import tools_for

        wanted = " ".join(f'"{each}"' for each in tools_for(python, "pip", "setuptools"))
        yield remedy.advice(
            f"In the environment that this step installs into, `pip install --upgrade {wanted}` comes first."
        )
    yield remedy.advice(
        f"Ask for a newer release of {name or 'the package'}, or use the Python and setuptools of its time."
    )
