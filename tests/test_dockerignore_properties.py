"""The matcher against a slow one that is written straight from the description of the patterns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.inputs.dockerignore import Matcher, PatternError, read
from dockwright.inputs.globs import clean, matcher

NAMES = st.lists(st.text("ab.", min_size=1, max_size=3).filter(lambda name: name.strip(".")), min_size=1, max_size=4)
PATHS = NAMES.map("/".join)
PIECES = st.sampled_from(["a", "b", ".", "*", "**", "?", "[ab]", "[^a]", "a*", "*b", "**b", "a**", "\\*", "c.a", "^a"])
PATTERNS = st.builds(
    lambda parts, sep: sep.join(parts), st.lists(PIECES, min_size=1, max_size=5), st.sampled_from("//")
)
NEGATABLE = st.builds(lambda mark, pattern: mark + pattern, st.sampled_from(["", "", "!"]), PATTERNS)


def slow(pattern: str, path: str) -> bool:
    """One pattern as a regular expression that may go back: fine for the short texts of these tests."""
    pieces = re.findall(r"\*\*/?|\*|\?|\[[^\]]*\]|\\.|.", pattern)
    if pattern.startswith("**") and not re.search(r"[*?\[\\]", pattern[2:]):
        return path.endswith(pattern[2:]) or (pattern[2:3] == "/" and path == pattern[3:])
    special = re.search(r"[*?\[\\]", pattern.removesuffix("**")) is not None
    if not special:
        return path.startswith(pattern[:-2]) if pattern.endswith("**") else path == pattern
    out = ""
    for number, piece in enumerate(pieces):
        if piece.startswith("**"):
            out += ".*" if number == len(pieces) - 1 else "(?:.*/)?"
        elif piece in ("*", "?"):
            out += "[^/]" + piece.replace("?", "")
        elif piece == "^" or len(piece) > 1:
            out += piece
        else:
            out += re.escape(piece)
    return re.fullmatch(out, path) is not None


def slow_excludes(patterns: list[str], path: str) -> bool:
    """fsutil: every folder from the top; a pattern that matched above matches below; useless ones are not tried."""
    parts = path.split("/")
    matched = [False] * len(patterns)
    excluded = False
    for depth in range(1, len(parts) + 1):
        here = "/".join(parts[:depth])
        excluded = False
        for place, written in enumerate(patterns):
            pattern = clean(written)
            again = pattern.startswith("!")
            if not matched[place] and again == excluded:
                matched[place] = slow(pattern[again:], here)
            if matched[place]:
                excluded = not again
    return excluded


@given(PATTERNS, PATHS)
def test_one_pattern(pattern: str, path: str) -> None:
    assert Matcher([pattern]).excludes(path) is slow_excludes([pattern], path)


@given(st.lists(NEGATABLE, max_size=5), st.lists(PATHS, min_size=1, max_size=4))
def test_several_patterns_and_the_paths_in_any_order(patterns: list[str], paths: list[str]) -> None:
    shared = Matcher(patterns)
    for path in paths:
        assert shared.excludes(path) is slow_excludes(patterns, path)


@given(st.text("ab*/.", max_size=6), st.text("ab/.", max_size=8))
def test_a_source_pattern(pattern: str, name: str) -> None:
    expression = re.sub(r"\*+", "[^/]*", re.escape(pattern).replace("\\*", "*"))
    assert matcher(pattern)(name) is (re.fullmatch(expression, name) is not None)


@given(st.text(max_size=30), st.text(max_size=20))
def test_any_text_matches_or_is_refused(text: str, path: str) -> None:
    try:
        Matcher(text.split("\n")).excludes(path)
    except PatternError as error:
        assert error.pattern


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("#! \t\r\n/*."), max_size=60))
def test_reading_any_text_gives_spans_of_it(text: str) -> None:
    for pattern, span in read(text):
        shown = text[span.start : span.end]
        assert pattern
        assert shown == shown.strip("\t\n\v\f\r ")
        assert "\n" not in shown
        assert pattern.startswith("!") is shown.startswith("!") or pattern == clean(shown)


@pytest.mark.parametrize("pattern", ["**/*.py", "*.md", "**/dist/**", "a*b*c", "**/a*b"])
@given(path=st.text("abcdistmpy./\n", max_size=14))
def test_the_quick_ways_agree(pattern: str, path: str) -> None:
    """A class with one character is the same pattern, but takes the long way."""
    letter = next(char for char in pattern if char.isalpha())
    slowly = pattern.replace(letter, f"[{letter}]", 1)
    assert Matcher([pattern]).excludes(path) is Matcher([slowly]).excludes(path)
