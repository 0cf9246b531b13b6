"""What a preflight asks of the world: the engine, the disk, names, addresses, images, devices. Each reading has a time-out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from dockwright.build.ahead import Ahead
from dockwright.build.reach import Connection, connect
from dockwright.engine import api

ENGINE_TIMEOUT = 20.0
REGISTRY_TIMEOUT = 15.0


class EngineFacts(Struct, frozen=True):
    """`trouble`: why it does not answer. `root`: where it stores, on this machine; empty: elsewhere or not known."""

    endpoint: str = ""  # unix:///var/run/docker.sock
    context: str = ""  # default
    trouble: str = ""
    local: bool = True
    root: str = ""
    memory: int = 0  # of its machine, where that is not this one
    gpu: bool | None = None  # it can give containers a GPU
    version: tuple[int, ...] = ()  # buildah's, also of podman


class Disk(Struct, frozen=True):
    free: int  # bytes that may be written
    inodes: int | None = None  # None: this file system does not count them


class ImageFacts(Struct, frozen=True):
    """`state`: local, remote, missing, denied, unnamed (podman's short names) or unknown.

    `size`: on disk when local, to download when remote.
    """

    state: str
    size: int = 0
    said: str = ""


class Readings(Struct, frozen=True):
    """The world as functions, so that a test can break one of them."""

    engine: Callable[[str], EngineFacts]
    disk: Callable[[str], Disk | None]
    memory: Callable[[], int]  # bytes available on this machine; 0: not known
    image: Callable[[str, str], ImageFacts]  # engine, name: here, else in its registry
    here: Callable[[str, str], ImageFacts | None]  # engine, name
    connect: Callable[[str], Connection]  # URL
    indexes: Callable[[], tuple[str, ...]]
    gpu: Callable[[], bool]
    builder: Callable[[str], str]  # of an instance of buildx: why it is not there


def real() -> Readings:
    return Readings(engine, disk, memory, image, here, connect, indexes, gpu, builder)


def run(words: list[str], timeout: float) -> tuple[int, str, str]:
    """Code, standard output and standard error; 124 when the time is up, 127 when there is no such program."""
    try:
        done = subprocess.run(words, capture_output=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return 124, "", f"no answer within {timeout:.0f} s"
    except OSError as error:
        return 127, "", str(error.strerror or error)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def builder(name: str) -> str:
    code, _, error = run(["docker", "buildx", "inspect", name], ENGINE_TIMEOUT)
    return last_line(error) if code and "no builder" in error else ""


def engine(name: str) -> EngineFacts:
    return _docker() if name.startswith("docker") else _podman(name)


def _docker() -> EngineFacts:
    answer = api.ask("/info", ENGINE_TIMEOUT)
    if answer is not None and answer[0] == 200:
        said = _json(answer[1].decode("utf-8", "replace"))
        if "DockerRootDir" in said:
            return _told(f"unix://{api.local_socket()}", "default", said)
    # each takes the client a quarter of a second, most of it for listing its plugins
    info = Ahead(lambda: run(["docker", "info", "--format", "{{json .}}"], ENGINE_TIMEOUT))
    code, out, error = run(["docker", "context", "inspect", "--format", "{{.Name}}\t{{.Endpoints.docker.Host}}"], 10)
    context, _, endpoint = out.strip().partition("\t")
    if code:
        return EngineFacts(trouble=last_line(error) or "docker does not run")
    code, out, error = info.result()
    said = _json(out)
    errors = said.get("ServerErrors")
    if code or errors or "DockerRootDir" not in said:
        trouble = " ".join(map(str, errors)) if isinstance(errors, list) else last_line(error)
        return EngineFacts(endpoint, context, trouble or "docker does not answer", local=_local(endpoint))
    return _told(endpoint, context, said)


def _told(endpoint: str, context: str, said: Mapping[str, Any]) -> EngineFacts:
    root = str(said.get("DockerRootDir") or "")
    local = _local(endpoint)
    # Docker Desktop's engine lives in a machine of its own, behind a local socket
    own_machine = "Desktop" in str(said.get("OperatingSystem")) or not os.path.isdir(root)
    runtimes = said.get("Runtimes")
    gpu = (isinstance(runtimes, dict) and "nvidia" in runtimes) or bool(said.get("DiscoveredDevices"))
    gpu = gpu or any(map(shutil.which, ("nvidia-container-runtime-hook", "nvidia-ctk")))  # enough for --gpus
    return EngineFacts(
        endpoint, context, local=local, root=root if local and not own_machine else "",
        memory=int(said.get("MemTotal") or 0) if not local or own_machine else 0, gpu=gpu,
    )  # fmt: skip


def _local(endpoint: str) -> bool:
    return endpoint.startswith(("unix://", "npipe://"))


def _podman(name: str) -> EngineFacts:
    words = [name, "info", "--format", "json"] if name == "podman" else [name, "info"]
    code, out, error = run(words, ENGINE_TIMEOUT)
    said = _json(out)
    if code or not said:
        return EngineFacts(endpoint=name, trouble=last_line(error) or f"{name} does not answer")
    host = said.get("host")
    away = isinstance(host, dict) and bool(host.get("serviceIsRemote"))
    store = said.get("store")
    keys = {key.lower(): value for key, value in store.items()} if isinstance(store, dict) else {}
    root = str(keys.get("graphroot") or "")
    version = str(host.get("buildahVersion") or "") if isinstance(host, dict) else ""
    if name == "buildah":
        version = run(["buildah", "--version"], 10)[1]
    return EngineFacts(endpoint=name, local=not away, root="" if away else root, version=_version(version))


def _version(text: str) -> tuple[int, ...]:
    """`buildah version 1.28.2 (image-spec …)`"""
    word = next((word for word in text.split() if word[:1].isdigit()), "")
    numbers = word.partition("-")[0].split(".")
    return tuple(map(int, numbers)) if all(map(str.isdecimal, numbers)) else ()


def _json(text: str) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""


def disk(path: str) -> Disk | None:
    try:
        free = shutil.disk_usage(path).free
        said = os.statvfs(path) if hasattr(os, "statvfs") else None
    except OSError:
        return None
    return Disk(free, said.f_favail if said is not None and said.f_files else None)


def memory() -> int:
    """What may be used without swapping."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:")), 0)
    except (OSError, ValueError):
        return 0


# What registries say of an image that is not there, and of one that only others may see.
MISSING = ("manifest unknown", "no such manifest", "not found", "name unknown", "repository name not known")
DENIED = ("unauthorized", "denied", "authentication required", "forbidden")


def image(engine: str, name: str) -> ImageFacts:
    found = here(engine, name)
    return found or _there(_program(engine), name)


def _program(engine: str) -> str:
    return "docker" if engine.startswith("docker") else engine


def here(engine: str, name: str) -> ImageFacts | None:
    program = _program(engine)
    answer = api.ask(f"/images/{name}/json", 20) if program == "docker" and _plain(name) else None
    if answer is not None and answer[0] in (200, 404):
        size = _json(answer[1].decode("utf-8", "replace")).get("Size")
        return ImageFacts("local", size if isinstance(size, int) else 0) if answer[0] == 200 else None
    if program == "buildah":
        code, out, _ = run(["buildah", "inspect", "--type", "image", "--format", "{{.FromImageID}}", name], 20)
    else:
        code, out, _ = run([program, "image", "inspect", "--format", "{{.Size}}", name], 20)
    if code:
        return None
    return ImageFacts("local", int(out) if out.strip().isdigit() else 0)


def _plain(name: str) -> bool:
    """Fits into an address as it is."""
    return bool(name) and all(sign.isascii() and (sign.isalnum() or sign in "._-/:@") for sign in name)


def _there(program: str, name: str) -> ImageFacts:
    if program == "buildah":
        # podman is built of the same parts, and can ask a registry
        if shutil.which("podman") is None:
            return ImageFacts("unknown", said="buildah alone can't ask a registry")
        program = "podman"
    code, out, error = run([program, "manifest", "inspect", name], REGISTRY_TIMEOUT)
    if code == 0:
        layers = _json(out).get("layers")
        sizes = (layer.get("size") for layer in layers if isinstance(layer, dict)) if isinstance(layers, list) else ()
        return ImageFacts("remote", sum(size for size in sizes if isinstance(size, int)))
    said = last_line(error)
    return ImageFacts(_state(said.lower()), said=said)


def _state(said: str) -> str:
    if "no such host" in said or "dial tcp" in said or "timeout" in said or "proxyconnect" in said:
        return "unknown"
    if "short-name" in said and "did not resolve" in said:
        return "unnamed"
    if any(text in said for text in DENIED):
        return "denied"
    return "missing" if any(text in said for text in MISSING) else "unknown"


def gpu() -> bool:
    """An NVIDIA driver is loaded on this machine (its devices, or those of WSL)."""
    return any(os.path.exists(path) for path in ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg"))


def indexes() -> tuple[str, ...]:
    from dockwright.index.ask import opened
    from dockwright.index.settings import read

    settings = read()
    default = settings.default or opened(False, None).settings.default  # asked of uv once a day
    return tuple(dict.fromkeys(url for url in (default, *settings.extra) if url))
