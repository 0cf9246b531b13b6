"""Syntax errors: found where every shell reports one, never elsewhere. dash and bash themselves are the judges."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockwright.dockerfile.shell import Command, Unfollowed
from dockwright.dockerfile.shell_parse import parse_shell

WRONG = {
    "apt-get update &&": ("&&", "the text ends after `&&`"),
    "a ||": ("||", "the text ends after `||`"),
    "a |": ("|", "the text ends after `|`"),
    "a && && b": ("&&", "unexpected `&&` after `&&`"),
    "&& a": ("&&", "unexpected `&&`"),
    "a; && b": ("&&", "unexpected `&&`"),
    "a\n&& b": ("&&", "unexpected `&&`"),
    "a & && b": ("&&", "unexpected `&&`"),
    "a;; b": (";;", "unexpected `;;`"),
    "; a": (";", "unexpected `;`"),
    "a | | b": ("|", "unexpected `|` after `|`"),
    "a && | b": ("|", "unexpected `|` after `&&`"),
    "a )": (")", "unexpected `)`"),
    "a <>(b)": ("(", "unexpected `(` after `<>`"),
    "(a && b": ("(", "this ( is not closed"),
    "()": (")", "unexpected `)` after `(`"),
    "echo 'a": ("'", "this ' is not closed"),
    'echo "a $(b "c) d': ('"', 'this " is not closed'),
    'echo "a': ('"', 'this " is not closed'),
    "echo `a": ("`", "this ` is not closed"),
    "echo $(a": ("$(", "this $( is not closed"),
    "echo ${a": ("${", "this ${ is not closed"),
    "{ a": ("{", "this `{` has no `}`"),
    "a; }": ("}", "unexpected `}`"),
    "if a; then b": ("if", "this `if` has no `fi`"),
    "if a; b; fi": ("fi", "unexpected `fi` after `if`"),
    "if a then b; fi": ("fi", "unexpected `fi` after `if`"),
    "if a; then; b; fi": (";", "unexpected `;`"),
    "if a; then fi": ("fi", "unexpected `fi` after `then`"),
    "if a; then b; else; c; fi": (";", "unexpected `;`"),
    "a; fi": ("fi", "unexpected `fi`"),
    "then a": ("then", "unexpected `then`"),
    "for x in a; do b": ("for", "this `for` has no `done`"),
    "for x in a; b; done": ("b", "unexpected `b`"),
    "for x in a do b; done": ("done", "unexpected `done`"),
    "while a; done": ("done", "unexpected `done` after `while`"),
    "while a; do b; end": ("while", "this `while` has no `done`"),
    "case x in a) b;;": ("case", "this `case` has no `esac`"),
    "case x in a b;; esac": ("b", "unexpected `b` after `case`"),
    "case x a) b;; esac": ("a", "unexpected `a` after `case`"),
    "echo a > ; b": (";", "unexpected `;` after `>`"),
    "echo a >": (">", "the text ends after `>`"),
    "echo (a)": ("(", "unexpected `(` after `echo`"),
    "f() { a; } b": ("b", "unexpected `b`"),
    "(a) (b)": ("(", "unexpected `(`"),
    "f() {": ("{", "this `{` has no `}`"),
    "a=$(b && ) c": (")", "unexpected `)` after `&&`"),
}
RIGHT = (
    "a &&\n b",
    "a;",
    "a &",
    "a & b",
    "echo a } { )'' ".replace(")", ""),
    "echo if fi done",
    "echo '&&' \"||\" \\; \\&\\&",
    "x=1",
    "cat <<EOF\n&& ' ( \"\nEOF",
    "cat <<'EOF'\n&& ' ( \" `\nEOF\nb",
    "a # && ' (",
    "case $x in (a) b;; c|d) ;; esac",
    "echo $(case x in a) b;; esac)",
    "if a; then\n\n# x\nb; fi",
    "echo ${x:-'}'} \"${x:-'a b'}\"",
    'echo "${x:-a"b"c}"',
    'echo "$(echo "a b" | tr \'a\' "b")"',
    "[ a = b ] && (b || c) | d > e &",
    "for x; do a; done",
    "while :; do break; done",
    "! a",
    "a() { b; } > c",
    "echo a=(b".replace("(", "["),
    "\n\n",
    "{ a; } && { b\n}",
    "echo $((1 + 2)) $(( (1) ))",
    "((a); b)",
    "echo a\\\n && b",
    "in=1; echo in do",
    "export A='x y' B=$A; readonly A",
    "awk '{print $1}' | sed -e 's/(a)/b/' >> f",
    'echo "a\nb" && c',
    "a 2>&1 | b",
    "test $a -gt 1 -a ! -f x || b",
)


def refuses(shell: str, text: str) -> bool:
    """Does the shell report a syntax error in the text; it reads it only (-n)."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"NOT TESTED against {shell}: it is not on this machine")
    return subprocess.run([path, "-n", "-c", text], capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("text", WRONG)
def test_error_and_its_place(text: str) -> None:
    (error,) = parse_shell(text).errors
    assert (text[error.span.start : error.span.end], error.message) == WRONG[text]


@pytest.mark.parametrize("text", RIGHT)
def test_no_error(text: str) -> None:
    assert parse_shell(text).errors == ()


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("text", WRONG)
def test_shells_refuse_it_too(text: str, shell: str) -> None:
    assert refuses(shell, text)


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("text", RIGHT)
def test_shells_take_it_too(text: str, shell: str) -> None:
    assert not refuses(shell, text)


def one_less(text: str) -> Iterator[str]:
    """The text without one of its words or operators."""
    pieces = re.findall(r"\s+|\w+|&&|\|\||;;|.", text, re.DOTALL)
    for index, piece in enumerate(pieces):
        if piece.strip():
            yield "".join(pieces[:index] + pieces[index + 1 :])


SAMPLES = (
    "if [ -f a ]; then b; else c; fi && d",
    'for x in a b; do echo "$x" | cat; done > f',
    "case $x in a|b) c;; (d) e;; esac",
    "f() { a 'b' && (c; d); }",
    'x=$(a `b` "${c:-d}") || { e & }',
    "while a; do b; done < f; ! c",
)


@pytest.mark.parametrize("text", [shorter for sample in SAMPLES for shorter in one_less(sample)])
def test_agrees_with_the_shells(text: str) -> None:
    refused = refuses("dash", text), refuses("bash", text)
    found = parse_shell(text)
    if found.errors:
        assert refused == (True, True)
    elif not isinstance(found.body, Unfollowed):
        assert refused != (True, True)


def run_texts() -> list[str]:
    """RUN texts of recorded builds, a file named by the environment; joined as the Dockerfile parser does, roughly."""
    path = os.environ.get("DOCKWRIGHT_RUN_CORPUS")
    if not path:
        pytest.skip("NOT TESTED on recorded builds: DOCKWRIGHT_RUN_CORPUS names no file")
    texts: set[str] = set()
    for line in gzip.decompress(Path(path).read_bytes()).splitlines():
        dockerfile = re.sub(r"(?m)^[ \t]*#.*\n", "", json.loads(line)["dockerfile"].replace("\r", ""))
        for match in re.finditer(r"(?im)^[ \t]*RUN[ \t]+((?:.*\\[ \t]*\n)*.*)", dockerfile):
            text = re.sub(r"\\[ \t]*\n", "", match.group(1))
            texts.add(re.sub(r"^(?:--\w+=\S+\s+)+", "", text).strip())
    return sorted(text for text in texts if not text.startswith(("[", "-")))


def unfollowed(command: Command | None) -> bool:
    return "Unfollowed(" in repr(command)


def test_recorded_builds() -> None:
    texts = run_texts()
    parsed = [(text, parse_shell(text)) for text in texts]
    assert [text for text, script in parsed if script.errors and not refuses("bash", text)] == []
    missed = [text for text, script in parsed if not script.errors and refuses("bash", text) and refuses("dash", text)]
    assert [text for text in missed if not unfollowed(parse_shell(text).body)] == []
