"""What a tool takes of its lock file for one image, and what the readers of the single formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from msgspec import Struct

from dockwright.index.question import Locked
from dockwright.inputs.markers import evaluate
from dockwright.rehearse.python import canonical

MODULES = {
    "uv": "choose_uv",
    "poetry": "choose_poetry",
    "pdm": "choose_flat",
    "pipenv": "choose_flat",
    "pylock": "choose_flat",
}


class LockedFile(Struct, frozen=True):
    """What a lock file says of one file; pipenv names only hashes, Poetry no addresses."""

    sha256: str
    name: str = ""
    url: str = ""
    size: int | None = None


class Chosen(Struct, frozen=True):
    """A distribution that will be installed. `outside`: why no index has it, such as a repository; `local`: its folder."""

    name: str
    version: str
    files: tuple[LockedFile, ...] = ()
    index: str = ""
    outside: str = ""
    local: str = ""
    member: bool = False  # of the same workspace


def chosen_of(locked: Locked) -> list[Chosen] | None:
    """What the tool takes of its lock file for this image; None where the file has another form than the tool gives it."""
    choose: Callable[[Locked], Iterable[Chosen]] = import_module(f"dockwright.index.{MODULES[locked.tool]}").choose
    try:
        return [each for each in dict.fromkeys(choose(locked)) if canonical(each.name) not in locked.left_out]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def sha256_of(value: Any) -> str:
    """`sha256:abcd…`, or a table of hashes."""
    if isinstance(value, Mapping):
        return str(value.get("sha256", ""))
    text = str(value or "")
    return text[7:] if text.startswith("sha256:") else ""


def holds(marker: str, environment: Mapping[str, Any], extras: Iterable[str] = ()) -> bool:
    """Does a marker hold, for the project itself or with one of the extras? One that can't be read does."""
    if not marker:
        return True
    usual = [evaluate(marker, {**environment, "extra": extra}) for extra in ("", *extras)]
    if None not in usual:
        return any(usual)
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        read = Marker(marker)
        return any(read.evaluate({**environment, "extra": extra}) for extra in ("", *extras))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, KeyError):
        return True
