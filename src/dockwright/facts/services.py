"""Images for machine learning and services: what their public recipes say (recipes/*.toml), a file apiece (json/recipe)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from msgspec.structs import replace

from dockwright.facts.base import BaseImage, Distribution, PythonFacts, User
from dockwright.facts.made import PATH, on_alpine, on_ubuntu, path_env
from dockwright.facts.reference import Reference
from dockwright.facts.release import OsRelease
from dockwright.facts.tables import recipe

PIP = {"pip": Distribution(None, "pip")}


def image(text: str, reference: Reference, day: date) -> BaseImage | None:
    """None for a family that has no recipe here, and for tags of which nothing is known."""
    for rule in recipe(reference.name):
        match = re.fullmatch(rule["tags"], reference.tag)
        if match is not None and rule.get("since", "") <= day.isoformat() < rule.get("until", "9"):
            return _made(text, reference.name, rule, _filled(match), day)
    return None


def _filled(match: re.Match[str]) -> dict[str, str]:
    return {name: value or "" for name, value in match.groupdict().items()}


def _made(text: str, name: str, rule: dict[str, Any], words: dict[str, str], day: date) -> BaseImage:
    below = _below(text, name, rule, words, day)
    commands = {**below.extra_commands, **rule.get("commands", {})}
    pythons = (_python(rule["python"], words),) if "python" in rule else ()
    shell = rule.get("shell")
    return replace(
        below,
        reference=text,
        family=name,
        env=_env(below, rule, words),
        env_known="env" in rule,
        user=rule.get("user", "root"),
        workdir=rule.get("workdir", "/"),
        shell=tuple(shell) if shell else ("/bin/sh", "-c"),
        shell_known=rule.get("shell_known", True),
        users={**below.users, **{each: User(*row) for each, row in rule.get("users", {}).items()}},
        users_complete=False,
        pythons=pythons,
        packages_complete=False,
        complete=False,
        extra_commands=commands,
        absent_commands=frozenset(rule.get("lacks", ())) - commands.keys(),
        entrypoint=None,
        cmd=None,
        source="the image's public recipe",
    )


def _below(text: str, name: str, rule: dict[str, Any], words: dict[str, str], day: date) -> BaseImage:
    """The image that the recipe begins with, or the distribution alone."""
    if "on" in rule:
        from dockwright.facts.base import base_image

        found = base_image(rule["on"].format(**words), as_of=day)
        if found is not None:
            return found
    os = rule.get("os", "")
    if os == "alpine":
        return on_alpine(text, name, "")
    if os == "ubuntu":
        return on_ubuntu(text, name, None)
    return BaseImage(text, name, OsRelease(os, libc="glibc") if os else None, path_env())


def _env(below: BaseImage, rule: dict[str, Any], words: dict[str, str]) -> dict[str, str]:
    """PATH with conda's folder before the others."""
    own = rule.get("path", "")
    if rule.get("python", {}).get("by") == "conda":
        own = rule["python"]["prefix"] + "/bin"
    path = below.env.get("PATH", PATH)
    return {**below.env, **rule.get("env", {}), "PATH": f"{own}:{path}" if own else path}


def _python(facts: dict[str, Any], words: dict[str, str]) -> PythonFacts:
    version, prefix = facts["version"].format(**words), facts["prefix"]
    by = facts.get("by", "apt")
    names = facts.get("names") or (["python"] if by == "conda" else []) + ["python3", f"python{version}"]
    lib = (
        f"/usr/local/lib/python{version}/dist-packages"
        if prefix == "/usr"
        else f"{prefix}/lib/python{version}/site-packages"
    )
    return PythonFacts(
        version,
        None,
        tuple(f"{prefix}/bin/{name}" for name in names),
        prefix,
        lib,
        by,
        facts.get("managed", False),
        PIP,
        complete=False,
    )
