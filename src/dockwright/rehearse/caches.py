"""Folders of their own that Python's tools make before anything else: caches and virtual environments below the home.

A user without a home, or with one that was never made, can't have them there: `error: Failed to initialize cache at
/home/app/.cache/uv`, Poetry's `virtualenv: error: argument dest: the destination . is not write-able at /home`.
"""

from __future__ import annotations

import posixpath

from dockwright.finding import UNKNOWN
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.journal import Value
from dockwright.source import Span

# Variables in the order in which a tool looks at them, with what it adds to each.
PLACES = {
    "uv": (("UV_CACHE_DIR", ""), ("XDG_CACHE_HOME", "uv"), ("HOME", ".cache/uv")),
    "poetry": (
        ("POETRY_VIRTUALENVS_PATH", ""),
        ("POETRY_CACHE_DIR", "virtualenvs"),
        ("XDG_CACHE_HOME", "pypoetry/virtualenvs"),
        ("HOME", ".cache/pypoetry/virtualenvs"),
    ),
    "pipenv": (("WORKON_HOME", ""), ("XDG_DATA_HOME", "virtualenvs"), ("HOME", ".local/share/virtualenvs")),
}


def wanted(call: Call, tool: str, span: Span | None = None) -> None:
    """State that the user may make the tool's folder."""
    path = _place(call, tool)
    if path is not UNKNOWN:
        made(call, str(path), tool, span)


def made(call: Call, path: str, tool: str, span: Span | None = None) -> None:
    """State that the user may make this folder, or write into it."""
    if isinstance(call.user, str) and call.user not in ("root", "0"):
        from dockwright.rehearse.userbase import first_made

        call.wants(needs.Writable(first_made(call.image, path), call.user, tool), span, by=tool)


def _place(call: Call, tool: str) -> Value:
    for name, below in PLACES[tool]:
        value = call.variable(name)
        if value is UNKNOWN:
            return UNKNOWN
        if value:
            path = call.path(value)
            return UNKNOWN if path is UNKNOWN else posixpath.join(str(path), below)
    return UNKNOWN
