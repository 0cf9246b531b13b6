"""What holds for any shell text: reading never raises, spans fit, and a second reader (tree-sitter's) sees the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from dockwright.dockerfile.shell import Assignment, Declaration, Simple, Word
from dockwright.dockerfile.shell_parse import heredoc_word, parse_shell
from dockwright.source import Span

TOKENS = """
a b $X ${X} ${X:-y} ${X#*/} ${#X} ' " ` \\ $( ) (( )) $(( ( { } [[ ]] ; ;; & && | || |& ! < > >> 2>&1 &> << <<- <<< EOF
<( if then elif else fi for in do done while until case esac select function time f() x= x+= x=( a[1]= export local # *
{a,b} $' $" é ${ ${!X} \\` set -o pipefail source [ = == =~ 🐍
"""
texts = (
    st.lists(st.sampled_from([*TOKENS.split(), " ", " ", " ", "\n", "\t", "\r\n", "\\\n"]), max_size=30).map("".join)
    | st.text()
)


def nodes(value: object) -> Iterator[Struct]:
    """Every node below a value."""
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, Struct) and not isinstance(value, Span):
        yield value
        for name in value.__struct_fields__:
            yield from nodes(getattr(value, name))


@settings(max_examples=400, deadline=None)
@given(texts)
def test_never_raises_and_spans_fit(text: str) -> None:
    script = parse_shell(text)
    heredoc_word(text)
    hash(script)
    for node in nodes(script):
        span = getattr(node, "span", None)
        if isinstance(span, Span):
            assert 0 <= span.start <= span.end <= len(text)
        if isinstance(node, Word) and "`" not in text and "|&" not in text:
            assert text[node.span.start : node.span.end] == node.text


@settings(max_examples=200, deadline=None)
@given(texts)
def test_mapped_spans_are_the_only_difference(text: str) -> None:
    def spans(shift: int) -> list[tuple[int, int]]:
        script = parse_shell(text, lambda start, end: Span(start + shift, end + shift))
        found = [node.span for node in nodes(script) if hasattr(node, "span")]
        return [(span.start - shift, span.end - shift) for span in found]

    assert spans(1000) == spans(0)


words = st.sampled_from(
    [
        "a",
        "-b",
        "--c=d",
        "e/f.g",
        "'h i'",
        '"j k"',
        "$L",
        '"${M}"',
        "n'o'\"p\"",
        "q=r",
        "s\\ t",
        "é",
        "*.py",
        "u==1.0",
        "~/v",
    ]
)
commands = st.lists(words, max_size=4).map(lambda tail: " ".join(["cmd", *tail]))
chains = st.lists(st.tuples(commands, st.sampled_from([" && ", " || ", "; ", " | "])), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(chains)
def test_tree_sitter_sees_the_same_commands(chain: list[tuple[str, str]]) -> None:
    text = "".join(command + operator for command, operator in chain) + "cmd end"
    found = [[word.text for word in node.words] for node in nodes(parse_shell(text)) if isinstance(node, Simple)]
    assert found == second_reading(text)


def second_reading(text: str) -> list[list[str]]:
    """The words of each simple command, as tree-sitter-bash finds them (0.25 misses line breaks after pipes)."""
    tree_sitter = pytest.importorskip("tree_sitter")
    bash = pytest.importorskip("tree_sitter_bash")
    root = tree_sitter.Parser(tree_sitter.Language(bash.language())).parse(text.encode()).root_node
    assert not root.has_error
    rows, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.type == "command":
            rows.append([child.text.decode() for child in node.named_children])
        else:
            waiting += reversed(node.named_children)
    return rows


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20).filter(lambda value: "\0" not in value))
def test_a_quoted_value_comes_back(value: str) -> None:
    quoted = "'" + value.replace("'", "'\\''") + "'"
    body = parse_shell(f"cmd {quoted} x={quoted}").body
    assert isinstance(body, Simple)
    assert [word.literal for word in body.words] == ["cmd", value, f"x={value}"]


def test_export_values_are_assignments() -> None:
    body = parse_shell("export A='b c' D").body
    assert isinstance(body, Declaration)
    (assignment,) = body.assignments
    assert isinstance(assignment, Assignment)
    assert assignment.value is not None
    assert assignment.value.literal == "b c"
