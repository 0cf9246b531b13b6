"""The container is to get a folder, a volume or a network of the host that the host does not have.

`type: bind` and `--mount` want the folder to be there (`-v` would make it); an external network or volume is made beforehand; a
file can't be mounted over a folder. Docker Desktop gives only the folders that it shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    kind: str = "path"
    what: str = "the host does not have it"


TITLE = "The {kind} [{name} ]can't be given to the container: {what}"
WHY = "The engine checks what is mounted and connected before it starts the program."
EXPLAINS = ("runtime/crash", "runtime/entrypoint-missing")

OTHER, RELATIVE = "one of the two is a file, the other a folder", "its place in the container must be an absolute path"
SIGNATURES = (
    # Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /srv/data
    sign('bind source path does not exist', r"bind source path does not exist: (?P<name>.+?)\.?$", sure=0.98),
    # invalid mount config for type "volume": invalid mount path: 'home/app' mount path must be absolute
    sign('mount path must be absolute', r"invalid mount path: '(?P<name>[^']+)' mount path must be absolute", sure=0.98, what=RELATIVE),
    # error mounting "/srv/app.conf" to rootfs at "/etc/app.conf": … not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?
    sign('Are you trying to mount a directory onto a file', r'error mounting "(?P<name>[^"]+)"', sure=0.97, what=OTHER),
    sign('Are you trying to mount a directory onto a file', sure=0.95, what=OTHER),
    # Mounts denied: The path /srv/data is not shared from the host and is not known to Docker.
    sign('is not shared from the host', r"[Tt]he path (?P<name>\S+) is not shared from the host", sure=0.97, what="Docker Desktop does not share it"),
    # Error: statfs /srv/data: no such file or directory      (podman)
    sign('Error: statfs ', r"Error: statfs (?P<name>\S+): no such file or directory", sure=0.95),
    # network proxy declared as external, but could not be found
    sign('declared as external, but could not be found', r"network (?P<name>\S+) declared as external", sure=0.98, kind="network"),
    # external volume "shop-data" not found
    sign('external volume "', r'external volume "(?P<name>[^"]+)" not found', sure=0.98, kind="volume"),
    # failed to set up container networking: network 3f2a… not found
    sign('network ', r"(?:Error response from daemon|failed to set up container networking): network (?P<name>\S+) not found", sure=0.96, kind="network"),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    name = facts.name or "NAME"
    if facts.kind == "network":
        yield remedy.advice(
            f"`docker network create {name}`, or leave out `external: true` so that compose makes it; of a container that keeps a network which was removed: `docker compose up --force-recreate`."
        )
    elif facts.kind == "volume":
        yield remedy.advice(f"`docker volume create {name}`, or leave out `external: true` so that compose makes it.")
    elif facts.what == OTHER:
        yield remedy.advice(
            f"Look at {name} on the host: where a file was missing at an earlier start, the engine has made a folder of that name; remove it, put the file there, and start again."
        )
    elif facts.what == RELATIVE:
        yield remedy.advice(f"Write /{name}.")
    else:
        yield remedy.advice(
            f"Make {name} on the machine where the engine runs (`mkdir -p {name}`), or write `bind: {{create_host_path: true}}`; in Docker Desktop share its folder."
        )


CASES = (
    r"""
a folder that is not there
-- build.log --
>>Error response from daemon: invalid mount config for type "bind": bind source path does not exist: /srv/shop/data
""",
    r"""
an external network
-- build.log --
>>network proxy declared as external, but could not be found
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
