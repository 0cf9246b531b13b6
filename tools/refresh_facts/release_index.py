"""One Debian release as its indexes tell it: packages, what they depend on, provide and hold."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from . import apt_lists
from .deb822 import Relation, contents, relations, stanzas

FIELDS = frozenset(
    [
        "Package",
        "Version",
        "Source",
        "Section",
        "Priority",
        "Essential",
        "Depends",
        "Pre-Depends",
        "Recommends",
        "Provides",
        "Replaces",
        "Breaks",
        "Conflicts",
        "Description",
    ]
)
BUILD_FIELDS = frozenset(["Package", "Build-Depends", "Build-Depends-Arch"])
COMMAND = re.compile(r"(usr/s?bin|s?bin|usr/games)/([^/]+)$")
HEADER = re.compile(r"usr/include/(?:x86_64-linux-gnu/)?((?:[^/]+/){0,2}[^/]+\.h|(?:[^/]+/)?[^/]+\.(?:hh|hpp|hxx|H))$")
LIBRARY = re.compile(r"(?:usr/)?lib/(?:x86_64-linux-gnu/)?(lib[^/]+\.so(?:\.[0-9]+){0,2})$")
PYTHON = re.compile(
    r"usr/lib/python3/dist-packages/([^/]+?)-([^/-]+)(?:-py3[^/]*)?\.(egg-info|dist-info)(?:/(?:PKG-INFO|METADATA))?$"
)
PKGCONFIG = re.compile(r"usr/(?:lib/x86_64-linux-gnu|lib|share)/pkgconfig/([^/]+)\.pc$")


@dataclass
class Release:
    codename: str
    packages: dict[str, dict[str, str]] = field(default_factory=dict)
    providers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    popularity: Counter[str] = field(default_factory=Counter)
    commands: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # package -> paths
    headers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # header -> packages
    libraries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    pkgconfig: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    python: dict[str, set[tuple[str, str, str]]] = field(
        default_factory=lambda: defaultdict(set)
    )  # package -> name, version, kind

    def depends(self, name: str) -> list[list[Relation]]:
        package = self.packages[name]
        return relations(package.get("Pre-Depends", "")) + relations(package.get("Depends", ""))

    def recommends(self, name: str) -> list[list[Relation]]:
        return relations(self.packages[name].get("Recommends", ""))

    def candidates(self, group: list[Relation]) -> list[str]:
        """Names of real packages that satisfy a group, in the order apt would try them."""
        found: list[str] = []
        for relation in group:
            if relation.name in self.packages:
                found.append(relation.name)
            providers = self.providers.get(relation.name, ())
            found += sorted(
                (name for name in providers if name not in found), key=lambda name: (-self.popularity[name], name)
            )
        return list(dict.fromkeys(found))


def read(root: Path, codename: str) -> Release:
    release = Release(codename)
    for stanza in stanzas(apt_lists.lines(apt_lists.files(root, codename, "binary-amd64_Packages")[0]), FIELDS):
        _add_package(release, stanza)
    for stanza in stanzas(apt_lists.lines(apt_lists.files(root, codename, "source_Sources")[0]), BUILD_FIELDS):
        for name in BUILD_FIELDS - {"Package"}:
            release.popularity.update(group[0].name for group in relations(stanza.get(name, "")))
    for path in apt_lists.files(root, codename, "Contents"):
        _read_contents(release, apt_lists.lines(path))
    return release


def _add_package(release: Release, stanza: dict[str, str]) -> None:
    name = stanza["Package"]
    if name in release.packages:  # several versions: the first listed is the newest
        return
    release.packages[name] = stanza
    for group in relations(stanza.get("Provides", "")):
        release.providers[group[0].name].append(name)
    for field_name in ("Depends", "Pre-Depends", "Recommends"):
        release.popularity.update(group[0].name for group in relations(stanza.get(field_name, "")))


def _read_contents(release: Release, lines: Iterable[str]) -> None:
    for path, packages in contents(lines):
        if path.startswith(("usr/share/", "var/lib/", "etc/")) and not path.startswith("usr/share/pkgconfig/"):
            continue
        if COMMAND.match(path):
            for package in packages:
                release.commands[package].add(path)
        elif match := HEADER.match(path):
            release.headers[match[1]].update(packages)
        elif match := LIBRARY.match(path):
            release.libraries[match[1]].update(packages)
        elif match := PYTHON.match(path):
            kind = "distutils" if path.endswith(".egg-info") else match[3]
            for package in packages:
                release.python[package].add((match[1], match[2], kind))
        elif match := PKGCONFIG.match(path):
            release.pkgconfig[match[1]].update(packages)


def minbase(release: Release) -> set[str]:
    """What `debootstrap --variant=minbase` installs: Priority required, apt, and what they depend on (first
    alternatives)."""
    wanted = [
        name
        for name, fields in release.packages.items()
        if fields.get("Priority") == "required" or fields.get("Essential") == "yes"
    ]
    found = install(release, ["apt", *sorted(wanted)], set(), recommends=False)
    if "usrmerge" in found:  # debootstrap lays /usr out merged itself: usr-is-merged, the other alternative, is enough
        found = install(release, ["usr-is-merged", "apt", *sorted(wanted)], set(), recommends=False)
    return found


def install(release: Release, names: Iterable[str], present: set[str], *, recommends: bool) -> set[str]:
    """`present` and what apt adds to it for `names`: an alternative that is there already satisfies its group."""
    installed, waiting = set(present), list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in release.packages:
            providers = release.candidates([Relation(name, "", "")])
            if not providers:
                raise KeyError(f"{release.codename} has no package {name}")
            name = providers[0]
        if name in installed:
            continue
        installed.add(name)
        for group in release.depends(name) + (release.recommends(name) if recommends else []):
            found = release.candidates(group)
            if found and not installed.intersection(found) and not set(waiting).intersection(found):
                waiting.append(found[0])
    return installed
