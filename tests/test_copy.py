"""What recorded builds cannot show: why a source is not there, what is not known, and the cost."""

from __future__ import annotations

import pytest

from dockwright.finding import NO, YES
from dockwright.inputs.context import Context
from dockwright.inputs.copy import CopyPlan, plan
from dockwright.inputs.files import UNKNOWN, Files, Kind, Unknown
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.tree import ListTree


def context(files: str, ignore: str = "") -> Context:
    return Context.of(OverlayTree(ListTree(files.split()), {".dockerignore": ignore} if ignore else {}))


def kinds(done: CopyPlan) -> list[str]:
    return [problem.kind for problem in done.problems]


class Nothing(Files):
    """A place of which nothing is known."""

    def kind(self, path: str) -> Kind | Unknown | None:
        return UNKNOWN

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return UNKNOWN

    def target(self, path: str) -> str | Unknown | None:
        return UNKNOWN


@pytest.mark.parametrize(
    ("files", "ignore", "word", "kind"),
    [
        ("a", "", "b", "missing"),
        ("a", "a", "a", "ignored"),
        ("A", "", "a", "case"),
        ("a", "", "../b", "outside"),
        ("a", "", "[", "pattern-invalid"),
        ("a", "", "*.x", "pattern-empty"),
        ("a", "", "https://example.com/a", "remote-in-copy"),
        ("a", "", "git@example.com:a/b.git", "remote-in-copy"),
    ],
)
def test_why_a_source_does_not_come(files: str, ignore: str, word: str, kind: str) -> None:
    done = plan(context(files, ignore), [word], "/d/")
    assert kinds(done) == [kind]
    assert done.fails is (NO if kind == "pattern-empty" else YES)


def test_an_ignored_source_quotes_the_line() -> None:
    presence = plan(context("wheels/a.whl", "*.md\nwheels\n"), ["wheels/"], "/d/").problems[0].presence
    assert presence is not None and presence.rule is not None
    assert presence.rule.line == 2


def test_a_pattern_that_alone_names_a_folder_fails_only_for_sure_when_all_sources_are_known() -> None:
    files = context("a b/c")
    assert plan(files, ["b/*.x"], "/d/").fails is UNKNOWN
    assert plan(files, ["b/*.x"], "/d/", others=["a"]).fails is YES
    assert plan(files, ["b/*.x"], "/d/", others=["b/c"]).fails is NO
    assert plan(files, ["b/*.x"], "/d/", others=["?"]).fails is UNKNOWN


def test_unknown_never_becomes_a_problem() -> None:
    for word in ("a", "a/*", "*", "."):
        done = plan(Nothing(), [word], "/d/", image=Nothing())
        assert done.problems == ()
        brought = done.brings("/d/x")
        assert brought is None or brought.kind is UNKNOWN
    done = plan(context("a b/c"), ["a"], "/d", image=Nothing())
    assert done.problems == ()
    found = [done.brings(path) for path in ("/d", "/d/a", "/d/b")]
    assert [brought and brought.kind for brought in found] == [UNKNOWN, UNKNOWN, None]


def test_a_context_that_is_not_known() -> None:
    files = Context(ListTree((), complete=False))
    for word in ("a", "a/*", "*", ".", "a/*/b"):
        done = plan(files, [word], "/d/")
        brought = done.brings("/d/x")
        assert done.problems == ()
        assert brought is not None and brought.kind is UNKNOWN


def test_dest_kind_stands_in_for_an_image() -> None:
    files = context("a b/c")
    assert [move.dest for move in plan(files, ["a"], "/d", dest_kind="dir").moves] == ["/d/a"]
    assert [move.dest for move in plan(files, ["a"], "/d", dest_kind=None).moves] == ["/d"]
    assert kinds(plan(files, ["b"], "/d", dest_kind="file")) == ["folder-over-file"]
    assert kinds(plan(files, ["a"], "/d/", dest_kind="file")) == ["destination-not-folder"]
    assert plan(files, ["b"], "/d", dest_kind="file", link=True).fails is UNKNOWN


def test_several_files_onto_one_are_remarked() -> None:
    done = plan(context("a.t b.t"), ["*.t"], "/d", dest_kind=None)
    assert (kinds(done), done.fails) == (["overwrites"], NO)
    brought = done.brings("/d")
    assert brought is not None and brought.source == "b.t"


def test_parents() -> None:
    files = context("a/b/c.txt a/d.txt e.txt a/b/x.py")
    done = plan(files, ["a/b/c.txt", "e.txt"], "/p/", parents=True)
    assert [done.brings(path) is not None for path in ("/p/a/b/c.txt", "/p/e.txt", "/p/a/d.txt")] == [True, True, False]
    done = plan(files, ["a/./b/c.txt"], "/p/", parents=True)
    assert done.brings("/p/b/c.txt") and not done.brings("/p/a")
    done = plan(files, ["**/*.txt"], "/p", parents=True, exclude=["e.*"])
    assert done.count() == 2
    missing = plan(files, ["a/nope"], "/p", parents=True)
    assert (kinds(missing), missing.fails) == (["missing"], UNKNOWN)


def test_inline_and_remote_sources() -> None:
    done = plan(context(""), [], "/d/", inline=["run.sh"])
    assert [move.dest for move in done.moves] == ["/d/run.sh"]
    words = ["https://example.com/x/f.tgz?q#z", "https://example.com/", "https://example.com/r.git#main"]
    done = plan(context(""), words, "/d/", add=True)
    assert [(move.kind, move.dest) for move in done.moves] == [
        ("url", "/d/f.tgz"),
        ("url", "/d/__unnamed__"),
        ("git", "/d"),
    ]
    inside = done.brings("/d/setup.py")
    assert inside is not None and inside.kind is UNKNOWN


def test_an_archive_of_unknown_contents() -> None:
    done = plan(context("x.tar.gz notes.txt"), ["x.tar.gz", "notes.txt"], "/d/", add=True)
    assert [move.kind for move in done.moves] == ["archive", "file"]
    assert done.count() is UNKNOWN
    inside = done.brings("/d/any")
    assert inside is not None and inside.kind is UNKNOWN


def test_names_and_count() -> None:
    done = plan(context("a b/c b/d/e", "b/d"), ["."], "/app", dest_kind=None)
    assert done.names("/") == ("app",)
    assert done.names("/app") == (".dockerignore", "a", "b")
    assert done.names("/app/b") == ("c",)
    assert done.count() == 3
    assert done.count(limit=2) is UNKNOWN


def test_a_folder_is_one_move() -> None:
    files = context(" ".join(f"d{number % 100}/f{number}" for number in range(20_000)))
    done = plan(files, ["."], "/app")
    assert len(done.moves) == 1
    brought = done.brings("/app/d7/f7")
    assert brought is not None and brought.source == "d7/f7"
    assert done.count() == 20_000
