"""The rehearsal's shell against real ones: what it says of files after a text is what dash and bash leave, or UNKNOWN."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dockwright.finding import NO, UNKNOWN, YES, Certainty
from dockwright.project import Project
from dockwright.rehearse.run import rehearse
from dockwright.rehearse.step import Step

NAMES = ("a", "b", "d", "d/a", "d/b")
SHELLS = ("dash", "bash")
Left = dict[str, str | None]  # what a shell left: the text of each file, None for a folder


def real(shell: str, text: str) -> tuple[int, Left] | None:
    """Exit status and files of the text in a fresh folder; None where it does not end."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "w"
        folder.mkdir()
        command = [program, "-c", text]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=5, env={"PATH": os.defpath}
            )
        except subprocess.TimeoutExpired:
            return None
        left = {
            str(path.relative_to(folder)): None if path.is_dir() else path.read_text() for path in folder.rglob("*")
        }
        return done.returncode, left


def rehearsed(shell: str, text: str) -> Step:
    dockerfile = f'FROM python:3.12-slim\nSHELL ["/bin/{shell}", "-c"]\nWORKDIR /w\nRUN {text}\n'
    project = Project.of({"Dockerfile": dockerfile}, name="shell")
    steps = rehearse(project, next(iter(project.targets))).steps
    return [step for step in steps if step.instruction.keyword == "RUN" and step.kind == "build"][-1]


def wrong(step: Step, left: Left) -> list[str]:
    """What the rehearsal says of a text that succeeded and is not so."""
    found = [f"{unmet.need} is said to be missing" for unmet in step.live if unmet.certainty is Certainty.CERTAIN]
    for name in NAMES:
        look = step.after.find(f"/w/{name}")
        if look.answer is not UNKNOWN and (look.answer is YES) is not (name in left):
            found.append(f"{name}: {look.answer.name}")
        elif look.node is not None and name in left:
            text = None if look.node.kind == "dir" else look.node.text
            if text is not UNKNOWN and text != left[name]:
                found.append(f"{name}: {text!r}, is {left[name]!r}")
    return found


# -- texts of which each shows one thing ---------------------------------------------------------------------------------

KNOWN = r"""
if true; then echo p; fi > a
if test -f b; then echo p; fi > a
case x in x) echo p;; esac > a
case x in "*") echo p > b;; esac; touch a
case '*' in "*") echo p > b;; esac; touch a
case x in y) rm a;; *) touch a;; esac
{ echo p; echo q; } > a
{ echo p > a; echo q; } > a
{ cd d && touch a; } > b || touch a
mkdir d; { cd d; touch a; } > a; touch b
( mkdir d; cd d; touch a ) > b
( exit 1 ) > a || touch b
for i in a b; do echo $i > $i; done < /dev/null
for i in a b; do touch $i; break; done > d
for i in a b; do continue; touch $i; done > d
for i in; do touch a; done > b
while read l; do touch $l; done < a; touch b
while [ ! -f a ]; do touch a; done > b
until [ -f a ]; do touch a; done
while true; do touch a; break; touch b; done
f() { touch a; } > b; f
f() { local X=a; return 0; touch b; }; X=d; f; touch $X
f() { touch $1; }; f a
if true; then touch a; fi > d/b || touch b
{ touch a; } < b || touch d
cat < b || touch a
cat b > a || touch d
echo p > a; echo q >> a
set -e; false && true; touch a
set -e; if false; then touch b; fi; touch a
(set -e; false; touch a) || touch b
set -e; f() { false; touch a; }; if f; then touch b; fi
X=a | true; touch b$X
{ X=a; } ; touch $X
(X=a); touch b$X
echo p | { cat; touch a; }
echo p | while read x; do touch $x; done
! { touch a; false; }
exec true; touch a
set -- a b; shift; touch $1
: > d/a; touch b
> a
$Z > a
X=1 Y=$X; echo $Y > a
X=$(cat b) || touch a
if [ -s a ]; then exit 0; fi; touch b
"""


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text", KNOWN.strip().splitlines())
def test_what_is_said_is_so(text: str, shell: str) -> None:
    left = real(shell, text)
    assert left is not None
    step = rehearsed(shell, text)
    assert left[0] != 0 or wrong(step, left[1]) == []


@pytest.mark.parametrize(
    ("text", "name", "answer"),
    [
        ("if true; then echo p; fi > a", "a", YES),
        ("case x in y) ;; esac >> a", "a", YES),
        ("for i in; do true; done > a", "a", YES),
        ("while false; do true; done > a", "a", YES),
        ("( true ) > a", "a", YES),
        ("if [ -s /x ]; then touch a; fi > b", "b", YES),
        ("if grep -q x /etc/passwd; then touch a; fi", "a", UNKNOWN),
        ("if true; then touch a; fi > d/b || true", "a", NO),
        ("for i in a b; do touch $i; done > d", "b", YES),
        ("while [ ! -f a ]; do touch a; done", "a", YES),
        ("case x in '*') touch a;; esac", "a", NO),
    ],
)
def test_what_is_known(text: str, name: str, answer: object) -> None:
    assert rehearsed("dash", text).after.find(f"/w/{name}").answer is answer


@pytest.mark.parametrize(
    "text",
    [
        "if true; then echo p; fi > x/y",
        "{ echo p; } >> x/y",
        "( echo p ) > x/y",
        "for i in 1; do echo p; done > x/y",
        "while read l; do echo $l; done < x",
        "case p in p) cat;; esac < x",
    ],
)
def test_a_file_that_can_not_be_opened_is_missed(text: str) -> None:
    for shell in SHELLS:
        left = real(shell, text)
        assert left is not None
        assert left[0] != 0
    assert [type(unmet.need).__name__ for unmet in rehearsed("dash", text).live] == ["File"]


# -- any text ----------------------------------------------------------------------------------------------------------

files = st.sampled_from(["a", "b", "d/a", "d/b"])
values = st.sampled_from(["p", "q", '"$X"', "$X", '"$1"', "$i"])
simple = st.one_of(
    st.sampled_from(
        ["true", "false", "mkdir d", "mkdir -p d", "cd d", "exit 0", "exit 1", "break", "continue", "unset X"]
    ),
    st.builds("{} {}".format, st.sampled_from(["touch", "rm -f", "rm", "cat", "test -f", ">", "grep -q p"]), files),
    st.builds("cat < {} > {}".format, files, files),
    st.builds("echo {} {} {}".format, values, st.sampled_from([">", ">>", "2>"]), files),
    st.builds("{}={}".format, st.sampled_from("XY"), values),
    st.builds("X=$(cat {})".format, files),
    st.builds("f {}".format, values),
    st.builds('[ "$X" = {} ]'.format, values),
)
behind = st.one_of(
    st.just(""), st.builds(" {} {}".format, st.sampled_from([">", ">>", "<", "<>", "2>"]), files), st.just(" 2>&1")
)


def touched(text: str) -> set[str]:
    """Files and folders; the sides of a pipe run at the same time, and which of two comes first is chance."""
    if re.search(r'\bf [pq"$]', text):  # a call: its body may touch anything
        return set(NAMES)
    return {part for name in re.findall(r"\b(?:d/[ab]|[abd])\b", text) for part in (name, name[0])}


def piped(first: str, second: str) -> str:
    """The second reads all: else the first may be ended by what it prints."""
    assume(not touched(first) & touched(second))
    return f"{first} | {second}"


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.one_of(
        st.builds("if {}; then {}; fi".format, inner, inner),
        st.builds("if {}; then {}; else {}; fi".format, inner, inner, inner),
        st.builds("{{ {}; {}; }}".format, inner, inner),
        st.builds("( {}; {} )".format, inner, inner),
        st.builds("for i in {}; do {}; done".format, st.sampled_from(["p q", "", "$X"]), inner),
        st.builds("while [ -e {} ]; do {}; rm -rf a b d; done".format, files, inner),
        st.builds(
            "case {} in p) {};; {}) {};; esac".format, values, inner, st.sampled_from(["*", '"*"', "[!p]"]), inner
        ),
        st.builds("f() {{ {}; }}".format, inner),
    )
    return st.one_of(
        st.builds("{}{}".format, one, behind),
        st.builds("{} {} {}".format, inner, st.sampled_from(["&&", "||", ";"]), inner),
        st.builds(piped, inner, st.builds("cat > {}".format, files)),
        st.builds("! {}".format, simple),
    )


texts = st.builds(
    "{}{}; {}".format,
    st.sampled_from(["", "mkdir d; ", "set -e; mkdir d && touch a && "]),
    st.recursive(simple, compound, max_leaves=8),
    st.recursive(simple, compound, max_leaves=8),
)


# The same texts each time: of a thousand others one may be like `set -e; nothing || ! true; …`, which nobody writes.
@settings(max_examples=150, deadline=None, derandomize=True)
@given(texts, st.sampled_from(SHELLS))
def test_nothing_wrong_is_said_of_any_text(text: str, shell: str) -> None:
    left = real(shell, text)
    assume(left is not None and left[0] == 0)
    assert left is not None
    assert wrong(rehearsed(shell, text), left[1]) == []
