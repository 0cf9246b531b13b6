"""The derived Dockerfile of a target."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from dockwright.build.derive import caches, frontend, house, tools
from dockwright.build.derive.choice import Choice, Setting
from dockwright.build.derive.flags import add, kept, place
from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Dockerfile
from dockwright.inputs.targets import Target, in_tree
from dockwright.project import Project
from dockwright.rehearse.run import rehearse
from dockwright.rehearse.step import Step
from dockwright.wheels.artefact import Artefact, Wanted

ANY = Artefact("any", "1", "any-1-py3-none-any.whl", "https://example.org/any-1-py3-none-any.whl", "0" * 64)
TREES = {
    "tagged": house.lay_tagged,
    "named": house.lay_named,
    "poetry": house.lay_for_poetry,
    "http-v2": house.lay_for_pip,
}


class Derived(Struct, frozen=True):
    """`text`: the Dockerfile to send. `contexts`: named contexts that go with it. `notes`: what was done, line by line.

    `secrets`: texts that go with it, by the name under which its steps mount them.
    """

    text: str
    contexts: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    changed: bool = False
    secrets: Mapping[str, str] = {}


def derive(
    project: Project,
    target: Target,
    wanted: Wanted | None,
    folder: str,
    engine: str,
    shelf: house.Shelf | None = None,
    *,
    exact: bool = True,
    relay: str = "",
) -> Derived:
    """Derive the Dockerfile of a target; `folder` is an empty folder, which is filled with what the build will mount.

    `shelf` holds the artefacts (wheels.store.Store). `exact`: the image has the same files as without; else installers may
    leave files of their own that say where a package came from (uv's uv_cache.json), as a last resort against a network
    that cannot be built with. `relay`: where steps reach the wheelhouse over HTTP; then nothing need be in it yet.
    """
    source = project.dockerfile(target)
    if source is None or target.remote:
        return Derived("", notes=("the Dockerfile is not on this disk: it is built as it is",))
    dockerfile = parse(source.text, source.name)
    why = _refused(target, dockerfile, engine)
    if why:
        return Derived(source.text, notes=(f"built as it is: {why}",))
    there = house.lay(wanted.artefacts if wanted is not None else (), shelf, folder)
    setting = Setting(engine, there, exact, _context(project, target), relay)
    return _derived(project, target, dockerfile, folder, setting)


def takes(project: Project, target: Target, engine: str, *, relayed: bool) -> bool:
    """Would any of the target's steps take a file from the wheelhouse?"""
    source = project.dockerfile(target)
    if source is None or target.remote:
        return False
    dockerfile = parse(source.text, source.name)
    if _refused(target, dockerfile, engine):
        return False
    setting = Setting(engine, (ANY,), True, _context(project, target), "http://relay" if relayed else "")
    return any(choice.trees or choice.secrets for _, choice in _chosen(project, target, dockerfile, setting).values())


def _refused(target: Target, dockerfile: Dockerfile, engine: str) -> str:
    if frontend.CONTEXT in target.named_contexts:
        return f"a build context is named {frontend.CONTEXT}"
    return frontend.refuses(engine, dockerfile)


def _context(project: Project, target: Target) -> Callable[[str], str | None]:
    """Texts of the build context."""

    def read(path: str) -> str | None:
        found = project.source(posixpath.normpath(posixpath.join(in_tree(target.context), path)))
        return None if found is None or ".." in found.name else found.text

    return read


def _derived(project: Project, target: Target, dockerfile: Dockerfile, folder: str, setting: Setting) -> Derived:
    chosen = _chosen(project, target, dockerfile, setting)
    flags = kept(dockerfile, {at: choice.mounts for at, (_, choice) in chosen.items()})
    if not flags:
        return Derived(dockerfile.source.text, notes=tuple(_notes(chosen, flags)))
    taken = [choice for at, (_, choice) in chosen.items() if at in flags]
    for path, text in sorted({item for choice in taken for item in choice.files.items()}):
        house.write(folder, path, text)
    for tree in sorted({tree for choice in taken for tree in choice.trees}):
        TREES[tree](setting.there, folder)
    contexts = (
        {frontend.CONTEXT: folder}
        if any(f"from={frontend.CONTEXT}" in word for words in flags.values() for word in words)
        else {}
    )
    secrets = {name: text for choice in taken for name, text in choice.secrets.items()}
    return Derived(add(dockerfile, flags), contexts, tuple(_notes(chosen, flags)), True, secrets)


def _chosen(
    project: Project, target: Target, dockerfile: Dockerfile, setting: Setting
) -> dict[int, tuple[Step, Choice]]:
    """By place in the text: each RUN that the target needs, with what is added to it. Triggers run elsewhere and are left."""
    rehearsal = rehearse(project, target)
    own = {instruction.span.start for instruction in dockerfile.instructions}
    around = caches.stages(rehearsal)
    chosen: dict[int, tuple[Step, Choice]] = {}
    for step in rehearsal.steps:
        at = place(step.instruction) if step.kind == "build" and step.instruction.span.start in own else None
        if at is not None:
            choice = tools.choose(step, setting)
            caches.choose(step, setting, around, choice)
            chosen[at] = step, choice
    return chosen


def _notes(chosen: Mapping[int, tuple[Step, Choice]], flags: Mapping[int, tuple[str, ...]]) -> Iterator[str]:
    for at, (step, choice) in sorted(chosen.items()):
        where = f"{step.source.name}:{step.instruction.line}"
        if choice.mounts and at not in flags:
            yield f"{where}: left as it is: no flag can be added to it"
            continue
        yield from (f"{where}: {note}" for note in choice.notes)
