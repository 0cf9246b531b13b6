"""Wheels by their names, and Pythons by what a project asks for: held against what `packaging` says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.index.fits import Fit, native
from dockwright.index.question import Question
from dockwright.index.tags import supported
from dockwright.inputs.caret import python_marker, specifier
from dockwright.rehearse.requirespython import admits

PYTHONS = ["cp37", "cp38", "cp312", "cp313", "py2", "py3", "py310", "py313", "py2.py3", "cp36.cp37", "pp310"]
ABIS = ["none", "abi3", "cp37m", "cp38", "cp312", "cp313", "cp313t", "pypy310_pp73"]
PLATFORMS = [
    "any", "linux_x86_64", "linux_aarch64", "manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_aarch64",
    "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_38_x86_64", "musllinux_1_1_x86_64",
    "musllinux_1_2_aarch64", "musllinux_1_3_x86_64", "win_amd64", "macosx_10_9_universal2", "manylinux_2_4_x86_64",
]  # fmt: skip
IMAGES = [
    Question(python, platform, libc, version)
    for python in ("3.7.17", "3.12", "3.13.1")
    for platform, arch in (("linux/amd64", ""), ("linux/arm64/v8", ""))
    for libc, version in (("glibc", "2.36"), ("glibc", "2.17"), ("musl", "1.2"))
]


@given(st.sampled_from(PYTHONS), st.sampled_from(ABIS), st.sampled_from(PLATFORMS), st.sampled_from(IMAGES))
def test_a_wheel_fits_where_packaging_says_so(python: str, abi: str, platform: str, image: Question) -> None:
    parts = image.python.split(".")
    arch = "aarch64" if "arm64" in image.platform else "x86_64"
    tags = supported((int(parts[0]), int(parts[1])), arch, image.libc, image.libc_version)
    combined = [
        f"{one}-{two}-{three}" for one in python.split(".") for two in abi.split(".") for three in platform.split(".")
    ]
    assert Fit(image).takes(f"some_name-1.0+cu12-{python}-{abi}-{platform}.whl") == any(tag in tags for tag in combined)


@given(st.text(max_size=60))
def test_any_name_is_looked_at(name: str) -> None:
    Fit(IMAGES[0]).takes(name + ".whl")


def test_a_build_number_is_no_tag() -> None:
    assert Fit(IMAGES[1]).takes("some-1.0-2-py3-none-any.whl")


def test_what_is_known_of_an_image() -> None:
    assert not Fit(Question("2.7.18", libc_version="2.36")).known
    assert not Fit(Question("3.12", libc_version="")).known
    assert not Fit(Question("3.12", "linux/s390x", libc_version="2.36")).known
    assert native(["x-1-py3-none-any.whl", "x-1-cp312-cp312-win32.whl"]) and not native(["x-1.tar.gz"])


@pytest.mark.parametrize(
    ("specifier", "version", "answer"),
    [
        ("^3.9", "3.12", YES), ("^3.9", "3.8", NO), ("~3.11", "3.12", NO), ("~3.11", "3.11.4", YES), ("~3", "3.12", YES),
        (">=3.9,<4.0", "3.12", YES), ("3.11.*", "3.11", YES), ("^2.7 || ^3.6", "3.12", YES), (">=3.12.4", "3.12", UNKNOWN),
        (">=3.13", "3.12.1", NO), (">=3.10 <3.13", "3.12", YES), ("~=3.10", "3.12", YES), ("!=3.12.*", "3.12", NO),
        ("*", "3.12", YES), ("", "3.12", YES), ("no such thing", "3.12", UNKNOWN), ("^0.2.3", "0.2.9", YES),
        ("^3.x", "3.12", UNKNOWN), (">=3.13", UNKNOWN, UNKNOWN),
    ],
)  # fmt: skip
def test_pythons_that_a_project_admits(specifier: str, version: object, answer: Answer) -> None:
    assert admits(specifier, version) is answer


@given(st.text("^~<>=!|,.* 0123x", max_size=30))
def test_any_text_is_read(specifier: str) -> None:
    admits(specifier, "3.12.1")


@pytest.mark.parametrize(
    ("constraint", "wanted"),
    [
        ("^1.2", ">=1.2,<2"), ("~1.2.3", ">=1.2.3,<1.3"), ("*", ""), ("1.2.*", "==1.2.*"), ("1.4", "==1.4"),
        (">=2.0 <3", ">=2.0,<3"), ("^0.3", ">=0.3,<0.4"), ("^0.0.3", ">=0.0.3,<0.0.4"), ("^2 || ^3", None), ("^1.0b1", None),
    ],
)  # fmt: skip
def test_constraints_of_poetry(constraint: str, wanted: str | None) -> None:
    assert specifier(constraint) == wanted


def test_the_pythons_of_a_dependency_become_its_marker() -> None:
    assert python_marker("<3.11") == "python_version < '3.11'"
    assert python_marker("^3.9") == "python_version >= '3.9' and python_version < '4'"
    assert python_marker("^2.7 || ^3.6") is None
