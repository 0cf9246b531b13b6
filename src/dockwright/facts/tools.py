"""Which options a command knows, by its version: asked of the programs themselves (json/options.json).

Tools: Debian's adduser, deluser, useradd, groupadd, usermod, userdel, groupmod, chpasswd (by version of their
package), BusyBox's
(`busybox adduser`), `pip install`, `poetry lock`, `uv sync`, `pipenv install`, … and their global options (`pip`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from dockwright.facts.release import OsRelease
from dockwright.facts.tables import parts
from dockwright.finding import UNKNOWN, YES, Answer


@lru_cache(maxsize=512)
def _key(version: str) -> tuple[int, ...]:
    """Orders versions such as 3.134, 1:4.13+dfsg1-1 and 2020.11.15 by upstream's numbers: no epoch, no Debian
    revision."""
    version = version.partition(":")[2] or version
    head = version[: len(version) - len(version.lstrip("0123456789."))]
    return tuple(int(part) for part in head.split(".") if part)


def versions(tool: str) -> tuple[str, ...]:
    """The versions asked, oldest first."""
    return tuple(sorted(_facts(tool).get("versions", ()), key=_key))


def _facts(tool: str) -> dict[str, Any]:
    return {} if tool == "meta" else _part(tool)


@lru_cache(maxsize=64)
def _part(name: str) -> dict[str, Any]:
    """The table of one tool: the whole is as large as all other tables together, and each run asks about few of them."""
    raw = parts("options").get(name)
    found: dict[str, Any] = msgspec.json.decode(raw) if raw is not None else {}
    return found


def option_known(tool: str, version: str | None, option: str) -> Answer:
    """Does that version of the tool accept the option?

    Between two versions asked that agree, the answer is theirs; beyond the newest one an option is only known to
    stay, never
    known to be missing. Without a version: what all asked versions agree on. `--opt=value` counts as `--opt`; where
    the program
    takes abbreviations of long options, one that is unambiguous is accepted.
    """
    facts, name = _facts(tool), option.partition("=")[0]
    if not facts:
        return UNKNOWN
    having = _having(facts, name, tool)
    if not having and tool.startswith("uv"):
        return UNKNOWN  # uv accepts options that no help text shows
    return _agreed(facts["versions"], having, version)


def command_known(tool: str, version: str | None) -> Answer:
    """Does that version have the sub-command? `command_known("poetry export", "2.0")`."""
    facts = _facts(tool)
    if not facts:
        return UNKNOWN
    return _agreed(facts["versions"], frozenset(facts["has"]), version)


def _having(facts: dict[str, Any], option: str, tool: str) -> frozenset[int]:
    options: dict[str, list[int]] = facts["options"]
    if option in options:
        return frozenset(options[option])
    if option.startswith("--") and tool.split(" ")[0] in _ABBREVIATES:
        return frozenset(number for name, numbers in options.items() if name.startswith(option) for number in numbers)
    return frozenset()


# Getopt::Long (adduser), getopt_long (shadow) and optparse (pip) take unambiguous beginnings of long options.
_ABBREVIATES = frozenset(
    {"adduser", "addgroup", "deluser", "useradd", "groupadd", "usermod", "userdel", "groupmod", "chpasswd", "pip"}
)


def _agreed(asked: list[str], having: frozenset[int], version: str | None) -> Answer:
    answers = sorted((_key(name), number in having) for number, name in enumerate(asked))
    if version is None:
        return Answer.of(answers[0][1]) if len({known for _, known in answers}) == 1 else UNKNOWN
    wanted = _key(version)
    below = [known for name, known in answers if name <= wanted]
    above = [known for name, known in answers if name >= wanted]
    if not below:
        return UNKNOWN
    if not above:
        return YES if below[-1] else UNKNOWN
    return Answer.of(below[-1]) if below[-1] is above[0] else UNKNOWN


_OF_DEBIAN = {"adduser": "adduser", "addgroup": "adduser", "deluser": "adduser", "delgroup": "adduser"}


def user_option_known(os: OsRelease, command: str, option: str) -> Answer:
    """An option of adduser, useradd and their kin as that release carries them."""
    if os.id == "alpine":
        return option_known(f"busybox {command}", None, option)
    if os.id not in ("debian", "ubuntu"):
        return UNKNOWN
    tool = {"addgroup": "adduser", "delgroup": "deluser"}.get(command, command)
    version = _part("releases").get(f"{os.id}:{os.version}", {}).get(_OF_DEBIAN.get(command, "passwd"))
    return option_known(tool, version, option) if version else UNKNOWN
