"""What commands on files do to the image, and scripts that a shell can't read."""

from __future__ import annotations

import pytest

from dockwright.checking import check
from dockwright.dockerfile.shell import Simple
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import UNKNOWN, YES
from dockwright.project import Project
from dockwright.rehearse.carriage import fails
from dockwright.rehearse.expansion import Scope, expand_words
from dockwright.rehearse.run import rehearse

BASE = "FROM debian:bookworm-slim\nWORKDIR /srv\n"


def found(text: str, **files: str) -> list[str]:
    names = {
        name.replace("__", "/").replace("_sh", ".sh").replace("_txt", ".txt"): body for name, body in files.items()
    }
    report = check(Project.of({"Dockerfile": text, **names}))
    return [finding.cause for target in report.targets for finding in target.findings]


@pytest.mark.parametrize(
    ("text", "sh", "bash"),
    [
        ("#!/bin/sh\nset -e\necho a\n", "yes", "unknown"),
        ("\n# why\nset -eux\necho a\n", "yes", "unknown"),
        ("set -euo pipefail\necho a\n", "yes", "yes"),
        ("set -uo pipefail\necho a\n", "unknown", "unknown"),
        ("if true; then\n echo a\nfi\n", "yes", "yes"),
        ("for a in 1 2; do\n echo a\ndone\n", "yes", "yes"),
        ("case x in\n x) echo a;;\nesac\n", "yes", "yes"),
        ("exit 0\nif true; then\n echo a\nfi\n", "unknown", "unknown"),
        ("echo a\necho b\n", "unknown", "unknown"),
        ("cat <<X\nthen\nX\n", "unknown", "unknown"),
        ("cd /tmp\necho a\n", "unknown", "unknown"),
    ],
)
def test_where_a_shell_fails_at_windows_line_ends(text: str, sh: str, bash: str) -> None:
    windows = text.replace("\n", "\r\n")
    assert [fails(windows, shell).name.lower() for shell in ("sh", "bash")] == [sh, bash]
    assert fails(text, "sh") is UNKNOWN


def test_a_script_run_by_a_shell_with_windows_line_ends() -> None:
    windows = "#!/bin/sh\r\nset -e\r\nmkdir /data\r\n"
    text = BASE + "COPY run.sh .\nRUN sh run.sh\nRUN touch /data/x\n"
    assert found(text, run_sh=windows) == ["runtime/line-endings"]
    assert found(text.replace("sh run.sh", "bash run.sh"), run_sh=windows) == []
    mended = text.replace("RUN sh", "RUN sed -i 's/\\r$//' run.sh && sh")
    assert found(mended, run_sh=windows) == []
    assert found(BASE + 'COPY run.sh .\nCMD ["sh", "run.sh"]\n', run_sh=windows) == ["runtime/line-endings"]


@pytest.mark.parametrize(
    ("word", "made"),
    [
        ("{a,b}/{1..3}", "a/1 a/2 a/3 b/1 b/2 b/3"), ("{a}", "{a}"), ("{}", "{}"), ("{a,b}c", "ac bc"), ("{1..3..2}", "1 3"),
        ("{03..5}", "03 04 05"), ("a{,.bak}", "a a.bak"), ('"{a,b}"', "{a,b}"), (r"\{a,b}", "{a,b}"), ("{a,b{1,2}}", "a b1 b2"),
        ("{a..c}", "a b c"), ("{3..1}", "3 2 1"), ("{a,b", "{a,b"), ("x}{a,b}", "x}a x}b"),
    ],
)  # fmt: skip
def test_braces_as_bash_expands_them(word: str, made: str) -> None:
    script = parse_shell(f"echo {word}")
    assert isinstance(script.body, Simple)
    scope = Scope(lambda name: None, lambda inner: UNKNOWN, braces=lambda: YES)
    assert " ".join(str(each.value) for each in expand_words(script.body.words[1:], scope)) == made


def unmet(text: str, **files: str) -> list[str]:
    """Paths that steps of the build lack."""
    project = Project.of(
        {"Dockerfile": text, **{name.replace("__", "/").replace("_txt", ".txt"): files[name] for name in files}}
    )
    steps = rehearse(project, project.targets[0]).steps
    return [str(getattr(each.need, "path", each.need)) for step in steps for each in step.live]


def test_braces_are_expanded_by_bash_alone() -> None:
    text = BASE + 'SHELL ["/bin/bash", "-c"]\nRUN mkdir -p data/{in,out}\nRUN touch data/in/x && rmdir data/out\n'
    assert unmet(text) == []
    plain = text.replace('SHELL ["/bin/bash", "-c"]\n', "")
    assert unmet(plain) == ["/srv/data/in", "/srv/data/out"]
    assert unmet(plain.replace("debian:bookworm-slim", "example.org/unknown")) == []


@pytest.mark.parametrize(
    ("command", "there", "gone"),
    [
        ("cp -r src dst", "dst/a.txt dst/in/b.txt src/a.txt", "dst/src/a.txt dst/c.txt"),
        ("cp -r src dst/", "dst/a.txt", "dst/src/a.txt"),
        ("mkdir dst && cp -r src dst", "dst/src/a.txt dst/src/in/b.txt", "dst/a.txt"),
        ("mkdir dst && cp -a src/. dst/", "dst/a.txt dst/in/b.txt", "dst/src/a.txt"),
        ("mv src dst", "dst/a.txt dst/in/b.txt", "src/a.txt src"),
        ("mv src dst/", "dst/a.txt", "src/a.txt"),
        ("mkdir dst && cp src/a.txt dst/", "dst/a.txt", "dst/in/b.txt"),
        ("mkdir one && touch one/x && cp -r one two && cp -r two three", "three/x", "three/y"),
        ("mkdir one && touch one/x && cp -r one src/ && rm -r one", "src/one/x src/a.txt", "one/x"),
    ],
)
def test_folders_that_are_copied_and_moved(command: str, there: str, gone: str) -> None:
    text = BASE + "COPY src src\nRUN " + command + "\n"
    files = {"src__a_txt": "", "src__in__b_txt": ""}
    for path in there.split():
        assert unmet(text + f"RUN cat {path}\n", **files) == []
    for path in gone.split():
        assert unmet(text + f"RUN stat {path} && cat {path}\n", **files) == [f"/srv/{path}"]


def test_a_folder_copied_back_and_forth_stays_in_bounds() -> None:
    text = BASE + "COPY src src\n" + "RUN cp -r src dst && cp -r dst/. src/\n" * 200
    assert unmet(text, src__a_txt="") == []


def test_a_file_copied_to_a_folder_that_is_not_there() -> None:
    text = BASE + "COPY src src\nRUN cp src/a.txt nowhere/\n"
    assert unmet(text, src__a_txt="") == ["/srv/nowhere"]
