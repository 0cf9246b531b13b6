"""Answers the questions that a rehearsal left open: from the answers of today, else from the index."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from dockwright.index.cache import FRESH, Cache, folder
from dockwright.index.question import Answer, Known, Question
from dockwright.index.settings import Settings, read, usual

if TYPE_CHECKING:
    from dockwright.index.client import Index

FORM = 9  # raised when answers come to mean something else


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


class Desk:
    """Answers of the cache; the index itself is opened when one is not there."""

    def __init__(self, settings: Settings, cache: Cache, offline: bool, until: str) -> None:
        self.settings = settings
        self.cache = cache
        self.offline = offline
        self.until = until
        self._index: Index | None = None

    def answer(self, question: Question) -> Answer:
        """An answer is kept as long as a page is; offline, however old. One found offline is not whole: it serves only there."""
        key = f"answer {FORM}:{self.settings.default}:{self.until}:{msgspec.json.encode(question).decode()}"
        kept = self._kept(key, self.offline)
        if kept is None and self.offline:
            key = f"offline {key}"
            kept = self._kept(key, False)
        if kept is not None:
            return kept
        from dockwright.index.answer import answer

        found = answer(self.index, question)
        if (found.releases or found.troubles) and not found.unreached:
            self.cache.put(key, time.time(), msgspec.json.encode(found))
        return found

    def _kept(self, key: str, however_old: bool) -> Answer | None:
        entry = self.cache.get(key)
        if entry is None or not (however_old or time.time() - entry.stored < FRESH):
            return None
        try:
            return msgspec.json.decode(entry.text(), type=Answer)
        except msgspec.MsgspecError:
            return None

    @property
    def index(self) -> Index:
        """One a process: hosts that are down are tried once."""
        if self._index is None:
            from dockwright.index.client import Index

            self._index = Index(self.settings, self.cache, offline=self.offline, until=self.until)
        return self._index


@lru_cache(maxsize=4)
def opened(offline: bool, as_of: str | None) -> Desk:
    cache = Cache(folder())
    if not offline:
        cache.prune(time.time())
    return Desk(_settings(cache, offline), cache, offline, f"{as_of}T23:59:59" if as_of else "")


def _settings(cache: Cache, offline: bool) -> Settings:
    """Settings of this machine; the index that uv takes when nothing is configured is asked of uv once a day."""
    settings = read()
    if settings.default:
        return settings
    entry = cache.get("usual index")
    if entry is None or (not offline and time.time() - entry.stored > 86_400):
        found = "" if offline else usual()
        if found:
            cache.put("usual index", time.time(), found.encode())
        return structs.replace(settings, default=found)
    return structs.replace(settings, default=entry.text().decode("utf-8", "replace"))
