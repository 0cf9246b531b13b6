"""The cases follow what moby/patternmatcher and Go's filepath.Match document and test."""

from __future__ import annotations

import pytest

from dockwright.inputs import globs
from dockwright.inputs.context import find
from dockwright.inputs.dockerignore import Matcher, PatternError, read
from dockwright.inputs.files import UNKNOWN
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.tree import ListTree
from dockwright.source import Source

MATCHING = [
    ("**", "file"),
    ("**", "file/"),
    ("**/", "file"),
    ("**", "/"),
    ("**/", "/"),
    ("**/", "dir/file/"),
    ("**/**", "dir/file"),
    ("dir/**", "dir/dir2/file"),
    ("**/dir", "dir"),
    ("**/dir", "dir/file"),
    ("**/dir2/*", "dir/dir2/file/"),
    ("**/dir2/**", "dir/dir2/dir3/file"),
    ("**file", "file"),
    ("**file", "dir/dir/file"),
    ("**file", "dir/profile"),
    ("**/file", "dir/dir/file"),
    ("**/file*", "dir/dir/file.txt"),
    ("**/file*.txt*", "dir/dir/file.txt"),
    ("**/**/*.txt", "file.txt"),
    ("a**/*.txt", "a/dir/dir/file.txt"),
    ("a/*.txt**", "a/file.txt"),
    ("a[b-d]e", "ace"),
    ("a[^b-d]e", "aze"),
    (".*", ".foo"),
    ("abc.def", "abc.def"),
    ("abc?def", "abcZdef"),
    ("a\\\\", "a\\"),
    ("a\\*b", "a*b"),
    ("**/foo/bar", "dir/dir2/foo/bar"),
    ("abc/**", "abc/def/ghi"),
    ("**/.foo", ".foo"),
    ("a(b)c/def", "a(b)c/def"),
    ("a.|)$(}+{bc", "a.|)$(}+{bc"),
    ("dist/*.whl", "dist/x-2.4.0rc3.dev36+g08acad9-py3-none-any.whl"),
    ("a*", "ab/c"),
    ("a*b*c*d*e*/f", "axbxcxdxexxx/f"),
    ("a*b?c*x", "abxbbxdbxebxczzx"),
    ("a?b", "a☺b"),
    ("a[^a]b", "a☺b"),
    ("[a-ζ]*", "α"),
    ("[\\]a]", "]"),
    ("[x\\-]", "-"),
    ("./docs/../src//x", "src/x"),
    ("a/b/", "a/b/c"),
    ("file\\d", "file5"),  # behind a backslash RE2's classes come through
    ("[[:alpha:]]x]", "ax]"),
]
DIFFERING = [
    ("**/**/*.txt2", "dir/dir/file.txt"),
    ("a/*.txt", "a/dir/file.txt"),
    ("a[b-d]e", "ae"),
    (".*", "foo"),
    ("abc.def", "abcZdef"),
    ("abc?def", "abcdef"),
    ("abc/**", "abc"),
    ("**/.foo", "bar.foo"),
    ("a(b)c/def", "a(b)c/xyz"),
    ("a*/b", "a/c/b"),
    ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f"),
    ("a*b?c*x", "abxbbxdbxebxczzy"),
    ("ab[^b-d]", "abc"),
    ("a\\*b", "ab"),
    ("a???b", "a☺b"),
    ("*[a-ζ]", "A"),
    ("a?b", "a/b"),
    ("a*b", "a/b"),
    ("Docs", "docs"),
    ("*", "."),
    ("src\\bin*", "src/bin"),
]
MALFORMED = ["[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a[", "!", " ! ", "!/", "![", "a\\"]


@pytest.mark.parametrize(("pattern", "path"), MATCHING)
def test_matching(pattern: str, path: str) -> None:
    assert Matcher([pattern]).excludes(path)


@pytest.mark.parametrize(("pattern", "path"), DIFFERING)
def test_differing(pattern: str, path: str) -> None:
    assert not Matcher([pattern]).excludes(path)


@pytest.mark.parametrize("pattern", MALFORMED)
def test_malformed_patterns_are_refused_at_once(pattern: str) -> None:
    with pytest.raises(PatternError) as caught:
        Matcher(["ok", pattern])
    assert caught.value.index == 1


@pytest.mark.parametrize("pattern", ["build\\output", "[z-a]", "\\é*"])
def test_what_only_the_regular_expression_refuses_is_refused_when_it_is_applied(pattern: str) -> None:
    matcher = Matcher([pattern])
    with pytest.raises(PatternError):
        matcher.excludes("build")


@pytest.mark.parametrize(
    ("patterns", "path", "excluded", "rule"),
    [
        (["!fileutils.go", "*.go"], "fileutils.go", True, 1),
        (["*.go", "!fileutils.go"], "fileutils.go", False, 1),
        (["docs", "!docs/README.md"], "docs/README.md", False, 1),
        (["docs/", "!docs/README.md"], "docs/other.md", True, 0),
        (["docs/*", "!docs/README.md"], "docs/README.md", False, 1),
        (["**", "!util/docker/web"], "util/docker/web/foo", False, 1),
        (["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", True, 2),
        (["", "  ", "docs", "  !docs/a  "], "docs/a", False, 3),
        (["*.md"], "a.txt", False, None),
        ([], "any/path", False, None),
        # These two are what the engine does, though the function with a flat view says the contrary.
        (["a/b", "!a"], "a/b", True, 0),
        (["a*", "!a/b", "a"], "a/b", False, 1),
    ],
)
def test_the_last_pattern_that_changes_the_fate_decides(
    patterns: list[str], path: str, excluded: bool, rule: int | None
) -> None:
    matcher = Matcher(patterns)
    assert (matcher.excludes(path), matcher.rule(path)) == (excluded, rule)


def test_reading_cleans_and_remembers_the_lines() -> None:
    text = "\ufefftest1\r\n/test2\n\n # kept\n# this is a comment\n! /inverted/abs/path\n!\n! \n  ./a/../b/  \n/\nlast"
    found = read(text)
    patterns = ["test1", "test2", "# kept", "!inverted/abs/path", "!", "!", "b", "/", "last"]
    assert [pattern for pattern, _ in found] == patterns
    assert [text[span.start : span.end] for _, span in found] == [
        "test1",
        "/test2",
        "# kept",
        "! /inverted/abs/path",
        "!",
        "!",
        "./a/../b/",
        "/",
        "last",
    ]


def test_the_file_beside_the_dockerfile_wins() -> None:
    tree = OverlayTree(ListTree(()), {".dockerignore": "a", "docker/app.Dockerfile.dockerignore": "b"})
    ours = find(tree, "docker/app.Dockerfile")
    assert isinstance(ours, Source) and (ours.name, ours.text) == ("docker/app.Dockerfile.dockerignore", "b")
    other = find(tree, "Dockerfile")
    assert isinstance(other, Source) and other.name == ".dockerignore"
    assert find(tree, "Dockerfile", "docker") is None
    assert find(ListTree([".dockerignore"]), "Dockerfile") is UNKNOWN


@pytest.mark.parametrize("pattern", ["*a" * 40 + "c", "**/*a*/" * 30 + "c", "a**" * 40 + "c", "[ab]*" * 50 + "c"])
def test_hostile_patterns_stay_linear(pattern: str) -> None:
    """With a regular expression that goes back these would not end within a lifetime."""
    matcher = Matcher([pattern, f"!{pattern}x"])
    for path in ("a" * 4000, "a/" * 2000 + "a", "ab" * 1000 + "/" + "ba" * 1000):
        assert not matcher.excludes(path)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [("*.py", "a.py", True), ("*.py", "a/b.py", False), ("[a-c]?", "bx", True), ("\\*", "*", True), ("", "", True)],
)
def test_names_of_sources_match_as_in_go(pattern: str, name: str, expected: bool) -> None:
    assert globs.matcher(pattern)(name) is expected


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [("", "."), ("a//b/./c/..", "a/b"), ("../../a", "../../a"), ("/../a/", "/a"), ("/", "/"), ("a/..", ".")],
)
def test_clean(path: str, cleaned: str) -> None:
    assert globs.clean(path) == cleaned
