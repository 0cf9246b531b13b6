"""The table of command families against the modules that it names."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from dockwright.rehearse import commands

FOLDER = Path(commands.__file__).parent


@pytest.mark.parametrize("name", commands.FAMILIES)
def test_a_family_runs_the_commands_that_it_is_named_for(name: str) -> None:
    module = importlib.import_module(f"{commands.__name__}.{name}")
    assert callable(module.run)
    functions = getattr(module, "FUNCTIONS", None)
    assert functions is None or set(functions) == set(commands.FAMILIES[name].split())


def test_every_family_is_in_the_table_and_every_command_in_one_family() -> None:
    stems = {file.stem for file in FOLDER.glob("*.py")} - {"__init__"}
    with_run = {stem for stem in stems if hasattr(importlib.import_module(f"{commands.__name__}.{stem}"), "run")}
    assert with_run == set(commands.FAMILIES)
    names = [name for names in commands.FAMILIES.values() for name in names.split()]
    assert len(names) == len(set(names)) == len(commands.families())
