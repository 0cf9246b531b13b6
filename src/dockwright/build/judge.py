"""The troubles that a preflight's readings show. Pure, but for the environment's DOCKER_HOST. What is unknown never refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from dockwright.build.demand import Demand
from dockwright.build.facts import Disk, EngineFacts, ImageFacts
from dockwright.build.gpu import reserved
from dockwright.build.reach import Connection, bare
from dockwright.build.unfit import unfit
from dockwright.inputs.targets import Target
from dockwright.planning import Plan
from dockwright.project import Project

FLOOR = 256 * 10**6  # bytes of disk below which nothing can be built
SLACK = 1.25  # of the predicted need: less free space than this is told, but not refused
INODES = 20_000  # files of a base image and a few distributions
LITTLE_MEMORY = 200 * 10**6
PRUNE = ("docker", "builder", "prune", "--force")
PRUNES = "removes dangling build cache only: no image, container or volume; builds that used it run those steps again"


class Trouble(Struct, frozen=True):
    """`refuses`: the build would fail, so it is not begun. `fix`: a safe command that may help, `fix_says` what it does."""

    code: str
    message: str
    hint: str = ""
    refuses: bool = True
    fix: tuple[str, ...] = ()
    fix_says: str = ""


class World(Struct, frozen=True):
    """What was read; None is unknown."""

    engine: EngineFacts
    images: Mapping[str, ImageFacts | None]
    connections: Mapping[str, Connection | None]  # by index, the main one first
    memory: int = 0
    gpu: bool = False
    builder: str = ""  # why the instance of buildx is not there


def judge_engine(name: str, engine: EngineFacts) -> Iterator[Trouble]:
    if not engine.trouble:
        return
    where = f" at {engine.endpoint}" if engine.endpoint and engine.endpoint != name else ""
    by = " (DOCKER_HOST)" if os.environ.get("DOCKER_HOST") and name.startswith("docker") else ""
    context = f" (context {engine.context})" if engine.context and not by else ""
    hint = "start it (systemctl start docker), or choose another: docker context ls, --engine"
    if "permission denied" in engine.trouble.lower():
        hint = "this user may not use it: join its group (usermod -aG docker USER), or use a rootless engine"
    elif "context" in engine.trouble and "not found" in engine.trouble:
        hint = "docker context ls shows which there are"
    elif not name.startswith("docker"):
        hint = f"{name} info shows what is wrong; --engine chooses another"
    program = "docker" if name.startswith("docker") else name
    yield Trouble("engine-unreachable", f"{program} does not answer{where}{by}{context}: {engine.trouble}", hint)


def judge_builder(name: str | None, world: World) -> Iterator[Trouble]:
    if name and world.builder:
        yield Trouble("builder-missing", f"buildx has no builder {name}", "docker buildx ls shows which there are")


def judge_syntax(project: Project, target: Target, engine: str, version: tuple[int, ...]) -> Iterator[Trouble]:
    source = project.dockerfile(target)
    if source is None:
        return
    for each in unfit(engine, source.text, target, version)[:1]:
        where = f"{source.name}: " if each.line else ""
        yield Trouble("engine-lacks-feature", where + each.sentence, each.hint)


def judge_disk(name: str, engine: EngineFacts, need: Demand, disk: Disk | None) -> Iterator[Trouble]:
    if disk is None:
        return
    fix, says = (PRUNE, PRUNES) if name.startswith("docker") else ((), "")
    if disk.inodes is not None and disk.inodes < INODES:
        says_files = f"{engine.root} can take {disk.inodes} more files only (no inodes left), whatever space is free"
        yield Trouble("disk-inodes", says_files, f"df -i {engine.root}", fix=fix, fix_says=says)
    total = need.sure + need.perhaps
    if disk.free >= max(FLOOR, total * SLACK):
        return
    hint = "docker system df shows what takes the space" if name.startswith("docker") else f"df -h {engine.root}"
    message = f"{engine.root} has {size(disk.free)} free"
    if total:
        message += f", and these builds may write {size(total)}: {need.words}"
    refuses = disk.free < max(FLOOR, need.sure)
    yield Trouble("disk", message, hint, refuses, fix, says)


def judge_memory(world: World, need: Demand) -> Iterator[Trouble]:
    available = world.engine.memory or world.memory
    if not available:
        return
    if available < LITTLE_MEMORY:
        message = f"only {size(available)} of memory are available: not enough for an install"
        yield Trouble("memory", message, "end other programs")
    elif available < LITTLE_MEMORY + 2 * need.largest:
        large = f"the largest distribution has {size(need.largest)}: pip may hold it in memory twice"
        message = f"{size(available)} of memory are available, and {large}"
        yield Trouble("memory", message, "end other programs, or build one service at a time", refuses=False)


def judge_indexes(world: World, elsewhere: bool) -> Iterator[Trouble]:
    """Only the main index refuses, and only where the builds need it from here: other indexes are often left out by pip."""
    for place, (url, connection) in enumerate(world.connections.items()):
        if connection is None or (not connection.kind and connection.status < 500 and connection.status != 429):
            continue
        code, message, hint = _index_says(bare(url), connection)
        busy = code in ("index-busy", "index-certificate")
        yield Trouble(code, message, hint, refuses=place == 0 and not busy and not elsewhere)


def _index_says(url: str, connection: Connection) -> tuple[str, str, str]:
    """Code, message and hint."""
    kind, said, proxy = connection.kind, connection.said, connection.proxy
    through = f" through the proxy {proxy}" if proxy else ""
    index = f"the package index {url}"
    if kind == "name":
        who = f"the proxy {proxy}" if proxy else index
        hint = "check the network, the VPN and /etc/resolv.conf"
        return "dns", f"the name of {who} can't be looked up: {said}", hint
    if kind == "certificate":
        hint = "name your authorities in SSL_CERT_FILE or in pip's `cert`; the image may trust others than this machine"
        return "index-certificate", f"{index} shows a certificate that this machine does not trust: {said}", hint
    if kind == "proxy":
        hint = "check HTTPS_PROXY and its password"
        return "proxy", f"the proxy {proxy} does not let us through to {url}: {said}", hint
    if kind:
        hint = "check HTTPS_PROXY and NO_PROXY" if proxy else "check the network; behind a proxy set HTTPS_PROXY"
        return "index-unreachable", f"{index} can't be reached{through}: {said}", hint
    hint = "this may pass; failed downloads are tried again"
    return "index-busy", f"{index} answers {connection.status}{through}", hint


def judge_image(name: str, image: ImageFacts | None, engine: EngineFacts) -> Iterator[Trouble]:
    if engine.trouble:
        return  # nobody could be asked
    if image is None or image.state == "unknown":
        said = image.said if image is not None else "no answer in time"
        yield Trouble("base-unknown", f"whether {name} can be had is not known: {said}", refuses=False)
    elif image.state == "unnamed":
        message = f"the engine does not know which registry has {name}: {image.said}"
        hint = "write the registry in FROM (docker.io/…), or set unqualified-search-registries in registries.conf"
        yield Trouble("base-missing", message, hint)
    elif image.state == "missing":
        message = f"the base image {name} is not in its registry: {image.said}"
        yield Trouble("base-missing", message, "check its name and tag")
    elif image.state == "denied":
        message = f"the registry refuses the base image {name}: {image.said}"
        yield Trouble("base-denied", message, "docker login, or check the name")


def judge_gpu(project: Project, targets: Sequence[Target], plan: Plan | None, world: World) -> Iterator[Trouble]:
    """A reservation makes the start fail; one in a file that must be chosen, and a CUDA base alone, say nothing of this machine."""
    engine = world.engine
    if not engine.local or engine.trouble or (world.gpu and engine.gpu is not False):
        return
    lacks = "the engine can't hand it on (no NVIDIA container toolkit)" if world.gpu else "this machine has none"
    hint = "to build for another machine: --force"
    for target in targets:
        asked = reserved(project, target)
        if asked is not None:
            message = f"{target.name} reserves a GPU ({asked.where}), but {lacks}"
            yield Trouble("gpu-absent", message, hint, refuses=asked.default)
        elif plan is not None and any(each.name == target.name and each.gpu_base for each in plan.targets):
            yield Trouble("gpu-base", f"the base image of {target.name} carries CUDA, but {lacks}", refuses=False)


def size(count: float) -> str:
    """1.4 GB, as df -H counts."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit in ("B", "kB") or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
