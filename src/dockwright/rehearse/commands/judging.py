"""Which of apt's sources can't be used on the rehearsed day (repositories.toml, releases.toml). No family of commands."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from dockwright.facts.release import OsRelease, release
from dockwright.finding import YES, Evidence
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands import debian, sources
from dockwright.rehearse.commands.sources import PARTS, Entry


class Trouble(Struct, frozen=True):
    """`problem` and `name` as system/apt-repository has them."""

    problem: str
    name: str
    proof: Evidence
    instead: str = ""
    removed: bool = False  # not even to be added


def troubles(call: Call) -> list[Trouble]:
    """Of the entries that lines wrote, and of those that the base image brought along."""
    base = call.image.base
    if base is None or base.os is None:
        return []
    found = [trouble for entry in sources.written(call.image) if (trouble := judge(call, entry, base.os))]
    return found + _brought(call, base.sources)


def _brought(call: Call, suites: tuple[str, ...]) -> list[Trouble]:
    """`java:8` lists jessie-backports; a line may have taken that out."""
    image = call.image
    touched = any(path.startswith(sources.LIST) for path in image.paths)
    if (
        not suites
        or touched
        or any(cover.kind != "owner" and cover.folder.startswith("/etc/apt") for cover in image.covers)
    ):
        return []
    if image.base is None or sources.laid_over(image, PARTS):
        return []
    proof = Evidence(f"{image.base.reference} lists {suites[0]} among its package sources")
    return [Trouble("release", suite, proof) for suite in suites if _suite_gone(suite, debian.day(call))]


def judge(call: Call, entry: Entry, os: OsRelease) -> Trouble | None:
    day = debian.day(call)
    gone = _host_gone(entry, day)
    if gone is not None:
        proof = _proof(entry, f"it has been gone since {gone['since']}")
        return Trouble("release", entry.host, proof, gone.get("instead", ""), "removed" in gone)
    if _suite(entry, day):
        return Trouble("release", entry.suite, _proof(entry, f"{entry.suite} has left the mirrors"))
    if entry.uri.startswith("https:") and _without_https(call, os):
        return Trouble("source", "https", _proof(entry, f"apt of {os.codename} needs apt-transport-https for it"))
    if sources.of_distribution(entry, "ubuntu") and _unsigned(entry, os):
        return Trouble(
            "key", entry.suite, _proof(entry, f"{os.codename} no longer trusts the key that signed {entry.suite}")
        )
    line = re.search(r"nodesource\.com/node_(\d+(?:\.\d+)?)\.x", entry.uri)
    if line and entry.suite not in ("nodistro", ""):
        suites = _table()["nodesource"].get(line[1])
        if suites is not None and entry.suite not in suites:
            return Trouble("release", entry.suite, _proof(entry, f"Node.js {line[1]} was never made for {entry.suite}"))
    return None


def _proof(entry: Entry, says: str) -> Evidence:
    by = entry.by
    return Evidence(says, by.place, text=by.text) if by is not None else Evidence(says)


def _table() -> dict[str, Any]:
    from dockwright.facts.tables import table

    return table("repositories")


def _host_gone(entry: Entry, day: str) -> dict[str, str] | None:
    match = re.match(r"ppa\.launchpad(?:content)?\.net/([^/]+/[^/]+)", entry.host)
    name = f"ppa:{match[1]}" if match else entry.host
    rows = _table()["gone"]
    return next((row for row in rows if name.startswith(row["host"]) and row["since"] <= day), None)


def _suite(entry: Entry, day: str) -> bool:
    """A suite that Debian's or Ubuntu's mirrors no longer carry."""
    if "archive.debian" in entry.uri or "old-releases" in entry.uri or "snapshot" in entry.uri:
        return False
    for os in ("debian", "ubuntu"):
        if sources.of_distribution(entry, os):
            known = release(os, entry.release)
            archived = known is not None and known.archived is not None and known.archived.isoformat() <= day
            return archived or (os == "debian" and _suite_gone(entry.suite, day))
    return False


def _suite_gone(suite: str, day: str) -> bool:
    name = suite.partition("/")[0]
    return any(row["suite"] == name and row["since"] <= day for row in _table()["suite"])


def _without_https(call: Call, os: OsRelease) -> bool:
    """apt speaks https by itself from 1.5 on: Debian 10, Ubuntu 17.10."""
    image = call.image
    first = {"debian": 10.0, "ubuntu": 17.10}.get(os.id)
    if first is None or not os.number or os.number >= first or image.opaque is not None:
        return False
    there = debian.present(call)
    return (
        "apt-transport-https" not in there
        and image.base is not None
        and image.base.has_package("apt-transport-https") is not YES
    )


def _unsigned(entry: Entry, os: OsRelease) -> bool:
    """Ubuntu 12.04 and older are signed by the key of 2004 alone, which ubuntu-keyring has left out since 2018."""
    known = release("ubuntu", entry.release)
    return (
        known is not None
        and known.number <= 12.04
        and os.id == "ubuntu"
        and os.number >= 18.10
        and "trusted=yes" not in entry.options
    )
