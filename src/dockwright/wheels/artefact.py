"""What a build will download, as data."""

from __future__ import annotations

import re

from msgspec import Struct

DIGEST = re.compile(r"[0-9a-f]{64}")


class Artefact(Struct, frozen=True):
    """A wheel or source archive. `url` may hold credentials: show it only as `shown` gives it."""

    name: str
    version: str
    filename: str
    url: str
    sha256: str
    size: int | None = None

    @property
    def valid(self) -> bool:
        """Can it be kept? Its name must be one of a file in a folder, its hash one that can be checked."""
        plain = self.filename not in ("", ".", "..") and not set("/\\\0\n\r") & set(self.filename)
        return plain and len(self.filename) < 256 and DIGEST.fullmatch(self.sha256) is not None


class Wanted(Struct, frozen=True):
    """What the build of one target will download. `unknown`: what could not be planned, one sentence each.

    `unreached`: the index did not answer, so that more may be known later.
    """

    target: str
    artefacts: tuple[Artefact, ...] = ()
    unknown: tuple[str, ...] = ()
    unreached: bool = False

    @property
    def size(self) -> int:
        """Bytes, as far as they are known."""
        return sum(each.size or 0 for each in self.artefacts)


def shown(url: str) -> str:
    """An address without user, password, query and fragment: those may be secrets."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or "this machine"
    except ValueError:
        return "?"
