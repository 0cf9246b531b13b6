"""What the wheelhouse is for a run: where it is, what is given of it to a build, and the functions that do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.build.derive.relays import Relays
from dockwright.build.fetching import Fetch, Judge, Prepare

if TYPE_CHECKING:
    from dockwright.build.relay import Filling, Relay
    from dockwright.inputs.targets import Target
    from dockwright.wheels.artefact import Wanted
    from dockwright.wheels.store import Store


class Shelf(Struct, frozen=True):
    """Where the wheelhouse is (None: at its usual place), and from where besides the indexes files may come."""

    store: Store | None = None
    mirrors: tuple[str, ...] = ()


class Given(Struct, frozen=True):
    """The Dockerfile that is sent instead of the one on disk (None: that one), and what goes with it."""

    text: str | None = None
    contexts: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    secrets: Mapping[str, str] = {}
    relay: str = ""  # where its steps ask for their files


Derive = Callable[["Target", "Wanted | None", str, str], Given]


class Tools(Struct, frozen=True):
    """What the wheelhouse does for a run; None: builds download for themselves. `relays`: can a target's steps ask the relay?"""

    prepare: Prepare | None = None
    fetch: Fetch | None = None
    derive: Derive | None = None
    judge: Judge | None = None
    relay: Callable[[Filling], Relay | None] | None = None
    relays: Callable[[Target], Relays] = lambda target: Relays(False)
