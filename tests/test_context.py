from __future__ import annotations

from pathlib import Path

import pytest

from dockwright.inputs.context import Context
from dockwright.inputs.dockerignore import PatternError
from dockwright.inputs.files import UNKNOWN
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.tree import DiskTree, ListTree


def context(files: str, ignore: str = "") -> Context:
    return Context.of(OverlayTree(ListTree(files.split()), {".dockerignore": ignore} if ignore else {}))


def test_present() -> None:
    seen = context("a/b Dockerfile").look("./a//b")
    assert (seen.status, seen.path, seen.kind) == ("present", "a/b", "file")
    assert context("a/b").look(".").kind == "dir"
    assert context("").look("/").status == "present"


def test_ignored_shows_the_line() -> None:
    seen = context("docs/x.md", "# notes\n\n/docs\n!docs/keep.md\n").look("docs/x.md")
    assert seen.status == "ignored"
    assert seen.rule is not None
    assert (seen.rule.source.name, seen.rule.line, seen.rule.instruction) == (".dockerignore", 3, "/docs")


def test_a_folder_stays_for_what_is_taken_back() -> None:
    taken = context("docs/keep.md docs/x.md", "docs\n!docs/keep.md")
    assert taken.look("docs").status == "present"
    assert taken.names("docs") == ("keep.md",)
    assert context("docs/x.md", "docs\n!docs/keep.md").look("docs").status == "ignored"


def test_the_dockerfile_is_an_ordinary_file() -> None:
    ignoring = context("Dockerfile a", "Dockerfile\n.dockerignore")
    assert ignoring.look("Dockerfile").status is ignoring.look(".dockerignore").status == "ignored"


def test_missing_names_what_is_near() -> None:
    near = context("src/Requirements.txt reqs/requirements.txt app/main.py", "reqs")
    assert near.look("src/requirements.txt").nearest == ("src/Requirements.txt",)
    assert near.look("requirements.txt").nearest == ("src/Requirements.txt",)
    assert near.look("app/mian.py").nearest == ("app/main.py",)
    assert near.look("zzz").nearest == ()


def test_outside() -> None:
    assert context("a/b").look("../c").status == "outside"
    assert context("a/b").look("a/../../c").status == "outside"
    assert context("a/b").look("../a/b").status == "present"


def test_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/x").write_text("x")
    (tmp_path / "rel").symlink_to("real")
    (tmp_path / "abs").symlink_to("/real/x")
    (tmp_path / "out").symlink_to("/etc/hostname")
    (tmp_path / "loop").symlink_to("loop")
    seen = Context.of(DiskTree(tmp_path))
    assert seen.look("rel/x").path == "real/x"
    assert seen.look("abs").path == "real/x"
    assert seen.look("out").status == "outside"
    assert seen.look("loop").status == "outside"


def test_what_is_not_known() -> None:
    unsure = Context(ListTree(["a"], complete=False))
    assert (unsure.look("a").status, unsure.look("b").status) == ("present", "unknown")


def test_the_context_of_a_subfolder() -> None:
    tree = OverlayTree(ListTree(["web/a", "b", "web/c"]), {"web/.dockerignore": "a", ".dockerignore": "c"})
    web = Context.of(tree, "web", "web/Dockerfile")
    assert [web.look(path).status for path in ("a", "c", "b")] == ["ignored", "present", "missing"]


def test_a_refused_pattern_names_its_place() -> None:
    with pytest.raises(PatternError) as caught:
        context("a", "x\n[\n")
    assert (caught.value.index, caught.value.pattern) == (1, "[")


@pytest.mark.parametrize(("ignore", "index"), [("build\\output", 0), ("a\n!build\\output", 1)])
def test_what_is_refused_when_applied_is_refused_at_once_here(ignore: str, index: int) -> None:
    with pytest.raises(PatternError) as caught:
        context("a", ignore)
    assert caught.value.index == index


def test_a_pattern_that_is_never_applied_is_not_refused() -> None:
    assert context("a", "!build\\output").look("a").status == "present"


def test_an_ignore_file_of_unknown_contents() -> None:
    unsure = Context.of(ListTree(["a", ".dockerignore"]))
    assert [unsure.look(path).status for path in ("a", "b", ".")] == ["unknown", "missing", "present"]


def test_large_contexts_are_touched_only_where_asked() -> None:
    class Counting(ListTree):
        listed = 0

        def names(self, path: str) -> tuple[str, ...] | type(UNKNOWN):  # type: ignore[valid-type]
            Counting.listed += 1
            return super().names(path)

    tree = Counting([f"d{number}/f" for number in range(2000)])
    assert Context(tree).look("d7/f").status == "present"
    assert Counting.listed == 0
