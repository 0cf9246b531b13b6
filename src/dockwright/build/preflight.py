"""Before a build: what would make it fail for reasons outside of the project. Judged here, read in facts.py.

What is not known never refuses. `allow` takes back a refusal by its code: who knows better says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import structs

from dockwright.build.demand import demand
from dockwright.build.facts import EngineFacts, ImageFacts, Readings, real, run
from dockwright.build.judge import (
    Trouble,
    World,
    judge_builder,
    judge_disk,
    judge_engine,
    judge_gpu,
    judge_image,
    judge_indexes,
    judge_memory,
    judge_syntax,
)
from dockwright.inputs.targets import Target
from dockwright.planning import Plan
from dockwright.project import Project

__all__ = ["Trouble", "fix", "preflight"]

PATIENCE = 30.0  # seconds for all readings together; what has not come by then is unknown


def preflight(
    project: Project,
    targets: Sequence[Target],
    engine: str,
    plan: Plan | None,
    *,
    images: Iterable[str] = (),
    tags: Mapping[str, Collection[str]] = {},
    offline: bool = False,
    builder: str | None = None,
    allow: Collection[str] = (),
    readings: Readings | None = None,
    world: World | None = None,
) -> tuple[Trouble, ...]:
    """Everything that stands in the way of these builds, the engine first.

    `images`: base images from outside (build.needs.bases). `tags`: names of the produced images by target. `offline`: all
    that the builds install is at hand. `builder`: another instance of buildx, whose machine is not known. `world`: what
    `look` has read already.
    """
    asked = readings or real()
    bases = tuple(dict.fromkeys(images))
    own = tuple(tag for names in tags.values() for tag in names) if plan is not None else ()
    network = installs(plan, targets) and not offline
    world = look(asked, engine, bases, own, network, builder) if world is None else world
    world = world if network else structs.replace(world, connections={})
    built = {name for name, names in tags.items() if any(_is_local(world.images.get(tag)) for tag in names)}
    need = demand(plan, targets, {name: world.images.get(name) for name in bases}, built)
    there = world.engine.root if builder is None else ""
    found = [
        *judge_engine(engine, world.engine),
        *judge_builder(builder, world),
        *(trouble for target in targets for trouble in judge_syntax(project, target, engine, world.engine.version)),
        *judge_disk(engine, world.engine, need, asked.disk(there) if there else None),
        *judge_memory(world, need),
        *judge_indexes(world, not world.engine.local or builder is not None),
        *(trouble for image in bases for trouble in judge_image(image, world.images.get(image), world.engine)),
        *judge_gpu(project, targets, plan, world),
    ]
    return tuple(structs.replace(each, refuses=each.refuses and each.code not in allow) for each in found)


def fix(trouble: Trouble) -> tuple[int, str]:
    """Run the safe fix of a trouble: its code and the last line of what it said."""
    code, out, error = run(list(trouble.fix), 600)
    return code, ((out if code == 0 else error).strip().splitlines() or [""])[-1]


def installs(plan: Plan | None, targets: Sequence[Target]) -> bool:
    """Whether the builds ask an index; what is not planned may."""
    if plan is None:
        return True
    names = {target.name for target in targets}
    return any(line.form != "installed" for each in plan.targets if each.name in names for line in each.lines)


def look(
    asked: Readings, engine: str, images: Sequence[str], tags: Sequence[str], network: bool, builder: str | None = None
) -> World:
    """Read everything at once. A reading that takes too long is given up."""
    deadline = time.monotonic() + PATIENCE
    jobs: dict[str, Callable[[], Any]] = {f"image {name}": _bind(asked.here, engine, name) for name in tags}
    jobs |= {f"image {name}": _bind(asked.image, engine, name) for name in images}
    jobs |= {"engine": _bind(asked.engine, engine), "memory": asked.memory, "gpu": asked.gpu}
    if builder:
        jobs["builder"] = _bind(asked.builder, builder)
    if network:
        jobs["indexes"] = asked.indexes
    first = together(jobs, deadline)
    urls = first.get("indexes") or ()
    second = together({url: _bind(asked.connect, url) for url in urls}, deadline)
    silent = EngineFacts(trouble=f"no answer within {PATIENCE:.0f} s")
    return World(
        first.get("engine", silent),
        {name: first.get(f"image {name}") for name in (*images, *tags)},
        {url: second.get(url) for url in urls},
        first.get("memory", 0),
        first.get("gpu", False),
        first.get("builder", ""),
    )


def _bind(function: Callable[..., Any], *words: str) -> Callable[[], Any]:
    return lambda: function(*words)


def together(jobs: Mapping[str, Callable[[], Any]], deadline: float) -> dict[str, Any]:
    """Run functions side by side; what has not answered by the deadline is left out."""
    answers: dict[str, Any] = {}

    def answer(name: str, job: Callable[[], Any]) -> None:
        answers[name] = job()

    threads = [threading.Thread(target=answer, args=item, daemon=True) for item in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(answers)


def _is_local(image: ImageFacts | None) -> bool:
    return image is not None and image.state == "local"
