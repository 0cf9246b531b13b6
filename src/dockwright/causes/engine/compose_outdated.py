"""docker-compose 1, the Python program, does not run with what is installed beside it, or with this engine.

Its last release is of 2021. Python 3.12 has no distutils any more, requests 2.32 and docker 7 have dropped what it calls,
and engines from 25 on answer without a field that it reads. Compose 2 is a plugin of the docker command: `docker compose`.
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
    lacks: str = ""


TITLE = "docker-compose 1 does not run here[: {lacks}]"
WHY = "It has had no release since 2021, and what it stands on has moved on."
EXPLAINS = (
    "deps/legacy-packaging",
    "runtime/module-missing",
    "runtime/crash",
    "deps/api-changed",
    "runtime/config-missing",
)

OWN = ("docker-compose==1", "/compose/cli/")
SIGNATURES = (
    # ModuleNotFoundError: No module named 'distutils'     (under /usr/lib/python3/dist-packages/compose/cli/main.py)
    *(sign("No module named 'distutils'", sure=0.97, also=own, lacks="Python has no distutils from 3.12 on") for own in OWN),
    # docker.errors.DockerException: Error while fetching server API version: Not supported URL scheme http+docker
    *(sign('Not supported URL scheme http+docker', sure=0.97, also=own, lacks='requests is newer than 2.31') for own in OWN),
    # TypeError: kwargs_from_env() got an unexpected keyword argument 'ssl_version'
    sign("kwargs_from_env() got an unexpected keyword argument 'ssl_version'", sure=0.97, lacks='the docker library is newer than 6'),
    # KeyError: 'ContainerConfig'
    sign("KeyError: 'ContainerConfig'", sure=0.96, lacks='the engine is newer than 24'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Install the plugin (the package docker-compose-plugin, docker-compose-v2 on Ubuntu) and write `docker compose` with a space; then `docker compose up -d --remove-orphans` takes the project over."
    )


CASES = (
    r"""
on Python 3.12
-- build.log --
Traceback (most recent call last):
  File "/usr/bin/docker-compose", line 33, in <module>
    sys.exit(load_entry_point('docker-compose==1.29.2', 'console_scripts', 'docker-compose')())
  File "/usr/lib/python3/dist-packages/compose/cli/main.py", line 9, in <module>
    from distutils.spawn import find_executable
>>ModuleNotFoundError: No module named 'distutils'
""",
    r"""
with a newer engine
-- build.log --
Recreating shop_web_1 ...
  File "/usr/lib/python3/dist-packages/compose/service.py", line 1584, in get_container_data_volumes
    container.image_config['ContainerConfig'].get('Volumes') or {}
>>KeyError: 'ContainerConfig'
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
