"""A build needs a module that nothing has installed for it: numpy, Cython, torch, setuptools.

A setup.py that imports a module can't run before the module is there, and pip builds in an environment of its own that
holds only what pyproject.toml's `requires` lists. From Python 3.12 on setuptools itself is not in a new environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    module: str = ""
    asked_by: str = ""


TITLE = "A build needs the module {module}, which is not installed"
WHY = "[{asked_by} imports it, and ]nothing installs it before the build begins."
EXPLAINS = ("deps/build-failed", "runtime/module-missing")

BUILT = "Getting requirements to build wheel"
SIGNATURES = (
    # ModuleNotFoundError: No module named 'torch'  (under: Getting requirements to build wheel did not run successfully)
    sign("No module named ", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>(?!util$)[\w.]+)'?", sure=0.93, also=BUILT),
    # ModuleNotFoundError: No module named 'pybind11'  (under: Preparing metadata)
    sign("No module named ", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>(?!util$)[\w.]+)'?", sure=0.92, also="metadata-generation-failed"),
    # ImportError: No module named 'six'  (under: python setup.py egg_info)
    sign("No module named ", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>(?!util$)[\w.]+)'?", sure=0.92, also="python setup.py egg_info"),
    # ModuleNotFoundError: No module named 'numpy'  (under: python setup.py bdist_wheel)
    sign("No module named ", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>(?!util$)[\w.]+)'?", sure=0.88, also="setup.py"),
    # The build backend returned an error  (uv)
    sign("No module named ", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>(?!util$)[\w.]+)'?", sure=0.93, also="The build backend returned an error"),
    # pip._vendor.pyproject_hooks._impl.BackendUnavailable: Cannot import 'setuptools.build_meta'
    sign("Cannot import 'setuptools.build_meta'", sure=0.9, module="setuptools"),
    # error: invalid command 'bdist_wheel'
    sign("error: invalid command 'bdist_wheel'", sure=0.7, module="wheel"),
    # no recorded log yet: RuntimeError: Running cythonize failed! / Cython is required to build / Please install Cython
    sign("Please install Cython", sure=0.85, module="Cython"),
    # ImportError: No module named Cython.Distutils
    sign("No module named Cython", sure=0.93, module="Cython"),
    # hint: This error likely indicates that `flash-attn@2.8.1` depends on `torch`, but doesn't declare it as a build dependency.   (uv)
    sign("but doesn't declare it as a build dependency", r"`(?P<asked_by>[\w.-]+)[^`]*` depends on `(?P<module>[\w.-]+)`", sure=0.96),
    # ModuleNotFoundError: No module named 'torch'  (above: ERROR: Failed to build 'flash-attn' when getting requirements to build wheel)
    sign("No module named ", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>(?!util$)[\w.]+)'?", sure=0.92, also="when getting requirements to build wheel"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Module):
        if unmet.asked_by == "setup.py":
            yield found(unmet, Facts(need.name, "setup.py"))


# modules that a system package brings too, where pip may not be there
SYSTEM = {
    "apt": {"setuptools": "python3-setuptools", "wheel": "python3-wheel"},
    "apk": {"setuptools": "py3-setuptools", "wheel": "py3-wheel"},
}


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.facts.python import distribution_of
    from dockwright.remedy_install import first, isolated, site
    from dockwright.remedy_seen import seen

    facts, where, known = finding.facts, finding.where, seen(project)
    assert isinstance(facts, Facts)
    module = facts.module.partition(".")[0]
    name = distribution_of(module) or module
    if where is not None and facts.asked_by == "setup.py" and where.instruction.startswith("RUN python"):
        from dockwright.causes.edits import above

        yield remedy.safe(f"Install {name} first", above(where, f"RUN pip install --no-cache-dir {name}"))
    elif where is not None and name in ("setuptools", "wheel") and "setup.py" in where.instruction:
        yield from _by_the_system(where, name)
    here = site(where, known)
    if here is not None and name:
        why = f"{known.culprit or 'its setup.py'} imports {module} before pip has installed anything"
        if known.legacy or "setup.py" in " ".join(word.text for word in here.call.command.words):
            yield first(here, why, name)
        else:
            yield from isolated(here, name, why)
    yield remedy.advice(
        f"`pip install {name or 'it'}` in a step above and build with --no-build-isolation, or take a release with a wheel."
    )


def _by_the_system(where: Place, name: str) -> Iterator[Remedy]:
    from dockwright.remedy_packages import around, install

    spot = around(where)
    package = SYSTEM.get(spot.manager or "", {}).get(name) if spot is not None else None
    edit = install(where, package, spot) if package else None
    if edit is not None:
        yield remedy.safe(f"Install `{package}`", edit)


CASES = (
    r"""
setup.py without setuptools
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /opt/shop
COPY setup.py ./
# found: module=setuptools
RUN python setup.py install
-- setup.py --
from setuptools import setup
setup(name="shop", version="1")
-- build.log --
#8 [4/4] RUN python setup.py install
#8 0.210 Traceback (most recent call last):
#8 0.210   File "/opt/shop/setup.py", line 1, in <module>
#8 0.210     from setuptools import setup
>>#8 0.210 ModuleNotFoundError: No module named 'setuptools'
#8 ERROR: process "/bin/sh -c python setup.py install" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
WORKDIR /opt/shop
COPY setup.py ./
RUN pip install --no-cache-dir setuptools
RUN python setup.py install
""",
    r"""
torch is imported by a build
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN pip install flash-attn==2.5.0
#5 49.30   Getting requirements to build wheel: started
#5 53.89   Getting requirements to build wheel: finished with status 'error'
#5 53.97   × Getting requirements to build wheel did not run successfully.
#5 53.97           ^^^^^^^^^^^^^^^^^^^^
#5 53.97         File "<string>", line 19, in <module>
>>#5 53.97       ModuleNotFoundError: No module named 'torch'
#5 53.97       [end of output]
#5 53.97
#5 54.77 × Getting requirements to build wheel did not run successfully.
#5 ERROR: process "/bin/sh -c pip install flash-attn==2.5.0" did not complete successfully: exit code: 1
""",
    r"""
Python 3.11's image has setuptools
-- Dockerfile --
FROM python:3.11-slim-bookworm
WORKDIR /opt/shop
COPY setup.py ./
RUN python setup.py install
-- setup.py --
from setuptools import setup
setup(name="shop", version="1")
""",
)
