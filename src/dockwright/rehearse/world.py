"""What a rehearsal knows besides the image: the target, its context, the facts of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockwright.inputs.context import Context
from dockwright.inputs.targets import Target

if TYPE_CHECKING:
    from dockwright.index.question import Known
    from dockwright.project import Project

BUILDKIT = "2023-02-01"  # Docker Engine 23.0: `docker build` means BuildKit; before, the classic builder


class World:
    """One target's surroundings. Read-only."""

    def __init__(self, project: Project, target: Target, context: Context, index: Known | None = None) -> None:
        self.project = project
        self.target = target
        self.context = context
        self.as_of = project.as_of
        self.classic = project.as_of is not None and project.as_of < BUILDKIT
        self.facts: Any = None
        self.index = index  # answers of the package index; None: nobody asks it
