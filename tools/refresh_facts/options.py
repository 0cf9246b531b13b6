"""Reads which options real commands know, version by version, into src/dockwright/facts/json/options.json.

Debian's tools: `--help` of the program in each release's own package, or the Getopt table of the script. Python's
tools: each
version installed by pip into a folder of its own and asked for its help. Nothing is typed by hand.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import apt_lists, tables

OUT = tables.FACTS / "json" / "options.json"
LONG = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*[a-z0-9])")
SHORT = re.compile(r"(?:^|[\s,\[|(])(-[A-Za-z])(?=[\s,\]|)=]|$)", re.M)
GETOPT = re.compile(r"(?:^\s*|GetOptions\s*\(\s*)[\"']([a-z][\w|-]*)[=:!]?\w*[\"']\s*=>", re.M)

DEBIAN = {
    "adduser": ["adduser", "deluser"],
    "passwd": ["useradd", "groupadd", "usermod", "userdel", "groupmod", "chpasswd"],
}
PIP_COMMANDS = ["install", "wheel", "download", "uninstall", "freeze", "list", "check", "config", "cache", "lock"]
POETRY_COMMANDS = [
    "install",
    "lock",
    "export",
    "add",
    "update",
    "build",
    "config",
    "run",
    "sync",
    "self add",
    "check",
    "show",
    "remove",
    "init",
    "new",
    "shell",
    "publish",
]
UV_COMMANDS = [
    "sync",
    "lock",
    "run",
    "add",
    "export",
    "venv",
    "build",
    "tool install",
    "python install",
    "pip install",
    "pip sync",
    "pip compile",
    "pip uninstall",
    "pip freeze",
    "pip list",
    "pip check",
    "cache clean",
]
PIPENV_COMMANDS = ["install", "sync", "lock", "requirements", "run", "update", "uninstall", "verify", "check"]
TOOLS = {
    "pip": ("20.0.2 20.3.4 21.0.1 21.3.1 22.0.4 22.3.1 23.0 23.0.1 23.1.2 23.3.2 24.0"
        " 24.3.1 25.0.1 25.1.1 25.2 25.3 26.0 26.1",
        PIP_COMMANDS),
    "poetry": ("1.1.15 1.2.2 1.3.2 1.4.2 1.5.1 1.6.1 1.7.1 1.8.5 2.0.1 2.1.4 2.2.1 2.3.0", POETRY_COMMANDS),
    "uv": ("0.1.45 0.2.37 0.3.5 0.4.30 0.5.31 0.6.17 0.7.22 0.8.24 0.9.30 0.10.0", UV_COMMANDS),
    "pipenv": ("2020.11.15 2021.11.23 2022.12.19 2023.12.1 2024.4.1 2025.0.4", PIPENV_COMMANDS),
}  # fmt: skip

Found = dict[str, dict[str, set[str]]]  # "tool command" -> version -> options


def words(text: str) -> set[str]:
    return set(LONG.findall(text)) | set(SHORT.findall(text))


def debian(lists: Path, suites: Iterable[str]) -> Iterator[tuple[str, str, set[str]]]:
    """(tool, version of its package, options)."""
    for suite in suites:
        for package, tools in DEBIAN.items():
            folder = lists / "debs" / suite
            apt_lists.download(lists, suite, [package], folder)
            deb = next(folder.glob(f"{package}_*.deb"))
            version = _version(deb)
            with tempfile.TemporaryDirectory() as root:
                subprocess.run(["dpkg-deb", "-x", str(deb), root], check=True)
                for tool in tools:
                    yield tool, version, _options_of(next(Path(root).rglob(f"sbin/{tool}")), Path(root))


def carried(lists: Path, suite: str) -> dict[str, str]:
    """package -> version, of the packages that hold the user commands."""
    debs = {package: next((lists / "debs" / suite).glob(f"{package}_*.deb")) for package in DEBIAN}
    return {package: _version(deb) for package, deb in debs.items()}


def _version(deb: Path) -> str:
    return subprocess.run(
        ["dpkg-deb", "-f", str(deb), "Version"], capture_output=True, text=True, check=True
    ).stdout.strip()


def _options_of(program: Path, root: Path) -> set[str]:
    """A Perl script's Getopt table; of a binary, the long options in it that its manual page names too."""
    data = program.read_bytes()
    if data.startswith(b"#!"):
        names = [name for match in GETOPT.findall(data.decode("utf-8", "replace")) for name in match.split("|")]
        return {f"--{name}" if len(name) > 1 else f"-{name}" for name in names}
    page = next(root.rglob(f"man/man8/{program.name}.8.gz"))
    text = (
        subprocess.run(["zcat", str(page)], capture_output=True, check=True)
        .stdout.decode("utf-8", "replace")
        .replace("\\-", "-")
        .replace("\\fB", " ")
        .replace("\\fR", " ")
        .replace("\\fI", " ")
    )
    return {option for option in words(text) if option[2:].encode() in data or len(option) == 2}


def python_tools(work: Path, interpreter: str, names: Iterable[str]) -> Iterator[tuple[str, str, set[str]]]:
    for tool in names:
        versions, commands = TOOLS[tool]
        for version in versions.split():
            home = _installed(work, interpreter, tool, version)
            base = _options(home, tool, []) if home else set()
            if home is None or not base:
                print("not to be had, or does not run:", tool, version, file=sys.stderr)
                continue
            yield tool, version, base
            for command in commands:
                found = _options(home, tool, command.split())
                if found:
                    yield f"{tool} {command}", version, found


def _installed(work: Path, interpreter: str, tool: str, version: str) -> Path | None:
    """A virtual environment that holds that version."""
    home = work / f"{tool}-{version}"
    if not home.exists():
        subprocess.run([interpreter, "-m", "venv", str(home)], check=True)
        extra = (
            ["poetry-plugin-export<1.9"] if tool == "poetry" and version.startswith("1.") and version > "1.2" else []
        )
        done = subprocess.run(
            [home / "bin/pip", "install", "-q", f"{tool}=={version}", "setuptools<80", *extra],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return None
    return home


# Options that a help text hides count too: pip's and pipenv's parsers are asked themselves.
ASK_PIP = """
import sys
from pip._internal.cli.main_parser import create_main_parser
from pip._internal.commands import create_command
parser = create_command(sys.argv[1]).parser if len(sys.argv) > 1 else create_main_parser()
print(*(word for option in parser.option_list_all for word in option._short_opts + option._long_opts))
"""
ASK_PIPENV = """
import sys
from pipenv.cli import cli
command = cli.get_command(None, sys.argv[1]) if len(sys.argv) > 1 else cli
print("--help", *(word for param in command.params for word in param.opts + param.secondary_opts))
"""
ASK = {"pip": ASK_PIP, "pipenv": ASK_PIPENV}


def _options(home: Path, tool: str, command: list[str]) -> set[str]:
    """Empty when that version does not have the command."""
    environment = {**os.environ, "COLUMNS": "200", "PYTHONWARNINGS": "ignore"}
    run = [str(home / "bin" / tool), *command, "--help"]
    if tool in ASK:
        run = [str(home / "bin/python"), "-c", ASK[tool], *command]
    done = subprocess.run(run, capture_output=True, text=True, env=environment)
    if done.returncode:
        return set()
    return {word for word in done.stdout.split() if word.startswith("-")} if tool in ASK else words(done.stdout)


def probed(work: Path, rows: list[tuple[str, str, set[str]]]) -> list[tuple[str, str, set[str]]]:
    """uv takes options that its help hides: each that another version shows is tried (`uv sync OPTION --help`)."""
    every: dict[str, set[str]] = defaultdict(set)
    for name, _, options in rows:
        every[name] |= options
    return [
        (name, version, known | _accepted(work, name, version, every[name] - known)) for name, version, known in rows
    ]


def _accepted(work: Path, name: str, version: str, candidates: set[str]) -> set[str]:
    if not name.startswith("uv"):
        return set()
    run = [str(work / f"uv-{version}" / "bin/uv"), *name.split()[1:]]
    return {option for option in candidates if "unexpected argument" not in _said([*run, option, "--help"])}


def _said(run: list[str]) -> str:
    return subprocess.run(run, capture_output=True, text=True).stderr


def busybox() -> Iterator[tuple[str, str, set[str]]]:
    for command, options in _users()["busybox"].items():
        yield f"busybox {command}", "1", set(options)


def _users() -> dict[str, Any]:
    return tomllib.loads((tables.FACTS / "users.toml").read_text(encoding="utf-8"))


def write(rows: Iterable[tuple[str, str, set[str]]], releases: Mapping[str, Mapping[str, str]]) -> None:
    """tool -> versions asked, and option -> the numbers of the versions that know it."""
    found: Found = defaultdict(dict)
    for tool, version, options in rows:
        found[tool][version] = options
    content: dict[str, object] = {
        "meta": {
            "date": datetime.now(UTC).date().isoformat(),
            "source": "--help and Getopt tables of the programs themselves",
            "renew": "python -m tools.refresh_facts options",
        }
    }
    content["releases"] = {**_users()["releases"], **releases}
    asked = {tool: list(versions) for tool, versions in found.items()}
    for tool, versions in found.items():
        every = asked.get(
            tool.split(" ")[0], asked[tool]
        )  # a command that a version does not have counts as one without options
        options = {
            option: [number for number, version in enumerate(every) if option in versions.get(version, ())]
            for option in sorted(set().union(*versions.values()))
        }
        content[tool] = {
            "versions": every,
            "has": [number for number, version in enumerate(every) if version in versions],
            "options": options,
        }
    OUT.write_text(json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
