"""Addresses that are gone on a day: hosts that were shut down, and releases that Apache's mirrors no longer hold."""

from __future__ import annotations

import re

from msgspec import Struct

from dockwright.facts.tables import table


class Gone(Struct, frozen=True):
    since: str
    instead: str = ""  # the address to ask instead, where there is one


def gone(url: str, day: str) -> Gone | None:
    """What is known of an address that has no variable left in it."""
    facts = table("addresses")
    for start, fact in facts["schemes"].items():
        if url.startswith(start) and fact["since"] <= day:
            return Gone(fact["since"], fact["instead"] + url[len(start) :])
    scheme, _, rest = url.partition("://")
    for part, fact in facts["gone"].items():
        at = _at(rest, part)
        if at >= 0 and fact["since"] <= day:
            return Gone(fact["since"], _instead(scheme, rest, at, part, fact.get("instead", "")))
    for pattern, fact in facts["patterns"].items():
        if fact["since"] <= day and re.search(pattern, rest):
            return Gone(fact["since"])
    return _apache(scheme, rest, day)


def _at(rest: str, part: str) -> int:
    """Where the address begins with this part: at its host, or at a parent domain of it."""
    host = rest.partition("/")[0]
    if rest.startswith(part):
        return 0
    owner = part.partition("/")[0]
    return (
        len(host) - len(owner) if host.endswith("." + owner) and rest[len(host) - len(owner) :].startswith(part) else -1
    )


def _instead(scheme: str, rest: str, at: int, part: str, instead: str) -> str:
    return f"{scheme}://{instead}{rest[at + len(part) :]}" if instead else ""


ARCHIVE = "archive.apache.org/dist/"


def _apache(scheme: str, rest: str, day: str) -> Gone | None:
    """A mirror of Apache's releases: host or path names apache, and a project with a version follows."""
    host, _, path = rest.partition("/")
    if "apache" not in rest.lower() or host in ("archive.apache.org", "repository.apache.org", "svn.apache.org"):
        return None
    if host.startswith(("repo", "github.", "raw.", "maven.")) or "maven2" in path or "sourceforge" in host:
        return None
    match = re.search(rf"(?:^|/)({'|'.join(table('addresses')['apache'])})(?:/|-\d+/)(.*)$", "/" + path)
    version = _version(match[2]) if match else ""
    if match is None or not version:
        return None
    found = _oldest(match[1], version, day)
    if found is None:
        return None
    return Gone(found, f"https://{ARCHIVE}{match[1]}{match[0].lstrip('/')[len(match[1]) :]}" if match else "")


def _version(rest: str) -> str:
    found = re.findall(r"(?<![\d.])(?:v)?(\d+(?:\.\d+){1,3})(?=[/_-]|\.t|\.z|$)", rest)
    return found[0] if found else ""


def _oldest(project: str, version: str, day: str) -> str | None:
    """The day since which the mirrors have a newer release of this line only; None while they hold this one."""
    have = _key(version)
    for line, since, oldest in reversed(table("addresses")["apache"][project]):
        wanted = _key(line)
        if since <= day and have[: len(wanted)] == wanted and (oldest == "-" or have < _key(oldest)):
            return str(since)
    return None


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
