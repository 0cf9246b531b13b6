"""The release that an image stands on, where no more of it is known: by family and version (families.toml), else by what its tag says."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from dockwright.facts.base import BaseImage
from dockwright.facts.made import Tag, at
from dockwright.facts.reference import Reference
from dockwright.facts.release import OsRelease, release
from dockwright.facts.tables import table


def family(text: str, reference: Reference, day: date) -> BaseImage | None:
    """An image of which the release is known, and neither its variables nor all of its packages."""
    os = _of_family(reference, day) or said(reference)
    if os is None:
        return None
    rows = table("families")["family"]
    row = rows.get(reference.name, {})
    shell = rows.get(row.get("like", ""), row).get("shell", bool(row) or _official(reference.name))
    added = row.get("backports", "") if os.codename == row.get("backports") else ""
    absent = frozenset(row.get("absent", ()) if os.id in ("debian", "ubuntu") else _LACKING.get(os.id, ()))
    suites = (f"{added}-backports",) if added else ()
    return BaseImage(
        text, reference.name, os, env_known=False, sources=suites, absent_commands=absent, shell_known=shell
    )


def _official(name: str) -> bool:
    """Docker's own images, and those that others make of a distribution as it is (`arm64v8/ubuntu`), set no SHELL."""
    return "/" not in name or name.rpartition("/")[2] in ("debian", "ubuntu", "alpine", "centos", "fedora")


# The small images of Oracle Linux that openjdk stands on.
_LACKING = {"ol": ("git", "wget", "unzip", "make", "gcc", "g++", "sudo", "node", "npm", "python3")}


def _of_family(reference: Reference, day: date) -> OsRelease | None:
    rows = table("families")["family"]
    row = rows.get(reference.name)
    if row is None or not reference.tag:
        return None
    row = rows[row["like"]] if "like" in row else row
    tag = reference.tag
    if row.get("jdk"):
        return _maven(tag, rows["openjdk"], day)
    if "on" in row:
        tag, row = re.sub(r"^.*?php", "", tag) if "php" in tag else "latest", rows[row["on"]]
    if "only" in row:
        return release("ubuntu" if row.get("ubuntu") else "debian", _only(row["only"], tag))
    if row.get("ubuntu"):
        return release("ubuntu", at(row["latest"], day)[0]) if tag.startswith("latest") else None
    return _tagged(Tag(tag), row, day)


def _only(known: dict[str, str], tag: str) -> str:
    """`8-jre` is 8, `openjdk-8-jdk` openjdk-8."""
    found = tag if tag in known else next((name for name in known if tag.startswith(name + "-")), "")
    return known.get(found, "")


def _maven(tag: str, row: dict[str, Any], day: date) -> OsRelease | None:
    """`3-jdk-8-slim`: on openjdk:8; without a word on the JDK on the newest."""
    match = re.fullmatch(r"(?:3-|3\.6-)?jdk-(\d+)(-slim|-alpine)?", tag)
    if match is None:
        return _tagged(Tag("latest"), row, day) if tag == "latest" else None
    return _tagged(Tag(match[1] + (match[2] or "")), row, day)


def _tagged(tag: Tag, row: dict[str, Any], day: date) -> OsRelease | None:
    if tag.suite:
        return release("debian", tag.suite)
    if tag.alpine:
        return release("alpine", tag.alpine) or OsRelease("alpine", tag.alpine, libc="musl")
    spans = _days(tag, row, day) if "debian" in row or not tag.version else ()
    if spans is None:
        return None
    if tag.alpine is not None or "debian" not in row:
        versions = {at(row.get("alpine", []), each)[0] for each in spans}
        version = versions.pop() if len(versions) == 1 else ""
        return release("alpine", version) or OsRelease("alpine", libc="musl")
    if not tag.slim and _oracle(tag, row, day):
        return OsRelease("ol", at(row["oracle"]["release"], day)[0], libc="glibc")
    suites = {at(row["debian"], each)[0] for each in spans}
    return release("debian", suites.pop()) if len(suites) == 1 else None


def _oracle(tag: Tag, row: dict[str, Any], day: date) -> bool:
    major = tag.version.split(".")[0] or at(row["latest"], day)[0]
    return "oracle" in row and major.isdigit() and int(major) >= row["oracle"]["first"]


def _days(tag: Tag, row: dict[str, Any], day: date) -> tuple[date, ...] | None:
    """Days on which the image may have been made: the newest of its version, for an exact release any of the version's time."""
    latest = at(row["latest"], day)[0]
    major = tag.version.split(".")[0]
    minor = ".".join(tag.version.split(".")[:2]) if "." in tag.version else ""
    if not tag.version or (not minor and major == latest.split(".")[0]):
        return (day,)
    versions: dict[str, list[str]] = row.get("version", {})
    known = minor or major
    if known not in versions:
        ours = [name for name in versions if name.startswith(f"{major}.")]
        known = ours[-1] if ours and not minor else known
    if known not in versions:
        return (day,) if known == latest else None
    first, last = (date.fromisoformat(each) for each in versions[known])
    last = min(last, day)
    return (first, last) if tag.version.count(".") >= 2 and last > first else (last,)


_AMBIGUOUS = frozenset({"kinetic", "lunar"})  # releases of ROS too


# -- by the tag's words ---------------------------------------------------------------------------------------------


def said(reference: Reference) -> OsRelease | None:
    """`foo/bar:1.2-jessie`, `foo/bar:ubuntu16.04`, `foo/ubuntu:14.04`, `foo/alpine:3.9`: a word that can mean nothing else."""
    for word in re.split(r"[-_]", reference.tag):
        for os in ("debian", "ubuntu"):
            known = release(os, word) if word.isalpha() and word not in _AMBIGUOUS else None
            if known is not None:
                return known
    match = re.search(r"(ubuntu|alpine|debian|centos)[-_:]?(\d+(?:\.\d+)?)", reference.tag)
    name = reference.name.rpartition("/")[2]
    if match is None and name in ("ubuntu", "alpine", "debian", "baseimage-ubuntu", "ubuntu-debootstrap"):
        match = re.match(
            r"(ubuntu|alpine|debian)[-_:]v?(\d+(?:\.\d+)?)",
            f"{name.split('-')[-1 if 'base' in name else 0]}:{reference.tag}",
        )
    if match is not None:
        return release(match[1], match[2])
    named = re.match(r"(alpine|ubuntu|debian|centos|fedora)(?:-|$)", name)
    return OsRelease(named[1], libc="musl" if named[1] == "alpine" else "glibc") if named else None
