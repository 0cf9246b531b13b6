"""What base images hold, against what their published recipes and the releases' own package lists say."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.facts.base import BaseImage, base_image
from dockwright.facts.images import today
from dockwright.facts.reference import parse
from dockwright.facts.release import release, releases
from dockwright.finding import NO, UNKNOWN, YES


def image(reference: str, as_of: date | None = None) -> BaseImage:
    found = base_image(reference, as_of=as_of)
    assert found is not None, reference
    return found


def codename(reference: str, as_of: date | None = None) -> str:
    os = image(reference, as_of).os
    return os.codename if os else ""


def test_slim_images_have_no_ps_curl_or_compiler() -> None:
    for reference in ("debian:bookworm-slim", "python:3.12-slim-bookworm", "python:3.13-slim"):
        slim = image(reference)
        assert [slim.has_command(name) for name in ("ps", "curl", "gcc", "git", "make", "sudo")] == [NO] * 6
        assert [slim.has_command(name) for name in ("useradd", "apt-get", "sed", "awk", "which", "bash")] == [YES] * 6


def test_full_python_has_what_buildpack_deps_has() -> None:
    full = image("python:3.12-bookworm")
    for name in (
        "gcc",
        "g++",
        "cc",
        "make",
        "git",
        "curl",
        "wget",
        "pg_config",
        "ps",
        "python3",
        "pip",
        "ssh",
        "xz",
        "unzip",
    ):
        assert full.has_command(name) is YES, name
    assert full.has_package("libpq-dev") is YES
    assert full.has_command("cmake") is NO
    assert full.path_of("python3") == "/usr/local/bin/python3"
    assert full.path_of("gcc") == "/usr/bin/gcc"


def test_trixie_slim_has_lost_adduser_and_bookworm_slim_has_it() -> None:
    assert image("debian:trixie-slim").has_command("adduser") is NO
    assert image("debian:bookworm-slim").has_command("adduser") is YES
    # The published Python images carry it as a left-over of their build: present by chance, so not known.
    assert image("python:3.13-slim-trixie").has_command("adduser") is UNKNOWN


def test_a_command_that_a_maintainer_script_may_link_is_not_said_to_be_missing() -> None:
    assert image("python:3.13-trixie").has_command("convert") is not NO


def test_a_floating_tag_means_what_it_meant_then() -> None:
    assert codename("python:3.11-slim") == "trixie"
    assert codename("python:3.11-slim", date(2025, 7, 1)) == "bookworm"
    assert codename("python:3.11-slim", date(2023, 1, 15)) == "bullseye"
    moved = image("python:3.11-slim")
    assert (moved.until, moved.before) == (date(2025, 8, 12), "bookworm")
    assert codename("python:3.8-slim") == "bookworm"  # its last build was before trixie
    assert codename("debian:latest", date(2020, 1, 1)) == "buster"


def test_a_tag_that_names_its_release_does_not_move() -> None:
    pinned = image("python:3.11-slim-bookworm")
    assert pinned.until is None
    assert codename("python:3.11-slim-bookworm") == "bookworm"


def test_an_exact_old_patch_release_is_of_no_known_debian() -> None:
    assert image("python:3.11.4-slim").os is None
    assert image("python:3.11.4-slim").pythons[0].full_version == "3.11.4"
    assert image("python:3.11.4-slim").has_command("ps") is UNKNOWN


def test_python_of_the_official_images() -> None:
    (python,) = image("python:3.11-slim").pythons
    assert (python.version, python.prefix, python.installed_by, python.externally_managed) == (
        "3.11",
        "/usr/local",
        "source",
        False,
    )
    assert python.site_packages == "/usr/local/lib/python3.11/site-packages"
    assert python.distributions["pip"].version == "24.0"
    assert "setuptools" not in image("python:3.12-slim").pythons[0].distributions
    assert image("python:3.12-slim").env["PATH"].startswith("/usr/local/bin:")


def test_references_of_the_same_image() -> None:
    for reference in (
        "docker.io/library/python:3.12-slim",
        "public.ecr.aws/docker/library/python:3.12-slim",
        "python:3.12-slim@sha256:00",
    ):
        assert image(reference).packages == image("python:3.12-slim").packages


def test_other_families() -> None:
    assert image("alpine:3.20").has_command("bash") is NO
    assert image("alpine:3.20").has_command("adduser") is YES
    assert image("python:3.12-alpine").has_command("pip") is YES
    assert image("ubuntu:22.04").has_command("curl") is NO
    assert image("ubuntu:22.04").has_command("adduser") is YES
    assert image("ubuntu:16.04").has_command("gpg") is YES
    assert [image(f"ubuntu:{version}").has_command("fdisk") for version in ("18.04", "22.04")] == [YES, NO]
    assert image("ubuntu:14.04").has_command("python3") is UNKNOWN  # only its older builds had it
    assert image("ubuntu:24.04").has_user("ubuntu") is YES
    assert image("nvidia/cuda:12.4.1-runtime-ubuntu22.04").has_command("gcc") is NO
    assert image("nvidia/cuda:12.4.1-runtime-ubuntu22.04").has_command("python3") is UNKNOWN
    assert image("node:20-slim").has_command("npm") is YES
    assert image("node:20-slim").has_user("node") is YES
    assert image("ghcr.io/astral-sh/uv:python3.12-bookworm-slim").has_command("uv") is YES
    assert image("scratch").has_command("sh") is NO


def test_what_is_not_known_is_not_guessed() -> None:
    assert base_image("example.test/team/app:1") is None
    assert base_image("python:${VERSION}-slim") is None
    assert image("debian:sid").has_command("ps") is UNKNOWN
    assert image("debian:buster-slim").has_command("ps") is UNKNOWN
    assert image("golang:1.22").has_command("ps") is UNKNOWN
    assert image("python:3.12-windowsservercore").os is None


def test_users_groups_and_paths() -> None:
    slim = image("python:3.12-slim")
    assert slim.has_user("www-data") is YES
    assert slim.has_user("appuser") is NO
    assert slim.has_group("staff") is YES
    assert slim.has_path("/tmp") is YES
    assert slim.has_path("/usr/local/bin/python3") is YES
    assert slim.has_path("/app") is NO
    assert slim.has_path("/opt/venv") is NO
    assert slim.has_path("/etc/something.conf") is UNKNOWN


def test_end_of_life() -> None:
    buster, trixie = release("debian", "buster"), release("debian", "trixie")
    assert buster is not None and trixie is not None
    assert buster.supported(today()) is False and buster.archived is not None
    assert trixie.supported(today()) is True
    assert [entry.codename for entry in releases("debian")][:3] == ["wheezy", "jessie", "stretch"]


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_none(text: str) -> None:
    parse(text)
    base_image(text)


COMMANDS = [
    "ps",
    "adduser",
    "useradd",
    "groupadd",
    "curl",
    "wget",
    "git",
    "gcc",
    "cc",
    "make",
    "python3",
    "python",
    "pip",
    "openssl",
    "gpg",
    "gpgv",
    "perl",
    "awk",
    "sed",
    "grep",
    "find",
    "xargs",
    "tar",
    "gzip",
    "xz",
    "bzip2",
    "unzip",
    "ping",
    "ip",
    "nc",
    "ssh",
    "sudo",
    "su",
    "runuser",
    "setpriv",
    "mount",
    "lsb_release",
    "locale",
    "locale-gen",
    "update-ca-certificates",
    "apt",
    "apt-get",
    "apt-key",
    "dpkg",
    "dpkg-deb",
    "ldconfig",
    "which",
    "hostname",
    "id",
    "env",
    "nproc",
    "install",
    "readlink",
    "realpath",
    "base64",
    "sha256sum",
    "timeout",
    "file",
    "less",
    "vi",
    "vim",
    "nano",
    "man",
    "tzselect",
    "chsh",
    "passwd",
    "getent",
    "start-stop-daemon",
    "update-alternatives",
    "invoke-rc.d",
    "service",
    "systemctl",
    "fdisk",
    "e2fsck",
    "pidof",
    "bash",
    "dash",
    "sh",
    "rbash",
]


@pytest.mark.engine
@pytest.mark.parametrize("reference", ["debian:bookworm-slim", "debian:trixie-slim", "python:3.12-slim"])
def test_agrees_with_the_real_image(reference: str) -> None:
    script = 'for name in "$@"; do command -v "$name" >/dev/null && echo "$name"; done; true'
    done = subprocess.run(
        ["docker", "run", "--rm", reference, "sh", "-c", script, "sh", *COMMANDS],
        capture_output=True,
        text=True,
        check=True,
    )
    real, known = set(done.stdout.split()), image(reference)
    wrong = {
        name: known.has_command(name) for name in COMMANDS if known.has_command(name) is (NO if name in real else YES)
    }
    assert not wrong
