"""Instances of buildx besides the engine's own: which one the client takes when none is named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from dockwright.engine.api import SOCKET, client_folder

ELSEWHERE = ("remote", "kubernetes", "cloud")  # drivers whose builds run on other machines


T = TypeVar("T")


class _Current(msgspec.Struct, rename="pascal"):
    key: str = ""
    name: str = ""
    everywhere: bool = msgspec.field(name="Global", default=False)


class _Node(msgspec.Struct, rename="pascal"):
    endpoint: str = ""


class _Instance(msgspec.Struct, rename="pascal"):
    driver: str = ""
    nodes: list[_Node] = []


def selected(environment: Mapping[str, str]) -> str | None:
    """The builder on another machine that the client would take by itself: BUILDX_BUILDER, else `docker buildx use`.

    https://github.com/docker/buildx, store/store.go: `current` names it for one engine, or for all of them.
    """
    name = named = environment.get("BUILDX_BUILDER", "")
    if not name:
        current = _read("current", _Current)
        engine = environment.get("DOCKER_HOST") or environment.get("DOCKER_CONTEXT") or f"unix://{SOCKET}"
        if current is None or not (current.everywhere or current.key == engine):
            return None
        name = current.name
    instance = _read(f"instances/{name}", _Instance) if name and "/" not in name else None
    if instance is None:
        return named if named and named != "default" else None
    away = any("://" in node.endpoint and not node.endpoint.startswith("unix:") for node in instance.nodes)
    return name if away or instance.driver in ELSEWHERE else None


def _read(path: str, kind: type[T]) -> T | None:
    folder = os.environ.get("BUILDX_CONFIG") or os.path.join(client_folder(), "buildx")
    try:
        with open(os.path.join(folder, path), "rb") as file:
            return msgspec.json.decode(file.read(1 << 20), type=kind)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
