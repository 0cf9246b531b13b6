"""nvidia/cuda: a distribution's image with CUDA in it (NVIDIA's container-images/cuda)."""

from __future__ import annotations

import re

from msgspec.structs import replace

from dockwright.facts.base import BaseImage
from dockwright.facts.made import PATH, on_ubuntu, path_env
from dockwright.facts.reference import Reference
from dockwright.facts.release import OsRelease, release

NAMES = ("nvidia/cuda", "nvcr.io/nvidia/cuda")


def image(text: str, reference: Reference) -> BaseImage:
    """`12.4.1-runtime-ubuntu22.04`: the distribution's image, certificates and CUDA; no Python, no compiler but in devel.

    The recipes (NVIDIA's container-images/cuda) fetch a keyring with curl and take curl away again.
    """
    match = re.search(r"-(ubuntu|rockylinux|ubi|centos|oraclelinux)([0-9.]+)$", reference.tag)
    env = {**path_env("/usr/local/nvidia/bin:/usr/local/cuda/bin:" + PATH), "NVIDIA_VISIBLE_DEVICES": "all"}
    devel = "devel" in reference.tag
    absent = {"git", "node", "npm"} | (set() if devel else {"nvcc", "gcc", "g++", "make", "cc"})
    if match is None:
        return BaseImage(text, "nvidia/cuda", None, env)
    if match[1] != "ubuntu":
        name = {"rockylinux": "rocky", "centos": "centos", "oraclelinux": "ol"}.get(match[1], "rhel")
        os = release(name, match[2]) or OsRelease(name, match[2], libc="glibc")
        return BaseImage(text, "nvidia/cuda", os, env, absent_commands=frozenset(absent))
    image = on_ubuntu(text, "nvidia/cuda", release("ubuntu", match[2]), env=env)
    absent |= {"python", "wget", "unzip", "sudo", "cmake"} | (set() if devel else {"curl"})
    if "runtime" not in reference.tag:  # images that others keep under the name of a runtime image add Python
        absent |= {"pip", "pip3"} | (set() if devel else {"python3"})
    doubtful = frozenset({"python3", "python3-minimal", "python3-pip"})
    return replace(image, absent_commands=frozenset(absent), doubtful=image.doubtful | doubtful)
