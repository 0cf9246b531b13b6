"""How the official images are made on a release: recipes on Debian, Alpine's busybox, Ubuntu's manifest."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from dockwright.facts.base import BaseImage, User
from dockwright.facts.release import OsRelease, release
from dockwright.facts.tables import recipe_image, table

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@lru_cache(maxsize=1)
def today() -> date:
    """The day of the data."""
    return date.fromisoformat(table("base")["meta"]["date"])


def at(steps: list[list[str]], day: date) -> tuple[str, date | None, str]:
    """(value on the day, the day it began, the value before): of a list of [first day, value]."""
    value, since, before = "", None, ""
    for first, next_value in steps:
        if date.fromisoformat(first) <= day:
            value, since, before = next_value, date.fromisoformat(first), value
    return value, since, before


def path_env(path: str = PATH) -> dict[str, str]:
    return {"PATH": path}


def on_debian(text: str, family: str, codename: str, recipe: str, **more: Any) -> BaseImage:
    """An image made by a recipe on a Debian release; without package data for the release all is UNKNOWN."""
    os = release("debian", codename)
    found = recipe_image(recipe, os.codename) if os else None
    packages = frozenset(found.packages) if found else frozenset()
    doubtful = frozenset(table("base")["left_over"].get(recipe, {}).get(codename, ()))
    users = {name: User(*row) for name, row in table("base")["debian"]["users"].items()}
    known = bool(packages)
    small = os is not None and not known and recipe in _SMALL
    fields: dict[str, Any] = {
        "env": path_env(), "users": users, "groups": table("base")["debian"]["groups"], "packages": packages,
        "commands": found.commands if found else None, "doubtful": doubtful,
        "packages_complete": known and recipe == "minbase", "complete": known,
        "absent_commands": frozenset(table("base")["debian"]["absent"]) if small else frozenset(),
        "users_complete": known and recipe in _SMALL,
        "source": "debuerreotype, docker-library recipes; the release's package index",
    }  # fmt: skip
    return BaseImage(text, family, os, **{**fields, **more})


def on_alpine(text: str, family: str, version: str, **more: Any) -> BaseImage:
    facts = table("base")["alpine"]
    os = release("alpine", version) or OsRelease("alpine", version, libc="musl")
    users = {name: User(*row) for name, row in facts["users"].items()}
    commands = {name: f"/bin/{name}" for name in facts["commands"]}
    absent = frozenset(facts["absent"])
    return BaseImage(
        text,
        family,
        os,
        path_env(),
        users=users,
        groups=facts["groups"],
        extra_commands=commands,
        absent_commands=absent,
        source="Alpine's busybox",
        **more,
    )


def on_ubuntu(text: str, family: str, os: OsRelease | None, **more: Any) -> BaseImage:
    """By the manifest of the release's image; for a release without one all is UNKNOWN."""
    facts, version = table("base")["ubuntu"], os.version if os else ""
    packages = frozenset(facts["packages"].get(version, ()))
    doubtful = frozenset(facts["doubtful"].get(version, ()))
    users = {name: User(*row) for name, row in table("base")["debian"]["users"].items() if name != "_apt"}
    groups = table("base")["debian"]["groups"]
    if os and os.number >= 23.04:  # the cloud images' default user is in these images too
        users, groups = {**users, "ubuntu": User(1000, 1000, "/home/ubuntu", "/bin/bash")}, {**groups, "ubuntu": 1000}
    known = bool(packages) and family == "ubuntu"
    fields: dict[str, Any] = {
        "env": path_env(),
        "packages": packages,
        "doubtful": doubtful,
        "complete": known,
        "packages_complete": known and not doubtful,
        "users": users,
        "groups": groups,
        "extra_commands": facts["commands"].get(version, {}),
        "absent_commands": _bare(os) if family == "ubuntu" and not packages else frozenset(),
        "source": "manifests of the Ubuntu images",
    }
    return BaseImage(text, family, os or OsRelease("ubuntu", libc="glibc"), **{**fields, **more})


def _bare(os: OsRelease | None) -> frozenset[str]:
    """Releases without a manifest here (from 24.04 on) are as bare as Debian's."""
    return frozenset(table("base")["debian"]["absent"]) if os is not None and os.number >= 24 else frozenset()


class Tag:
    """A tag of an official language image: `3.11-slim-bookworm` -> version 3.11, slim, suite bookworm."""

    def __init__(self, tag: str) -> None:
        words = tag.split("-")
        self.version = ""
        if words[0][:1].isdigit():
            self.version, words = words[0], words[1:]
        self.slim = "slim" in words
        self.alpine = next((word.removeprefix("alpine") for word in words if word.startswith("alpine")), None)
        self.suite = next((word for word in words if release("debian", word) and not word.isdigit()), "")
        self.odd = [
            word for word in words if word not in ("slim", "latest", self.suite) and not word.startswith("alpine")
        ]


_SMALL = frozenset({"minbase", "python-slim", "node-slim"})
