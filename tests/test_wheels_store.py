"""The wheelhouse on disk: nothing wrong is ever used, nothing needed is ever removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.errors import ToolError
from dockwright.wheels import store as store_module
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.part import Origin, Part
from dockwright.wheels.store import MARK, Store, default_root


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "house")


def put(store: Store, body: bytes, used: int = 0) -> Artefact:
    """An artefact with this content, last used at this second."""
    digest = sha256(body).hexdigest()
    part = store.part(digest)
    assert part is not None
    with part:
        part.write(body)
        assert store.keep(part, digest)
    if used:
        os.utime(store.path(digest), ns=(used * 10**9, MARK))
    return Artefact("x", "1", f"{body[:8].decode()}.whl", "", digest, len(body))


def test_only_what_has_the_hash_gets_the_name(store: Store) -> None:
    digest = sha256(b"right").hexdigest()
    part = store.part(digest)
    assert part is not None
    with part:
        part.write(b"wrong")
        assert not store.keep(part, digest) and not store.has(digest)
        part.restart()
        part.write(b"ri")
    again = store.part(digest)
    assert again is not None and again.size == 2
    with again:
        again.write(b"ght")
        assert store.keep(again, digest)
    assert store.has(digest) and Path(store.path(digest)).read_bytes() == b"right"
    assert list(Path(store.root, "part").iterdir()) == []


@pytest.mark.parametrize("change", [b"", b"righ", b"wrong", b"right and more"])
def test_a_file_that_was_changed_is_never_used(store: Store, tmp_path: Path, change: bytes) -> None:
    artefact = put(store, b"right")
    path = Path(store.path(artefact.sha256))
    path.chmod(0o644)
    path.write_bytes(change)
    assert store.lay([artefact], tmp_path / "laid") == ()
    assert not store.has(artefact.sha256) and not path.exists()


def test_a_file_that_was_only_touched_is_verified_and_used(store: Store) -> None:
    artefact = put(store, b"right")
    os.utime(store.path(artefact.sha256))
    assert store.has(artefact.sha256)
    assert Path(store.path(artefact.sha256)).stat().st_mtime_ns == MARK


def test_after_a_restart_of_the_machine_everything_is_verified_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, lost = put(store, b"kept"), put(store, b"lost")
    path = Path(store.path(lost.sha256))
    before = path.stat()
    path.chmod(0o644)
    path.write_bytes(b"\0\0\0\0")  # what was not written out: the size is there, the bytes are not
    os.utime(path, ns=(before.st_atime_ns, MARK))
    monkeypatch.setattr(store_module, "boot_id", lambda: "another start")
    again = Store(tmp_path / "house")
    assert again.has(kept.sha256) and not again.has(lost.sha256)
    assert Store(tmp_path / "house").has(kept.sha256)
    assert Path(again.path(kept.sha256)).stat().st_mtime_ns == MARK


def test_where_restarts_can_not_be_seen_each_process_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "boot_id", lambda: "")
    artefact = put(Store(tmp_path), b"right")
    assert Path(Store(tmp_path).path(artefact.sha256)).stat().st_mtime_ns == 0
    assert Store(tmp_path).has(artefact.sha256)


def test_laid_under_its_name_without_a_copy(store: Store, tmp_path: Path) -> None:
    artefacts = [put(store, b"one"), put(store, b"two"), Artefact("y", "1", "y.whl", "", "0" * 64)]
    for _ in range(2):  # what is there is replaced
        assert store.lay(artefacts, tmp_path / "laid") == ("one.whl", "two.whl")
    laid = tmp_path / "laid" / "one.whl"
    assert laid.read_bytes() == b"one" and laid.samefile(store.path(artefacts[0].sha256))
    assert laid.stat().st_mode & 0o777 == 0o444


def test_laid_on_another_disk_as_a_copy(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)
    artefact = put(store, b"one")
    assert store.lay([artefact], tmp_path / "laid") == ("one.whl",)
    assert [path.name for path in (tmp_path / "laid").iterdir()] == ["one.whl"]


@pytest.mark.parametrize("name", ["../out.whl", "/etc/out.whl", "..", "", "a\0b", "x" * 300, "a/b.whl"])
def test_names_that_lead_elsewhere_are_left_out(store: Store, tmp_path: Path, name: str) -> None:
    artefact = put(store, b"one")
    bad = Artefact("x", "1", name, "", artefact.sha256, 3)
    assert store.lay([bad], tmp_path / "laid") == () and list((tmp_path / "laid").iterdir()) == []


def test_a_hash_that_is_none_has_no_place(store: Store) -> None:
    with pytest.raises(ValueError):
        store.path("../../etc/passwd")


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path, 10)
    old, new, newest = put(store, b"old!", 100), put(store, b"new!", 200), put(store, b"newest", 300)
    assert store.has(old.sha256)  # wanted again: it is not the oldest any more
    found = store.evict()
    assert (found.count, found.bytes, found.left) == (1, 4, 10)
    assert store.has(old.sha256) and not store.has(new.sha256) and store.has(newest.sha256)


def test_room_for_more(tmp_path: Path) -> None:
    store = Store(tmp_path, 10)
    first, second = put(store, b"1234", 100), put(store, b"5678", 200)
    assert store.evict(room=4).count == 1
    assert not store.has(first.sha256) and store.has(second.sha256)


def test_what_a_running_process_needs_stays(tmp_path: Path) -> None:
    store = Store(tmp_path, 1)
    needed, other = put(store, b"needed", 100), put(store, b"other", 200)
    with store.lease([needed.sha256]):
        assert store.evict().count == 1 and store.has(needed.sha256) and not store.has(other.sha256)
    assert store.evict().count == 1 and not store.has(needed.sha256)


def test_the_lease_of_a_killed_process_ends(tmp_path: Path) -> None:
    store = Store(tmp_path, 1)
    needed = put(store, b"needed")
    code = f"""
import sys
from dockwright.wheels.store import Store
lease = Store({str(tmp_path)!r}).lease([{needed.sha256!r}])
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        assert store.evict().count == 0
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert store.evict().count == 1 and list(tmp_path.glob("v1/lease/*")) == []


def test_parts_nobody_continues_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    for digest, age in (("a" * 64, 0), ("b" * 64, 30 * 86_400)):
        part = store.part(digest)
        assert part is not None
        with part:
            part.write(b"some")
            part.came(Origin("x", '"tag"'))
        if age:
            os.utime(part.path, (1, 1))
    busy = store.part("c" * 64)
    assert busy is not None
    with busy:
        busy.write(b"more")
        os.utime(busy.path, (1, 1))
        assert store.evict().count == 1
        assert store.clear().count == 1, "one that is being loaded stays"
        assert sorted(path.name[0] for path in tmp_path.glob("v1/part/*")) == ["c"]


def test_notes_on_parts_that_are_gone_are_removed(store: Store) -> None:
    folder = Path(store.root, "part")
    for name in ("a.from", "a.from.77", "b.part", "b.from"):
        (folder / name).write_bytes(b"x")
    store.evict()
    assert sorted(path.name for path in folder.iterdir()) == ["b.from", "b.part"]


def test_another_size_than_the_index_says_is_verified(store: Store, tmp_path: Path) -> None:
    artefact = put(store, b"right")
    path = Path(store.path(artefact.sha256))
    path.chmod(0o644)
    path.write_bytes(b"righ")
    os.utime(path, ns=(0, MARK))
    assert store.lay([artefact], tmp_path / "laid") == () and not path.exists()


def test_a_part_is_loaded_by_one_at_a_time(store: Store) -> None:
    first = store.part("a" * 64)
    assert first is not None and store.part("a" * 64) is None
    first.close()
    second = store.part("a" * 64)
    assert second is not None
    second.close()
    assert list(Path(store.root, "part").iterdir()) == []


def test_where_a_part_came_from_is_known_to_the_next_process(store: Store) -> None:
    part = store.part("a" * 64)
    assert part is not None
    with part:
        part.came(Origin("x", '"tag"'))
        part.write(b"some")
    again = store.part("a" * 64)
    assert again is not None
    with again:
        assert again.origin == Origin("x", '"tag"') and again.digest() == sha256(b"some").hexdigest()


def test_a_file_of_this_machine_is_taken_in(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.whl").write_bytes(b"mine")
    digest = store.add(tmp_path / "mine.whl")
    assert digest == sha256(b"mine").hexdigest() == store.add(tmp_path / "mine.whl") and store.has(digest)


def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="can't be written") as raised:
        Store(tmp_path / "file")
    assert raised.value.exit_code == 3


def test_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_root() == "/somewhere/dockwright/wheelhouse"


@given(st.lists(st.binary(max_size=50), max_size=8), st.lists(st.integers(0, 7), max_size=3))
def test_the_hash_is_that_of_all_bytes_however_they_came(pieces: list[bytes], reopened: list[int]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "a.part"))
        part = Part.open(path)
        assert part is not None
        for number, piece in enumerate(pieces):
            if number in reopened:
                part.close()
                part = Part.open(path)
                assert part is not None
            part.write(piece)
        assert part.digest() == sha256(b"".join(pieces)).hexdigest() and part.size == len(b"".join(pieces))
        part.close()
