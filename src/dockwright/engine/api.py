"""Docker Engine's own interface, for readings alone: the client takes a quarter of a second for what a socket answers in hundredths.

https://docs.docker.com/reference/api/engine/
"""

from __future__ import annotations

import os
import socket

import msgspec

SOCKET = "/var/run/docker.sock"
LIMIT = 16 << 20  # bytes of an answer


def ask(path: str, timeout: float) -> tuple[int, bytes] | None:
    """Status and body; None where the client would talk to another engine, or this one does not answer: the client knows more."""
    if not _is_default() or not os.path.exists(SOCKET):
        return None
    from http.client import HTTPException, HTTPResponse

    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(SOCKET)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n".encode("ascii"))
            answer = HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.read(LIMIT)
    except (OSError, HTTPException, UnicodeEncodeError):
        return None


def _is_default() -> bool:
    """No other engine is named: by DOCKER_HOST, DOCKER_CONTEXT, or `docker context use`."""
    if os.environ.get("DOCKER_HOST") or os.environ.get("DOCKER_CONTEXT", "default") not in ("", "default"):
        return False
    folder = os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")
    try:
        with open(os.path.join(folder, "config.json"), "rb") as file:
            return msgspec.json.decode(file.read(LIMIT), type=dict[str, object]).get("currentContext", "default") in (
                "", "default",
            )  # fmt: skip
    except FileNotFoundError:
        return True
    except (OSError, msgspec.DecodeError, RecursionError):
        return False
