"""Words as BuildKit's shell/lex.go processes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.dockerfile import ExpandError, expand
from dockwright.dockerfile.expand import expand_heredoc, expand_partial, expand_words
from dockwright.dockerfile.wildcard import BadPattern, automaton, compile_tokens, replace, trim_prefix, trim_suffix
from dockwright.finding import UNKNOWN, Answer

ENV = {
    "HOME": "/root",
    "EMPTY": "",
    "V": "1.2.3",
    "P": "a/b/c.tar.gz",
    "STAR": "*",
    "SP": " a  b ",
    "T": "[$0$x$$]",
    "한": "글",
}


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("plain", "plain"),
        ("$HOME/x", "/root/x"),
        ("${HOME}x", "/rootx"),
        ("$HOMEx", ""),
        ("$UNSET.", "."),
        ("a'$HOME'b", "a$HOMEb"),
        ('"$HOME"', "/root"),
        ('"it\'s" \'say "x"\'', 'it\'s say "x"'),
        (r"\$HOME \a \\", r"$HOME a " + "\\"),
        (r'"\$HOME \a \" \\"', r"$HOME \a " + '" \\'),
        (r"'\'", "\\"),
        ("end\\", "end"),
        ("$", "$"),
        ("$.", "$."),
        ("a$'b'", "a$b"),
        ("$1a $12 $@b $# $$x $0", "a  b  x "),
        ("${1}${@}${-}${?}${#}", ""),
        ("${1:-x}${?:-y}", "xy"),
        ("$한 ${한}", "글 글"),
        ("\ufeffx", "x"),
        ("a << b", "a << b"),
        ("${UNSET:-d}${EMPTY:-e}${HOME:-f}", "de/root"),
        ("${UNSET-d}${EMPTY-e}${HOME-f}", "d/root"),
        ("${UNSET:+d}${EMPTY:+e}${HOME:+f}", "f"),
        ("${UNSET+d}${EMPTY+e}${HOME+f}", "ef"),
        ("${UNSET:-${EMPTY:-$HOME}}", "/root"),
        ("${UNSET:-'a }b'}", "a }b"),
        ("${UNSET:-a\\}b}", "a}b"),
        ("${HOME:?no}${EMPTY?no}", "/root"),
        ("${V#1.}${V#*.}${V##*.}", "2.32.33"),
        ("${V%.3}${V%.*}${V%%.*}", "1.21.21"),
        ("${V#x}${V%x}${UNSET#x}", "1.2.31.2.3"),
        ("${P##*/}-${P%%.*}", "c.tar.gz-a/b/c"),
        ("${P/b/x}", "a/x/c.tar.gz"),
        (r"${P//\//_}", "a_b_c.tar.gz"),
        ("${P/a*c/x}", "x.tar.gz"),
        ("${V//?/x}", "xxxxx"),
        ("${V//./}", "123"),
        (r"${STAR#\*}|${STAR#*}", "|*"),
        ("${V///-}", "-1-.-2-.-3-"),
        ("${V/./$HOME}", "1/root2.3"),
        ("${V//./[$$0]}", "1[0]2[0]3"),
        ("${V//./$T}${V/./$T}", "1[.$]2[.$]31[$0$x$$]2.3"),
        ("${V//./[\\$0]}", "1[\\.]2[\\.]3"),
    ],
)
def test_results(word: str, result: str) -> None:
    assert expand(word, ENV) == result


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ('"a', "unexpected end of statement while looking for matching double-quote"),
        ('"a\\"', "unexpected end of statement while looking for matching double-quote"),
        ("${", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${{a}", "syntax error: bad substitution"),
        ("${:-a}", "syntax error: bad substitution"),
        ("${a", "unsupported modifier (\ufffd) in substitution"),
        ("${a:-b", "syntax error: missing '}'"),
        ("${a:", "syntax error: missing '}'"),
        ("${a=b}", "unsupported modifier (=) in substitution"),
        ("${a:=b}", "unsupported modifier (:=) in substitution"),
        ("${V:#1.}", "unsupported modifier (:#) in substitution"),
        ("${V:%$V}", "unsupported modifier (:%) in substitution"),
        ("${a b}", "unsupported modifier ( ) in substitution"),
        ("${.}", "unsupported modifier (.) in substitution"),
        ("${HOME:-${b?}}", "b: is not allowed to be unset"),
        ("${a?}", "a: is not allowed to be unset"),
        ("${EMPTY:?}", "EMPTY: is not allowed to be empty"),
        ("${a:?needs $HOME}", "a: needs /root"),
        ("${V/x}", "syntax error: missing '/' in ${}"),
        ("${V/x/y", "syntax error: missing '}'"),
        ("${V#\\a}", "invalid pattern (\\a) in substitution: invalid escape '\\a'"),
    ],
)
def test_errors(word: str, message: str) -> None:
    with pytest.raises(ExpandError) as caught:
        expand(word, ENV)
    assert str(caught.value).startswith("failed to process ")
    assert str(caught.value).endswith(f": {message}")


def test_error_quotes_the_word_as_go_does() -> None:
    with pytest.raises(ExpandError) as caught:
        expand('a"\t\\é\u200b', {})
    assert str(caught.value).startswith(r'failed to process "a\"\t\\é\u200b": ')


def test_backtick_escapes_where_the_file_says_so() -> None:
    assert expand('a`$HOME c:\\b `"', ENV, "`") == 'a$HOME c:\\b "'
    assert expand('"`$x `a"', ENV, "`") == "$x `a"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a  b\tc", ["a", "b", "c"]),
        ("'a b' c\\ d", ["a b", "c d"]),
        ("x$SP'y z'", ["x", "a", "b", "y z"]),
        ('"$SP"', [" a  b "]),
        ("'' $EMPTY a", ["a"]),
        ("", []),
        ("<< a <b", ["<< a", "<b"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert expand_words(text, ENV) == [word for word in words if word]


def lookup(name: str) -> str | Answer | None:
    return UNKNOWN if name.startswith("U") else {"A": "a", "E": ""}.get(name)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("x$A", "xa"),
        ("x$U", UNKNOWN),
        ('"$U"', UNKNOWN),
        ("'$U'", "$U"),
        ("${U:-x}", UNKNOWN),
        ("${A:-$U}", "a"),
        ("${E:-$U}", UNKNOWN),
        ("${E-$U}", ""),
        ("${U:+x}", UNKNOWN),
        ("${U:+}", ""),
        ("${E:+$U}", ""),
        ("${A:+$U}", UNKNOWN),
        ("${U:?m}", UNKNOWN),
        ("${U#x}", UNKNOWN),
        ("${A#$U}", UNKNOWN),
        ("${A/$U/x}", UNKNOWN),
        ("${U/a/b}", UNKNOWN),
    ],
)
def test_unknown_values(word: str, value: str | Answer) -> None:
    assert expand_partial(word, lookup).value == value


def test_names_that_were_used() -> None:
    found = expand_partial("$A ${U1:-$B} ${E:+$C}", lookup)
    assert found.used == {"A", "U1", "B", "E", "C"}
    assert found.unset == {"B", "C"}


def test_heredoc_bodies_keep_their_quotes() -> None:
    found = expand_heredoc("echo \"$A\" '$A' \\$A\n", lookup)
    assert found.value == "echo \"a\" 'a' $A\n"


def test_nothing_gets_out_of_hand() -> None:
    with pytest.raises(ExpandError, match=re.escape("missing '}'")):
        expand("${a:-" * 50, {})
    with pytest.raises(ExpandError, match="nested too deeply"):
        expand("${a:-" * 150 + "}" * 150, {})
    with pytest.raises(ExpandError, match="too long"):
        expand("${a//?/" + "x" * 1000 + "}", {"a": "b" * 50_000})
    with pytest.raises(ExpandError, match="too long"):
        expand("$a" * 2000, {"a": "b" * 1000})
    assert expand("${a##" + "*b" * 100 + "c}", {"a": "b" * 20_000}) == "b" * 20_000
    assert expand("${a//b?" + "b" * 100 + "c/}", {"a": "b" * 5_000}) == "b" * 5_000


PATTERNS = st.text("ab*?", max_size=6)
VALUES = st.text("ab\n", max_size=8)


def regex(pattern: str, greedy: bool) -> str:
    star = ".*" if greedy else ".*?"
    return "".join(star if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)


@given(PATTERNS, VALUES, st.booleans())
def test_prefix_is_what_a_regular_expression_matches(pattern: str, value: str, longest: bool) -> None:
    match = re.match(regex(pattern, longest), value)
    assert trim_prefix(pattern, value, longest) == (value[match.end() :] if match else value)


@given(PATTERNS, VALUES, st.booleans())
def test_suffix_mirrors_prefix(pattern: str, value: str, longest: bool) -> None:
    assert trim_suffix(pattern, value, longest) == trim_prefix(pattern[::-1], value[::-1], longest)[::-1]


@given(PATTERNS.filter(lambda pattern: pattern.strip("*") != ""), VALUES)
def test_replacement_is_what_a_regular_expression_replaces(pattern: str, value: str) -> None:
    assert replace(pattern, value, "x", True, 1000) == re.sub(regex(pattern, True), "x", value)
    assert replace(pattern, value, "x", False, 1000) == re.sub(regex(pattern, True), "x", value, count=1)


@pytest.mark.parametrize("pattern", ["\\", "\\x", "\\\\\\"])
def test_bad_patterns(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compile_tokens(pattern)


def test_escapes_in_patterns() -> None:
    assert compile_tokens("a\\*\\?\\\\\\}\\/*?") == ["\\a", "\\*", "\\?", "\\\\", "\\}", "\\/", "*", "?"]
    assert automaton(compile_tokens("*a*")).size == 1


@given(st.text("ab$ {}'\":-+?#%/\\`<A\ufeff한", max_size=12), st.sampled_from("\\`"))
def test_any_word_gives_a_text_or_an_expand_error(word: str, escape: str) -> None:
    env = {"A": "a b", "a": "", "한": "*"}
    try:
        value = expand(word, env, escape)
    except ExpandError:
        with pytest.raises(ExpandError):
            expand_words(word, env, escape)
        return
    assert expand_partial(word, env.get, escape).value == value
    partial = expand_partial(word, lambda name: UNKNOWN, escape)
    assert partial.value == value or partial.used
