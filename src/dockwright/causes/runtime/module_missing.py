"""A module that the program imports can't be found: the container starts and dies with ModuleNotFoundError.

Python looks in the folder of the script (`python app/main.py`) or in the working directory (`python -m`, uvicorn, gunicorn), in
PYTHONPATH, and in site-packages. A package of the project's own is found when it lies in one of them or is installed;
`python src/server.py` puts src/ on the path, not the folder above it.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, below_context, instruction_of, target_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    module: str = ""
    lies: str = ""  # where the project keeps it


TITLE = "The module {module} can't be imported"
WHY = "No folder of sys.path and no installed distribution holds it[; the project keeps it in {lies}]."

SIGNATURES = (
    # ModuleNotFoundError: No module named 'src'
    sign("ModuleNotFoundError: No module named ", r"ModuleNotFoundError: No module named '(?P<module>[\w.]+)'", sure=0.85),
    # ImportError: No module named asgiref.sync
    sign("ImportError: No module named ", r"ImportError: No module named '?(?P<module>[\w.]+)'?", sure=0.83),
    # /usr/local/bin/python: No module named uvicorn
    sign(": No module named ", r"python[\d.]*: No module named '?(?P<module>[\w.]+)'?", sure=0.85),
    # no recorded log yet: ERROR:    Error loading ASGI app. Could not import module "app.main".
    sign("Error loading ASGI app. Could not import module", r'Could not import module "(?P<module>[\w.]+)"', sure=0.95),
    # Error: While importing 'nothere', an ImportError was raised.
    sign("Error: Could not import '", r"Could not import '(?P<module>[\w.]+)'", sure=0.9),
    # Error: Unable to load celery application. / The module nothere was not found.
    sign("The module ", r"The module (?P<module>[\w.]+) was not found\.", sure=0.9),
    # ImportError: cannot import name 'soft_unicode' from 'markupsafe' (/usr/local/lib/python3.8/site-packages/markupsafe/__init__.py)
    sign("ImportError: cannot import name", r"cannot import name '?(?P<module>\w+)'?(?: from '[\w.]+')?", sure=0.7),
    # RuntimeError: Form data requires "python-multipart" to be installed.       (fastapi; the module is python_multipart)
    sign('Form data requires "', r'Form data requires "(?P<module>python-multipart)" to be installed', sure=0.93),
    # RuntimeError: To use the fastapi command, please install "fastapi[standard]":
    sign('To use the fastapi command, please install "', r'please install "(?P<module>fastapi\[\w+\])"', sure=0.93),
    # ImportError: email-validator is not installed, run `pip install 'pydantic[email]'`
    sign("email-validator is not installed", r"(?P<module>email-validator) is not installed, run", sure=0.93),
    # ImportError: Missing optional dependency 'openpyxl'.  Use pip or conda to install openpyxl.     (pandas)
    sign("Missing optional dependency '", r"Missing optional dependency '(?P<module>[\w.-]+)'\.", sure=0.9),
    # Could not import extension sphinx.ext.pngmath (exception: No module named pngmath)
    sign("Could not import extension ", r"Could not import extension (?P<module>[\w.]+) \(exception: (?:No module|cannot import)", sure=0.9),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Module):
        top = need.name.partition(".")[0]
        if unmet.asked_by != "setup.py" and top not in ("distutils", "imp", "pkg_resources"):
            lies = next(
                (
                    proof.says.removesuffix(" is not on sys.path")
                    for proof in unmet.evidence
                    if "sys.path" in proof.says
                ),
                "",
            )
            yield found(unmet, Facts(top if lies else need.name, lies))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.lies.startswith("/"):
        folder = posixpath.dirname(facts.lies)
        if facts.module == posixpath.basename(facts.lies).removesuffix(".py"):
            yield remedy.risky(f"Put {folder} on the path (PYTHONPATH)", above(where, f"ENV PYTHONPATH={folder}"))
    if where is not None and not facts.lies:
        yield from _installed(where, facts.module, project)
    if where is not None and not facts.lies and _is_start(where) and re.fullmatch(r"[A-Za-z_][\w.]*", facts.module):
        from dockwright.remedy_require import distribution_of_module, require

        name = distribution_of_module(facts.module)
        if (
            name
            and facts.module.partition(".")[0] not in sys.stdlib_module_names
            and not _own(finding, project, facts.module)
        ):
            yield from require(where, project, target_of(finding, project), name)
    if "-" in facts.module or "[" in facts.module:  # named as its distribution
        yield remedy.advice(f"Add {facts.module} to the requirements: `pip install '{facts.module}'`.")
        return
    yield remedy.advice(
        f"Install what brings {facts.module or 'it'}, or put its folder on sys.path (PYTHONPATH, WORKDIR, an install of the project)."
    )


def _installed(where: Place, module: str, project: Project) -> Iterator[Remedy]:
    """The distribution that brings a well-known module, installed above."""
    from dockwright.facts.python import distribution_of
    from dockwright.remedy_install import python_call

    name = distribution_of(module)
    installer = python_call(where)
    if name is None:
        return
    if installer:
        line = f"RUN {installer} install --no-cache-dir {name}"
        yield remedy.risky(f"`{installer} install {name}` first: it brings {module}", above(where, line))
    yield remedy.advice(f"`pip install {name}` brings {module}.")


def _is_start(where: Place) -> bool:
    found = instruction_of(where)
    return found is not None and found.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK")


def _own(finding: Finding, project: Project, module: str) -> bool:
    """A module or package of the project's own is not on any index."""
    top = module.partition(".")[0]
    return bool(below_context(finding, project, f"{top}.py")) or any(
        path.split("/")[-2:-1] == [top] for path in below_context(finding, project, "__init__.py")
    )


CASES = (
    r"""
the script's folder is on the path, its parent is not
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /srv/app
COPY . .
# found: module=src lies=/srv/app/src
CMD ["python", "src/server.py"]
-- src/__init__.py --
-- src/server.py --
from src.settings import PORT

print(PORT)
-- src/settings.py --
PORT = 8000
-- build.log --
Traceback (most recent call last):
  File "/srv/app/src/server.py", line 1, in <module>
    from src.settings import PORT
>>ModuleNotFoundError: No module named 'src'
-- mended --
FROM python:3.12-slim
WORKDIR /srv/app
COPY . .
ENV PYTHONPATH=/srv/app
CMD ["python", "src/server.py"]
""",
    r"""
run as a module, the working directory is on the path
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /srv/app
COPY . .
CMD ["python", "-m", "src.server"]
-- src/__init__.py --
-- src/server.py --
from src.settings import PORT

print(PORT)
-- src/settings.py --
PORT = 8000
""",
    r"""
the package is there, the module in it is not
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /srv/app
COPY src ./src
# found: module=src.server lies=
CMD ["python", "-m", "src.server"]
-- src/__init__.py --
-- src/main.py --
""",
)
