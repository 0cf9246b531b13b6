"""The command line as a user meets it: exit codes, what goes to which stream, messages, configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright import __version__
from dockwright.cli import VERBS, root, verb
from dockwright.cli.quick import read
from dockwright.cli.run import run

BROKEN = "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\n"
GOOD = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY app.py .\nCMD ["python", "app.py"]\n'
LOG = Path(__file__).parent / "logs/copymiss/plain.txt"
Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line in an empty folder: (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        from dockwright.cli.config import config_of

        config_of.cache_clear()
        code = run(words)
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return code, out, err

    return call


def write(text: str, name: str = "Dockerfile") -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_exit_codes_of_check(cli: Cli) -> None:
    write(GOOD)
    write("print(1)\n", "app.py")
    assert cli("check", "--offline")[0] == 0
    write(BROKEN)
    code, out, err = cli("check", "--offline")
    assert code == 1 and "context/copy-source-missing" in out and err == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "nowhere"], "dockwright: nowhere does not exist (give a folder or a Dockerfile)"),
        (["check"], "dockwright: no Dockerfile or build target under this folder (name one with -f FILE)"),
        (["check", "--as-of", "yesterday"], "dockwright: --as-of yesterday is no date (write it like 2026-11-21)"),
        (["check", "-f", "nowhere"], "dockwright: nowhere does not exist (-f names a Dockerfile)"),
        (["check", "-f", "."], "dockwright: . is a folder (-f names a Dockerfile; a folder is given without -f)"),
        (["check", "--context", "nowhere"], "dockwright: the build context nowhere is no folder (--context names one)"),
        (
            ["check", "--context-list", "nowhere"],
            "dockwright: nowhere: No such file or directory (--context-list names a file, or -)",
        ),
        (["explain", "nowhere"], "dockwright: nowhere: No such file or directory (give a log file, a folder, or -)"),
        (["cause", "deps/conflct"], "dockwright: there is no cause deps/conflct (did you mean deps/conflict?)"),
    ],
)
def test_a_mistake_is_one_sentence(cli: Cli, words: list[str], says: str) -> None:
    code, out, err = cli(*words)
    assert (code, out, err.strip()) == (2, "", says)


@pytest.mark.parametrize(
    "words", [["check", "--bogus"], ["nonsense"], ["check", "--format", "yaml"], ["mend", "a", "b"]]
)
def test_usage(cli: Cli, words: list[str]) -> None:
    code, out, err = cli(*words)
    assert code == 2 and out == "" and "Usage: dockwright" in err


@pytest.mark.parametrize("name", VERBS)
def test_help_of_every_verb(cli: Cli, name: str) -> None:
    code, out, _ = cli(name, "--help")
    assert code == 0 and out.startswith(f"Usage: dockwright {name}")


def fifo(path: Path) -> None:
    os.mkfifo(path)


def huge(path: Path) -> None:
    path.write_bytes(b"#" * (5 << 20))


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def closed(path: Path) -> None:
    path.write_text(GOOD)
    path.chmod(0)


@pytest.mark.parametrize(
    ("make", "says"), [(fifo, "no regular file"), (huge, "larger than 4 MiB"), (closed, "permitted")]
)
def test_a_dockerfile_that_cannot_be_read(cli: Cli, make: Callable[[Path], None], says: str) -> None:
    if make is closed and os.geteuid() == 0:
        pytest.skip("root reads everything")
    make(Path("Dockerfile"))
    code, _, err = cli("check", "--offline", "-f", "Dockerfile")
    assert code == 2 and says in err and "Traceback" not in err


def test_a_folder_named_dockerfile(cli: Cli) -> None:
    Path("Dockerfile").mkdir()
    code, out, err = cli("check", "--offline")
    assert code in (1, 2) and "Traceback" not in out + err


def test_a_dangling_dockerfile(cli: Cli) -> None:
    dangling(Path("Dockerfile"))
    code, out, err = cli("check", "--offline", "-f", "Dockerfile")
    assert code in (1, 2) and out + err


def test_a_binary_dockerfile(cli: Cli) -> None:
    Path("Dockerfile").write_bytes(bytes(range(256)) * 20)
    code, out, err = cli("check", "--offline")
    assert code == 1 and "\x1b" not in out and "\x07" not in out and err == ""


def test_control_characters_do_not_reach_the_terminal(cli: Cli) -> None:
    write("FROM python:3.12-slim\nCOPY \x1b[31mred\x07 .\n")
    out = cli("check", "--offline", "--color", "never")[1]
    assert "\x1b" not in out and "\x07" not in out


def test_the_patch_is_data(cli: Cli) -> None:
    write("FROM python:3.12-slim\nWORKDIR /srv\nCOPY src/app.py .\n# caf\xe9 \n")
    write("", "app.py")
    code, out, _ = cli("check", "--offline", "--diff")
    assert code == 0 and out.startswith("--- a/Dockerfile\n+++ b/Dockerfile\n")
    assert Path("Dockerfile").read_text().count("src/app.py") == 1, "nothing is written"


def test_fixes_are_written_when_asked_for(cli: Cli) -> None:
    write("FROM python:3.12-slim\nWORKDIR /srv\nCOPY src/app.py .\n")
    write("", "app.py")
    Path("Dockerfile").chmod(0o640)
    code, _, err = cli("check", "--offline", "--unsafe-fixes")
    assert code == 0 and "dockwright: mended Dockerfile" in err
    assert Path("Dockerfile").read_text() == "FROM python:3.12-slim\nWORKDIR /srv\nCOPY app.py .\n"
    assert Path("Dockerfile").stat().st_mode & 0o777 == 0o640


def test_the_context_as_a_list(cli: Cli) -> None:
    write(GOOD)
    write("app.py\n", "list")
    assert cli("check", "--offline", "-f", "Dockerfile", "--context-list", "list")[0] == 0
    write("other.py\n", "list")
    assert cli("check", "--offline", "-f", "Dockerfile", "--context-list", "list")[0] == 1


def test_explain(cli: Cli) -> None:
    code, out, err = cli("explain", str(LOG))
    assert code == 1 and "context/copy-source-missing" in out and err == ""
    code, out, _ = cli("explain", "--format", "json", str(LOG), str(LOG.parents[1] / "good/plain.txt"))
    first, second = map(json.loads, out.splitlines())
    assert code == 1 and first["outcome"] == "failed" and second["outcome"] == "succeeded" and not second["diagnoses"]


def test_equal_input_gives_equal_output(cli: Cli) -> None:
    write(BROKEN)
    for form in ("sarif", "junit", "github", "markdown", "terminal"):
        assert cli("check", "--offline", "--format", form) == cli("check", "--offline", "--format", form)


# -- the configuration ------------------------------------------------------------------------------------------------


def test_configuration(cli: Cli) -> None:
    write(BROKEN, "a/Dockerfile")
    write(BROKEN, "b/Dockerfile")
    write("[tool.dockwright]\nexclude = ['a']\noffline = true\n", "pyproject.toml")
    out = cli("check")[1]
    assert "b/Dockerfile" in out and "a/Dockerfile" not in out
    write("files = ['a/Dockerfile']\nfail-on = 'never'\n", "dockwright.toml")
    code, out, _ = cli("check", "--offline")
    assert code == 0 and "a/Dockerfile" in out and "b/Dockerfile" not in out
    assert cli("check", "--offline", "--fail-on", "likely")[0] == 1, "the command line wins"


def test_ignored_findings(cli: Cli) -> None:
    write(BROKEN)
    write('ignore = [{cause = "context/copy-source-missing", reason = "made by CI"}]\n', "dockwright.toml")
    code, out, _ = cli("check", "--offline", "--format", "json")
    (target,) = json.loads(out)["targets"]
    assert code == 0 and target["findings"] == [] and target["verdict"] != "fails"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exlude = []\n", "dockwright.toml:1 has the unknown key exlude (did you mean exclude?)"),
        ("offline = true\nfiles = 'x'\n", "dockwright.toml:2 files: expected `array`, got `str`"),
        ("fail-on = 'often'\n", "dockwright.toml:1 fail-on: invalid enum value 'often'"),
        ("[[ignore]]\ncause = 'a/b'\n", "dockwright.toml:1 ignore[0]: object missing required field `reason`"),
        ("= 1\n", "dockwright.toml is no TOML: Invalid statement (at line 1, column 1)"),
    ],
)
def test_a_mistake_in_the_configuration(cli: Cli, text: str, says: str) -> None:
    write(GOOD)
    write(text, "dockwright.toml")
    code, out, err = cli("check", "--offline")
    assert (code, out, err.strip()) == (2, "", f"dockwright: {says}")


# -- the program ------------------------------------------------------------------------------------------------------


def dockwright(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dockwright", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **env}, timeout=60)


def test_version_imports_nothing() -> None:
    code = "import sys; sys.argv = ['dockwright', '--version']; from dockwright.cli import main; main(); print(len(sys.modules))"
    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, 'src'); {code}"], capture_output=True, text=True, check=True)  # fmt: skip
    version, modules = done.stdout.splitlines()
    assert version == f"dockwright {__version__}" and int(modules) < 60


def test_completion() -> None:
    done = dockwright(_DOCKWRIGHT_COMPLETE="bash_complete", COMP_WORDS="dockwright che", COMP_CWORD="1")
    assert "check" in done.stdout
    done = dockwright(_DOCKWRIGHT_COMPLETE="bash_complete", COMP_WORDS="dockwright check --unsa", COMP_CWORD="2")
    assert "--unsafe-fixes" in done.stdout


def test_our_own_bug_is_reported_without_a_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import dockwright.cli.check as module

    def fail(project: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(module, "rehearse_project", fail)
    write(GOOD)
    code, _, err = cli("check", "--offline")
    assert code == 4 and "Traceback" not in err and "please report it with" in err
    report = Path(err.strip().rpartition(" ")[2])
    assert "RuntimeError: oops" in report.read_text() and "FROM" not in report.read_text()
    report.unlink()


WORDS = st.lists(
    st.sampled_from([
        "--", "-", "a", "--offline", "-q", "-v", "--format", "--format=json", "json", "--fix", "--diff", "-f", "x", "--file=y",
        "--build-arg", "A=b", "--build-arg=C", "--context", "--fail-on", "never", "--color=never", "--target", "--bogus", "-qv",
        "--fail-on=never", "--platform=", "", "--help",
    ]),
    max_size=6,
)  # fmt: skip


@given(WORDS, st.sampled_from(["check", "explain", "mend", "cause"]))
def test_the_quick_reader_reads_as_click_does(words: list[str], name: str) -> None:
    import click

    module = verb(name)
    quick = read(words, module.OPTIONS, module.ARGUMENT)
    if quick is None:
        return  # left to click
    command = root.command(name)
    with click.Context(command, info_name=name) as context:
        command.parse_args(context, list(words))
        assert quick == context.params
