"""Words, spans and links of the tree, and the limits of what is followed."""

from __future__ import annotations

import pytest

from dockwright.dockerfile.shell import AndOr, Parameter, Simple, Substitution, Text, Unfollowed
from dockwright.dockerfile.shell_parse import heredoc_word, parse_shell
from dockwright.source import Span


def test_word_as_written_and_its_value() -> None:
    body = parse_shell('echo a"b c"\'d\' $X "" ').body
    assert isinstance(body, Simple)
    assert [word.text for word in body.words] == ["echo", "a\"b c\"'d'", "$X", '""']
    assert [word.literal for word in body.words] == ["echo", "ab cd", None, ""]
    assert [word.quoted for word in body.words] == [False, True, False, True]


def test_spans_are_mapped() -> None:
    script = parse_shell("a && echo `b \\`c $X\\``", lambda start, end: Span(start + 100, end + 100))
    assert isinstance(script.body, AndOr)
    echo = script.body.right
    assert isinstance(echo, Simple)
    assert echo.span == Span(105, 122)
    substitution = echo.words[1].parts[0]
    assert isinstance(substitution, Substitution)
    inner = substitution.script.body
    assert isinstance(inner, Simple)
    assert [word.span for word in inner.words] == [Span(111, 112), Span(113, 121)]


def test_links_of_a_chain() -> None:
    body = parse_shell("a && b || c").body
    assert isinstance(body, AndOr)
    assert [(operator, command.span) for operator, command in body.links] == [
        ("", Span(0, 1)),
        ("&&", Span(5, 6)),
        ("||", Span(10, 11)),
    ]


def test_heredoc_word() -> None:
    word = heredoc_word('say "$X" \\$Y\n$(date)\n')
    assert word is not None
    assert word.parts[:3] == (Text('say "', True), Parameter("X", None, None, True), Text('" $Y\n', True))
    assert isinstance(word.parts[3], Substitution)
    assert heredoc_word("${") is None


def test_heredoc_span_is_its_body() -> None:
    body = parse_shell("cat <<E\nab\nE\n").body
    assert isinstance(body, Simple)
    assert body.redirects[0].heredoc_span == Span(8, 11)


def test_error_between_backquotes_stays_there() -> None:
    script = parse_shell("a `b &&` c")
    assert script.errors == ()
    assert isinstance(script.body, Simple)
    substitution = script.body.words[1].parts[0]
    assert isinstance(substitution, Substitution)
    assert [error.span for error in substitution.script.errors] == [Span(5, 7)]


@pytest.mark.parametrize("opening", ["(", "$(", '"$(', "${a:-", "if ", "f() ", "{ ", "$((", "((", "case a in b) "])
def test_deep_nesting_is_not_followed(opening: str) -> None:
    script = parse_shell(opening * 5000)
    assert isinstance(script.body, Unfollowed)
    assert script.errors == ()


@pytest.mark.parametrize("text", ["a && " * 5000 + "b", "a" * 1_000_001])
def test_long_chain_and_large_text_are_not_followed(text: str) -> None:
    assert isinstance(parse_shell(text).body, Unfollowed)
