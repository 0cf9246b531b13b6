"""The image's own pip refuses to run as root.

Airflow's images have a `pip` of their own in front of the real one, from 2.3 on: it ends with an error when root calls it, for what
root installs is not found by the user airflow, as whom the image runs. USER root is meant for apt-get alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.rehearse.step import Step


class Facts(Struct, frozen=True):
    user: str = "airflow"


TITLE = "pip refuses to run as root in this image"
WHY = "The image starts pip through a script of its own, which takes the user {user} alone."

SIGNATURES = (
    # no recorded log yet: You are running pip as root. Please use 'airflow' user to run pip!
    sign("You are running pip as root.", r"Please use '(?P<user>[\w-]+)' user to run pip!", sure=0.97),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Executable):
        if need.problem == "root":
            yield found(unmet, Facts(need.interpreter))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None:
        yield remedy.safe(f"Let {facts.user} install it", above(where, f"USER {facts.user}"))
    yield remedy.advice(f"Write USER {facts.user} above the line; USER root is for apt-get.")


CASES = (
    r"""
root installs into Airflow's image
-- Dockerfile --
FROM apache/airflow:2.9.3
USER root
RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
# found: user=airflow
RUN pip install idna==3.6
-- mended --
FROM apache/airflow:2.9.3
USER root
RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
USER airflow
RUN pip install idna==3.6
""",
    r"""
the image's own user does
-- Dockerfile --
FROM apache/airflow:2.9.3
USER root
RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
USER airflow
RUN pip install idna==3.6
""",
    r"""
an image from before that
-- Dockerfile --
FROM apache/airflow:2.2.5
USER root
RUN pip install idna==3.6
""",
)
