"""Asks the package index, cache first: pages of projects and metadata of files."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dockwright.finding import UNKNOWN
from dockwright.index.cache import FRESH, Cache, Entry
from dockwright.index.page import File, Page, parse
from dockwright.index.settings import Settings

if TYPE_CHECKING:
    from typing import Literal

    from dockwright.finding import Answer
    from dockwright.index.fetch import Fetcher, Reply

    Unknown = Literal[Answer.UNKNOWN]

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.2"
METADATA = 4 * 1024 * 1024
THREADS = 12


class Index:
    """`offline`: the cache alone answers. `until` is an ISO moment: later uploads are not seen."""

    def __init__(
        self,
        settings: Settings,
        cache: Cache,
        *,
        offline: bool = False,
        until: str = "",
        fetcher: Fetcher | None = None,
    ) -> None:
        self.settings = settings
        self.cache = cache
        self.offline = offline
        self.until = until
        self.trouble = ""  # why the network did not answer
        self._fetcher = fetcher
        self._pages: dict[tuple[str, str], Page | Unknown | None] = {}

    def on(self, moment: str) -> Index:
        """The same index as it was at that moment."""
        return Index(self.settings, self.cache, offline=self.offline, until=moment, fetcher=self._fetcher)

    def page(self, name: str, base: str = "") -> Page | Unknown | None:
        """A project's files; None when the index has no such project, UNKNOWN when it could not be asked."""
        base = (base or self.settings.default).rstrip("/")
        if (name, base) not in self._pages:
            self._pages[name, base] = self._page(name, base) if base else UNKNOWN
        return self._pages[name, base]

    def pages(self, names: Iterable[str], base: str = "") -> None:
        """Fetch many at once; the first alone, so that an index that is down costs one time-out."""
        waiting = list(dict.fromkeys(names))
        if not waiting or self.page(waiting[0], base) is UNKNOWN:
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda name: self.page(name, base), waiting[1:]))

    def metadata(self, file: File) -> str | None:
        """A wheel's METADATA, served beside it (PEP 658); None when there is none or it can't be had."""
        body = self._immutable(file.url.partition("#")[0] + ".metadata")
        return None if body is None else body.decode("utf-8", "replace")

    def elsewhere(self, name: str) -> Page | Unknown | None:
        """The project's files on the other indexes that this machine is told of; UNKNOWN where one does not answer."""
        files: list[File] = []
        for base in self.settings.extra:
            page = _on_disk(name, base) if base.startswith("file://") else self.page(name, base)
            if page is UNKNOWN:
                return UNKNOWN
            files += page.files if isinstance(page, Page) else ()
        return Page(name, tuple(files)) if files else None

    # -- the network ------------------------------------------------------------------------------------------------

    def _page(self, name: str, base: str) -> Page | Unknown | None:
        url = f"{base}/{name}/"
        entry = self.cache.get(url)
        now = time.time()
        if entry is None or (not self.offline and now - entry.stored > FRESH):
            entry = self._renewed(url, entry, now)
        if entry is None:
            return UNKNOWN
        if entry.status == 404:
            return None
        page = parse(name, entry.text(), entry.type, url)
        return UNKNOWN if page is None else page.until(self.until)

    def _renewed(self, url: str, old: Entry | None, now: float) -> Entry | None:
        """The page as it is now; what the cache has where nobody answers."""
        if self.offline:
            return old
        headers = {"Accept": ACCEPT}
        if old is not None and old.etag:
            headers["If-None-Match"] = old.etag
        elif old is not None and old.modified:
            headers["If-Modified-Since"] = old.modified
        reply = self.fetcher.get(url, headers)
        if reply.status == 304 and old is not None:
            self.cache.put(url, now, old.text(), status=old.status, etag=old.etag, modified=old.modified, type=old.type)
            return old
        if reply.status not in (200, 404):
            self.trouble = self.trouble or reply.why or f"status {reply.status}"
            return old
        if reply.status == 200 and parse("", reply.body[:1], reply.type, url) is None and not _document(reply):
            self.trouble = self.trouble or "the index answers with something else than a page"
            return old
        self.cache.put(
            url, now, reply.body, status=reply.status, etag=reply.etag, modified=reply.modified, type=reply.type
        )
        return self._entry(url, now, reply)

    def _entry(self, url: str, now: float, reply: Reply) -> Entry:
        import zlib

        return Entry(url, now, reply.status, zlib.compress(reply.body, 1), reply.etag, reply.modified, reply.type)

    def _immutable(self, url: str) -> bytes | None:
        """Files never change: once there, they are not asked for again."""
        entry = self.cache.get(url)
        if entry is not None:
            return entry.text() if entry.status == 200 else None
        if self.offline:
            return None
        reply = self.fetcher.get(url, size=METADATA)
        if reply.status in (200, 404):
            self.cache.put(url, time.time(), reply.body, status=reply.status, type=reply.type)
        return reply.body if reply.status == 200 else None

    @property
    def fetcher(self) -> Fetcher:
        if self._fetcher is None:
            from dockwright.index.fetch import Fetcher

            self._fetcher = Fetcher(self.settings.ca_file)
        return self._fetcher


def _document(reply: Reply) -> bool:
    return parse("x", reply.body, reply.type, reply.url or "") is not None


def _on_disk(name: str, base: str) -> Page | Unknown | None:
    """A folder laid out as a simple index."""
    from pathlib import Path
    from urllib.parse import unquote, urlsplit

    path = Path(unquote(urlsplit(base).path), name, "index.html")
    try:
        body = path.read_bytes() if path.parent.exists() else None
    except OSError:
        return UNKNOWN
    return None if body is None else parse(name, body, "text/html", f"{base}/{name}/") or UNKNOWN
