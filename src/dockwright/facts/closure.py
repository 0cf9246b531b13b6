"""What apt adds for the names it is asked to install (Debian Policy 7.2; apt takes the first alternative that
exists)."""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING

from dockwright.facts.packages import Installed
from dockwright.finding import NO, UNKNOWN

if TYPE_CHECKING:
    from dockwright.facts.packages import PackageFacts

_MOST = 20_000  # no release has closures near this size


@lru_cache(maxsize=256)
def install(facts: PackageFacts, names: tuple[str, ...], recommends: bool, present: frozenset[str]) -> Installed:
    installed, unknown, missing = set(present), set(), []
    waiting: deque[str] = deque()
    for name in names:
        exists = facts.exists(name)
        if exists is NO:
            missing.append(name)
        elif exists is UNKNOWN and not facts.known(name):
            unknown.add(name)
        else:
            waiting.append(name)
    asked = set(waiting)
    while waiting and len(installed) < _MOST:
        name = _real(facts, waiting.popleft())
        if name in installed:
            continue
        installed.add(name)
        if not facts.known(name):
            unknown.add(name)
            continue
        depends, recommended = facts.record(name)
        for group in depends + (recommended if recommends else ()):
            if not group:
                unknown.add(name)
            elif not installed.intersection(group) and not asked.intersection(group):
                waiting.append(group[0])
                asked.add(group[0])
    return Installed(frozenset(installed), tuple(missing), tuple(sorted(unknown)))


def _real(facts: PackageFacts, name: str) -> str:
    if facts.known(name):
        return name
    providers = facts.providers(name)
    return providers[0] if providers else name
