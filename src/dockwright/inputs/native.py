"""The platform that an engine builds for where nothing says another: its machine's (BuildKit's platforms.DefaultSpec)."""

from __future__ import annotations

import os
from collections.abc import Mapping

MACHINES = {
    "x86_64": "linux/amd64", "amd64": "linux/amd64", "aarch64": "linux/arm64", "arm64": "linux/arm64", "armv7l": "linux/arm/v7",
    "ppc64le": "linux/ppc64le", "s390x": "linux/s390x", "riscv64": "linux/riscv64",
}  # fmt: skip


def native(environment: Mapping[str, str]) -> str | None:
    """DOCKER_DEFAULT_PLATFORM, else this machine's; None where neither is known.

    The engine may be on another machine; one on this machine builds for this one's processor, Docker Desktop's too.
    """
    named = environment.get("DOCKER_DEFAULT_PLATFORM")
    if named:
        return named
    return MACHINES.get(os.uname().machine) if hasattr(os, "uname") else None
