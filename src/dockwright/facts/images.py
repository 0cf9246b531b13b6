"""From a reference to the facts of the image: one function a family (base.toml)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from dockwright.facts.base import BaseImage, Distribution, PythonFacts, User
from dockwright.facts.packages import os_packages
from dockwright.facts.reference import Reference, parse
from dockwright.facts.release import OsRelease, release, releases
from dockwright.facts.tables import table

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@lru_cache(maxsize=1)
def today() -> date:
    """The day of the data."""
    return date.fromisoformat(table("base")["meta"]["date"])


def find(text: str, reference: Reference, day: date) -> BaseImage | None:
    family = _FAMILIES.get(reference.name)
    if family is not None:
        return family(text, reference, day)
    return _like(text, reference, day) or _other(text, reference)


def _at(steps: list[list[str]], day: date) -> tuple[str, date | None, str]:
    """(value on the day, the day it began, the value before): of a list of [first day, value]."""
    value, since, before = "", None, ""
    for first, next_value in steps:
        if date.fromisoformat(first) <= day:
            value, since, before = next_value, date.fromisoformat(first), value
    return value, since, before


# debian ----------------------------------------------------------------------------------------------------------

_ROLLING = frozenset({"testing", "unstable", "sid", "experimental", "rc-buggy", "forky"})


def _debian(text: str, reference: Reference, day: date) -> BaseImage | None:
    words = reference.tag.removesuffix("-slim").removesuffix("-backports").split("-")
    name, until, before = words[0], None, ""
    if name in _ROLLING or not name:
        return BaseImage(text, "debian", OsRelease("debian", libc="glibc"), _env(), cmd=("bash",))
    if name in ("latest", "stable", "oldstable", "oldoldstable", "slim"):
        codename, until, before = _debian_alias(name, day)
    else:
        known = release("debian", name.split(".")[0])
        if known is None:
            return BaseImage(text, "debian", None, _env(), cmd=("bash",))
        codename = known.codename
    image = _on_debian(text, "debian", codename, "minbase", cmd=("bash",), until=until, before=before)
    return image if reference.tag.endswith("-slim") or image.os is None or image.os.number >= 11 else _with_ping(image)


def _debian_alias(name: str, day: date) -> tuple[str, date | None, str]:
    codename, since, before = _at(table("base")["debian"]["latest"], day)
    back = {"oldstable": 1, "oldoldstable": 2}.get(name, 0)
    known = [entry.codename for entry in releases("debian")]

    def older(word: str) -> str:
        return known[max(0, known.index(word) - back)] if word else ""

    return older(codename), since, older(before)


def _with_ping(image: BaseImage) -> BaseImage:
    """Debian 10 and older, not slim, hold ping and ip above minbase (debuerreotype's examples/debian.sh)."""
    extra = {"ping": "/bin/ping", "ip": "/sbin/ip", "ss": "/bin/ss"}
    return replace(image, extra_commands={**extra, **image.extra_commands})


def _on_debian(text: str, family: str, codename: str, recipe: str, **more: Any) -> BaseImage:
    """An image made by a recipe on a Debian release; without package data for the release all is UNKNOWN."""
    os = release("debian", codename)
    packages = os_packages(os).image(recipe) if os else frozenset()
    doubtful = frozenset(table("base")["left_over"].get(recipe, {}).get(codename, ()))
    users = {name: User(*row) for name, row in table("base")["debian"]["users"].items()}
    known = bool(packages)
    fields: dict[str, Any] = {
        "env": _env(), "users": users, "groups": table("base")["debian"]["groups"], "packages": packages, "doubtful": doubtful,
        "packages_complete": known and recipe == "minbase", "complete": known, "users_complete": known and recipe in _PLAIN_USERS,
        "source": "debuerreotype, docker-library recipes; the release's package index",
    }  # fmt: skip
    return BaseImage(text, family, os, **{**fields, **more})


_PLAIN_USERS = frozenset({"minbase", "python-slim", "node-slim"})


def _env(path: str = _PATH) -> dict[str, str]:
    return {"PATH": path}


# python ----------------------------------------------------------------------------------------------------------


class _Tag:
    """A tag of an official language image: `3.11-slim-bookworm` -> version 3.11, slim, suite bookworm."""

    def __init__(self, tag: str, names: Mapping[str, str] = {}) -> None:
        words = tag.split("-")
        self.version = ""
        if words[0][:1].isdigit() or words[0] in names:
            self.version = names.get(words[0], words[0])
            words = words[1:]
        self.slim = "slim" in words
        self.alpine = next((word.removeprefix("alpine") for word in words if word.startswith("alpine")), None)
        self.suite = next((word for word in words if release("debian", word) and not word.isdigit()), "")
        self.odd = [
            word for word in words if word not in ("slim", "latest", self.suite) and not word.startswith("alpine")
        ]


def _python(text: str, reference: Reference, day: date) -> BaseImage | None:
    tag, facts = _Tag(reference.tag), table("base")["python"]
    if tag.odd or (not reference.tag and reference.digest):
        return BaseImage(text, "python", None, cmd=("python3",))
    until, before = None, ""
    minor = ".".join(tag.version.split(".")[:2])
    if minor in ("", "3"):
        minor, until, before = _at(facts["latest"], day)
        before = f"Python {before}" if before else ""
    elif minor == "2":
        minor = "2.7"
    known = facts["version"].get(minor, {})
    built = min(day, date.fromisoformat(known["last"])) if "last" in known else day
    if tag.alpine is not None:
        return _python_alpine(text, tag, minor, built)
    codename = tag.suite
    if not codename:
        codename, since, old = _at(facts["suite"], built)
        first = date.fromisoformat(known["first"]) if "first" in known else None
        if since and first and first < since and len(tag.version.split(".")) < 3:
            until, before = max(filter(None, (until, since))), f"{old}" if not until or since >= until else before
        if len(tag.version.split(".")) == 3:
            codename = _suite_of_patch(tag.version, minor, codename, facts, day)
    if not codename:
        return _with_python(BaseImage(text, "python", None, _env(), cmd=("python3",)), minor, tag.version, built)
    image = _on_debian(
        text, "python", codename, "python-slim" if tag.slim else "python", cmd=("python3",), until=until, before=before
    )
    return _with_python(image, minor, tag.version, built)


def _suite_of_patch(version: str, minor: str, codename: str, facts: Mapping[str, Any], day: date) -> str:
    """An exact release stays on the Debian of its own days: known only for the newest one."""
    return codename if facts["version"].get(minor, {}).get("full") == version else _only_suite(minor, codename, facts)


def _only_suite(minor: str, codename: str, facts: Mapping[str, Any]) -> str:
    """The one release that a Python version has ever been built on, if there is one."""
    known = facts["version"].get(minor, {})
    if "first" not in known:
        return ""
    return codename if _at(facts["suite"], date.fromisoformat(known["first"]))[0] == codename else ""


def _python_alpine(text: str, tag: _Tag, minor: str, built: date) -> BaseImage:
    version = tag.alpine or _at(table("base")["python"]["alpine"], built)[0]
    image = _on_alpine(text, "python", version, cmd=("python3",))
    extra = {**image.extra_commands, "update-ca-certificates": "/usr/sbin/update-ca-certificates"}
    image = replace(image, extra_commands=extra, absent_commands=image.absent_commands - extra.keys())
    return _with_python(image, minor, tag.version, built)


def _with_python(image: BaseImage, minor: str, exact: str, built: date) -> BaseImage:
    """CPython as docker-library/python installs it: from source, into /usr/local, with pip."""
    known = table("base")["python"]["version"].get(minor, {})
    full = exact if exact.count(".") == 2 else known.get("full") if built >= _nearly(known) else None
    commands = {name: f"/usr/local/bin/{name}" for name in _python_commands(minor, known)}
    distributions = {"pip": Distribution(known.get("pip") if full == known.get("full") else None, "pip")}
    for name in ("setuptools", "wheel"):
        if name in known:
            version = known[name] if isinstance(known[name], str) else None
            distributions[name] = Distribution(version if full == known.get("full") else None, "pip")
    major = minor.split(".")[0]
    executables = tuple(f"/usr/local/bin/{name}" for name in ("python", f"python{major}", f"python{minor}"))
    site = f"/usr/local/lib/python{minor}/site-packages"
    python = PythonFacts(minor, full, executables, "/usr/local", site, "source", False, distributions)
    env = {**image.env, "PATH": "/usr/local/bin:" + _PATH, **({"PYTHON_VERSION": full} if full else {})}
    if minor in _WITH_LANG:
        env["LANG"] = "C.UTF-8"
    absent = image.absent_commands - commands.keys()
    return replace(
        image, pythons=(python,), env=env, extra_commands={**image.extra_commands, **commands}, absent_commands=absent
    )


# Python 3.13's images and earlier set LANG; from 3.14 on they do not (package lists of 2026-08 and 2026-09).
_WITH_LANG = frozenset({"2.7", *(f"3.{number}" for number in range(5, 13))})


def _nearly(known: Mapping[str, Any]) -> date:
    return min(today(), date.fromisoformat(known["last"])) if "last" in known else today()


def _python_commands(minor: str, known: Mapping[str, Any]) -> list[str]:
    major = minor.split(".")[0]
    names = ["python", "pip", "pydoc", "idle", "python-config"]
    names += [
        f"python{major}",
        f"python{minor}",
        f"pip{major}",
        f"pip{minor}",
        f"pydoc{major}",
        f"idle{major}",
        f"python{major}-config",
    ]
    names += [f"python{minor}-config", f"pydoc{minor}", f"idle{minor}"]
    return names + (["wheel"] if known.get("wheel") else []) + (["2to3"] if minor in _WITH_2TO3 else [])


_WITH_2TO3 = frozenset({"2.7", *(f"3.{number}" for number in range(5, 13))})


# alpine, ubuntu, node, others ------------------------------------------------------------------------------------


def _alpine(text: str, reference: Reference, day: date) -> BaseImage | None:
    steps = table("base")["alpine"]["latest"]
    version, until, before = reference.tag, None, ""
    if version in ("latest", "3"):
        version, until, before = _at(steps, day)
    if version == "edge" or not version:
        return _on_alpine(text, "alpine", "", cmd=("/bin/sh",))
    return _on_alpine(text, "alpine", ".".join(version.split(".")[:2]), cmd=("/bin/sh",), until=until, before=before)


def _on_alpine(text: str, family: str, version: str, **more: Any) -> BaseImage:
    facts = table("base")["alpine"]
    os = release("alpine", version) or OsRelease("alpine", version, libc="musl")
    users = {name: User(*row) for name, row in facts["users"].items()}
    commands = {name: f"/bin/{name}" for name in facts["commands"]}
    absent = frozenset(facts["absent"])
    return BaseImage(
        text,
        family,
        os,
        _env(),
        users=users,
        groups=facts["groups"],
        extra_commands=commands,
        absent_commands=absent,
        source="Alpine's busybox",
        **more,
    )


def _ubuntu(text: str, reference: Reference, day: date) -> BaseImage | None:
    facts, until, before = table("base")["ubuntu"], None, ""
    name = reference.tag.split("-")[0]
    if name in ("latest", ""):
        name, until, before = _at(facts["latest"], day) if name else ("", None, "")
    os = release("ubuntu", ".".join(name.split(".")[:2])) or release("ubuntu", name)
    return _on_ubuntu(text, "ubuntu", os, cmd=("/bin/bash",), until=until, before=before)


def _on_ubuntu(text: str, family: str, os: OsRelease | None, **more: Any) -> BaseImage:
    facts = table("base")["ubuntu"]
    extra = facts["extra"].get(os.version) if os else None
    packages = frozenset(facts["common"] + extra) if extra is not None else frozenset()
    users = {name: User(*row) for name, row in table("base")["debian"]["users"].items() if name not in ("_apt",)}
    known = bool(packages) and family == "ubuntu"
    fields: dict[str, Any] = {
        "packages": packages,
        "complete": known,
        "users": users,
        "groups": table("base")["debian"]["groups"],
    }
    return BaseImage(text, family, os or OsRelease("ubuntu", libc="glibc"), **{"env": _env(), **fields, **more})


def _cuda(text: str, reference: Reference, day: date) -> BaseImage | None:
    """`12.4.1-runtime-ubuntu22.04`: the Ubuntu image, ca-certificates and CUDA; no Python, no compiler but in devel."""
    match = re.search(r"-(ubuntu|rockylinux|ubi|centos)([0-9.]+)$", reference.tag)
    env = {**_env("/usr/local/nvidia/bin:/usr/local/cuda/bin:" + _PATH), "NVIDIA_VISIBLE_DEVICES": "all"}
    if match is None or match[1] != "ubuntu":
        return BaseImage(text, "nvidia/cuda", None, env)
    image = _on_ubuntu(text, "nvidia/cuda", release("ubuntu", match[2]), env=env)
    absent = frozenset() if "devel" in reference.tag else frozenset({"nvcc", "gcc", "g++", "make", "cc"})
    # python3 is not said to be missing: images that others keep under this name add it.
    doubtful = frozenset({"python3", "python3-minimal", "python3-pip"})
    return replace(image, absent_commands=absent | {"python", "git", "node"}, doubtful=doubtful)


def _node(text: str, reference: Reference, day: date) -> BaseImage | None:
    tag, facts = _Tag(reference.tag), table("base")["node"]
    major = tag.version.split(".")[0]
    commands = {name: f"/usr/local/bin/{name}" for name in ("node", "nodejs", "npm", "npx", "yarn", "yarnpkg")}
    if major.isdigit() and int(major) >= 26:
        commands = {name: path for name, path in commands.items() if not name.startswith("yarn")}
    if tag.alpine is not None:
        image = _on_alpine(text, "node", tag.alpine, cmd=("node",))
    else:
        codename = tag.suite or facts["version"].get(major, {}).get("suite", "")
        recipe = "node-slim" if tag.slim else "buildpack-deps"
        image = _on_debian(text, "node", codename, recipe, cmd=("node",))
    users, groups = {**image.users, "node": User(1000, 1000, "/home/node", "/bin/bash")}, {**image.groups, "node": 1000}
    absent = image.absent_commands - commands.keys()
    extra = {**image.extra_commands, **commands}
    return replace(
        image,
        users=users,
        groups=groups,
        extra_commands=extra,
        absent_commands=absent,
        entrypoint=("docker-entrypoint.sh",),
        doubtful=image.doubtful | {"adduser"},
    )


def _buildpack(text: str, reference: Reference, day: date) -> BaseImage | None:
    words = reference.tag.split("-")
    codename = next((word for word in words if release("debian", word)), "")
    if not codename and words[0] in ("latest", "stable", "curl", "scm"):
        codename = _at(table("base")["debian"]["latest"], day)[0]
    recipe = next((f"buildpack-{word}" for word in words if word in ("curl", "scm")), "buildpack-deps")
    return _on_debian(text, "buildpack-deps", codename, recipe, cmd=("bash",))


def _scratch(text: str, reference: Reference, day: date) -> BaseImage | None:
    return BaseImage(text, "scratch", OsRelease("scratch"), complete=True, packages_complete=True, users_complete=True)


def _like(text: str, reference: Reference, day: date) -> BaseImage | None:
    """An image whose Dockerfile says which other image it is made from, by its tag."""
    rule = table("base")["like"].get(reference.name)
    match = re.fullmatch(rule["tags"], reference.tag) if rule else None
    if rule is None or match is None:
        return None
    base = parse(rule["base"].format(**{name: value or "" for name, value in match.groupdict().items()}))
    image = find(text, base, day) if base else None
    if image is None:
        return None
    extra = {**image.extra_commands, **rule.get("commands", {})}
    return replace(
        image, reference=text, family=reference.name, complete=False, extra_commands=extra, entrypoint=None, cmd=None
    )


def _other(text: str, reference: Reference) -> BaseImage | None:
    """A family of which little is known: mostly what its tag says of the release."""
    rule = table("base")["family"].get(reference.name)
    if rule is None:
        return None
    tag = _Tag(reference.tag)
    os = OsRelease(rule["os"], libc="glibc") if "os" in rule else release("debian", tag.suite) if tag.suite else None
    if tag.alpine is not None and rule.get("debian"):
        return replace(_on_alpine(text, reference.name, tag.alpine), absent_commands=frozenset())
    if os is not None and os.id in ("amzn", "rocky", "centos", "fedora", "almalinux"):
        os = release(os.id, reference.tag.removeprefix("centos").split(".")[0]) or os
    return BaseImage(text, reference.name, os, _env())


_FAMILIES: dict[str, Callable[[str, Reference, date], BaseImage | None]] = {
    "debian": _debian, "python": _python, "alpine": _alpine, "ubuntu": _ubuntu, "nvidia/cuda": _cuda, "node": _node,
    "buildpack-deps": _buildpack, "scratch": _scratch,
}  # fmt: skip
