"""The comparison of images that the engine tests rest on: what it counts, and what it leaves out and says so."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from engine import same_files
from engine.same_files import Entry, compare
from msgspec import structs

FILE = Entry("file", 0o644, 0, 0, 3, "aa")


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": 0o755},
        {"uid": 1},
        {"gid": 1},
        {"size": 4},
        {"sha256": "bb"},
        {"kind": "pipe"},
        {"attributes": (("a", "b"),)},
    ],
)
def test_everything_but_time_counts(changed: dict[str, object]) -> None:
    assert not compare({"app/a": FILE}, {"app/a": structs.replace(FILE, **changed)}).same


def test_a_path_in_one_image_only_counts() -> None:
    compared = compare({"app/a": FILE}, {})
    assert str(compared.differences[0]) == "app/a: only in the first"


def test_noise_is_told_and_only_the_content_may_differ() -> None:
    other = structs.replace(FILE, sha256="bb")
    compared = compare({"var/log/dpkg.log": FILE}, {"var/log/dpkg.log": other})
    assert compared.same and compared.noise == {"logs with the time of the build": ("var/log/dpkg.log",)}
    assert not compare({"var/log/dpkg.log": FILE}, {"var/log/dpkg.log": structs.replace(other, mode=0o600)}).same
    assert not compare({"var/log/dpkg.log": FILE}, {}).same
    assert compare({"root/.cache/pip/http/a": FILE}, {}).same


def test_compiled_files_are_as_their_source() -> None:
    pyc = "app/__pycache__/a.cpython-312.pyc"
    other = structs.replace(FILE, sha256="bb")
    assert compare({"app/a.py": FILE, pyc: FILE}, {"app/a.py": FILE, pyc: other}).same
    assert not compare({"app/a.py": FILE, pyc: FILE}, {"app/a.py": other, pyc: other}).same
    assert not compare({pyc: FILE}, {pyc: other}).same
    assert not compare({"app/a.py": FILE, pyc: FILE}, {"app/a.py": FILE}).same


def layer(**files: bytes | None) -> bytes:
    """A layer of files; `__` is a slash; None is a link to `target`."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name.replace("__", "/").replace("WH_", ".wh.").replace("OPQ", ".wh..wh..opq"))
            member.size = len(content or b"")
            tar.addfile(member, io.BytesIO(content or b""))
    return data.getvalue()


def test_layers_delete_and_replace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whiteouts and opaque folders of the OCI image specification."""
    layers = [
        layer(a=b"1", b=b"1", d__x=b"1", d__y=b"1", e__x=b"1", etc__shadow=b"web:!:20000:0::::\n"),
        layer(WH_a=b"", b=b"2", d__OPQ=b"", d__z=b"2", e=b"a file now"),
    ]

    def save(image: str, engine: str, archive: Path) -> None:
        with tarfile.open(archive, "w") as tar:
            manifest = [{"Config": "config", "Layers": ["0", "1"]}]
            config = {"rootfs": {"diff_ids": [f"{image}{number}" for number in range(2)]}}
            for name, data in (
                ("manifest.json", json.dumps(manifest).encode()), ("config", json.dumps(config).encode()),
                ("0", layers[0]), ("1", layers[1]),
            ):  # fmt: skip
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))

    monkeypatch.setattr(same_files, "_save", save)
    first = same_files.files("one")
    assert sorted(first) == ["b", "d/z", "e", "etc/shadow"]
    assert first["b"].size == 1 and first["e"].kind == "file"
    layers[0] = layer(b=b"9", etc__shadow=b"web:!:20001:0::::\n")
    assert same_files.files("two")["etc/shadow"] == first["etc/shadow"]  # another day
