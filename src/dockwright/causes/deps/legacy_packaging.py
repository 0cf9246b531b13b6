"""A setup.py uses what setuptools, distutils, pip or Python no longer have.

`use_2to3` went with setuptools 58, `Feature` with 46, distutils with Python 3.12, pkg_resources with setuptools 82; pip's own
modules moved in pip 10. Old releases fail on them, and stub packages (`sklearn`) fail on purpose to name their successor.
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
    what: str = ""
    name: str = ""


TITLE = "[{name} ]uses {what}, which is gone"
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
    # no recorded log yet: ModuleNotFoundError: No module named 'imp'
    sign("No module named 'imp'", sure=0.95, what="imp"),
    # ModuleNotFoundError: No module named 'pkg_resources'
    sign("No module named 'pkg_resources", sure=0.9, what="pkg_resources"),
    # ModuleNotFoundError: No module named 'pip.download'
    sign("No module named 'pip.", r"No module named '(?P<what>pip\.[\w.]+)'", sure=0.95),
    # no recorded log yet: ImportError: No module named pip.req
    sign("No module named pip.", r"No module named (?P<what>pip\.[\w.]+)", sure=0.95),
    # AttributeError: 'function' object has no attribute 'main'
    sign("'function' object has no attribute 'main'", sure=0.85, what="pip.main"),
    # AttributeError: module 'pip' has no attribute 'get_installed_distributions'
    sign("module 'pip' has no attribute", r"module 'pip' has no attribute '(?P<what>\w+)'", sure=0.93),
    # AttributeError: 'ParsedRequirement' object has no attribute 'req'
    sign("'ParsedRequirement' object has no attribute", sure=0.95, what="pip's internal parse_requirements"),
    # no recorded log yet: AttributeError: 'PipSession' … / TypeError: parse_requirements() missing 1 required keyword argument: 'session'
    sign("parse_requirements() ", r"parse_requirements\(\) (?:missing|got)", sure=0.9, what="pip's internal parse_requirements"),
    # no recorded log yet: AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?
    sign("has no attribute 'ImpImporter'", sure=0.96, what="pkgutil.ImpImporter"),
    # no recorded log yet: AttributeError: module 'configparser' has no attribute 'SafeConfigParser'
    sign("has no attribute 'SafeConfigParser'", sure=0.95, what="configparser.SafeConfigParser"),
    # no recorded log yet: AttributeError: module 'collections' has no attribute 'MutableMapping'
    sign("module 'collections' has no attribute", r"module 'collections' has no attribute '(?P<what>\w+)'", sure=0.85),
    # no recorded log yet: AttributeError: module 'inspect' has no attribute 'getargspec'
    sign("module 'inspect' has no attribute 'getargspec'", sure=0.85, what="inspect.getargspec"),
    # error in Twisted setup command: 'extras_require' must be a dictionary whose values are strings or lists of strings containing valid project/version requirement specifiers.
    sign(" setup command: '", r"error in (?P<name>\S+) setup command: '(?P<what>\w+)' must be", sure=0.88),
    # RuntimeError: cryptography requires setuptools 18.5 or newer, please upgrade to a newer version of setuptools
    sign("or newer, please upgrade to a newer version of setuptools", r"(?P<name>\w+) requires setuptools", sure=0.93, what="an old setuptools"),
    # pkg_resources.DistributionNotFound: setuptools>=30.3.0
    sign("DistributionNotFound: setuptools", sure=0.9, what="an old setuptools"),
    # The 'sklearn' PyPI package is deprecated, use 'scikit-learn'
    sign("package is deprecated, use '", r"The '(?P<name>[\w.-]+)' PyPI package is deprecated, use '(?P<what>[\w.-]+)'", sure=0.96),
    # **** Locust package has moved from 'locustio' to 'locust'. Please update your reference
    sign("package has moved from", r"moved from '(?P<name>[\w.-]+)' to '(?P<what>[\w.-]+)'", sure=0.93),
    # NameError: name 'platform_system' is not defined
    sign("NameError: name 'platform_system' is not defined", sure=0.9, what="an old setuptools, which can't read markers"),
    # no recorded log yet: AttributeError: install_layout
    sign("AttributeError: install_layout", sure=0.93, what="distutils of Debian"),
    # ValueError: ("Expected ',' or end-of-list in", "cffi >= 1.12.2 ; platform_python_implementation == …
    sign("Expected ',' or end-of-list in", sure=0.9, what="an old setuptools, which can't read markers"),
    # no recorded log yet: Requested textract==1.6.3 from … has invalid metadata: .* suffix can only be used with `==` or `!=` operators
    sign("has invalid metadata:", r"Requested (?P<name>\S+) from \S+ has invalid metadata", sure=0.94, what="metadata that pip 24.1 and newer refuse"),
    # no recorded log yet: error: invalid command 'bdist_wheel' is build-requires; error: option --single-version-externally-managed not recognized
    sign("--single-version-externally-managed not recognized", sure=0.85, what="distutils alone"),
    # no recorded log yet: AttributeError: 'install' object has no attribute …; TypeError: dist must be a Distribution instance
    sign("AttributeError: 'dict' object has no attribute '__NUMPY_SETUP__'", sure=0.93, what="__builtins__ as a module"),
    # Adding UNKNOWN 0.0.0 to easy-install.pth file
    sign("Adding UNKNOWN ", r"Adding UNKNOWN [\d.]+ to easy-install", sure=0.88, what="an old setuptools, which can't read setup.cfg"),
    # setuptools_scm.version.SetuptoolsOutdatedWarning: your setuptools is too old (<12)
    sign("your setuptools is too old", sure=0.93, what="an old setuptools"),
    # The required version of setuptools (>=12.2) is not available, and can't be installed while this script is running.
    sign("The required version of setuptools (", sure=0.93, what="an old setuptools"),
    # (Currently using setuptools 3.3 (/usr/lib/python2.7/dist-packages))
    sign("(Currently using setuptools ", sure=0.88, what="an old setuptools"),
    # ValueError: ('Expected version spec in', 'pre-commit ~=2.4', 'at', ' ~=2.4')
    sign("Expected version spec in", r"'Expected version spec in', '(?P<name>[\w.-]+)", sure=0.92, what="an old setuptools, which can't read this specifier"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Module):
        if unmet.asked_by != "setup.py" and need.name.partition(".")[0] in ("distutils", "imp", "pkg_resources"):
            yield found(unmet, Facts(need.name))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.what in ("distutils", "pkg_resources"):
        yield remedy.advice(
            'Install "setuptools<81", which still brings it, or ask for a newer release of what uses it.'
        )
    yield remedy.advice(
        f"Ask for a newer release of {facts.name or 'the package'}, or use the Python and setuptools of its time."
    )


CASES = (
    r"""
use_2to3
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN pip install demjson==2.2.4
#5 23.03   │ exit code: 1
#5 23.03   ╰─> [1 lines of output]
>>#5 23.03       error in demjson setup command: use_2to3 is invalid.
#5 23.03       [end of output]
#5 23.03
#5 ERROR: process "/bin/sh -c pip install demjson==2.2.4" did not complete successfully: exit code: 1
""",
    r"""
distutils is gone
-- Dockerfile --
FROM python:3.12-slim
# found: what=distutils.core
RUN python -c 'import distutils.core'
-- build.log --
#5 [2/2] RUN python -c 'import distutils.core'
#5 0.442 Traceback (most recent call last):
#5 0.445   File "<string>", line 1, in <module>
>>#5 0.445 ModuleNotFoundError: No module named 'distutils'
#5 ERROR: process "/bin/sh -c python -c 'import distutils.core'" did not complete successfully: exit code: 1
""",
    r"""
setuptools still brings distutils
-- Dockerfile --
FROM python:3.12-slim
RUN pip install setuptools==75.0.0
RUN python -c 'import distutils.core'
""",
)
