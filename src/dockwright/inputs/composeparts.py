"""Parts of one compose file that can't stand together, by the checks of compose-go (validate, external, unicity)."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.inputs import yamltext as yaml
from dockwright.source import Span

Told = Iterator[tuple[str, Span]]


def judge_parts(node: yaml.Mapping) -> Told:
    seen: dict[str, str] = {}
    for key, body in yaml.pairs(node.get("services")):
        yield from _container(key, body, seen)
        yield from _platform(key, body)
        yield from _devices(key, body)
        yield from _mounts(key, body)
    for section in ("volumes", "networks", "secrets", "configs"):
        for key, body in yaml.pairs(node.get(section)):
            yield from _external(section, key, body)


def _container(key: yaml.Scalar, body: yaml.Node, seen: dict[str, str]) -> Told:
    """Services that are started together can't share a container's name; one with a profile may not be started."""
    given = yaml.get(body, "container_name")
    name = yaml.text(given)
    if given is None or not name or "$" in name or yaml.get(body, "profiles") is not None:
        return
    if name in seen:
        yield f"services.{key.text}: container name {name} is already in use by service {seen[name]}", given.span
    seen.setdefault(name, key.text)


def _platform(key: yaml.Scalar, body: yaml.Node) -> Told:
    platform = yaml.text(yaml.get(body, "platform"))
    platforms = [yaml.text(item) or "" for item in yaml.items(yaml.get(yaml.get(body, "build"), "platforms"))]
    if platform and platforms and platform not in platforms and "$" not in "".join([platform, *platforms]):
        yield f"service {key.text}: build.platforms lacks the service's platform {platform}", key.span


def _devices(key: yaml.Scalar, body: yaml.Node) -> Told:
    reserved = yaml.get(yaml.get(yaml.get(yaml.get(body, "deploy"), "resources"), "reservations"), "devices")
    for item in (*yaml.items(reserved), *yaml.items(yaml.get(body, "gpus"))):
        if yaml.get(item, "count") is not None and yaml.get(item, "device_ids") is not None:
            yield f"services.{key.text}: a device has both count and device_ids", item.span


def _mounts(key: yaml.Scalar, body: yaml.Node) -> Told:
    for item in yaml.items(yaml.get(body, "volumes")):
        if isinstance(item, yaml.Mapping) and yaml.text(item.get("type")) == "bind" and item.get("source") is None:
            yield f"services.{key.text}: a mount of type bind has no source", item.span


def _external(section: str, key: yaml.Scalar, body: yaml.Node) -> Told:
    """What is made elsewhere has no settings here; its name is written once."""
    external = yaml.get(body, "external")
    if not (yaml.truth(external) or isinstance(external, yaml.Mapping)):
        return
    names = {text for text in (yaml.text(yaml.get(external, "name")), yaml.text(yaml.get(body, "name"))) if text}
    if len(names) > 1:
        yield f"{section}.{key.text}: name and external.name differ", key.span
    for other in ("driver_opts", "labels") if section == "volumes" else ():
        if yaml.get(body, other) is not None:
            yield f"volume {key.text} has both external and {other}", key.span
