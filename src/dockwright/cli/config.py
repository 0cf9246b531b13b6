"""The configuration: `[tool.dockwright]` of pyproject.toml, or dockwright.toml. The command line wins over it."""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
import os
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec import Struct

FAIL_ON = ("certain", "likely", "possible", "warning", "never")
FailOn = Literal["certain", "likely", "possible", "warning", "never"]


class Ignored(Struct, frozen=True, forbid_unknown_fields=True):
    """Findings of `cause` that are left out, in all files or in `files`; `reason` is for the reader of the file."""

    cause: str
    reason: str
    files: tuple[str, ...] = ()


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`files` are relative to the folder of the configuration; so are `wheelhouse` and the patterns of `exclude` and `ignore.files`."""

    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: FailOn = "likely"
    offline: bool = False
    platform: str | None = None
    build_args: dict[str, str] = {}
    ignore: tuple[Ignored, ...] = ()
    wheelhouse: str | None = None
    wheelhouse_limit: str | None = None
    mirrors: tuple[str, ...] = ()
    folder: str = ""  # not a key: where the configuration was found

    def excludes(self, path: str) -> bool:
        return _matches(path, self.folder, self.exclude)

    def ignores(self, cause: str, path: str) -> bool:
        """`path` is absolute."""
        return any(
            each.cause == cause and (not each.files or _matches(path, self.folder, each.files)) for each in self.ignore
        )


def _matches(path: str, folder: str, patterns: tuple[str, ...]) -> bool:
    """As in .dockerignore: a pattern for a folder holds for everything in it."""
    if not patterns:
        return False
    from dockwright.inputs.dockerignore import Matcher

    return Matcher(patterns).excludes(os.path.relpath(path, folder).replace(os.sep, "/"))


@lru_cache(64)
def config_of(path: str) -> Config:
    """The nearest configuration at or above `path`, up to the root of its git repository."""
    folder = os.path.abspath(path)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    while True:
        for name in ("dockwright.toml", "pyproject.toml"):
            found = _read(os.path.join(folder, name))
            if found is not None:
                return msgspec.structs.replace(found, folder=folder)
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return Config()
        folder = above


def _read(path: str) -> Config | None:
    if not os.path.isfile(path):
        return None
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(1 << 20)
    except (OSError, UnicodeDecodeError):
        if path.endswith("pyproject.toml"):
            return None
        from dockwright.cli.configfile import invalid

        raise invalid(path, "", "can't be read") from None
    if path.endswith("pyproject.toml") and "tool.dockwright" not in text:
        return None
    from dockwright.cli.configfile import said

    return said(path, text)
