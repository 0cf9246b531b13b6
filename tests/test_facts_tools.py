from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dockwright.facts import tables as read
from dockwright.facts.release import release
from dockwright.facts.tables import FOLDER as FACTS
from dockwright.facts.tools import command_known, option_known, user_option_known, versions
from dockwright.finding import NO, UNKNOWN, YES, Answer

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.refresh_facts import apkindex, tables
from tools.refresh_facts.deb822 import contents, relations, stanzas

FOLDER = Path(read.FOLDER)

FOLDER = Path(FACTS)


@pytest.mark.parametrize(
    ("release_name", "command", "option", "answer"),
    [
        ("bookworm", "adduser", "--create-home", NO),
        ("bookworm", "useradd", "--create-home", YES),
        ("bookworm", "adduser", "--comment", YES),
        ("bullseye", "adduser", "--comment", NO),
        ("bullseye", "adduser", "--gecos", YES),
        ("trixie", "adduser", "--disabled-password", YES),
        ("trixie", "adduser", "-D", NO),
        ("bookworm", "addgroup", "--system", YES),
        ("bookworm", "useradd", "-m", YES),
        ("bookworm", "useradd", "--disabled-password", NO),
    ],
)
def test_user_commands_of_debian(release_name: str, command: str, option: str, answer: Answer) -> None:
    os = release("debian", release_name)
    assert os is not None
    assert user_option_known(os, command, option) is answer


def test_user_commands_elsewhere() -> None:
    alpine, jammy, fedora = release("alpine", "3.20"), release("ubuntu", "22.04"), release("rocky", "9")
    assert alpine is not None and jammy is not None and fedora is not None
    assert user_option_known(alpine, "adduser", "-D") is YES
    assert user_option_known(alpine, "adduser", "--create-home") is NO
    assert user_option_known(jammy, "adduser", "--create-home") is NO
    assert user_option_known(fedora, "adduser", "--create-home") is UNKNOWN


def test_beyond_the_newest_version_an_option_is_not_said_to_be_missing() -> None:
    newest = versions("adduser")[-1]
    assert option_known("adduser", newest, "--create-home") is NO
    assert option_known("adduser", "99.0", "--create-home") is UNKNOWN
    assert option_known("adduser", "99.0", "--system") is YES
    assert option_known("adduser", None, "--create-home") is NO
    assert option_known("no-such-tool", "1", "--x") is UNKNOWN


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_read_is_what_is_written(path: Path) -> None:
    assert (FOLDER / "json" / f"{path.stem}.json").read_bytes() == tables.compiled(path), (
        "python -m tools.refresh_facts tables"
    )


def test_every_table_says_when_and_from_where() -> None:
    import msgspec

    for path in (FOLDER / "json").glob("*.json"):
        meta = msgspec.json.decode(path.read_bytes())["meta"]
        assert meta["date"] and meta["source"] and meta["renew"], path


def test_reads_debian_indexes() -> None:
    (stanza,) = stanzas(
        ["Package: a\n", "Depends: b (>= 1) | c, d [i386],\n", " e:any\n", "X: y\n", "\n"],
        frozenset({"Package", "Depends"}),
    )
    assert [[entry.name for entry in group] for group in relations(stanza["Depends"])] == [["b", "c"], ["e"]]
    assert list(contents(["usr/bin/a b   utils/x,admin/y\n"])) == [("usr/bin/a b", ["x", "y"])]


def test_reads_alpine_indexes() -> None:
    sample = (
        "P:libpq-dev\nV:16.3-r0\nD:libpq openssl-dev>3 !conflicting\n"
        "p:cmd:pg_config=16.3-r0 pc:libpq=16.3 postgresql-dev=16.3\n\nP:musl\nV:1.2.5-r0\n\n"
    )
    first, second = apkindex.packages(sample.splitlines(keepends=True))
    assert (first.name, first.commands, first.pkgconfig, first.provides) == (
        "libpq-dev",
        ("pg_config",),
        ("libpq",),
        ("postgresql-dev",),
    )
    assert first.depends == ("libpq", "openssl-dev")
    assert second.name == "musl"


@pytest.mark.parametrize(
    ("tool", "version", "option", "answer"),
    [
        ("pip install", "23.0", "--break-system-packages", NO),
        ("pip install", "23.0.1", "--break-system-packages", YES),
        ("pip install", "22.3.1", "--install-option", YES),
        ("pip install", "24.0", "--install-option", NO),
        ("pip install", "25.2", "--global-option", YES),
        ("pip install", "25.3", "--global-option", NO),
        ("pip install", "24.0", "--no-cache", YES),
        ("poetry lock", "1.8.5", "--no-update", YES),
        ("poetry lock", "2.0.1", "--no-update", NO),
        ("poetry install", "1.1.15", "--only", NO),
        ("poetry install", "1.8.5", "--only", YES),
        ("poetry install", "2.1.0", "--no-dev", NO),
        ("poetry install", "2.0.1", "--no-interaction", YES),
        ("uv sync", "0.8.24", "--frozen", YES),
        ("uv sync", "0.2.37", "--no-install-project", NO),
        ("uv sync", "0.8.24", "--never-heard-of", UNKNOWN),
        ("pipenv install", "2023.12.1", "--keep-outdated", YES),
    ],
)
def test_options_of_pythons_tools(tool: str, version: str, option: str, answer: Answer) -> None:
    assert option_known(tool, version, option) is answer


def test_commands_that_come_and_go() -> None:
    assert command_known("poetry export", "1.1.15") is YES
    assert command_known("poetry shell", "2.0.1") is NO
    assert command_known("poetry sync", "1.8.5") is NO
    assert command_known("pip lock", "24.0") is NO
