"""Does a compose service reserve a GPU? (Compose specification: deploy.resources.reservations.devices, gpus, runtime.)"""

from __future__ import annotations

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.targets import Target, read_text
from dockwright.project import Project
from dockwright.source import Source


def reserved(project: Project, target: Target) -> str:
    """Where the service of this target asks for a GPU; empty when it does not."""
    services = {target.origin: target.name.partition(" (")[0]}
    for other in target.also:
        services.setdefault(other.file, other.key.rpartition(".")[2])
    for file, name in services.items():
        if file.endswith((".yml", ".yaml")):
            top = yaml.read(Source(file, read_text(project.tree, file) or ""))[0]
            asked = _asks(yaml.get(yaml.get(top, "services"), name))
            if asked:
                return f"{file}: services.{name}.{asked}"
    return ""


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
