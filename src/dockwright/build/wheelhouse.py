"""The wheelhouse as a run uses it: what is wanted is planned, fetched, and laid into the derived Dockerfile's context."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from dockwright.build.ahead import Ahead
from dockwright.build.derive import derive, takes
from dockwright.build.derive.relays import Relays, relays
from dockwright.build.shelf import Given, Shelf, Tools
from dockwright.engine.run import Engine
from dockwright.index.ask import opened
from dockwright.inputs.targets import Target
from dockwright.planning import Plan
from dockwright.project import Project
from dockwright.wheels.artefact import Wanted
from dockwright.wheels.download import Fetched, Transfer
from dockwright.wheels.patience import Patience
from dockwright.wheels.prefetch import Prefetched, load
from dockwright.wheels.store import Store, default_root
from dockwright.wheels.wanted import PLANNING, of_plan, patient_plan

if TYPE_CHECKING:
    from dockwright.build.relay import Filling, Relay


class Wheelhouse:
    """Of one run. What it fetched is kept from eviction until `close`. `before` planning and `judge` may refuse the run."""

    def __init__(
        self, project: Project, engine: Callable[[], Engine], shelf: Shelf, budget: float, *, derives: bool,
        before: Callable[[], None], judge: Callable[[Plan | None], None], say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.project, self.engine, self.derives = project, engine, derives
        self.before, self.judge, self.say = before, judge, say
        self.plan: Plan | None = None
        self.early: Ahead[tuple[Wanted, ...]] | None = None
        self.budget = budget
        self.store = shelf.store or Store(default_root())
        self.mirrors = shelf.mirrors
        self.loads: list[Prefetched] = []
        self.relayed: Relay | None = None
        self.asking: dict[str, Relays] = {}

    def tools(self) -> Tools:
        derives = self.derive if self.derives else None
        return Tools(self.prepare, self.fetch, derives, lambda: self.judge(self.plan), self.relay, self.relays)

    def start(self) -> None:
        """Plan already, beside what else there is to do."""
        self.early = Ahead(self._planned)

    def prepare(self) -> tuple[Wanted, ...]:
        """Each time anew, but for what was started before."""
        early, self.early = self.early, None
        if early is not None:
            return early.result()
        opened.cache_clear()  # hosts that were down are asked again
        return self._planned()

    def _planned(self) -> tuple[Wanted, ...]:
        self.before()
        # a build that is tried again has waited already
        budget = 0.0 if self.plan is not None else min(PLANNING, self.budget)
        planned = patient_plan(self.project, budget=budget, say=self.say)
        self.plan = planned
        targets = {target.name: target for target in self.project.targets}
        return tuple(of_plan(each) for each in planned.targets if self._takes(targets[each.name]))

    def _takes(self, target: Target) -> bool:
        """What no step would take is not fetched."""
        return self.derives and takes(self.project, target, self.engine(), relayed=self.relays(target).can)

    def fetch(self, wanted: Wanted, watch: Callable[[Transfer], None]) -> Fetched:
        patience = Patience(budget=self.budget)
        loaded = load(self.project, (wanted,), watch, store=self.store, mirrors=self.mirrors, patience=patience)
        self.loads.append(loaded)
        return loaded.fetched

    def derive(self, target: Target, wanted: Wanted | None, folder: str, relay: str = "") -> Given:
        made = derive(self.project, target, wanted, folder, self.engine(), self.store, relay=relay)
        if not made.changed:
            return Given(notes=made.notes)
        return Given(made.text, made.contexts, made.notes, made.secrets, relay)

    @cached_property
    def address(self) -> str:
        """Where steps of the engine's reach this machine; empty where they don't, or it is not known."""
        from dockwright.build.gateway import gateway

        return gateway() if self.derives and self.engine() == "docker" else ""

    def relay(self, filling: Filling) -> Relay | None:
        from dockwright.build.relay import Relay

        try:
            relay = Relay(self.address, filling, self.store.path) if self.address else None
        except OSError:
            return None
        if relay is None:
            return None
        relay.start()
        self.relayed = relay
        return relay

    def relays(self, target: Target) -> Relays:
        """Do its steps ask for their files, instead of being sent them?"""
        if target.name not in self.asking:
            near = self.address and not target.remote
            self.asking[target.name] = relays(self.project, target) if near else Relays(False)
        return self.asking[target.name]

    def close(self) -> None:
        if self.relayed is not None:
            self.relayed.close()
        for loaded in self.loads:
            loaded.lease.close()
        if self.loads:
            self.store.evict()
