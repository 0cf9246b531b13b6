"""What goes beyond POSIX sh is noted, and the shells on this machine do with it what the table says."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from dockwright.dockerfile.shell_features import Effect, effect, supported
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import NO, UNKNOWN, YES

SAMPLES = {
    "ampersand-redirect": "false &>/dev/null",
    "ansi-c-quote": "[ $'a' = a ]",
    "append-assignment": "x+=k",
    "arithmetic-command": "((1+1))",
    "array": "a=(1 2)",
    "array-element": "a[0]=1",
    "array-index": ": ${a[1]}",
    "brace-expansion": "[ {a,a} = '{a,a}' ]",
    "c-style-for": "for ((i=0;i<2;i++)); do :; done",
    "case-fall-through": "case a in a) :;& b) :;; esac",
    "case-modification": ": ${x^^}",
    "coproc": "coproc true",
    "declare": "declare x=1",
    "double-bracket": "[[ a == a ]]",
    "double-bracket-order": "[[ a < b ]]",
    "double-bracket-parenthesis": "[[ ( a == a ) ]]",
    "double-equals": "[ a == a ]",
    "extended-glob": "echo @(a|b)",
    "file-after-ampersand": ": >& /dev/null",
    "function-keyword": "function f { :; }",
    "here-string": "cat <<< a",
    "indirect": "y=x; : ${!y}",
    "let": "let i=1+1",
    "locale-quote": '[ $"a" = a ]',
    "mapfile": "mapfile x </dev/null",
    "parameter-transformation": ": ${x@Q}",
    "pattern-substitution": ": ${x/a/b}",
    "pipe-ampersand": "true |& true",
    "pipefail": "set -eo pipefail",
    "popd": "popd",
    "process-substitution": ": <(true)",
    "pushd": "pushd /",
    "readarray": "readarray x </dev/null",
    "select": "select x in a; do :; done </dev/null",
    "shopt": "shopt -s extglob",
    "source": "source /dev/null",
    "subshell-after-dollar": ": $((true) ; true)",
    "substring": ": ${x:1:2}",
    "typeset": "typeset x=1",
}


@pytest.mark.parametrize("feature", SAMPLES)
def test_noted(feature: str) -> None:
    script = parse_shell(SAMPLES[feature])
    assert feature in [found.name for found in script.features]
    assert script.errors == ()


@pytest.mark.parametrize(
    "text",
    [
        "apt-get install -y --no-install-recommends a && rm -rf /var/lib/apt/lists/*",
        "find . -name '*.pyc' -exec rm {} + ; echo {} {a} ${x:-y} ${x%.*} ${#x}",
        '[ a = b ] || test -n "$x" && . ./env && set -eu',
        "for i in 1 2; do :; done; case $i in 1) ;; esac",
        "pip install 'a[b,c]' d[e] \"f==1\" g==2",
        "export A=1; f() { local b=2; }; x=$((1 + 2)) y=`z`",
        "cat <<EOF\n[[ {a,b} ${x}\nEOF",
        "A={a,b} cmd 2>&1 >&2 2>&-",
    ],
)
def test_plain_posix_has_none(text: str) -> None:
    assert parse_shell(text).features == ()


def outcome(shell: str, text: str) -> Effect:
    """What a shell does with a text that succeeds in bash: by exit code, and by whether the next command still runs."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"NOT TESTED: no {shell} on this machine")
    argv = [path, "ash"] if shell == "busybox" else [path]

    def code(options: list[str], script: str) -> int:
        return subprocess.run([*argv, *options, script], capture_output=True, stdin=subprocess.DEVNULL).returncode

    if code(["-n", "-c"], text):
        return Effect.SYNTAX_ERROR
    status, goes_on = code(["-c"], text), code(["-c"], f"{text}\nexit 9") == 9
    if status in (0, 127) and goes_on:
        return Effect.NOT_FOUND if status else Effect.WORKS
    return Effect.FAILS if goes_on else Effect.ABORTS


# The exit code alone does not show these: what they do is another thing without a message, or fails in bash too.
_SILENT = {"ampersand-redirect", "ansi-c-quote", "brace-expansion", "locale-quote", "double-bracket-order", "popd"}


@pytest.mark.parametrize("shell", ["dash", "busybox"])
@pytest.mark.parametrize("feature", sorted(SAMPLES.keys() - _SILENT))
def test_table_agrees_with_the_shell(feature: str, shell: str) -> None:
    known = effect(feature, shell, "0.5.12-2" if shell == "dash" else "1.35")
    assert outcome(shell, SAMPLES[feature]) is known


def test_a_condition_says_which_part_fails() -> None:
    names = [found.name for found in parse_shell("[[ $a =~ ^(b|c)$ ]]").features]
    assert names == ["double-bracket", "double-bracket-parenthesis"]


@pytest.mark.parametrize(
    ("version", "answer"),
    [(None, UNKNOWN), ("0.5.12-2", NO), ("0.5.12-6ubuntu5", NO), ("0.5.12-12", YES), ("0.5.13-1", YES)],
)
def test_pipefail_in_dash_depends_on_the_version(version: str | None, answer: object) -> None:
    assert supported("pipefail", "dash", version) is answer


def test_unknown_shells_and_features() -> None:
    assert supported("array", "zsh") is UNKNOWN
    assert supported("no-such-feature", "dash") is UNKNOWN
    assert supported("array", "bash") is YES
    assert supported("source", "ash") is YES
    assert effect("source", "dash") is Effect.NOT_FOUND
