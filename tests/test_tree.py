from __future__ import annotations

import os
from pathlib import Path

import pytest

from dockwright.inputs.files import UNKNOWN
from dockwright.inputs.overlay import OverlayTree, SubTree
from dockwright.inputs.tree import DiskTree, ListTree, Tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "src/deep").mkdir(parents=True)
    (root / "src/deep/a.py").write_text("a = 1\n")
    (root / "b.txt").write_bytes(b"caf\xe9")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o750)
    (root / "link").symlink_to("src/deep")
    (root / "up").symlink_to("../secret")
    (root / "abs").symlink_to("/etc/passwd")
    (root / "loop").symlink_to("loop")
    (root / "gone").symlink_to("nothing/here")
    (tmp_path / "secret").write_text("secret")
    return root


def test_disk(folder: Path) -> None:
    tree = DiskTree(folder)
    assert isinstance(tree, Tree)
    assert tree.kind("") == "dir"
    assert tree.kind("src/deep/a.py") == "file"
    assert tree.kind("link") == "link"
    assert tree.kind("link/a.py") is None
    assert tree.kind("b.txt/x") is None
    assert tree.kind("../secret") is None
    assert tree.names("") == ("abs", "b.txt", "gone", "link", "loop", "run.sh", "src", "up")
    assert tree.names("b.txt") == tree.names("nope") == ()
    assert tree.target("link") == "src/deep"
    assert tree.mode("run.sh") == 0o750
    assert tree.size("b.txt") == 4
    assert (tree.mode("nope"), tree.size("nope"), tree.target("b.txt")) == (None, None, None)


def test_reading_follows_links_inside_of_the_root_only(folder: Path) -> None:
    tree = DiskTree(folder)
    assert tree.read("link/a.py") == "a = 1\n"
    assert tree.read("b.txt") == "caf\udce9"
    assert [tree.read(path) for path in ("up", "abs", "loop", "gone", "nope", "../secret", "a\0b")] == [None] * 7
    assert tree.read("src") is UNKNOWN
    assert tree.head("b.txt", 2) == b"ca"
    assert tree.head("link", 2) is UNKNOWN


def test_resolve(folder: Path) -> None:
    tree = DiskTree(folder)
    assert tree.resolve("link/a.py") == "src/deep/a.py"
    assert tree.resolve("link/../x") == "src/x"
    assert tree.resolve("gone") == "nothing/here"
    assert [tree.resolve(path) for path in ("up", "abs", "loop", "..")] == [None] * 4


def test_limits(folder: Path) -> None:
    tree = DiskTree(folder)
    assert tree.read("src/deep/a.py", limit=6) == "a = 1\n"
    assert tree.read("src/deep/a.py", limit=5) is UNKNOWN
    assert len(list(tree.walk(limit=3))) == 3


def test_a_fifo_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert DiskTree(folder).read("pipe") is UNKNOWN


def test_what_is_not_permitted_is_unknown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is played."""

    def refuse(path: str) -> object:
        raise PermissionError(path)

    tree = DiskTree(folder)
    monkeypatch.setattr(os, "scandir", refuse)
    assert [tree.kind("src"), tree.names(""), tree.mode("src"), tree.read("b.txt"), tree.size("src")] == [UNKNOWN] * 5
    assert list(tree.walk()) == []


def test_walk_is_sorted_and_enters_no_link(folder: Path) -> None:
    assert [path for path, _ in DiskTree(folder).walk("src")] == ["src/deep", "src/deep/a.py"]
    assert ("link", "link") in list(DiskTree(folder).walk())


def test_list() -> None:
    tree = ListTree(["./src/a.py\n", "src/b/", "Dockerfile", "/abs", "", ".", "../out", "dir", "dir/x"])
    assert tree.names("") == ("Dockerfile", "abs", "dir", "src")
    assert [tree.kind(path) for path in ("", "src", "src/b", "dir", "src/a.py", "src/c")] == [
        "dir",
        "dir",
        "dir",
        "dir",
        "file",
        None,
    ]
    assert (tree.read("src/a.py"), tree.size("src/a.py"), tree.read("nope")) == (UNKNOWN, UNKNOWN, None)
    assert tree.complete


def test_a_list_that_is_not_complete() -> None:
    tree = ListTree(["a/b"], complete=False)
    assert [tree.kind(path) for path in ("", "a", "a/b", "a/c")] == ["dir", "dir", "file", UNKNOWN]
    assert (tree.names("a"), tree.read("x")) == (UNKNOWN, UNKNOWN)
    assert OverlayTree(tree, {"x": "text"}).read("x") == "text"


def test_overlay(folder: Path) -> None:
    changes = {"new/x.txt": "xé", "b.txt": None, "src/deep": None, "run.sh": "#!/bin/sh -e\n"}
    tree = OverlayTree(DiskTree(folder), changes)
    assert tree.names("") == ("abs", "gone", "link", "loop", "new", "run.sh", "src", "up")
    assert (tree.kind("new"), tree.kind("new/x.txt"), tree.kind("b.txt")) == ("dir", "file", None)
    assert (tree.kind("src/deep/a.py"), tree.names("src"), tree.read("link/a.py")) == (None, (), None)
    assert (tree.read("new/x.txt"), tree.size("new/x.txt"), tree.mode("new/x.txt")) == ("xé", 3, UNKNOWN)
    assert (tree.read("run.sh"), tree.mode("run.sh"), tree.size("run.sh")) == ("#!/bin/sh -e\n", 0o750, 13)
    assert tree.read("b.txt") is None


def test_overlay_puts_a_file_where_a_folder_was(folder: Path) -> None:
    tree = OverlayTree(DiskTree(folder), {"src": "text"})
    assert (tree.kind("src"), tree.kind("src/deep"), tree.names("src")) == ("file", None, ())


def test_subtree(folder: Path) -> None:
    (folder / "src/out").symlink_to("../b.txt")
    (folder / "src/in").symlink_to("deep/a.py")
    tree = SubTree(DiskTree(folder), "src")
    assert tree.names("") == ("deep", "in", "out")
    assert tree.kind("") == "dir"
    assert (tree.read("deep/a.py"), tree.read("in"), tree.read("out")) == ("a = 1\n", "a = 1\n", None)


def test_deep_paths_need_no_stack() -> None:
    path = "/".join(["d"] * 1000)
    tree = OverlayTree(ListTree([path]), {f"{path}/x": "text"})
    assert tree.read(f"{path}/x") == "text"
    assert sum(1 for _ in tree.walk()) == 1001
