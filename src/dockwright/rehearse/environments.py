"""Which Python a command means: the interpreters and virtual environments of the image, found as the shell would."""

from __future__ import annotations

import posixpath
import re

from dockwright.finding import UNKNOWN, YES
from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python

TOOLS = ("pip", "pip3", "uv", "poetry", "pipenv", "wheel", "easy_install")


def python_of(call: Call, name: str) -> Python | None:
    """The environment that `pip`, `python3.11` or a console script called `name` belongs to; None when not known."""
    if "/" in name:
        path = call.path(name)
        return None if path is UNKNOWN else _by_bin(call, posixpath.dirname(str(path)))
    folders = call.variable("PATH")
    if not isinstance(folders, str):
        return None
    for folder in folders.split(":"):
        python = _by_bin(call, folder)
        if python is not None and _offers(python, name):
            return python
        if call.image.look(posixpath.join(folder, name)).answer is YES and python is None:
            return None
    return None


def _by_bin(call: Call, folder: str) -> Python | None:
    for python in call.image.pythons.values():
        if python.bin == folder.rstrip("/"):
            return python
    return None


def _offers(python: Python, name: str) -> bool:
    """Does this environment's bin folder hold the command?"""
    if name in python.executables:
        return True
    if re.fullmatch(r"pip(3(\.\d+)?)?", name):
        return "pip" in python.distributions or not python.complete
    return False


def site_of(python: Python) -> str:
    """The folder that pip writes to."""
    minor = python.minor
    lib = f"lib/python{minor[0]}.{minor[1]}" if minor else "lib"
    return f"{python.prefix.rstrip('/')}/{lib}"
