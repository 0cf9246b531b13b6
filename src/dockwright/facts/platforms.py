"""For which processor, or system, an image was made, as far as its name alone tells (platforms.toml)."""

from __future__ import annotations

import re

from dockwright.facts.reference import parse
from dockwright.facts.tables import table

WINDOWS = "windows/amd64"


def platform_of(reference: str) -> str:
    """`linux/arm/v7` for arm32v7/node; empty where the name does not tell, or says amd64."""
    parsed = parse(reference)
    if parsed is None:
        return ""
    name, tag = parsed.name.lower(), parsed.tag.lower()
    if _windows(name, tag):
        return WINDOWS
    facts = table("platforms")
    if any(word in name for word in facts["exempt"]["words"]):
        return ""
    words = re.split(r"[/:._-]", f"{name}-{tag}")
    if "amd64" in words or "x86" in words:
        return ""
    return next((facts["words"][word] for word in words if word in facts["words"]), "") or _device(name)


def _device(name: str) -> str:
    """balenalib/beaglebone-black-python: images of these organisations are named after a device."""
    devices = table("platforms")["devices"]
    organisation, _, rest = name.partition("/")
    if organisation not in devices["organisations"] or any(rest.startswith(pc) for pc in devices["pc"]):
        return ""
    return "linux/arm/v7" if any(rest.startswith(start) for start in devices["starts"]) else ""


def _windows(name: str, tag: str) -> bool:
    facts = table("platforms")["windows"]
    if any(f"{name}:{tag}".startswith(start) for start in facts["linux"]):
        return False
    words = re.split(r"[/:._-]", f"{name}-{tag}")
    return any(name.startswith(start) for start in facts["names"]) or any(
        word in facts["words"] or word in facts["tags"] for word in words
    )


def triggers(reference: str) -> bool:
    """Does FROM itself start a process, by the image's ONBUILD?"""
    parsed = parse(reference)
    return parsed is not None and parsed.name in table("platforms")["triggers"]["names"]
