"""A world in which a preflight finds no trouble, to be broken in one place."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from dockwright.build.facts import Disk, EngineFacts, ImageFacts, Readings
from dockwright.build.preflight import Trouble, preflight
from dockwright.build.reach import Connection
from dockwright.planning import Line, Plan, TargetPlan
from dockwright.project import Project

PROJECT = Project.of({"Dockerfile": "FROM python:3.12-slim\nRUN pip install torch\n"}, name="web")
INDEX = "http://index.test/simple"
GB = 10**9


def readings(**changed: Any) -> Readings:
    """A world without troubles."""
    fine = Readings(
        engine=lambda _: EngineFacts(endpoint="unix:///run/docker.sock", context="default", root="/var/lib/docker"),
        disk=lambda _: Disk(100 * GB, 10**6),
        memory=lambda: 8 * GB,
        image=lambda *_: ImageFacts("local", 150 * 10**6),
        here=lambda *_: None,
        connect=lambda _: Connection(200),
        indexes=lambda: (INDEX,),
        gpu=lambda: False,
        builder=lambda _: "",
    )
    return structs.replace(fine, **changed)


def planned(megabytes: int, gpu_base: bool = False) -> Plan:
    name = PROJECT.targets[0].name
    lines = (Line("torch", "2.5", "wheel", megabytes * 10**6),)
    return Plan(
        (TargetPlan(name, "Dockerfile", ".", "3.12", "linux/amd64", "glibc", "build", lines, gpu_base=gpu_base),)
    )


def troubles(
    project: Project = PROJECT, engine: str = "docker", plan: Plan | None = None, **more: Any
) -> dict[str, Trouble]:
    more.setdefault("images", ["python:3.12-slim"])
    found = preflight(project, project.targets, engine, plan or planned(800), **more)
    return {trouble.code: trouble for trouble in found}
