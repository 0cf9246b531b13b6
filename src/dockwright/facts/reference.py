"""Image references: registry, name, tag, digest (distribution/reference's grammar, and Docker Hub's short names)."""

from __future__ import annotations

from msgspec import Struct

# Registries that carry copies of Docker's official images below the given path.
_MIRRORS = (
    "docker.io/library/", "index.docker.io/library/", "registry-1.docker.io/library/",
    "public.ecr.aws/docker/library/", "mirror.gcr.io/library/",
    "registry.hub.docker.com/library/", "registry.docker-cn.com/library/", "quay.io/lib/", "docker.io/",
    "index.docker.io/", "registry.hub.docker.com/",
    "mirror.gcr.io/", "library/",
)  # fmt: skip


class Reference(Struct, frozen=True):
    """`name` is Docker Hub's short name where the image is one of its own or a copy of it; `tag` is empty with a
    digest alone."""

    name: str
    tag: str
    digest: str = ""


def parse(text: str) -> Reference | None:
    """None when a variable is left in the text or the text is no reference."""
    if not text or any(character in text for character in "$ \t\n{}"):
        return None
    rest, _, digest = text.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, tag = rest, ""
    return Reference(_short(name), tag or ("" if digest else "latest"), digest)


def _short(name: str) -> str:
    for prefix in _MIRRORS:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name
