"""Images without a shell: Google's distroless images and Chainguard's.

Sources: the README of GoogleContainerTools/distroless and its python3/python.bzl; Chainguard's page on its Python images,
and the package lists of its images (images/node/locked_config.json of chainguard-images/images).
"""

from __future__ import annotations

from datetime import date

from dockwright.facts.base import BaseImage
from dockwright.facts.made import path_env
from dockwright.facts.reference import Reference
from dockwright.facts.release import OsRelease

# "They do not contain package managers, shells or any other programs you would expect to find."
ABSENT = frozenset(
    (
        "sh bash dash ash apt apt-get apt-key dpkg apk yum dnf microdnf pip pip3 useradd groupadd adduser addgroup usermod chmod "
        "chown mkdir rm cp mv ln ls cat touch sed grep tar unzip curl wget git gcc g++ make sudo uv poetry conda npm"
    ).split()
)
NOT_NODE = frozenset(
    "bash apt apt-get apt-key dpkg apk yum dnf microdnf pip pip3 useradd groupadd git gcc g++ make curl sudo".split()
)
PYTHONS = {"10": "3.7", "11": "3.9", "12": "3.11", "13": "3.13"}  # Debian's own
START = "gcr.io/distroless/"
CHAINGUARD = ("cgr.dev/chainguard/python", "cgr.dev/chainguard/node")


def image(text: str, reference: Reference, day: date) -> BaseImage | None:
    """None for `debug` tags, which have a shell at a place of its own."""
    if reference.name in CHAINGUARD:
        return _chainguard(text, reference)
    name, _, debian = reference.name.removeprefix(START).partition("-debian")
    words = reference.tag.split("-")
    if "debug" in words or (not reference.tag and reference.digest):
        return None
    python = PYTHONS.get(debian, "") if name == "python3" else ""
    commands = {each: f"/usr/bin/{each}" for each in ("python", "python3", f"python{python}")} if python else {}
    nonroot = "nonroot" in words
    return BaseImage(
        text,
        START + "*",
        OsRelease("distroless", debian, libc="" if name == "static" else "glibc"),
        path_env(),
        user="65532" if nonroot else "root",
        workdir="/home/nonroot" if nonroot else "/",
        entrypoint=(f"/usr/bin/python{python}",) if python else None,
        extra_commands=commands,
        absent_commands=ABSENT,
        env_known=False,
    )


def _chainguard(text: str, reference: Reference) -> BaseImage | None:
    """`latest-dev` and the like have a shell, pip or npm, and Alpine's apk; the others the language alone, Node with busybox."""
    if not reference.tag:
        return None
    manager = frozenset({"apt", "apt-get", "dpkg", "yum", "dnf"})
    node = reference.name.endswith("/node") and "slim" not in reference.tag
    absent = manager if reference.tag.endswith("-dev") else NOT_NODE if node else ABSENT - {"npm"}
    os = OsRelease("wolfi", libc="glibc")
    return BaseImage(text, reference.name, os, absent_commands=absent, env_known=False, shell_known=False)
