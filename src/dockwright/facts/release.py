"""Releases of distributions: names, end of life, where their packages went afterwards (releases.toml)."""

from __future__ import annotations

from datetime import date
from functools import cache

from msgspec import Struct

from dockwright.facts.tables import table


class OsRelease(Struct, frozen=True):
    """Unknown parts are empty or None; `codename` is Debian's and Ubuntu's."""

    id: str  # debian ubuntu alpine fedora rocky centos amzn busybox scratch
    version: str = ""
    codename: str = ""
    libc: str = ""  # glibc musl
    released: date | None = None
    end_of_life: date | None = None  # of the distribution's own security support
    lts_end: date | None = None  # of its long-term support (Debian LTS; Ubuntu Pro is not counted)
    archived: date | None = None  # the day from which its mirrors no longer carry it, as far as known
    archive: str = ""  # where its packages went: `archive` (Debian), `old-releases` (Ubuntu)

    @property
    def number(self) -> float:
        """`11` -> 11.0, `22.04` -> 22.04; 0 when unknown. Alpine's 3.9 and 3.18 do not compare this way: see `key`."""
        head = ".".join(self.version.split(".")[:2])
        return float(head) if head.replace(".", "", 1).isdigit() else 0.0

    @property
    def key(self) -> tuple[int, ...]:
        """Compares versions part by part."""
        return tuple(int(part) for part in self.version.split(".") if part.isdigit())

    @property
    def package_manager(self) -> str | None:
        return _MANAGERS.get(self.id)

    def supported(self, day: date) -> bool | None:
        """Does anybody still publish updates for it without a contract? None when the dates are not known."""
        last = self.lts_end or self.end_of_life
        return None if last is None else day <= last


_MANAGERS = {
    "debian": "apt", "ubuntu": "apt", "alpine": "apk", "fedora": "dnf", "rocky": "dnf", "almalinux": "dnf",
    "centos": "yum", "amzn": "yum",
    "rhel": "dnf", "ol": "yum",
}  # fmt: skip
_LIBC = {"alpine": "musl", "busybox": "", "scratch": ""}


@cache
def _release(os: str, version: str) -> OsRelease:
    row = table("releases")["release"][os][version]
    dates = {name: _day(row.get(name)) for name in _DATES}
    codename, libc = row.get("codename", ""), _LIBC.get(os, "glibc")
    return OsRelease(os, version, codename, libc, archive=row.get("archive", ""), **dates)


_DATES = ("released", "end_of_life", "lts_end", "archived")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def release(os: str, name: str) -> OsRelease | None:
    """By version or codename: `release("debian", "bookworm")`. None for one that the data do not have."""
    known = table("releases")["release"].get(os, {})
    version = name if name in known else next((each for each, row in known.items() if row.get("codename") == name), "")
    return _release(os, version) if version else None


def releases(os: str) -> tuple[OsRelease, ...]:
    """All known releases of a distribution, oldest first."""
    found = [_release(os, version) for version in table("releases")["release"].get(os, {})]
    return tuple(sorted(found, key=lambda entry: entry.key))
