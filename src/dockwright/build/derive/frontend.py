"""What the engine, and the frontend that a Dockerfile asks for, can do."""

from __future__ import annotations

import re

from dockwright.dockerfile.nodes import Dockerfile

CONTEXT = "dockwright-wheelhouse"
# docker/dockerfile's channels that follow the newest release, and the first release with named contexts (1.4, 2022-03).
CHANNELS = ("", "latest", "1", "labs", "1-labs", "master", "master-labs")
NAMED_CONTEXTS = (1, 4)


def refuses(engine: str, dockerfile: Dockerfile) -> str:
    """Why no mount can be added; empty where it can."""
    if engine == "docker-classic":
        return "Docker's classic builder has no mounts"
    if dockerfile.errors:
        return f"the Dockerfile can't be read: {dockerfile.errors[0].message}"
    if any(stage.name == CONTEXT for stage in dockerfile.stages):
        return f"a stage is named {CONTEXT}"
    if dockerfile.syntax is not None and engine == "docker":
        return _old(dockerfile.syntax)
    return ""


def _old(syntax: str) -> str:
    """`docker/dockerfile:1.7`, `docker.io/docker/dockerfile:1@sha256:…`; of other frontends nothing is known."""
    name = syntax.partition("@")[0]
    path, _, tag = name.rpartition(":") if ":" in name.rsplit("/", 1)[-1] else (name, "", "")
    if path.removeprefix("docker.io/") not in ("docker/dockerfile", "docker/dockerfile-upstream"):
        return f"what the frontend {syntax} can do is not known"
    version = re.match(r"(\d+)(?:\.(\d+))?", tag)
    if tag in CHANNELS or (version and (int(version[1]), int(version[2] or 99)) >= NAMED_CONTEXTS):
        return ""
    return f"the frontend {syntax} has no named contexts"
