"""Docker Engine's own interface, for readings alone: the client takes a quarter of a second for what a socket answers in hundredths.

https://docs.docker.com/reference/api/engine/
"""

from __future__ import annotations

import os
import shutil
import socket

import msgspec

SOCKET = "/var/run/docker.sock"
LIMIT = 16 << 20  # bytes of an answer


def ask(path: str, timeout: float) -> tuple[int, bytes] | None:
    """Status and body; None where the client would talk to another engine, or this one does not answer: the client knows more."""
    place = local_socket()
    if not place or not os.path.exists(place):
        return None
    from http.client import HTTPException, HTTPResponse

    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(place)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n".encode("ascii"))
            answer = HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.read(LIMIT)
    except (OSError, HTTPException, UnicodeEncodeError):
        return None


PLUGINS = ("/usr/local/lib/docker", "/usr/local/libexec/docker", "/usr/lib/docker", "/usr/libexec/docker")


def answers() -> bool:
    """Is the engine of this machine there, and a client with buildx? False: ask the client, which knows more and takes longer.

    Where plugins are: https://github.com/docker/cli, cli-plugins/manager.
    """
    if shutil.which("docker") is None:
        return False
    folders = (client_folder(), *PLUGINS)
    plugins = (os.path.join(folder, "cli-plugins", "docker-buildx") for folder in folders)
    if not any(os.access(plugin, os.X_OK) for plugin in plugins):
        return False
    answer = ask("/_ping", 2.0)
    return answer is not None and answer[0] == 200


def has_image(name: str) -> bool | None:
    """None: ask the client."""
    from urllib.parse import quote

    answer = ask(f"/images/{quote(name, safe='/:@')}/json", 5.0)
    return {200: True, 404: False}.get(answer[0]) if answer is not None else None


def local_socket() -> str:
    """The engine's, where it is on this machine; empty where another is named by DOCKER_HOST, DOCKER_CONTEXT, or `docker context use`.

    DOCKER_HOST wins: resolveContextName of https://github.com/docker/cli, cli/command.
    """
    if host := os.environ.get("DOCKER_HOST"):
        return host.removeprefix("unix://") if host.startswith("unix:///") else ""
    if os.environ.get("DOCKER_CONTEXT", "default") not in ("", "default"):
        return ""
    settings = client_settings()
    return SOCKET if settings is not None and settings.get("currentContext", "default") in ("", "default") else ""


def client_settings() -> dict[str, object] | None:
    """The client's config.json; None where it can't be read."""
    try:
        with open(os.path.join(client_folder(), "config.json"), "rb") as file:
            return msgspec.json.decode(file.read(LIMIT), type=dict[str, object])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError, RecursionError):
        return None


def client_folder() -> str:
    return os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
