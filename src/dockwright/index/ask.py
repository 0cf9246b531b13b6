"""Answers the questions that a rehearsal left open: from the answers of today, else from the index."""

from __future__ import annotations

import time
from functools import lru_cache

import msgspec
from msgspec import structs

from dockwright.index.cache import Cache, folder
from dockwright.index.client import FRESH, Index
from dockwright.index.question import Answer, Known, Question
from dockwright.index.settings import Settings, read, usual

FORM = 5  # raised when answers come to mean something else


def fill(known: Known, *, offline: bool = False, as_of: str | None = None) -> None:
    """Answer what is open. Offline and with nothing in the cache this costs next to nothing."""
    if not known.open:
        return
    cache = Cache(folder())
    if offline and (cache.root is None or not cache.root.exists()):
        for question in list(known.open):
            known.tell(question, Answer(unknown=("the package index was not asked",)))
        return
    index = opened(offline, as_of)
    for question in list(known.open):
        known.tell(question, _answer(index, question))


@lru_cache(maxsize=4)
def opened(offline: bool, as_of: str | None) -> Index:
    """One index a process: hosts that are down are tried once."""
    cache = Cache(folder())
    index = Index(_settings(cache, offline), cache, offline=offline, until=f"{as_of}T23:59:59" if as_of else "")
    if not offline:
        index.cache.prune(time.time())
    return index


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


def _answer(index: Index, question: Question) -> Answer:
    """An answer is kept as long as a page is; offline, however old."""
    key = f"answer {FORM}:{index.settings.default}:{index.until}:{msgspec.json.encode(question).decode()}"
    entry = index.cache.get(key)
    if entry is not None and (index.offline or time.time() - entry.stored < FRESH):
        try:
            return msgspec.json.decode(entry.text(), type=Answer)
        except msgspec.MsgspecError:
            pass
    from dockwright.index.answer import answer

    found = answer(index, question)
    if found.releases or found.troubles:
        index.cache.put(key, time.time(), msgspec.json.encode(found))
    return found
