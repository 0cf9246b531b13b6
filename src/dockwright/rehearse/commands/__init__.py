"""Families of commands: what each needs and does. A family is a module of this folder with NAMES and `run(call) -> Answer`.

Adding a family is adding a file. BUILTINS names those that the shell itself provides.
"""

from __future__ import annotations

# importing pathlib or pkgutil would take a twentieth of the time that a whole check may take
import importlib
import os
from functools import lru_cache
from types import ModuleType


def family(name: str) -> ModuleType | None:
    """The module that knows a command: by its name, else by the name without a version (python3.11, pip3)."""
    known = families()
    module = known.get(name) or known.get(name.rstrip("0123456789."))
    return importlib.import_module(f"{__name__}.{module}") if module else None


@lru_cache(1)
def families() -> dict[str, str]:
    """The name of each command's module. Those whose NAMES are plain texts are not imported for it."""
    known: dict[str, str] = {}
    folder = __path__[0]
    for file in sorted(os.listdir(folder)):
        stem, _, ending = file.partition(".")
        if ending == "py" and stem != "__init__":
            with open(f"{folder}/{file}", encoding="utf-8") as opened:
                names = written(opened.read())
            if names is None:
                names = getattr(importlib.import_module(f"{__name__}.{stem}"), "NAMES", ())
            known.update(dict.fromkeys(names, stem))
    return known


def written(text: str) -> tuple[str, ...] | None:
    """NAMES in the text of a module; None where they are not a tuple of plain texts."""
    start = text.find("\nNAMES = ")
    if start < 0:
        return ()
    body, _, _ = text[start + 9 :].partition(")")
    inside = [part.strip() for part in body.removeprefix("(").rstrip().removesuffix(",").split(",")]
    plain = body.startswith("(") and all(part[:1] == part[-1:] == '"' and part.count('"') == 2 for part in inside)
    return tuple(part[1:-1] for part in inside) if plain else None
