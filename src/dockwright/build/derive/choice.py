"""What is added to one step."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from dockwright.build.derive.frontend import CONTEXT
from dockwright.wheels.artefact import Artefact

# /run is in every image; the engine removes the folders when the step ends
NAMED = "/run/dockwright"
TAGGED = "/run/dockwright-pip"


def _nothing(path: str) -> str | None:
    return None


class Setting(Struct, frozen=True):
    """What is the same for all steps of a target."""

    engine: str
    there: tuple[Artefact, ...]
    exact: bool = True
    context: Callable[[str], str | None] = _nothing  # the text of a file that the engine is sent
    relay: str = ""  # where steps reach the wheelhouse over HTTP (build.relay), if they do


class Choice(Struct):
    """`files`: texts by path in the folder that is mounted from; `trees`: what else is to be laid there.

    `secrets`: texts by the name under which a step mounts them. The engine's cache of the step does not depend on them.
    """

    mounts: list[str]
    files: dict[str, str]
    notes: list[str]
    trees: set[str]  # tagged, named, poetry, http-v2
    secrets: dict[str, str]


def bind(source: str, target: str, *, writable: bool = False) -> str:
    return f"--mount=type=bind,from={CONTEXT},source={source},target={target}{',rw' if writable else ''}"


def secret(name: str, target: str) -> str:
    """A file that every user of the step can read, unlike BuildKit's default."""
    return f"--mount=type=secret,id={name},target={target},mode=0444"
