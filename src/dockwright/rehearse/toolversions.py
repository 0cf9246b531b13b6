"""Options and subcommands that a Python tool's version does not know any more, or not yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty
from dockwright.inputs import versions
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.python import Python


class Removed(Struct, frozen=True):
    """`since`: the version that no longer knows it. `instead`: what a careful engineer writes now; empty: leave it out."""

    since: str
    instead: str = ""


# Changelogs of pip, Poetry and virtualenv.
REMOVED: dict[tuple[str, str], dict[str, Removed]] = {
    ("pip", "install"): {
        "--install-option": Removed("23.1", "--config-settings"),
        "--process-dependency-links": Removed("19.0"),
        "--download": Removed("10.0", "pip download"),
        "--build": Removed("21.0"),
        "-b": Removed("21.0"),
        "--build-dir": Removed("21.0"),
        "--allow-external": Removed("10.0"),
        "--allow-all-external": Removed("10.0"),
        "--allow-unverified": Removed("10.0"),
        "--use-mirrors": Removed("7.0"),
        "--mirrors": Removed("7.0"),
        "--egg": Removed("10.0"),
        "--use-wheel": Removed("10.0"),
        "--no-use-wheel": Removed("10.0", "--no-binary :all:"),
        "--download-cache": Removed("8.0"),
    },
    ("poetry", "install"): {"--no-dev": Removed("2.0", "--only main"), "--remove-untracked": Removed("2.0", "--sync")},
    ("poetry", "update"): {"--no-dev": Removed("2.0", "--only main")},
    ("poetry", "lock"): {"--no-update": Removed("2.0"), "--check": Removed("2.0", "poetry check --lock")},
    ("poetry", "add"): {"--dev": Removed("2.0", "--group dev"), "-D": Removed("2.0", "--group dev")},
    ("virtualenv", ""): {"--no-site-packages": Removed("20.0"), "--distribute": Removed("20.0"), "--setuptools": Removed("20.0")},
    ("pipenv", "install"): {"--three": Removed("2022.10.9"), "--two": Removed("2022.1.8"), "--sequential": Removed("2022.8.13")},
    ("pipenv", "lock"): {"-r": Removed("2022.8.13", "pipenv requirements"), "--requirements": Removed("2022.8.13", "pipenv requirements")},
}  # fmt: skip

# The oldest Python that the versions without the old ways run on: an older Python gets an older tool.
MODERN = {
    "pip": ("25.0", (3, 9)),
    "poetry": ("2.1", (3, 9)),
    "virtualenv": ("20.30", (3, 8)),
    "pipenv": ("2024.4", (3, 8)),
}


def check_option(
    call: Call, tool: str, action: str, written: Iterable[Argument], version: tuple[str, str], python: Python | None
) -> None:
    """Record the options that this version is known not to have."""
    table = REMOVED.get((tool, action), {})
    for argument in written:
        name = str(argument.value).partition("=")[0]
        removed = table.get(name)
        if removed is None:
            _ask_facts(call, f"{tool} {action}".strip(), tool, argument, name, version[0])
            continue
        answer, certainty = older(call, tool, removed.since, version, python)
        if answer is NO:
            need = needs.Option(f"{tool} {action}".strip(), name, version[0], removed.instead)
            call.lacks(need, argument.span, certainty=certainty, by=tool)


# What follows one of these is another program's option.
PASSED_ON = frozenset(
    {"--global-option", "--build-option", "--install-option", "--config-settings", "--extra-pip-args", "--"}
)


def _ask_facts(call: Call, command: str, tool: str, argument: Argument, name: str, version: str) -> None:
    """An option that this very version, when asked, does not have."""
    at = next((at for at, word in enumerate(call.arguments) if word is argument), 0)
    if not version or not name.startswith("--") or len(name) < 4 or str(call.arguments[at - 1].value) in PASSED_ON:
        return
    from dockwright.facts.tools import command_known, option_known

    if command_known(command, version) is NO:
        return  # a plug-in brought it, with options of its own
    if option_known(command, version, name) is NO and option_known(tool, version, name) is not YES:
        call.lacks(needs.Option(command, name, version), argument.span, by=tool)


def older(
    call: Call, tool: str, since: str, version: tuple[str, str], python: Python | None
) -> tuple[Answer, Certainty]:
    """Is the tool's version older than `since`? An unpinned install takes the newest that the day and the Python allow."""
    exact, specifier = version
    try:
        if exact:
            return Answer.of(versions.older(exact, since)), Certainty.CERTAIN
        newest, least = MODERN.get(tool, ("", (3, 99)))
        if not _asked(python, tool) or not newest or versions.older(newest, since) or _day(call) < "2025-06":
            return UNKNOWN, Certainty.POSSIBLE
        if python is None or python.minor is None or python.minor < least or not versions.fits(newest, specifier):
            return (
                YES if specifier and not versions.fits(since, specifier) and "<" in specifier else UNKNOWN
            ), Certainty.LIKELY
    except versions.InvalidVersion:
        return UNKNOWN, Certainty.POSSIBLE
    return NO, Certainty.LIKELY


def _asked(python: Python | None, tool: str) -> bool:
    """A line of this file installs the tool, so that its age is the day's."""
    there: Any = python.distributions.get(tool) if python is not None else None
    return there is not None and there.made is not None


def _day(call: Call) -> str:
    return call.world.as_of or "9999"
