"""Engine command lines as data: lists of words, no shell, nothing run here. What is shown with -v can be typed by hand."""

from __future__ import annotations

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
    secrets: tuple[str, ...] = ()


def docker_build(request: BuildRequest) -> list[str]:
    """BuildKit through buildx. rawjson is not asked for: the plain form is what people can read when it is shown."""
    words = ["docker", "buildx", "build", "--progress=plain", "--file", request.dockerfile]
    words += ["--tag", request.tag, "--load"] if request.tag else []
    words += _common(request)
    for name, value in request.named_contexts.items():
        words += ["--build-context", f"{name}={value}"]
    for secret in request.secrets:
        words += ["--secret", secret]
    return [*words, request.context]


def buildah_build(request: BuildRequest) -> list[str]:
    """Daemonless; chroot isolation needs no user namespaces."""
    words = ["buildah", "build", "--isolation", "chroot", "--layers", "--file", request.dockerfile]
    words += ["--tag", request.tag] if request.tag else []
    words += _common(request)
    return [*words, request.context]


def podman_build(request: BuildRequest) -> list[str]:
    words = ["podman", "build", "--layers", "--file", request.dockerfile]
    words += ["--tag", request.tag] if request.tag else []
    return [*words, *_common(request), request.context]


def _common(request: BuildRequest) -> list[str]:
    words = ["--target", request.stage] if request.stage else []
    words += ["--platform", request.platform] if request.platform else []
    words += ["--network", request.network] if request.network else []
    for name, value in request.arguments.items():
        words += ["--build-arg", name if value is None else f"{name}={value}"]
    return words


BUILDERS = {"docker": docker_build, "buildah": buildah_build, "podman": podman_build}
PROBES = {
    "docker": ["docker", "buildx", "version"],
    "buildah": ["buildah", "--version"],
    "podman": ["podman", "--version"],
}
"""A command that answers quickly when the engine can build."""
REACHED = {
    "docker": ["docker", "version", "--format", "{{.Server.Version}}"],
    "buildah": ["buildah", "--version"],
    "podman": ["podman", "info"],
}
