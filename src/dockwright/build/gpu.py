"""Does a compose service reserve a GPU? (Compose specification: deploy.resources.reservations.devices, gpus, runtime.)"""

from __future__ import annotations

import posixpath

from msgspec import Struct

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.targets import Target, read_text
from dockwright.project import Project
from dockwright.source import Source

# What compose reads when no file is named (Compose file reference, "The Compose file").
DEFAULTS = {
    f"{name}{override}{ending}"
    for name in ("compose", "docker-compose")
    for override in ("", ".override")
    for ending in (".yaml", ".yml")
}


class Reserved(Struct, frozen=True):
    where: str  # compose.yaml: services.web.gpus
    default: bool  # in a file that compose reads without being told: the start on this machine needs it


def reserved(project: Project, target: Target) -> Reserved | None:
    """Where the service of this target asks for a GPU."""
    services = {target.origin: target.name.partition(" (")[0]}
    for other in target.also:
        services.setdefault(other.file, other.key.rpartition(".")[2])
    for file, name in services.items():
        if file.endswith((".yml", ".yaml")):
            top = yaml.read(Source(file, read_text(project.tree, file) or ""))[0]
            asked = _asks(yaml.get(yaml.get(top, "services"), name))
            if asked:
                return Reserved(f"{file}: services.{name}.{asked}", posixpath.basename(file) in DEFAULTS)
    return None


def _asks(service: yaml.Node | None) -> str:
    if yaml.get(service, "gpus") is not None:
        return "gpus"
    if yaml.text(yaml.get(service, "runtime")) == "nvidia":
        return "runtime"
    reservations = yaml.get(yaml.get(yaml.get(service, "deploy"), "resources"), "reservations")
    for device in yaml.items(yaml.get(reservations, "devices")):
        capabilities = {yaml.text(each) for each in yaml.items(yaml.get(device, "capabilities"))}
        if capabilities & {"gpu", "nvidia"} or yaml.text(yaml.get(device, "driver")) == "nvidia":
            return "deploy.resources.reservations.devices"
    return ""
