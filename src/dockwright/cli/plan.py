"""`dockwright plan`: what the build will download and install, from the package index."""

from __future__ import annotations

import re
from typing import Any

from dockwright.cli import spec
from dockwright.cli.options import read_projects
from dockwright.cli.output import show
from dockwright.errors import ToolError
from dockwright.planning import Plan
from dockwright.planning import plan as plan_project

ARGUMENT = spec.Argument("paths", "[PATH]…", many=True)
OPTIONS = (
    *spec.PROJECT,
    spec.Option(("--bandwidth",), "bandwidth", "Say how long the download takes, such as 50Mbit.", "RATE"),
    *spec.output("terminal", "json"),
)


def plan(
    paths: tuple[str, ...], bandwidth: str | None, form: str, color: str, quiet: bool, verbose: bool, **given: Any
) -> int:
    """Show what the builds under PATH (default: this folder) will download and install.

    Every distribution with its version, wheel or source archive, size, what building it takes, and CUDA's share; what
    does not resolve, and the smallest change that would. Nothing is built and nothing is installed.
    """
    from dockwright.report.plan import encode, show_plan

    rate = bits(bandwidth) if bandwidth is not None else None
    projects = read_projects(paths, **given)
    if not any(project.targets for project in projects):
        where = ", ".join(paths) or "this folder"
        raise ToolError("no-target", f"no Dockerfile or build target under {where}", hint="name one with -f FILE")
    found = Plan(tuple(target for project in projects for target in plan_project(project).targets))
    show(encode(found, rate) if form == "json" else show_plan(found, bandwidth=rate, quiet=quiet, verbose=verbose))
    return 1 if found.fails else 0


UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}


def bits(text: str) -> float:
    """`50Mbit`, `50Mbit/s`, `6MB/s` -> bits a second."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)\s*([kKmMgG]?)(bit|bits|b|B|Byte)?(?:/s|ps)?", text.strip())
    rate = float(match[1]) * UNITS[match[2].lower()] * (8 if match[3] in ("B", "Byte") else 1) if match else 0
    if rate <= 0:
        raise ToolError("bandwidth-invalid", f"--bandwidth {text} is no rate", hint="write it like 50Mbit or 6MB/s")
    return rate
