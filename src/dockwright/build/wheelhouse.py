"""The wheelhouse as a run uses it: what is wanted is planned, fetched, and laid into the derived Dockerfile's context."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from dockwright.build.derive import derive
from dockwright.build.service import Given
from dockwright.build.session import Tools
from dockwright.engine.run import Engine
from dockwright.inputs.targets import Target
from dockwright.planning import Plan
from dockwright.project import Project
from dockwright.wheels.artefact import Wanted
from dockwright.wheels.download import Fetched, Transfer
from dockwright.wheels.patience import Patience
from dockwright.wheels.prefetch import Prefetched, load
from dockwright.wheels.store import Store, default_root
from dockwright.wheels.wanted import PLANNING, of_plan, patient_plan


class Shelf(Struct, frozen=True):
    """Where the wheelhouse is (None: at its usual place), and from where besides the indexes files may come."""

    store: Store | None = None
    mirrors: tuple[str, ...] = ()


class Wheelhouse:
    """Of one run. What it fetched is kept from eviction until `close`. `before` and `after` planning may refuse the run."""

    def __init__(
        self, project: Project, engine: Engine, shelf: Shelf, budget: float, *, derives: bool,
        before: Callable[[], None], after: Callable[[Plan], None], say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.project, self.engine, self.derives = project, engine, derives
        self.before, self.after, self.say = before, after, say
        self.budget = budget
        self.store = shelf.store or Store(default_root())
        self.mirrors = shelf.mirrors
        self.loads: list[Prefetched] = []

    def tools(self) -> Tools:
        return Tools(self.prepare, self.fetch, self.derive if self.derives else None)

    def prepare(self) -> tuple[Wanted, ...]:
        self.before()
        planned = patient_plan(self.project, budget=min(PLANNING, self.budget), say=self.say)
        self.after(planned)
        return tuple(map(of_plan, planned.targets))

    def fetch(self, wanted: Wanted, watch: Callable[[Transfer], None]) -> Fetched:
        patience = Patience(budget=self.budget)
        loaded = load(self.project, (wanted,), watch, store=self.store, mirrors=self.mirrors, patience=patience)
        self.loads.append(loaded)
        return loaded.fetched

    def derive(self, target: Target, wanted: Wanted | None, folder: str) -> Given:
        made = derive(self.project, target, wanted, folder, self.engine, self.store)
        return Given(made.text if made.changed else None, made.contexts if made.changed else {}, made.notes)

    def close(self) -> None:
        for loaded in self.loads:
            loaded.lease.close()
        if self.loads:
            self.store.evict()
