"""Reads the instructions of a case with our own plan, one after the other, as a rehearsal would."""

from __future__ import annotations

from pathlib import Path

from copy_cases import Case, Result, words

from dockwright.finding import YES
from dockwright.inputs.context import Context
from dockwright.inputs.copy import CopyPlan, plan
from dockwright.inputs.files import UNKNOWN, Files, Kind, Unknown, walk
from dockwright.inputs.tree import DiskTree


class Copied(Files):
    """An image that began empty and that only instructions of these cases have changed."""

    def __init__(self) -> None:
        self.plans: list[CopyPlan] = []
        self.folders = {""}

    def kind(self, path: str) -> Kind | Unknown | None:
        for done in reversed(self.plans):
            brought = done.brings(f"/{path}")
            if brought is not None:
                return brought.kind
        return "dir" if path in self.folders else None

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        lead = f"{path}/" if path else ""
        found = {folder[len(lead) :].partition("/")[0] for folder in self.folders if folder.startswith(lead) and folder}
        for done in self.plans:
            names = done.names(f"/{path}")
            if names is UNKNOWN:
                return UNKNOWN
            found.update(names)
        return tuple(sorted(found - {""}))

    def target(self, path: str) -> str | Unknown | None:
        for done in reversed(self.plans):
            brought = done.brings(f"/{path}")
            if brought is not None:
                files = brought.move.files
                return None if files is None else files.target(brought.move.below(f"/{path}") or "")
        return None

    def workdir(self, path: str) -> None:
        parts = path.strip("/").split("/")
        self.folders.update("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def predict(case: Case, root: Path) -> tuple[Result, list[CopyPlan]]:
    context = Context.of(DiskTree(root))
    stages: dict[str, Copied] = {}
    image, workdir = Copied(), "/"
    plans: list[CopyPlan] = []
    others = [word for line in case.lines if "--from" not in line for word in words(line)[2][:-1]]
    for line in case.lines:
        keyword, flags, args = words(line)
        if keyword == "FROM":
            image, workdir = Copied(), "/"
            stages.update((name, image) for name in args[2:])
        elif keyword == "WORKDIR":
            workdir = args[0]
            image.workdir(workdir)
        else:
            source: Files = stages[flags["from"][0]] if "from" in flags else context
            done = plan(
                source,
                args[:-1],
                args[-1],
                workdir=workdir,
                add=keyword == "ADD",
                exclude=flags.get("exclude", ()),
                image=image,
                others=[other for other in others if other not in args[:-1]],
            )
            plans.append(done)
            if done.fails is YES:
                return Result(False, error=done.problems[0].kind), plans
            image.plans.append(done)
    return Result(True, tuple(sorted(_shown(image)))), plans


def _shown(image: Copied) -> list[str]:
    marks: dict[Kind | Unknown, str] = {"dir": "/", "link": "@", "file": "", UNKNOWN: "?"}
    return [path + marks[kind] for path, kind in walk(image)]
