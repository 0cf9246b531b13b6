"""From a step of a log to the instruction of the Dockerfile."""

from __future__ import annotations

import pytest

from dockwright import log
from dockwright.dockerfile import parse

DOCKERFILE = r"""ARG PYTHON=3.12
FROM --platform=linux/amd64 python:${PYTHON}-slim AS base
WORKDIR /app
RUN pip install -r requirements.txt
FROM base AS build
ARG WHAT=world
RUN echo "$WHAT" && \
    # a comment inside
    apt-get install -y wget\
git
COPY --from=base /app ./app
FROM base
RUN pip install -r requirements.txt
RUN <<EOF
echo one
echo two
EOF
RUN pip install -r requirements.txt
"""


def step(instruction: str, index: int | None = None, of: int | None = None, stage: str = "") -> log.LogStep:
    return log.LogStep("#1", log.Lines(), index=index, of=of, stage=stage, instruction=instruction)


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (step("FROM docker.io/library/python:3.12-slim@sha256:00", 1, 3, "base"), None),
        (step("WORKDIR /app", 2, 3, "base"), 3),
        (step('RUN echo "world" &&     apt-get install -y wgetgit', 1, 2, "build"), 7),
        (step('RUN echo "$WHAT" &&     apt-get install -y wgetgit', 7, 13), 7),
        (step("COPY --from=base /app ./app", 2, 2, "build"), 11),
        (step("RUN pip install -r requirements.txt", 3, 3, "base"), 4),
        (step("RUN pip install -r requirements.txt", 2, 4, "stage-2"), 13),
        (step("RUN pip install -r requirements.txt", 4, 4, "stage-2"), 18),
        (step("RUN pip install -r requirements.txt", 10, 12), 13),
        (step("RUN <<EOF (echo one...)", 3, 4, "stage-2"), 14),
        (step("RUN pip install flask", 3, 3, "base"), None),
        (step("[internal] load build context"), None),
        (step(""), None),
    ],
)
def test_locate(wanted: log.LogStep, line: int | None) -> None:
    found = log.locate(wanted, parse(DOCKERFILE))
    assert (found.line if found else None) == line


def test_the_line_that_the_log_names_wins() -> None:
    told = log.LogStep("#1", log.Lines(), instruction="RUN pip install -r requirements.txt", dockerfile_line=18)
    found = log.locate(told, parse(DOCKERFILE))
    assert found is not None and found.line == 18


def test_the_base_image_that_metadata_was_loaded_for() -> None:
    found = log.locate(
        step("[internal] load metadata for docker.io/library/node:22"), parse("FROM a\nFROM node:22 AS x\n")
    )
    assert found is not None and found.line == 2


def test_the_id_of_an_earlier_stage() -> None:
    found = log.locate(step("FROM d17a2b6a33375327fd6c1489 AS build", 1, 3, "build"), parse(DOCKERFILE))
    assert found is not None and found.line == 5
