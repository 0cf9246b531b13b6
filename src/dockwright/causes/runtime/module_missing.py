"""A module that the program imports can't be found: the container starts and dies with ModuleNotFoundError.

Python looks in the folder of the script (`python app/main.py`) or in the working directory (`python -m`, uvicorn, gunicorn), in
PYTHONPATH, and in site-packages. A package of the project's own is found when it lies in one of them or is installed;
`python src/server.py` puts src/ on the path, not the folder above it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
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
    yield remedy.advice(
        f"Install what brings {facts.module or 'it'}, or put its folder on sys.path (PYTHONPATH, WORKDIR, an install of the project)."
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
