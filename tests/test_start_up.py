"""What a check of a usual project may not import: it has 100 ms beyond Python's own start (docs/design.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

USUAL = ("fastapi-uvicorn", "flask-gunicorn", "poetry-export-wheels")
WORKING = Path(__file__).parent / "working"
CODE = """
import sys
from dockwright import cli
cli._leave = lambda code: print(*sys.modules, sep="\\n")
sys.argv = ["dockwright", "check", "--quiet", "--offline", {path!r}]
cli.main()
"""
# Each takes from one to fifty milliseconds to import.
SLOW = frozenset(
    (
        "_sqlite3 ast asyncio click configparser ctypes dataclasses difflib email hashlib httpx http inspect json "
        "logging packaging pathlib platform rich shutil socket sqlalchemy sqlite3 ssl subprocess tempfile "
        "textwrap threading typing_extensions urllib.request yaml zlib"
    ).split()
)
# Parts of this program that a Dockerfile with nothing wrong, and with nothing rare in it, does not need.
RARE = frozenset(
    f"dockwright.{name}"
    for name in (
        "build causes.shape cli.configfile cli.writing dockerfile.heredocs dockerfile.jsonarray dockerfile.mounts "
        "dockerfile.shell_blocks dockerfile.shell_compound engine facts.packages history index.client index.desk "
        "index.direct index.resolve index.tags inputs.absent inputs.archive inputs.composefile "
        "inputs.dockerignore inputs.hcl inputs.located inputs.nearest inputs.overlay inputs.platforms "
        "inputs.yamltext log mending rehearse.blame rehearse.commands.apt rehearse.commands.node "
        "rehearse.commands.usermod rehearse.compound rehearse.conditions rehearse.copyproblems rehearse.dialect "
        "rehearse.executables rehearse.foundneeds rehearse.join rehearse.mounts rehearse.nearby rehearse.notfound "
        "rehearse.overrides rehearse.pipes rehearse.projects rehearse.reading rehearse.redirections "
        "rehearse.substitution report.excerpt wheels"
    ).split()
)


@pytest.mark.parametrize("name", USUAL)
def test_a_usual_check_imports_nothing_slow_and_nothing_rare(name: str, tmp_path: Path) -> None:
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", CODE.format(path=str(WORKING / name))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env, timeout=60)
    imported = set(done.stdout.splitlines())
    assert "dockwright.rehearse.run" in imported
    assert sorted(imported & SLOW) == []
    assert sorted(imported & RARE) == []


WHOLE = """
from dockwright.cli.lightly import import_msgspec
import_msgspec()
import sys
assert not {"platform", "textwrap", "typing_extensions", "msgspec.inspect"} & set(sys.modules)
import msgspec, platform, uuid
class Told(msgspec.Struct):
    "A docstring."
    at: uuid.UUID
one = msgspec.json.decode(b'{"at": "80bd1343-7add-4bf1-a826-5e2b16aa0ab1"}', type=Told)
assert one.at.version == 4 and msgspec.json.schema(Told)["$defs"]["Told"]["description"] == "A docstring."
assert msgspec.inspect.type_info(int) == msgspec.inspect.IntType() and msgspec.toml.decode(b"a = 1") == {"a": 1}
assert platform.python_version().startswith(f"{sys.version_info[0]}.") and uuid.uuid4().version == 4
"""


def test_what_is_put_off_is_whole_when_it_is_asked_for() -> None:
    subprocess.run([sys.executable, "-c", WHOLE], check=True, timeout=60)
