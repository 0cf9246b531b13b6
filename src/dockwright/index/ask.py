"""Answers the questions that a rehearsal left open: from the answers of today, else from the index."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from dockwright.index.cache import Cache, folder
from dockwright.index.question import Answer, Known, Question

if TYPE_CHECKING:
    from dockwright.index.desk import Desk


def fill(known: Known, *, offline: bool = False, as_of: str | None = None) -> bool:
    """Answer what is open: does any answer say something? Offline and with nothing in the cache this costs next to nothing."""
    cache = Cache(folder())
    if offline and (cache.root is None or not os.path.exists(cache.root)):
        told = [Answer(unknown=("the package index was not asked",)) for _ in known.open]
    else:
        told = [opened(offline, as_of).answer(question) for question in known.open]
    for question, answer in zip(list(known.open), told, strict=True):
        known.tell(question, answer)
    return any(answer.releases or answer.troubles for answer in told)


def kept(question: Question, *, offline: bool = False, as_of: str | None = None) -> Answer | None:
    """An answer of the last hour, or offline of any day, that is in the cache."""
    cache = Cache(folder())
    if cache.root is None or not os.path.exists(cache.root):
        return None
    return opened(offline, as_of).kept(question)


@lru_cache(maxsize=4)
def opened(offline: bool, as_of: str | None) -> Desk:
    from dockwright.index.desk import Desk, settings

    cache = Cache(folder())
    if not offline:
        cache.prune(time.time())
    return Desk(settings(cache, offline), cache, offline, f"{as_of}T23:59:59" if as_of else "")
