"""Families of commands: what each needs and does. A family is a module of this folder with NAMES and `run(call) -> Answer`.

Adding a family is adding a file. BUILTINS names those that the shell itself provides.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from types import ModuleType

_FAMILIES: dict[str, ModuleType] = {}


def family(name: str) -> ModuleType | None:
    """The module that knows a command: by its name, else by the name without a version (python3.11, pip3)."""
    if not _FAMILIES:
        _load()
    return _FAMILIES.get(name) or _FAMILIES.get(re.sub(r"[\d.]+$", "", name))


def _load() -> None:
    for item in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{item.name}")
        for name in getattr(module, "NAMES", ()):
            _FAMILIES[name] = module
