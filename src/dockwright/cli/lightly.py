"""Imports msgspec without what it imports for others' use: a quarter of the time of a usual check.

Each module that it could do without is put off: a stand-in takes its place while msgspec is imported and turns to the
real one when somebody asks it for something. `typing_extensions` holds names that `typing` has had since Python 3.11.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType


class PutOff(ModuleType):
    """A module that is imported when one of its names is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import system's own questions
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def import_msgspec() -> None:
    if "msgspec" in sys.modules:
        return
    platform = PutOff("platform")
    platform.__dict__["system"] = lambda: os.uname().sysname  # what uuid asks for when it is imported
    for module in (platform, *map(PutOff, ("textwrap", "msgspec.inspect", "msgspec.toml", "msgspec.yaml"))):
        sys.modules.setdefault(module.__name__, module)
    absent = sys.modules.setdefault("typing_extensions", None)  # type: ignore[arg-type]
    import msgspec  # noqa: F401

    if absent is None:
        del sys.modules["typing_extensions"]
    for name in [name for name, module in sys.modules.items() if isinstance(module, PutOff)]:
        del sys.modules[name]
