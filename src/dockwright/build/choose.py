"""Which targets a build is about: those that are named and what they need, else those that the project's first file builds."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from msgspec import structs

from dockwright.build.needs import dependencies
from dockwright.errors import ToolError
from dockwright.inputs.composefile import DEFAULT_NAMES
from dockwright.inputs.targets import Target
from dockwright.project import Project

BAKE = ("docker-bake.hcl", "docker-bake.json")


def chosen(
    project: Project, words: Sequence[str], environment: Mapping[str, str]
) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """(the targets to build, those that are left out because nobody named them)."""
    if words:
        named = [_named(project, word) for word in words]
        return _once(named), ()
    active = set((environment.get("COMPOSE_PROFILES") or "").split(","))
    for names in (DEFAULT_NAMES, BAKE):
        first = [target for target in project.targets if posixpath.basename(target.origin) in names]
        if first:
            origin = first[0].origin
            kept = tuple(each for each in first if each.origin == origin and _active(each, active))
            return kept, tuple(target for target in project.targets if target not in kept)
    return project.targets, ()


def _once(targets: Sequence[Target]) -> tuple[Target, ...]:
    return tuple({target.name: target for target in targets}.values())


def _active(target: Target, profiles: set[str]) -> bool:
    return not target.profiles or bool(profiles & set(target.profiles)) or "*" in profiles


def _named(project: Project, word: str) -> Target:
    """By its name, its name in another file, or its Dockerfile."""
    for target in project.targets:
        if word in (target.name, target.dockerfile, *(other.key for other in target.also)):
            return target
    from difflib import get_close_matches

    names = [target.name for target in project.targets]
    near = get_close_matches(word, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}" if names else "nothing is built here"
    raise ToolError("target-unknown", f"there is no target {word}", hint=hint)


def with_needed(project: Project, targets: Sequence[Target], tags: Mapping[str, tuple[str, ...]]) -> Project:
    """The project with these targets alone, and those whose images they are built from."""
    needs = dependencies(project, project.targets, tags)
    wanted: dict[str, None] = {}
    todo = [target.name for target in targets]
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted[name] = None
            todo += needs[name]
    return structs.replace(project, targets=tuple(each for each in project.targets if each.name in wanted))
