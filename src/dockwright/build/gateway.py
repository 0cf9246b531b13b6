"""Where steps of the engine's builds find this machine: the address of its own bridge, when that is one of this machine's."""

from __future__ import annotations

import os
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
    """Empty where it is not known, or steps are known not to reach it. Whether this machine has it is seen when something listens."""
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
    return "" if _deaf(address) else address


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
