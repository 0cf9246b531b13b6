"""Can a target's steps take their files from the relay (build.relay)? Else they are given the files themselves, when all are here."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dockwright.build.derive.tools import INSTALLS
from dockwright.build.derive.use import Use, uses
from dockwright.inputs.targets import Target
from dockwright.project import Project
from dockwright.rehearse.run import rehearse

# Tools that wait for a file that is still on its way, as long as they are told to: to uv's 30 seconds no answer of
# 1xx counts (reqwest's read timeout), so what it asks for must be here.
PATIENT = frozenset(["pip", "pip-sync"])
HEARD = PATIENT | {"uv pip", "uv"}  # that can be told of an address without a trace in the image
NETWORKS = (None, "", "default", "bridge", "host")  # from which a step reaches its host
PROXIES = ("http_proxy", "all_proxy")  # a proxy asked for an address of this machine would look for it on its own
# PIP_TRUSTED_HOST replaces what pip.conf says, and without it pip takes nothing over plain HTTP
DEAF = ("PIP_TRUSTED_HOST", "PIP_PROXY")


class Relays(Struct, frozen=True):
    """`can`: its steps can ask. `early`: also for what is not here yet, so that the build need not wait."""

    can: bool
    early: bool = False


def relays(project: Project, target: Target) -> Relays:
    if target.network not in NETWORKS or any(name.lower() in PROXIES for name in target.build_args):
        return Relays(False)
    found = [use for step in rehearse(project, target).steps for use in uses(step)]
    installing = [use for use in found if use.action in INSTALLS.get(use.tool, ())]
    if any(any(_deaf(use)) for use in installing):
        return Relays(False)
    tools = {use.tool for use in installing}
    return Relays(tools <= HEARD, tools <= PATIENT)


def _deaf(use: Use) -> Iterator[bool]:
    yield use.has("--proxy")
    for name in (*PROXIES, *map(str.upper, PROXIES), *DEAF):
        yield bool(use.variable(name))
