"""Can a target's steps take their files from the relay (build.relay)? Else they are given the files themselves, when all are here."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.build.derive.tools import INSTALLS
from dockwright.build.derive.use import Use, uses
from dockwright.inputs.targets import Target
from dockwright.project import Project
from dockwright.rehearse.run import rehearse

HEARD = frozenset(
    ["pip", "pip-sync", "uv pip", "uv"]
)  # tools that can be told of an address without a trace in the image
NETWORKS = (None, "", "default", "bridge", "host")  # from which a step reaches its host
PROXIES = ("http_proxy", "all_proxy")  # a proxy asked for an address of this machine would look for it on its own
# PIP_TRUSTED_HOST replaces what pip.conf says, and without it pip takes nothing over plain HTTP
DEAF = ("PIP_TRUSTED_HOST", "PIP_PROXY")


def relays(project: Project, target: Target) -> bool:
    if target.network not in NETWORKS or any(name.lower() in PROXIES for name in target.build_args):
        return False
    found = [use for step in rehearse(project, target).steps for use in uses(step)]
    installing = [use for use in found if use.action in INSTALLS.get(use.tool, ())]
    return all(use.tool in HEARD and not any(_deaf(use)) for use in installing)


def _deaf(use: Use) -> Iterator[bool]:
    yield use.has("--proxy")
    for name in (*PROXIES, *map(str.upper, PROXIES), *DEAF):
        yield bool(use.variable(name))
