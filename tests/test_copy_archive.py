"""Listing an archive that ADD would unpack: every format, and nothing hostile harms."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.inputs.archive import READ, listed, members
from dockwright.inputs.files import UNKNOWN

LONG = "d/" * 80 + "x" * 90


def tar(*names: str, form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name in names:
            info = tarfile.TarInfo(name.rstrip("/"))
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            info.size = 0 if name.endswith("/") else 700
            archive.addfile(info, io.BytesIO(b"x" * 700))
    return buffer.getvalue()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_in_every_form(form: int) -> None:
    assert members(tar("a", "b/", "b/c", LONG, "é", form=form)) == ("a", "b/", "b/c", LONG, "é")


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_compressed(pack: type[bytes]) -> None:
    assert members(pack(tar("a"))) == ("a",)


@pytest.mark.parametrize(
    "data", [b"", b"text", b"\0" * 10240, gzip.compress(b"text"), b"\x1f\x8b\x08broken", b"BZhbroken"]
)
def test_no_archive(data: bytes) -> None:
    assert members(data) is None


def test_what_cannot_be_listed_is_unknown() -> None:
    assert members(b"\x28\xb5\x2f\xfd" + b"\0" * 600) is UNKNOWN
    assert members(gzip.compress(tar("a") + b"\0" * (70 << 20))) is UNKNOWN
    assert members(tar("a").ljust(READ, b"\0")) is UNKNOWN


def test_the_name_decides_where_the_contents_are_unknown() -> None:
    assert listed("x.tgz", lambda length: UNKNOWN) is UNKNOWN
    assert listed("x.py", lambda length: UNKNOWN) is None
    assert listed("gone.tar", lambda length: None) is None


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    assert members(data) is None or data[:4] == b"\x28\xb5\x2f\xfd"


@given(st.integers(0, 2500), st.binary(min_size=1, max_size=40))
def test_damaged_archives(at: int, damage: bytes) -> None:
    data = tar("a", LONG, "b/")
    members(data[:at] + damage + data[at + len(damage) :])
