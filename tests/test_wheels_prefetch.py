"""`dockwright prefetch` as a user meets it, against an index that misbehaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from faulty import Fault, Index, Wheel, serving
from loading import Moments

from dockwright.cli.run import run
from dockwright.cli.wheelhouse import size_of
from dockwright.errors import ToolError
from dockwright.index.ask import opened
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted, shown
from dockwright.wheels.download import Transfer
from dockwright.wheels.patience import Clock
from dockwright.wheels.prefetch import load, make_room, prefetch
from dockwright.wheels.progress import Progress
from dockwright.wheels.store import Store
from dockwright.wheels.wanted import wanted

WHEELS = [
    Wheel("web", "1.0", 200_000, ("core>=1",)),
    Wheel("core", "1.0", 300_000),
    Wheel("core", "0.9", 250_000),
    Wheel("tools", "2.0", 150_000, ("core<1",)),
]
SCHEMA = json.loads((Path(__file__).parents[1] / "src/dockwright/schema/prefetch.json").read_text())
Cli = Callable[..., tuple[int, str, str]]
ENDED = {"web-1.0-py3-none-any.whl", "core-1.0-py3-none-any.whl"}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The machine's index; everything that dockwright keeps is under `tmp_path`."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with serving(WHEELS) as index:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", index.simple)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        monkeypatch.setenv("NETRC", str(tmp_path / "none"))
        opened.cache_clear()
        project = tmp_path / "project"
        project.mkdir()
        monkeypatch.chdir(project)
        yield index
        opened.cache_clear()


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    def call(*words: str) -> tuple[int, str, str]:
        from dockwright.cli.config import config_of

        config_of.cache_clear()
        code = run(words)
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return code, out, err

    return call


def write(name: str = "Dockerfile", what: str = "web==1.0") -> None:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"FROM python:3.12-slim\nRUN pip install {what}\n")


def files(index: Index) -> dict[str, int]:
    index.settle()
    return {name: sent for name, sent in index.sent.items() if sent}


def test_what_the_build_will_download_is_loaded_once(index: Index, cli: Cli) -> None:
    write("one/Dockerfile")
    write("two/Dockerfile", "core==1.0")
    code, out, err = cli("prefetch")
    assert code == 0 and files(index).keys() == ENDED
    assert "0 in the wheelhouse already; 2 loaded with" in out
    assert "[2/2]" in err
    sent = index.total
    code, out, err = cli("prefetch")
    assert (code, err, index.total) == (0, "", sent) and "2 in the wheelhouse already" in out


def test_as_json(index: Index, cli: Cli) -> None:
    write()
    code, out, _ = cli("prefetch", "--format", "json")
    data: dict[str, Any] = json.loads(out)
    jsonschema.validate(data, SCHEMA)
    assert (code, data["files"], data["downloaded"], data["requests"]) == (0, 2, 2, 2)
    assert data["bytes_over_wire"] == data["bytes"] == sum(files(index).values())
    assert {each["file"] for each in data["targets"][0]["files"]} == ENDED


def test_offline_it_is_only_said_what_is_missing(index: Index, cli: Cli) -> None:
    write()
    assert cli("plan")[0] == 0
    code, out, _ = cli("prefetch", "--offline")
    assert code == 1 and "missing: core-1.0-py3-none-any.whl" in out and files(index) == {}
    assert cli("prefetch")[0] == 0
    opened.cache_clear()
    assert cli("prefetch", "--offline")[0] == 0


@pytest.mark.parametrize("match", ["*/simple/web/", "*/simple/core/", "*/files/*.metadata"])
@pytest.mark.parametrize("fault", [Fault("status"), Fault("refuse"), Fault("cut", at=10)])
def test_an_index_that_does_not_answer_is_asked_again(index: Index, match: str, fault: Fault) -> None:
    write()
    index.add(Fault(fault.kind, match, 3, at=fault.at))
    moments = Moments()
    (found,) = wanted(Project.read("."), clock=moments.clock)
    assert {each.filename for each in found.artefacts} == ENDED and not found.unreached


def test_what_can_not_be_planned_is_transient(index: Index, cli: Cli) -> None:
    write()
    index.add(Fault("status", "*/simple/*", 0))
    code, out, _ = cli("prefetch", "--patience", "0")
    assert code == 75 and "not known: the package index did not answer: status 503" in out


def test_exit_codes(index: Index, cli: Cli) -> None:
    write()
    index.add(Fault("status", "*/files/core*.whl", 0))
    code, out, _ = cli("prefetch", "--patience", "0")
    assert code == 75 and "not yet loaded: core-1.0-py3-none-any.whl: 127.0.0.1 answers 503 Service Unavailable" in out
    index.faults.clear()
    index.add(Fault("status", "*/files/core*.whl", 0, status=403))
    code, out, _ = cli("prefetch")
    assert code == 1 and "not loaded: core-1.0-py3-none-any.whl: 127.0.0.1 answers 403 Forbidden" in out


def test_a_mirror_of_the_configuration(index: Index, cli: Cli) -> None:
    write()
    Path("dockwright.toml").write_text(f'mirrors = ["{index.url}/second/simple"]\nwheelhouse = "wheels"\n')
    index.add(Fault("status", "/files/*.whl", 0, status=404))
    code, _, _ = cli("prefetch")
    assert code == 0 and files(index).keys() == ENDED and Path("wheels/v1").is_dir()


def test_credentials_never_reach_the_output(index: Index, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    index.user = "me:s3cret"
    monkeypatch.setenv("PIP_INDEX_URL", index.simple.replace("http://", "http://me:s3cret@"))
    opened.cache_clear()
    index.add(Fault("status", "*/files/core*.whl", 1), Fault("status", "*/files/web*.whl", 0, status=404))
    code, out, err = cli("prefetch", "--format", "json", "-v")
    assert code == 1 and json.loads(out)["downloaded"] == 1
    assert "s3cret" not in out + err and "s3cret" not in cli("plan", "--format", "json")[1]


def test_interrupted_it_keeps_what_it_has(index: Index, tmp_path: Path) -> None:
    write()
    index.add(Fault("stall", "*/files/core-1.0*.whl", at=100_000))
    command = [sys.executable, "-m", "dockwright", "prefetch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert index.wait(lambda: index.sent["core-1.0-py3-none-any.whl"] == 100_000)
        assert index.wait(lambda: any(each.path.endswith("/web-1.0-py3-none-any.whl") for each in index.asked))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130 and out == ""
    assert err.endswith("interrupted; what was downloaded is kept, and the same command goes on from there\n")
    index.settle()
    parts = [path.stat().st_size for path in tmp_path.rglob("*.part")]
    before = index.total
    assert subprocess.run(command, capture_output=True).returncode == 0
    index.settle()
    size = sum(index.files[name].size for name in ENDED)
    kept = sum(path.stat().st_size for path in tmp_path.rglob("*") if len(path.name) == 64)
    assert kept == size and index.total - before <= size - sum(parts)


def test_emptied(index: Index, cli: Cli) -> None:
    write()
    cli("prefetch")
    assert cli("prefetch", "--clean")[1].startswith("2 files removed, ")
    assert "0 in the wheelhouse already" in cli("prefetch")[1]
    data = json.loads(cli("prefetch", "--clean", "--format", "json")[1])
    assert (data["removed"], data["left"]) == (2, 0)


def test_the_limit_holds_after_the_run_too(index: Index, cli: Cli) -> None:
    write()
    assert cli("prefetch")[0] == 0
    write(what="tools==2.0")
    assert cli("prefetch", "--limit", "450kB")[0] == 0
    store = Store(Path(os.environ["XDG_CACHE_HOME"]) / "dockwright/wheelhouse")
    assert store.size <= 450_000
    assert all(
        store.has(index.files[name].sha256) for name in ("core-0.9-py3-none-any.whl", "tools-2.0-py3-none-any.whl")
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--limit", "much"], "much is no size (write it like 20GB or 500MB)"),
        (["--patience", "long"], "--patience long is no number of minutes"),
        (["--mirror", "ftp://x"], "ftp://x is no address of a package index (it begins with https://)"),
        (["--wheelhouse", "/proc/nowhere"], "can't be written"),
    ],
)
def test_a_mistake_is_one_sentence(index: Index, cli: Cli, words: list[str], says: str) -> None:
    write()
    code, out, err = cli("prefetch", *words)
    assert code in (2, 3) and out == "" and says in err and err.count("\n") == 1


def test_nothing_to_build(index: Index, cli: Cli) -> None:
    assert cli("prefetch")[0] == 2


def test_too_little_room_is_said_before_anything_is_loaded(tmp_path: Path) -> None:
    huge = Artefact("huge", "1", "huge-1.tar.gz", "http://127.0.0.1:9/huge-1.tar.gz", "0" * 64, 10**18)
    with pytest.raises(ToolError, match=r"needs 1000000000000\.0 MB more and its disk has") as raised:
        make_room(Store(tmp_path), [huge])
    assert raised.value.exit_code == 3


def test_as_a_function(index: Index, tmp_path: Path) -> None:
    write()
    said: list[Transfer] = []
    store = Store(tmp_path / "store")
    found = prefetch(Project.read("."), watch=said.append, store=store)
    assert found.complete and {each.filename for each in found.artefacts.values()} == ENDED
    assert store.lay(found.artefacts.values(), tmp_path / "laid") == tuple(
        each.filename for each in found.artefacts.values()
    )
    assert store.clear().count == 0  # what it answers for stays until its lease is closed
    found.lease.close()
    assert store.clear().count == 2 and {each.state for each in said} >= {"loading", "done"}
    assert {path.name for path in (tmp_path / "laid").iterdir()} == ENDED


def test_a_lease_ends_with_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dockwright.wheels.prefetch.make_room", lambda *_: (_ for _ in ()).throw(ToolError("x", "y")))
    store = Store(tmp_path)
    with pytest.raises(ToolError):
        load(Project.of({}), [Wanted("web")], store=store, clock=Clock())
    assert list((tmp_path / "v1/lease").iterdir()) == []


# -- progress ---------------------------------------------------------------------------------------------------------


def test_progress_tells_speed_and_time_left() -> None:
    artefacts = [Artefact("a", "1", f"{name}.whl", "", name * 64, 1000) for name in "abc"]
    progress = Progress(artefacts)
    progress.tell(Transfer("a.whl", "cached", 1000, 1000, sha256="a" * 64), 0.0)
    progress.tell(Transfer("b.whl", "loading", 400, 1000, sha256="b" * 64), 0.0)  # there from an earlier run
    assert (progress.current, progress.speed, progress.left) == (1400, 0.0, None)
    progress.tell(Transfer("b.whl", "loading", 600, 1000, sha256="b" * 64), 2.0)
    assert (progress.current, progress.speed, progress.left) == (1600, 100.0, 14.0)
    progress.tell(Transfer("b.whl", "done", 1000, 1000, sha256="b" * 64), 4.0)
    progress.tell(Transfer("c.whl", "failed", 0, 1000, "no", sha256="c" * 64), 4.0)
    assert (progress.done, progress.count, progress.total) == (2, 3, 3000)
    assert not progress.active and progress.speed == 150.0


@pytest.mark.parametrize(
    ("text", "size"),
    [("20GB", 20_000_000_000), ("500 MB", 500_000_000), ("1.5g", 1_500_000_000), ("7", 7), ("2kB", 2000)],
)
def test_sizes(text: str, size: int) -> None:
    assert size_of(text) == size


def test_an_address_as_it_may_be_shown() -> None:
    assert shown("https://me:pw@example.org:8/a/b.whl?token=1#sha256=2") == "https://example.org:8/a/b.whl"
    assert shown("http://[broken") == "?"
