"""What environment markers are compared with in the image (PEP 508)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockwright.index.question import Question

MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64", "arm64/v8": "aarch64"}


def environment(question: Question) -> dict[str, str]:
    """What markers are compared with in the image."""
    minor = ".".join(question.python.split(".")[:2])
    full = question.python if question.python.count(".") > 1 else f"{minor}.0"
    return {
        "python_version": minor, "python_full_version": full, "os_name": "posix", "sys_platform": "linux",
        "platform_system": "Linux", "platform_machine": machine_name(question), "platform_release": "",
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "platform_version": "",
        "implementation_version": question.python, "extra": "",
    }  # fmt: skip


def machine_name(question: Question) -> str:
    return machine(question.platform) or ""


def machine(platform: str) -> str | None:
    """`linux/arm64/v8` -> aarch64; None for what no wheel tables are kept of."""
    return MACHINES.get(platform.partition("/")[2])
