"""Cache mounts: what a step downloads is kept when it fails, so that its next attempt goes on from there.

Only where the image can't come to hold what the mount keeps from it: in stages that nothing but certain files is copied of.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dockwright.build.derive.choice import Choice, Setting
from dockwright.build.derive.frontend import CONTEXT
from dockwright.build.derive.tools import refuses_cache
from dockwright.build.derive.use import Use, uses
from dockwright.dockerfile.nodes import Instruction
from dockwright.rehearse.journal import normal
from dockwright.rehearse.run import Rehearsal
from dockwright.rehearse.step import Step

APT = "/var/cache/apt/archives"
GETS = frozenset(["install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"])
NODE = frozenset(["install", "i", "ci", "clean-install", "add", "update"])


class Stages(Struct, frozen=True):
    built_upon: frozenset[int]  # stages that go into the image with all that they hold
    taken: tuple[tuple[int, str], ...]  # what others copy or mount of a stage

    def holds(self, stage: int, path: str) -> bool:
        """Can the image come to hold what is at the path in that stage?"""
        above = (each for at, each in self.taken if at == stage)
        return stage in self.built_upon or any(
            path == each or path.startswith(each.rstrip("/") + "/") for each in above
        )


def stages(rehearsal: Rehearsal) -> Stages:
    """How the stages of a build go into its image."""
    chain: set[int] = set()
    at: int | None = next(reversed(rehearsal.images), None)
    while at is not None and at not in chain:
        chain.add(at)
        stage = rehearsal.dockerfile.stages[at]
        if "$" in stage.base.text:
            chain = set(range(len(rehearsal.dockerfile.stages)))
            break
        at = _before(rehearsal, stage.base.text, at)
    taken = [each for step in rehearsal.steps for each in _taken(rehearsal, step)]
    return Stages(frozenset(chain), tuple(taken))


def _before(rehearsal: Rehearsal, name: str, limit: int) -> int | None:
    """The nearest stage of that name above another."""
    earlier = (stage.index for stage in reversed(rehearsal.dockerfile.stages[:limit]) if stage.name == name.lower())
    return next(earlier, None)


def _taken(rehearsal: Rehearsal, step: Step) -> Iterator[tuple[int, str]]:
    for name, paths in _sources(step.instruction):
        stage = rehearsal.dockerfile.stage(name)
        if stage is not None:
            yield from ((stage.index, "/" if "$" in path else normal("/" + path.split("*")[0])) for path in paths)


def _sources(instruction: Instruction) -> Iterator[tuple[str, list[str]]]:
    name = instruction.flag("from")
    if name:
        yield name, [word.text for word in instruction.words[:-1]]
    for mount in instruction.mounts:
        if mount.from_:
            yield mount.from_, [mount.source or "/"]


# -- which --------------------------------------------------------------------------------------------------------------


def choose(step: Step, setting: Setting, around: Stages, choice: Choice) -> None:
    """Add the cache mounts that a step can have. buildah's stay on the machine of the build as BuildKit's do."""
    if setting.engine != "docker":  # buildah and podman would leave the folders above the mount in the image
        return
    found = uses(step)
    for use in found:
        for name, folder in _caches(use):
            if not around.holds(step.stage, folder):
                _keep(step, name, folder, choice, "shared")
    apt = [use for use in found if use.tool in ("apt-get", "apt") and set(use.words) & GETS]
    if (
        apt
        and not around.holds(step.stage, APT)
        and not any("clean" in use.words for use in found if use.tool in ("apt-get", "apt"))
    ):
        _keep(step, "apt", APT, choice, "locked")


def _keep(step: Step, name: str, folder: str, choice: Choice, sharing: str) -> None:
    flag = f"--mount=type=cache,id={CONTEXT.partition('-')[0]}-{name},sharing={sharing},target={folder}"
    if flag not in choice.mounts and not refuses_cache(step, folder):
        choice.mounts.append(flag)
        choice.notes.append(f"what {name.partition('-')[0]} downloads is kept in a cache mount when the step fails")


def _caches(use: Use) -> Iterator[tuple[str, str]]:
    """Caches whose entries are checked by their own keys, so that an old entry can't change what is installed."""
    if use.tool == "pip" and use.action in ("install", "download", "wheel"):
        off = use.has("--no-cache-dir", "--cache-dir") or use.variable("PIP_NO_CACHE_DIR")
        cache = "" if off else use.cache("PIP_CACHE_DIR", "pip")
        if cache:  # answers of the index alone: not the wheels that pip builds itself, which fit one image
            yield "pip-http-v2", f"{cache}/http-v2"
    if use.tool == "npm" and use.action in NODE and not use.has("--cache"):
        moved = use.variable("npm_config_cache") or use.variable("NPM_CONFIG_CACHE")
        if not moved and use.home.startswith("/"):
            yield "npm", f"{use.home.rstrip('/')}/.npm/_cacache"
