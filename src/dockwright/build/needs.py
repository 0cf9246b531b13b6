"""What waits for what: images that are built from each other, and those that come from outside. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dockwright.build.names import canonical
from dockwright.dockerfile import parse
from dockwright.dockerfile.expand import ExpandError, expand_partial
from dockwright.dockerfile.nodes import Dockerfile, Instruction
from dockwright.inputs.targets import Target
from dockwright.project import Project

Tags = Mapping[str, tuple[str, ...]]


def dependencies(project: Project, targets: Iterable[Target], tags: Tags) -> dict[str, tuple[str, ...]]:
    """By target: the others whose image its build uses, as a context or as FROM, COPY --from or a mount."""
    chosen = tuple(targets)
    owner = {canonical(tag): target.name for target in chosen for tag in tags[target.name]}
    names = {target.name for target in chosen}
    return {target.name: tuple(_needs(project, target, owner, names)) for target in chosen}


def _needs(project: Project, target: Target, owner: Mapping[str, str], names: set[str]) -> Iterable[str]:
    contexts = target.named_contexts.values()
    found = dict.fromkeys(name for each in contexts if (name := sibling(each)) in names)
    images = [each for each in contexts if each.startswith("docker-image://")] + list(bases(project, target))
    found |= dict.fromkeys(owner[canonical(image)] for image in images if canonical(image) in owner)
    found.pop(target.name, None)
    return found


def sibling(context: str) -> str:
    """`service:base` (compose) and `target:base` (bake) name another target of the same file."""
    kind, _, name = context.partition(":")
    return name if kind in ("service", "target") else ""


def bases(project: Project, target: Target) -> tuple[str, ...]:
    """The images from outside that a target's build takes, as far as they are known."""
    source = project.dockerfile(target)
    if source is None:
        return ()
    return tuple(
        each for each in external(parse(source.text, source.name), target) if each not in target.named_contexts
    )


def external(dockerfile: Dockerfile, target: Target) -> tuple[str, ...]:
    """Images that FROM, COPY --from and RUN --mount=from= name and that are no stage of the file."""
    values = _global_values(dockerfile, target)
    stages = {stage.name for stage in dockerfile.stages} | {str(stage.index) for stage in dockerfile.stages}
    found: dict[str, None] = {}
    for stage in dockerfile.stages:
        for text in (stage.base.text, *(name for each in stage.instructions for name in _sources(each))):
            name = _known(text, values)
            if name and name.lower() not in stages and name != "scratch":
                found[name] = None
    return tuple(found)


def _sources(instruction: Instruction) -> Iterator[str]:
    if instruction.keyword in ("COPY", "ADD"):
        yield instruction.flag("from") or ""
    yield from (mount.from_ for mount in instruction.mounts if mount.from_)


def _known(text: str, values: Mapping[str, str]) -> str:
    try:
        expanded = expand_partial(text, values.get)
    except ExpandError:
        return ""
    return expanded.value if isinstance(expanded.value, str) and not expanded.unset else ""


def _global_values(dockerfile: Dockerfile, target: Target) -> dict[str, str]:
    """ARGs before the first FROM: these alone count in FROM."""
    values: dict[str, str] = {}
    for pair in (pair for instruction in dockerfile.global_args for pair in instruction.pairs):
        given = target.build_args.get(pair.key.text)
        default = _known(pair.value.text, values) if pair.value is not None else ""
        if given is not None or default:
            values[pair.key.text] = given if given is not None else default
    return values
