"""Fill the wheelhouse with what builds will download."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from dockwright.errors import PREREQUISITE, ToolError
from dockwright.inputs.targets import Target
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted
from dockwright.wheels.download import Fetched, Watch, fetch
from dockwright.wheels.eviction import Evicted, Lease
from dockwright.wheels.network import Network
from dockwright.wheels.patience import Clock, Patience
from dockwright.wheels.store import Store, default_root
from dockwright.wheels.wanted import addresses, wanted

SPARE = 50_000_000  # bytes that are left free on the disk


class Prefetched(Struct, frozen=True):
    """`lease` keeps what is wanted from eviction: close it when the builds are done. `missing`: what is not there."""

    wanted: tuple[Wanted, ...]
    fetched: Fetched
    store: Store
    lease: Lease
    missing: tuple[Artefact, ...] = ()
    evicted: Evicted = Evicted()

    @property
    def artefacts(self) -> dict[str, Artefact]:
        """Each once, by its sha256."""
        return {each.sha256: each for target in self.wanted for each in target.artefacts}

    @property
    def complete(self) -> bool:
        return not self.missing


def prefetch(
    project: Project,
    targets: Sequence[Target] | None = None,
    watch: Watch | None = None,
    *,
    store: Store | None = None,
    mirrors: Sequence[str] = (),
    patience: Patience | None = None,
) -> Prefetched:
    """Load what the targets' builds will download and is not there. Offline it is only said what is missing."""
    return load(project, wanted(project, targets), watch, store=store, mirrors=mirrors, patience=patience)


def load(
    project: Project,
    planned: Sequence[Wanted],
    watch: Watch | None = None,
    *,
    store: Store | None = None,
    mirrors: Sequence[str] = (),
    patience: Patience | None = None,
    clock: Clock | None = None,
) -> Prefetched:
    """What `wanted` answered, of one project or several; `project` tells whether the network may be used."""
    store = store or Store(default_root())
    artefacts = {each.sha256: each for target in planned for each in target.artefacts}
    lease = store.lease(artefacts)
    try:
        missing = [each for sha256, each in artefacts.items() if not store.has(sha256)]
        if project.offline:
            fetched = Fetched(cached=len(artefacts) - len(missing))
            return Prefetched(tuple(planned), fetched, store, lease, tuple(missing))
        evicted = make_room(store, missing)
        fetched = fetch(
            artefacts.values(),
            store,
            watch,
            network=_network(project, mirrors, patience),
            elsewhere=addresses(project, mirrors),
            clock=clock,
        )
    except BaseException:
        lease.close()
        raise
    missing = [each.artefact for each in fetched.failed]
    return Prefetched(tuple(planned), fetched, store, lease, tuple(missing), evicted)


def make_room(store: Store, missing: Sequence[Artefact]) -> Evicted:
    """Evict what was not used for longest; one sentence where that does not do."""
    needed = sum(max(0, (each.size or 0) - store.partly(each.sha256)) for each in missing)
    evicted = store.evict(room=needed) if needed else Evicted()
    if needed + SPARE > store.free and missing:
        more = store.evict(room=store.limit)
        evicted = Evicted(evicted.count + more.count, evicted.bytes + more.bytes, more.left)
    if needed > store.free:
        raise ToolError(
            "disk-full",
            f"the wheelhouse {store.root} needs {needed / 1e6:.1f} MB more and its disk has {store.free / 1e6:.1f} MB",
            hint="make room or name another place with --wheelhouse",
            exit_code=PREREQUISITE,
        )
    return evicted


def _network(project: Project, mirrors: Sequence[str], patience: Patience | None) -> Network:
    from dockwright.index.ask import opened

    settings = opened(project.offline, project.as_of).settings
    return Network(settings.ca_file, (settings.default, *settings.extra, *mirrors), patience)
