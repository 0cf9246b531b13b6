"""From a reference to the facts of the image: one function a family (base.toml)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec.structs import replace

from dockwright.facts.base import BaseImage, User
from dockwright.facts.made import PATH, Tag, at, on_alpine, on_debian, on_ubuntu, path_env
from dockwright.facts.made import today as today
from dockwright.facts.python_image import python
from dockwright.facts.reference import Reference, parse
from dockwright.facts.release import OsRelease, release, releases
from dockwright.facts.tables import table


def find(text: str, reference: Reference, day: date) -> BaseImage | None:
    image = _found(text, reference, day)
    left = table("base")["left_as"].get(reference.name, "")
    if not left or reference.tag.startswith("0."):
        return image
    user, _, workdir = left.partition(" ")
    image = image or BaseImage(text, reference.name, env_known=False, shell_known=False)
    return replace(image, user=user, workdir=workdir or image.workdir)


def _found(text: str, reference: Reference, day: date) -> BaseImage | None:
    if "lambda" in reference.name:
        from dockwright.facts import aws

        return aws.runtime(text, reference, day) if reference.name in aws.NAMES else None
    if reference.name.endswith("nvidia/cuda"):
        from dockwright.facts import cuda

        return cuda.image(text, reference) if reference.name in cuda.NAMES else None
    if reference.name.endswith("/uv"):
        from dockwright.facts import uv_image

        return uv_image.image(text, reference, day) if reference.name in uv_image.NAMES else None
    if reference.name.startswith(("gcr.io/distroless/", "cgr.dev/")):
        from dockwright.facts import distroless

        known = reference.name.startswith(distroless.START) or reference.name in distroless.CHAINGUARD
        return distroless.image(text, reference, day) if known else None
    family = _FAMILIES.get(reference.name)
    if family is not None:
        return family(text, reference, day)
    if reference.tag and ("/" in reference.name or reference.name in ("odoo", "spark")):
        from dockwright.facts import services

        image = services.image(text, reference, day)
        if image is not None:
            return image
    return _like(text, reference, day) or _on_release(text, reference, day) or _other(text, reference, day)


_BY_DAY = frozenset({"tensorflow/tensorflow", "pytorch/pytorch"})  # made on the Ubuntu of their day


def _on_release(text: str, reference: Reference, day: date) -> BaseImage | None:
    from dockwright.facts.families import family

    if "os" in table("base")["family"].get(reference.name, {}) and reference.name not in _BY_DAY:
        return None
    image = family(text, reference, day)
    if image is None or image.os is None or image.os.id != "alpine":
        return image
    absent = frozenset(table("families")["family"].get(reference.name, {}).get("lacks", ()))
    return replace(on_alpine(text, reference.name, image.os.version), absent_commands=absent, env={}, env_known=False)


# debian ----------------------------------------------------------------------------------------------------------

_ROLLING = frozenset({"testing", "unstable", "sid", "experimental", "rc-buggy", "forky"})


def _debian(text: str, reference: Reference, day: date) -> BaseImage | None:
    words = reference.tag.removesuffix("-slim").removesuffix("-backports").split("-")
    name, until, before = words[0], None, ""
    if name in _ROLLING or not name:
        return BaseImage(text, "debian", _rolling(name, day), path_env(), cmd=("bash",))
    if name in ("latest", "stable", "oldstable", "oldoldstable", "slim"):
        codename, until, before = _debian_alias(name, day)
    else:
        known = release("debian", name.split(".")[0])
        if known is None:
            return BaseImage(text, "debian", None, path_env(), cmd=("bash",))
        codename = known.codename
    image = on_debian(text, "debian", codename, "minbase", cmd=("bash",), until=until, before=before)
    return image if reference.tag.endswith("-slim") or image.os is None or image.os.number >= 11 else _with_ping(image)


def _rolling(name: str, day: date) -> OsRelease:
    """testing and unstable on their way to the release after the newest one of that day."""
    if name not in ("testing", "unstable", "sid"):
        return OsRelease("debian", libc="glibc")
    done = [entry for entry in releases("debian") if entry.released is not None and entry.released <= day]
    codename = "testing" if name == "testing" else "sid"
    return OsRelease("debian", str(int(done[-1].version) + 1) if done else "", codename, "glibc")


def _debian_alias(name: str, day: date) -> tuple[str, date | None, str]:
    codename, since, before = at(table("base")["debian"]["latest"], day)
    back = {"oldstable": 1, "oldoldstable": 2}.get(name, 0)
    known = [entry.codename for entry in releases("debian")]

    def older(word: str) -> str:
        return known[max(0, known.index(word) - back)] if word else ""

    return older(codename), since, older(before)


def _with_ping(image: BaseImage) -> BaseImage:
    """Debian 10 and older, not slim, hold ping and ip above minbase (debuerreotype's examples/debian.sh)."""
    extra = {"ping": "/bin/ping", "ip": "/sbin/ip", "ss": "/bin/ss"}
    return replace(image, extra_commands={**extra, **image.extra_commands})


_SPLIT = date(2020, 5, 29)  # Alpine 3.12: pip is a package of its own, as npm is


# alpine, ubuntu, node, others ------------------------------------------------------------------------------------


def _alpine(text: str, reference: Reference, day: date) -> BaseImage | None:
    steps = table("base")["alpine"]["latest"]
    version, until, before = reference.tag, None, ""
    if version in ("latest", "3"):
        version, until, before = at(steps, day)
    if version == "edge" or not version:
        image = on_alpine(text, "alpine", "", cmd=("/bin/sh",))
        known = version == "edge" and day >= _SPLIT
        return replace(image, os=OsRelease("alpine", "", "edge", "musl")) if known else image
    return on_alpine(text, "alpine", ".".join(version.split(".")[:2]), cmd=("/bin/sh",), until=until, before=before)


def _ubuntu(text: str, reference: Reference, day: date) -> BaseImage | None:
    facts, until, before = table("base")["ubuntu"], None, ""
    name = reference.tag.split("-")[0]
    if name in ("rolling", "devel"):
        name = _current(name, day)
    if name in ("latest", ""):
        name, until, before = at(facts["latest"], day) if name else ("", None, "")
    os = release("ubuntu", ".".join(name.split(".")[:2])) or release("ubuntu", name)
    return on_ubuntu(text, "ubuntu", os, cmd=("/bin/bash",), until=until, before=before)


def _current(name: str, day: date) -> str:
    """`rolling` is the newest release of the day, `devel` the next one."""
    known = [entry for entry in releases("ubuntu") if entry.released is not None]
    past = [entry.version for entry in known if entry.released is not None and entry.released <= day]
    later = [entry.version for entry in known if entry.version not in past]
    found = past[-1:] if name == "rolling" else later[:1]
    return found[0] if found else "none"


def _node(text: str, reference: Reference, day: date) -> BaseImage | None:
    tag, facts = Tag(reference.tag), table("base")["node"]
    first = reference.tag.split("-")[0]
    major = (
        tag.version.split(".")[0]
        or facts["names"].get(first, "")
        or (at(facts["lts"], day)[0] if first == "lts" else "")
    )
    names = ("node", "nodejs", "npm", "npx", "yarn", "yarnpkg", "docker-entrypoint.sh")
    commands = {name: f"/usr/local/bin/{name}" for name in names}
    if not major.isdigit() or 14 <= int(major) <= 24:  # Node 25 and later come without it
        commands["corepack"] = "/usr/local/bin/corepack"
    if major.isdigit() and int(major) >= 26:
        commands = {name: path for name, path in commands.items() if not name.startswith("yarn")}
    if tag.alpine is not None:
        image = on_alpine(text, "node", tag.alpine or _node_alpine(tag, facts, day), cmd=("node",))
    else:
        known = facts["version"].get(major, {})
        codename = tag.suite or (known.get("suite", "") if "." not in tag.version or "all" in known else "")
        recipe = "node-slim" if tag.slim else "buildpack-deps"
        image = on_debian(text, "node", codename, recipe, cmd=("node",))
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


def _node_alpine(tag: Tag, facts: dict[str, Any], day: date) -> str:
    """Of the lines that were still built on that day."""
    old = tag.version.isdigit() and int(tag.version) < 10
    return "" if "." in tag.version or old else at(facts["alpine"], day)[0]


def _buildpack(text: str, reference: Reference, day: date) -> BaseImage | None:
    words = reference.tag.split("-")
    codename = next((word for word in words if release("debian", word)), "")
    if not codename and words[0] in ("latest", "stable", "curl", "scm"):
        codename = at(table("base")["debian"]["latest"], day)[0]
    ubuntu = next((word for word in words if release("ubuntu", word)), "")
    if ubuntu:  # made on Ubuntu with the same recipe
        absent = frozenset(
            {"locale-gen", "update-locale", "sudo", "cmake", "node", "npm", "pip", "pip3", "jq", "vim", "java"}
        )
        os = release("ubuntu", ubuntu)
        return BaseImage(text, "buildpack-deps", os, path_env(), cmd=("bash",), absent_commands=absent)
    recipe = next((f"buildpack-{word}" for word in words if word in ("curl", "scm")), "buildpack-deps")
    return on_debian(text, "buildpack-deps", codename, recipe, cmd=("bash",))


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
        image,
        reference=text,
        family=reference.name,
        env={**image.env, **rule.get("env", {})},
        env_known="env" in rule,
        workdir=rule.get("workdir", image.workdir),
        packages=image.packages - set(rule.get("without", ())),
        complete=False,
        packages_complete=False,
        users_complete=False,
        extra_commands=extra,
        entrypoint=None,
        cmd=None,
    )


def _other(text: str, reference: Reference, day: date) -> BaseImage | None:
    """A family of which little is known: mostly what its tag says of the release."""
    rule = table("base")["family"].get(reference.name)
    if rule is None:
        return None
    if rule.get("path") and not re.fullmatch(r"latest|v?[\d.]+(?:-\d+)?", reference.tag):
        return None  # `4.12.0-alpine`
    tag = Tag(reference.tag)
    os = OsRelease(rule["os"], libc="glibc") if "os" in rule else release("debian", tag.suite) if tag.suite else None
    if tag.alpine is not None and rule.get("debian"):
        return replace(on_alpine(text, reference.name, tag.alpine), absent_commands=frozenset())
    if os is not None and os.id in ("amzn", "rocky", "centos", "fedora", "almalinux"):
        name = reference.tag.removeprefix("centos").split(".")[0]
        name = at(rule["latest"], day)[0] if name == "latest" and "latest" in rule else name
        os = release(os.id, name) or os
    absent = frozenset(rule.get("absent", ()))
    folder = rule.get("path", "")
    env = path_env(f"{folder}:{PATH}") if folder else path_env()
    commands = {name: f"{folder}/{name}" for name in rule.get("commands", ())}
    return BaseImage(
        text,
        reference.name,
        os,
        env,
        extra_commands=commands,
        absent_commands=absent,
        env_known=reference.name in _PLAIN_ENV,
    )


_PLAIN_ENV = frozenset({"centos", "fedora", "amazonlinux", "rockylinux", "almalinux", "busybox"})  # PATH alone

_FAMILIES: dict[str, Callable[[str, Reference, date], BaseImage | None]] = {
    "debian": _debian, "python": python, "alpine": _alpine, "ubuntu": _ubuntu, "node": _node,
    "buildpack-deps": _buildpack, "scratch": _scratch,
}  # fmt: skip
