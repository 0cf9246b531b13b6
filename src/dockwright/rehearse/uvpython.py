"""Which Python uv takes for a project: what is asked for, else the first on PATH that the project admits.

uv fetches a Python of its own where none fits, unless it is told not to (uv's documentation, "Python versions").
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Protocol

from dockwright.finding import NO, UNKNOWN, YES
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirespython import admits

if TYPE_CHECKING:
    from dockwright.rehearse.expansion import Argument
    from dockwright.source import Span


class Told(Protocol):
    options: dict[str, Argument | None]

    def has(self, name: str) -> bool: ...


def of(call: Call, told: Told, folder: str) -> tuple[Python | None, str]:
    """The interpreter; None where that is not known, or where none of the image fits what the text says."""
    given = told.options.get("-p") or told.options.get("--python")
    asked = given.value if given is not None else call.variable("UV_PYTHON")
    if asked is UNKNOWN:
        return None, ""
    if asked:
        return _asked(call, str(asked))
    pinned = _pinned(call, folder)
    if pinned is UNKNOWN:
        return None, ""
    if pinned:
        return _asked(call, str(pinned))
    return _admitted(call, _requires(call, folder))


def _asked(call: Call, text: str) -> tuple[Python | None, str]:
    """`3.12`, `3.12.4`, `>=3.11`, `cpython@3.12`, `python3.12`, a path."""
    match = re.fullmatch(r"(?:c?python|cp)?@?(\d+(?:\.\d+){0,2})", text.strip())
    if match is None:
        return (python_of(call, text), "") if "/" in text or text.startswith("python") else (None, "")
    version = match[1]
    return _admitted(call, f"=={version}" if version.count(".") == 2 else f"=={version}.*")


def _pinned(call: Call, folder: str) -> object:
    """The first line of .python-version, here or above; None where there is no such file."""
    at = folder
    while True:
        look = call.image.find(posixpath.join(at, ".python-version"))
        if look.answer is YES:
            text = look.node.text if look.node is not None else UNKNOWN
            lines = [line.strip() for line in str(text).splitlines() if line.strip() and not line.startswith("#")]
            return UNKNOWN if text is UNKNOWN or not lines else lines[0]
        if look.answer is UNKNOWN and at == folder:
            return UNKNOWN
        if at == "/":
            return None
        at = posixpath.dirname(at)


def _requires(call: Call, folder: str) -> str:
    """What the lock file says, which is what all members of a workspace agree on; else the project."""
    tree = ImageTree(call.image, folder)
    for name in ("uv.lock", "pyproject.toml"):
        text = tree.read(name)
        match = (
            re.search(r'^requires-python\s*=\s*["\']([^"\'\n]{1,200})["\']', text, re.M)
            if isinstance(text, str)
            else None
        )
        if match is not None:
            return match[1]
    return ""


def _admitted(call: Call, wants: str) -> tuple[Python | None, str]:
    first = python_of(call, "python3") or python_of(call, "python")
    if first is None:
        return None, ""
    answer = admits(wants, first.version)
    if answer is not NO:
        return (first if answer is YES else None), ""
    others = [each for each in call.image.pythons.values() if not each.venv and admits(wants, each.version) is not NO]
    if others:
        return (others[0] if len(others) == 1 and admits(wants, others[0].version) is YES else None), ""
    return None, wants


NEVER = frozenset(["never", "manual", "false", "0"])


def refused(call: Call, told: Told, wants: str, span: Span) -> None:
    """`error: No interpreter found for Python >=3.13 in search path`, where uv may not fetch one."""
    downloads = call.text("UV_PYTHON_DOWNLOADS").lower() in NEVER
    preference = told.options.get("--python-preference")
    chosen = str(preference.value if preference is not None else call.text("UV_PYTHON_PREFERENCE"))
    offline = told.has("--offline") or told.has("--no-python-downloads") or told.has("--no-managed-python")
    if downloads or offline or chosen in ("only-system", "system-only"):
        from dockwright.rehearse.locked import unfit_python

        unfit_python(call, "uv", wants, None, span)
