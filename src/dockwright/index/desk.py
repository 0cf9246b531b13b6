"""The place where questions are answered: the cache of answers, and behind it the package index."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from dockwright.index.cache import FRESH, Cache
from dockwright.index.question import Answer, Question
from dockwright.index.settings import Settings, read, usual

if TYPE_CHECKING:
    from dockwright.index.client import Index

FORM = 9  # raised when answers come to mean something else


class Desk:
    """Answers of the cache; the index itself is opened when one is not there."""

    def __init__(self, settings: Settings, cache: Cache, offline: bool, until: str) -> None:
        self.settings = settings
        self.cache = cache
        self.offline = offline
        self.until = until
        self._index: Index | None = None

    def answer(self, question: Question) -> Answer:
        kept = self.kept(question)
        if kept is not None:
            return kept
        from dockwright.index.answer import answer

        found = answer(self.index, question)
        if (found.releases or found.troubles) and not found.unreached:
            key = f"offline {self._key(question)}" if self.offline else self._key(question)
            self.cache.put(key, time.time(), msgspec.json.encode(found))
        return found

    def kept(self, question: Question) -> Answer | None:
        """An answer is kept as long as a page is; offline, however old. One found offline is not whole: it serves only there."""
        key = self._key(question)
        found = self._kept(key, self.offline)
        return self._kept(f"offline {key}", False) if found is None and self.offline else found

    def _key(self, question: Question) -> str:
        return f"answer {FORM}:{self.settings.default}:{self.until}:{msgspec.json.encode(question).decode()}"

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


def settings(cache: Cache, offline: bool) -> Settings:
    """Settings of this machine; the index that uv takes when nothing is configured is asked of uv once a day."""
    found = read()
    if found.default:
        return found
    entry = cache.get("usual index")
    if entry is None or (not offline and time.time() - entry.stored > 86_400):
        address = "" if offline else usual()
        if address:
            cache.put("usual index", time.time(), address.encode())
        return structs.replace(found, default=address)
    return structs.replace(found, default=entry.text().decode("utf-8", "replace"))
