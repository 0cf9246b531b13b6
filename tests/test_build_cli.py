"""`dockwright build`, `status` and `history` as commands, where no engine answers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dockwright.cli.run import run
from dockwright.history.store import History


@pytest.fixture(autouse=True)
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine, no history, no cache of the user's."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DOCKWRIGHT_HISTORY", str(tmp_path / "history.sqlite"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")


def dockerfile(text: str = "FROM scratch\n") -> None:
    Path("Dockerfile").write_text(text)


def test_without_an_engine_nothing_is_built(capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile()
    assert run(["build"]) == 3
    assert "docker is not installed" in capsys.readouterr().err


@pytest.mark.parametrize("folder", [".", "../shop", "./"])
def test_the_projects_folder_may_be_named_as_docker_has_it(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile()
    assert run(["build", folder]) == 3
    assert "docker is not installed" in capsys.readouterr().err


def test_without_a_dockerfile_there_is_nothing_to_build(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build"]) == 2
    assert "no Dockerfile or build target" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--budget", "soon"], "--budget soon is no time"),
        (["--jobs", "0"], "--jobs 0 is no number"),
        (["nosuch"], "there is no target nosuch"),
        (["--engine", "rocket"], "rocket is no engine"),
    ],
)
def test_mistakes_are_told_in_a_sentence(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile()
    assert run(["build", *words]) == 2
    assert says in capsys.readouterr().err


def test_a_tag_names_one_image(capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile()
    Path("compose.yaml").write_text("services:\n  a: {build: .}\n  b: {build: {context: ., args: {X: 1}}}\n")
    assert run(["build", "--tag", "x"]) == 2
    assert "--tag names one image, and 2 are built" in capsys.readouterr().err


def test_status_and_history_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert (run(["status"]), run(["history"])) == (0, 0)
    assert capsys.readouterr().out == "nothing has run yet\n" * 2


def test_history_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        History.open().run("build", f"/p{number}").finish("built", 0)
    assert run(["history", "--format", "json", "-n", "2"]) == 0
    assert [each["project"] for each in msgspec.json.decode(capsys.readouterr().out)["runs"]] == ["/p2", "/p1"]


def test_status_shows_a_run_that_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    History.open().run("build", "/shop", engine="docker")
    assert run(["status"]) == 0
    assert "running" in capsys.readouterr().out
