from __future__ import annotations

from datetime import date

from dockwright.facts import python
from dockwright.facts.packages import os_packages
from dockwright.facts.release import release
from dockwright.finding import NO, UNKNOWN, YES


def test_standard_library_by_version() -> None:
    assert [python.in_stdlib("distutils.core", version) for version in ("3.11", "3.12", "3.14")] == [YES, NO, NO]
    assert [python.in_stdlib("tomllib", version) for version in ("3.10", "3.11")] == [NO, YES]
    assert python.in_stdlib("cgi", "3.13.1") is NO
    assert python.in_stdlib("json", "3.12") is YES
    assert python.in_stdlib("json", "3.14") is UNKNOWN
    assert python.in_stdlib("requests", "3.14") is NO


def test_removals() -> None:
    removed = python.removed_module("asyncore")
    assert removed is not None and (removed.version, removed.distribution) == ("3.12", "pyasyncore")
    name = python.removed_name("collections.Mapping")
    assert name is not None and name.version == "3.10"
    assert {row.name for row in python.removed_by("3.12")} > {"distutils", "imp", "collections.Mapping"}
    assert "cgi" not in {row.name for row in python.removed_by("3.12")}


def test_every_removed_module_is_gone_from_the_interpreters_asked() -> None:
    for row in python.removed_by("3.13"):
        if "." not in row.name and "(" not in row.name:
            assert python.in_stdlib(row.name, row.version) is NO, row


def test_what_a_python_broke() -> None:
    assert python.broken("NumPy", "3.12")[0].good == "1.26.0"
    assert python.broken("numpy", "3.11") == ()
    assert python.end_of_life("3.9.1") == date(2025, 10, 31)


def test_import_names() -> None:
    assert python.distribution_of("cv2") == "opencv-python"
    assert python.distribution_of("google.cloud.storage.blob") == "google-cloud-storage"
    assert python.distribution_of("yaml") == "PyYAML"
    assert python.distribution_of("some_private_module") is None


def test_every_build_need_has_a_package_on_debian() -> None:
    bookworm = release("debian", "bookworm")
    assert bookworm is not None
    facts = os_packages(bookworm)
    for name in python.distributions_with_builds():
        needs = python.build_needs(name)
        assert needs is not None
        for header in needs.headers:
            assert facts.package_with_header(header), (name, header)
        for command in needs.commands:
            assert facts.package_with_command(command) or command == "nvcc", (name, command)
