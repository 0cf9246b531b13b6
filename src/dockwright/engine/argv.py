"""Engine command lines as data: lists of words, no shell, nothing run here. What is shown with -v can be typed by hand."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from msgspec import Struct


class BuildRequest(Struct, frozen=True):
    """One image to build. `dockerfile` and `context` are paths as the engine shall see them."""

    dockerfile: str
    context: str
    tag: str = ""
    stage: str | None = None
    arguments: Mapping[str, str | None] = {}
    platform: str | None = None
    named_contexts: Mapping[str, str] = {}
    network: str | None = None
    secrets: tuple[str, ...] = ()  # id=token,src=token.txt
    ssh: tuple[str, ...] = ()  # default
    labels: Mapping[str, str] = {}
    builder: str | None = None  # docker: another instance of buildx, local, remote or Kubernetes
    no_cache: bool = False
    pull: bool = False  # look for newer base images
    output: str = ""  # docker: instead of the engine's own images, such as type=registry
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()


def docker_build(request: BuildRequest) -> list[str]:
    """BuildKit through buildx; rawjson is the only form with bytes and exact times (BuildKit's client/graph.go)."""
    words = ["docker", "buildx", "build", "--progress=rawjson", "--file", request.dockerfile]
    words += ["--builder", request.builder] if request.builder else []
    words += ["--tag", request.tag] if request.tag else []
    if request.output:
        words += ["--output", request.output]
    elif request.tag:
        words.append("--load")  # nothing to do where the builder is the engine's own; others keep images to themselves
    words += [*_common(request), *_contexts(request), *_secrets(request)]
    for name, values in (("--cache-from", request.cache_from), ("--cache-to", request.cache_to)):
        words += [word for value in values for word in (name, value)]
    words += ["--pull"] if request.pull else []
    return [*words, request.context]


def plainly(words: list[str]) -> list[str]:
    """The same build for a buildx that has no rawjson."""
    return ["--progress=plain" if word == "--progress=rawjson" else word for word in words]


def classic_build(request: BuildRequest) -> list[str]:
    """Docker's builder from before BuildKit. Without --force-rm the container of a failed step would stay."""
    words = ["env", "DOCKER_BUILDKIT=0", "docker", "build", "--force-rm", "--file", request.dockerfile]
    words += ["--tag", request.tag] if request.tag else []
    words += _common(request)
    words += ["--pull"] if request.pull else []
    return [*words, request.context]


def buildah_build(request: BuildRequest) -> list[str]:
    """Daemonless; chroot isolation needs no user namespaces."""
    return ["buildah", "build", "--isolation", "chroot", *_layered(request)]


def podman_build(request: BuildRequest) -> list[str]:
    return ["podman", "build", *_layered(request)]


def _layered(request: BuildRequest) -> list[str]:
    """buildah's options, which are podman's too."""
    words = ["--layers", "--force-rm", "--file", request.dockerfile]
    words += ["--tag", request.tag] if request.tag else []
    words += [*_common(request), *_contexts(request), *_secrets(request)]
    words += ["--pull=always"] if request.pull else []
    return [*words, request.context]


def _common(request: BuildRequest) -> list[str]:
    words = ["--target", request.stage] if request.stage else []
    words += ["--platform", request.platform] if request.platform else []
    words += ["--network", request.network] if request.network else []
    words += ["--no-cache"] if request.no_cache else []
    for name, value in request.arguments.items():
        words += ["--build-arg", name if value is None else f"{name}={value}"]
    for name, value in request.labels.items():
        words += ["--label", f"{name}={value}"]
    return words


def _contexts(request: BuildRequest) -> list[str]:
    return [word for name, value in request.named_contexts.items() for word in ("--build-context", f"{name}={value}")]


def _secrets(request: BuildRequest) -> list[str]:
    words = [word for secret in request.secrets for word in ("--secret", secret)]
    return words + [word for agent in request.ssh for word in ("--ssh", agent)]


def shown(words: list[str]) -> str:
    """A command line that a shell takes as it is."""
    return shlex.join(words)


BUILDERS = {"docker": docker_build, "podman": podman_build, "buildah": buildah_build, "docker-classic": classic_build}
ENGINES = tuple(BUILDERS)
"""In the order in which they are looked for."""
PROGRAMS = {"docker": "docker", "podman": "podman", "buildah": "buildah", "docker-classic": "docker"}
PROBES = {
    "docker": ["docker", "buildx", "version"],
    "podman": ["podman", "--version"],
    "buildah": ["buildah", "--version"],
    "docker-classic": ["docker", "--version"],
}
"""A command that answers quickly when the engine can build."""
REACHED = {
    "docker": ["docker", "version", "--format", "{{.Server.Version}}"],
    "podman": ["podman", "info"],
    "buildah": ["buildah", "--version"],
    "docker-classic": ["docker", "version", "--format", "{{.Server.Version}}"],
}
