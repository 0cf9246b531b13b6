"""Debian's packages, against facts that anybody can look up in the release."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockwright.facts.packagedata import DATABASE, origin
from dockwright.facts.packages import PackageFacts, os_packages
from dockwright.facts.release import OsRelease, release
from dockwright.finding import NO, UNKNOWN, YES


def facts(name: str, os: str = "debian") -> PackageFacts:
    found = release(os, name)
    assert found is not None
    return os_packages(found)


BULLSEYE, BOOKWORM, TRIXIE = facts("bullseye"), facts("bookworm"), facts("trixie")


def test_packages_that_come_and_go() -> None:
    assert [entry.exists("libgl1-mesa-glx") for entry in (BULLSEYE, BOOKWORM, TRIXIE)] == [YES, YES, NO]
    assert [entry.exists("libssl1.1") for entry in (BULLSEYE, BOOKWORM)] == [YES, NO]
    assert BOOKWORM.exists("python") is NO
    assert BOOKWORM.exists("netcat") is NO  # virtual, with two providers: apt asks to select one
    assert set(BOOKWORM.providers("netcat")) == {"netcat-openbsd", "netcat-traditional"}
    assert BOOKWORM.exists("libpq-dev") is YES
    assert BOOKWORM.exists("0ad") is YES  # kept by name only
    assert not BOOKWORM.known("0ad")
    assert BOOKWORM.exists("no-such-package-at-all") is NO


@pytest.mark.parametrize(
    ("entry", "old", "new"),
    [
        (TRIXIE, "libgl1-mesa-glx", "libgl1"),
        (BOOKWORM, "netcat", "netcat-openbsd"),
        (BOOKWORM, "python", "python3"),
        (BOOKWORM, "python-pip", "python3-pip"),
        (BOOKWORM, "libtiff5", "libtiff6"),
        (TRIXIE, "libssl3", "libssl3t64"),
        (TRIXIE, "libpq-dev", None),
        (TRIXIE, "no-such-package-at-all", None),
    ],
)
def test_renamed(entry: PackageFacts, old: str, new: str | None) -> None:
    if entry.exists(old) is not YES:
        assert entry.renamed(old) == new


@pytest.mark.parametrize(
    ("header", "package"),
    [
        ("libpq-fe.h", "libpq-dev"), ("Python.h", "python3-dev"), ("ffi.h", "libffi-dev"), ("openssl/ssl.h",
        "libssl-dev"), ("zlib.h", "zlib1g-dev"),
        ("jpeglib.h", "libjpeg-dev"), ("libxml/xpath.h", "libxml2-dev"), ("mysql.h", "default-libmysqlclient-dev"),
        ("ft2build.h", "libfreetype-dev"),
        ("sasl/sasl.h", "libsasl2-dev"), ("sql.h", "unixodbc-dev"), ("portaudio.h", "portaudio19-dev"),
        ("X11/Xlib.h", "libx11-dev"), ("nowhere.h", None),
    ],
)  # fmt: skip
def test_package_with_header(header: str, package: str | None) -> None:
    assert BOOKWORM.package_with_header(header) == package


@pytest.mark.parametrize(
    ("command", "package"),
    [
        ("ps", "procps"), ("pg_config", "libpq-dev"), ("gcc", "gcc"), ("cc", "gcc"), ("make", "make"), ("curl",
        "curl"), ("git", "git"),
        ("add-apt-repository", "software-properties-common"), ("cmake", "cmake"), ("ninja", "ninja-build"),
        ("cargo", "cargo"), ("envsubst", "gettext-base"),
        ("no-such-command-at-all", None),
    ],
)  # fmt: skip
def test_package_with_command(command: str, package: str | None) -> None:
    assert BOOKWORM.package_with_command(command) == package


def test_libraries_and_pkgconfig() -> None:
    assert BOOKWORM.package_with_library("libGL.so.1") == "libgl1"
    assert BOOKWORM.package_with_library("libpq.so.5") == "libpq5"
    assert BOOKWORM.package_with_pkgconfig("libxml-2.0") == "libxml2-dev"
    assert TRIXIE.package_with_library("libgthread-2.0.so.0") == "libglib2.0-0t64"


def test_what_an_installation_adds() -> None:
    base = BOOKWORM.essential()
    assert "procps" not in base and "adduser" in base and "adduser" not in TRIXIE.essential()
    lean = BOOKWORM.installs(["gcc"], recommends=False, present=base).packages
    assert "cpp" in lean and "libc6-dev" not in lean
    assert "libc6-dev" in BOOKWORM.installs(["gcc"], present=base).packages
    done = BOOKWORM.installs(["python", "procps"], present=base)
    assert done.missing == ("python",) and "procps" in done.packages


def test_an_alternative_that_is_there_is_enough() -> None:
    done = BOOKWORM.installs(["awk"], recommends=False, present=BOOKWORM.essential())
    assert "gawk" not in done.packages


def test_debians_own_python() -> None:
    brought = BOOKWORM.brings("python3")
    assert brought is not None
    assert brought.pythons == ("3.11",) and brought.externally_managed
    old = BULLSEYE.brings("python3")
    assert old is not None and old.pythons == ("3.9",) and not old.externally_managed
    yaml = BOOKWORM.brings("python3-yaml")
    assert yaml is not None and yaml.distributions[0][0] == "PyYAML"


def test_ubuntu_gets_hints_but_no_proof() -> None:
    jammy = facts("22.04", "ubuntu")
    assert not jammy.exact
    assert jammy.exists("no-such-package-at-all") is UNKNOWN
    assert jammy.package_with_header("libpq-fe.h") == "libpq-dev"


def test_a_release_without_data_answers_nothing() -> None:
    other = os_packages(OsRelease("alpine", "3.20"))
    assert other.exists("bash") is UNKNOWN
    assert other.package_with_command("bash") is None
    assert other.installs(["bash"]).unknown == ("bash",)


def test_the_data_are_small_and_say_where_they_come_from() -> None:
    assert Path(DATABASE).stat().st_size < 7_000_000
    assert set(origin()) == {"date", "source", "renew"}


def test_the_table_of_common_headers_is_what_the_text_of_all_headers_says() -> None:
    from dockwright.facts.tables import table
    from tools.refresh_facts import header_owners

    assert table("headers") == header_owners.content(), "renew with python -m tools.refresh_facts headers"
