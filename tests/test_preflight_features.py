"""Preflight: what the Dockerfile asks for and the chosen engine can't do."""

from __future__ import annotations

import pytest
from fine_world import readings, troubles

from dockwright.build.unfit import unfit
from dockwright.project import Project


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("FROM a\nRUN --mount=type=cache,target=/x pip install b\n", "RUN --mount"),
        ("FROM a\n\nCOPY --chmod=755 b /c\n", "COPY --chmod"),
        ("FROM a\nRUN <<END\npip install b\nEND\n", "a here-document (<<END)"),
        ("FROM --platform=$BUILDPLATFORM a\n", "FROM --platform=$BUILDPLATFORM"),
        ("FROM a\nARG TARGETARCH\n", "ARG TARGETARCH"),
        ("FROM a\nADD --checksum=sha256:00 http://b /c\n", "ADD --checksum"),
    ],
)
def test_the_classic_builder_is_told_from_buildkit(text: str, feature: str) -> None:
    project = Project.of({"Dockerfile": text})
    trouble = troubles(project, "docker-classic", readings=readings())["engine-lacks-feature"]
    line = next(
        number for number, row in enumerate(text.split("\n"), 1) if row.startswith(feature.split()[0]) or "<<" in row
    )
    assert trouble.refuses
    assert (
        trouble.message
        == f"Dockerfile: line {line} uses {feature}, which Docker's classic builder can't do; BuildKit can"
    )
    assert troubles(project, readings=readings()) == {}


def test_the_classic_builder_takes_what_it_knows() -> None:
    text = (
        "ARG V=3\nFROM python:$V AS a\nCOPY --chown=1:1 --link b c\nFROM a\nCOPY --from=a /x /y\nARG TARGETARCH=amd64\n"
    )
    assert unfit("docker-classic", text) == ()


def test_buildah_by_its_version() -> None:
    here_document = "FROM a\nRUN <<END\ntrue\nEND\n"
    assert unfit("buildah", here_document, None, (1, 28, 2))[0].line == 2
    assert unfit("podman", here_document, None, (1, 33, 0)) == ()
    assert unfit("podman", "FROM a\nCOPY --link b c\n", None, (1, 28, 2))[0].feature == "COPY --link"
    assert unfit("buildah", "FROM a\nCOPY --link b c\n", None, (1, 39, 0)) == ()
    assert unfit("buildah", here_document) == ()  # a version that is not known
