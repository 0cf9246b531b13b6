"""Where steps of the engine's builds find this machine: the address of its own bridge, when that is one of this machine's."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

import msgspec

from dockwright.engine.api import ask, client_settings

TIMEOUT = 2.0
FORGET = 86_400.0  # seconds after which an address that steps did not reach (a firewall) is tried again


class _Address(msgspec.Struct, rename="pascal"):
    gateway: str = ""


class _Addresses(msgspec.Struct, rename="pascal"):
    config: list[_Address] | None = None


class _Network(msgspec.Struct):
    ipam: _Addresses = msgspec.field(name="IPAM", default_factory=_Addresses)


def gateway() -> str:
    """Empty where it is not known or is another machine's (Docker Desktop's), or steps were seen not to reach it."""
    settings = client_settings()
    if settings is None or settings.get("proxies"):  # the client gives them to every build
        return ""
    answer = ask("/networks/bridge", TIMEOUT)
    if answer is None or answer[0] != 200:
        return ""
    try:
        network = msgspec.json.decode(answer[1], type=_Network)
    except msgspec.DecodeError:
        return ""
    address = next((each.gateway for each in network.ipam.config or () if "." in each.gateway), "")
    return address if address and _ours(address) and not _deaf(address) else ""


def _ours(address: str) -> bool:
    try:
        with socket.create_server((address, 0)):
            return True
    except OSError:
        return False


def _deaf(address: str) -> bool:
    try:
        return time.time() - os.stat(_mark(address)).st_mtime < FORGET
    except OSError:
        return False


def remember_deaf(address: str) -> None:
    with suppress(OSError):
        os.makedirs(os.path.dirname(_mark(address)), exist_ok=True)
        with open(_mark(address), "w", encoding="ascii"):
            pass


def _mark(address: str) -> str:
    from dockwright.index.cache import folder

    return os.path.join(folder(), f"unreached-{address}")
