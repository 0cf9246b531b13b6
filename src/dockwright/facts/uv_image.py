"""The images of uv: two programs and nothing else, or put into another image (astral-sh/uv's Dockerfile and workflow for its images)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from dockwright.facts.base import BaseImage
from dockwright.facts.made import at, today
from dockwright.facts.reference import Reference, parse
from dockwright.facts.release import OsRelease
from dockwright.facts.tables import table

NAMES = ("ghcr.io/astral-sh/uv", "astral/uv")
TAG = re.compile(r"(?P<version>0\.\d+(?:\.\d+)?)?(?:(?:^|-)(?P<base>[a-z].*))?")
PYTHON = re.compile(r"python(?P<python>3\.\d+)-(?P<suite>[a-z]+)(?P<alpine>[\d.]*)(?P<slim>-slim)?")
PLAIN = re.compile(r"(?P<suite>[a-z]+)(?P<alpine>[\d.]*)(?P<slim>-slim)?")


def image(text: str, reference: Reference, day: date) -> BaseImage | None:
    """None for tags that are not known to be published."""
    match = TAG.fullmatch(reference.tag)
    if match is None or not reference.tag:
        return None
    version, base = match["version"] or "", match["base"] or ""
    if version and _key(version) < (0, 3):  # uvx is newer than the first releases
        return None
    if base in ("", "latest"):
        return _alone(text) if base == "" or not version else None
    facts = table("base")["uv"]
    first, last = _built(version, base, facts, day)
    return _derived(text, base, facts, first, last)


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _alone(text: str) -> BaseImage:
    """`FROM scratch`, /uv and /uvx."""
    commands = {"uv": "/uv", "uvx": "/uvx"}
    return BaseImage(
        text,
        NAMES[0],
        OsRelease("scratch"),
        workdir="/io",
        entrypoint=("/uv",),
        extra_commands=commands,
        complete=True,
        packages_complete=True,
        users_complete=True,
        alone=True,
    )


def _built(version: str, base: str, facts: dict[str, Any], day: date) -> tuple[date, date]:
    """First and last day on which the image may have been made: a release's are not made anew, some tags are left behind."""
    if not version:
        left = re.fullmatch(facts["left"]["tags"], base) is not None
        last = min(day, date.fromisoformat(facts["left"]["last"])) if left else day
        return last, last
    steps = {name: date.fromisoformat(first) for first, name in facts["released"]}
    minor = ".".join(version.split(".")[:2])
    later = [first for name, first in steps.items() if _key(name) > _key(minor)]
    before = [first for name, first in steps.items() if _key(name) <= _key(minor)]
    last = min([*later, day, today()]) - timedelta(days=1)
    return min(last, max(before)) if before else last, last


def _derived(text: str, base: str, facts: dict[str, Any], first: date, last: date) -> BaseImage | None:
    match = PYTHON.fullmatch(base) or PLAIN.fullmatch(base)
    if match is None:
        return None
    python, suite, alpine = match.groupdict().get("python") or "", match["suite"], match["alpine"]
    known = True
    if suite == "alpine" and not match["slim"]:
        alpine = alpine or _alpine(python, facts, first, last)
        known = alpine != ""
        name = f"python:{python}-alpine{alpine}" if python else f"alpine:{alpine or 'edge'}"
    elif alpine or suite not in ("debian", "bookworm", "trixie") or (python and suite == "debian"):
        return None
    else:
        suites = {at(facts["debian"], each)[0] for each in (first, last)} if suite == "debian" else {suite}
        suite = suites.pop() if len(suites) == 1 else ""
        slim = match["slim"] or ""
        name = f"python:{python}{slim}-{suite}" if python else f"{'debian' if slim else 'buildpack-deps'}:{suite}{slim}"
    return _with_uv(text, name, known, facts, last) if suite else None


def _alpine(python: str, facts: dict[str, Any], first: date, last: date) -> str:
    """The release behind `alpine` and `python3.x-alpine`; empty where it changed meanwhile."""
    steps = facts["python_alpine"].get(python, facts["python_alpine"]["3"]) if python else facts["alpine"]
    found = {at(steps, each)[0] for each in (first, last)}
    return found.pop() if len(found) == 1 else ""


def _with_uv(text: str, name: str, known: bool, facts: dict[str, Any], last: date) -> BaseImage | None:
    from dockwright.facts.base import base_image

    reference = parse(name)
    below = base_image(name, as_of=last) if reference is not None else None
    if below is None:
        return None
    tools = {"UV_TOOL_BIN_DIR": "/usr/local/bin"} if last >= date.fromisoformat(facts["tool_folder"]) else {}
    commands = {"uv": "/usr/local/bin/uv", "uvx": "/usr/local/bin/uvx"}
    return replace(
        below,
        reference=text,
        env={**below.env, **tools},
        os=below.os if known else OsRelease("alpine", libc="musl"),
        entrypoint=(),
        cmd=("/usr/local/bin/uv",),
        extra_commands={**below.extra_commands, **commands},
        absent_commands=below.absent_commands - commands.keys(),
        until=None,
        before="",
    )
