"""What the tests of the wheelhouse share: artefacts of a faulty index, a clock that never waits, other processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faulty import Index

from dockwright.wheels.artefact import Artefact
from dockwright.wheels.download import Elsewhere, Fetched, fetch
from dockwright.wheels.network import Network
from dockwright.wheels.patience import Clock, Patience
from dockwright.wheels.store import Store

LOADER = """
import json, sys
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.download import fetch
from dockwright.wheels.store import Store
artefacts = [Artefact(**each) for each in json.loads(sys.argv[2])]
found = fetch(artefacts, Store(sys.argv[1]))
print(json.dumps([found.cached, found.downloaded, found.bytes_over_wire, len(found.failed)]))
"""


def artefacts(index: Index) -> list[Artefact]:
    return [
        Artefact(made.name, made.version, made.filename, made.url, made.sha256, made.size)
        for made in index.files.values()
    ]


class Moments:
    """A clock that goes on by the waits alone, and remembers them."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.wait, lambda: 1.0)


def load(
    index: Index,
    root: Path,
    *,
    patience: Patience | None = None,
    moments: Moments | None = None,
    elsewhere: Elsewhere | None = None,
    wanted: list[Artefact] | None = None,
    parallel: int = 6,
) -> Fetched:
    found = fetch(
        artefacts(index) if wanted is None else wanted,
        Store(root),
        network=Network(patience=patience or Patience(stall=5.0)),
        clock=(moments or Moments()).clock,
        elsewhere=elsewhere,
        parallel=parallel,
    )
    index.settle()
    return found


def right(index: Index, root: Path) -> bool:
    """Is every artefact there, byte for byte?"""
    store = Store(root)
    return all(Path(store.path(made.sha256)).read_bytes() == b"".join(made.pieces()) for made in index.files.values())


def there(root: Path) -> int:
    """Bytes of artefacts and parts on the disk."""
    return sum(
        path.stat().st_size
        for path in root.rglob("*")
        if path.is_file() and (path.suffix == ".part" or len(path.name) == 64)
    )


@contextmanager
def loader(index: Index, root: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that loads everything into the same wheelhouse; killed at the end if it still runs."""
    wanted = [
        {name: getattr(each, name) for name in ("name", "version", "filename", "url", "sha256", "size")}
        for each in artefacts(index)
    ]
    command = [sys.executable, "-c", LOADER, str(root), json.dumps(wanted)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            index.settle()
