"""The official Python images: docker-library/python."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from dockwright.facts.base import BaseImage, Distribution, PythonFacts
from dockwright.facts.made import PATH, Tag, at, on_alpine, on_debian, path_env, today
from dockwright.facts.reference import Reference
from dockwright.facts.tables import table

# Python 3.13's images and earlier set LANG; from 3.14 on they do not (package lists of 2026-08 and 2026-09).
_WITH_LANG = frozenset({"2.7", *(f"3.{number}" for number in range(5, 13))})
_WITH_2TO3 = frozenset({"2.7", *(f"3.{number}" for number in range(5, 13))})


def python(text: str, reference: Reference, day: date) -> BaseImage | None:
    tag, facts = Tag(reference.tag), table("base")["python"]
    if tag.odd or (not reference.tag and reference.digest):
        return BaseImage(text, "python", None, cmd=("python3",))
    until, before = None, ""
    minor = ".".join(tag.version.split(".")[:2])
    if minor in ("", "3"):
        minor, until, before = at(facts["latest"], day)
        before = f"Python {before}" if before else ""
    elif minor == "2":
        minor = "2.7"
    known = facts["version"].get(minor, {})
    built = min(day, date.fromisoformat(known["last"])) if "last" in known else day
    if tag.alpine is not None:
        return _python_alpine(text, tag, minor, built)
    codename = tag.suite
    if not codename:
        codename, since, old = at(facts["suite"], built)
        first = date.fromisoformat(known["first"]) if "first" in known else None
        if since and first and first < since and len(tag.version.split(".")) < 3:
            until, before = max(filter(None, (until, since))), f"{old}" if not until or since >= until else before
        if len(tag.version.split(".")) == 3:
            codename = _suite_of_patch(tag.version, minor, codename, facts, day)
    if not codename:
        return _with_python(BaseImage(text, "python", None, path_env(), cmd=("python3",)), minor, tag.version, built)
    image = on_debian(
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
    return codename if at(facts["suite"], date.fromisoformat(known["first"]))[0] == codename else ""


def _python_alpine(text: str, tag: Tag, minor: str, built: date) -> BaseImage:
    facts = table("base")["python"]
    newest = tag.version.count(".") < 2 or facts["version"].get(minor, {}).get("full") == tag.version
    version = tag.alpine or (
        at(facts["alpine"], built)[0] if newest else ""
    )  # an exact release stays on its own days' Alpine
    image = on_alpine(text, "python", version, cmd=("python3",))
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
    env = {**image.env, "PATH": "/usr/local/bin:" + PATH, **({"PYTHON_VERSION": full} if full else {})}
    if minor in _WITH_LANG:
        env["LANG"] = "C.UTF-8"
    absent = image.absent_commands - commands.keys()
    return replace(
        image, pythons=(python,), env=env, extra_commands={**image.extra_commands, **commands}, absent_commands=absent
    )


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
