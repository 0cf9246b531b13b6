"""What releases are known not to have, what tags stand on, and what lines add to apt's sources."""

from __future__ import annotations

from datetime import date

import pytest

from dockwright.facts.base import base_image
from dockwright.facts.lifetimes import absent
from dockwright.facts.release import OsRelease, release
from dockwright.finding import NO, UNKNOWN
from dockwright.rehearse.commands.sources import Entry, of_distribution, parse

JUNE_2020 = date(2020, 6, 1)


def known(os: str, version: str) -> OsRelease:
    found = release(os, version)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("os", "version", "name", "instead"),
    [
        ("ubuntu", "20.04", "python-pip", "python3-pip"),
        ("ubuntu", "20.04", "php7.2-curl", "php7.4-curl"),
        ("ubuntu", "18.04", "php5", "php7.2"),
        ("ubuntu", "22.04", "postgresql-12", "postgresql-14"),
        ("ubuntu", "16.04", "python3.6-dev", "python3.5-dev"),
        ("debian", "buster", "openjdk-8-jdk", "openjdk-11-jdk"),
        ("debian", "buster", "mysql-server", "default-mysql-server"),
        ("debian", "stretch", "libpng12-dev", "libpng-dev"),
        ("alpine", "3.12", "python", "python3"),
        ("alpine", "3.15", "nodejs-npm", "npm"),
        ("centos", "8", "python-pip", "python3-pip"),
    ],
)
def test_names_that_a_release_does_not_have(os: str, version: str, name: str, instead: str) -> None:
    found = absent(known(os, version), name)
    assert found is not None
    assert found.instead == instead


@pytest.mark.parametrize(
    ("os", "version", "name"),
    [
        ("ubuntu", "20.04", "python-dev"),
        ("ubuntu", "20.04", "python-numpy"),
        ("ubuntu", "18.04", "python-pip"),
        ("ubuntu", "24.10", "postgresql-12"),
        ("debian", "stretch", "nodejs-legacy"),
        ("debian", "buster", "php7.3-curl"),
        ("alpine", "3.11", "python-dev"),
        ("alpine", "3.12", "python2"),
        ("centos", "7", "python-devel"),
        ("fedora", "40", "python"),
    ],
)
def test_what_a_release_has_and_what_is_not_known_is_not_absent(os: str, version: str, name: str) -> None:
    assert absent(release(os, version) or OsRelease(os, version), name) is None


@pytest.mark.parametrize(
    ("reference", "codename"),
    [
        ("golang:1.7", "jessie"),
        ("golang:1.11", "buster"),
        ("golang:latest", "buster"),
        ("ruby:2.3", "stretch"),
        ("ruby:2.6", "buster"),
        ("php:5.6-apache", "stretch"),
        ("openjdk:8-jre", "buster"),
        ("java:8", "jessie"),
        ("phusion/baseimage:0.9.18", "trusty"),
        ("nvidia/cuda:9.0-base-ubuntu16.04", "xenial"),
        ("acme/tool:1.2-jessie", "jessie"),
        ("acme/ubuntu:14.04.20170123", "trusty"),
    ],
)
def test_the_release_behind_a_tag(reference: str, codename: str) -> None:
    image = base_image(reference, as_of=JUNE_2020)
    assert image is not None
    assert image.os is not None
    assert image.os.codename == codename


def test_a_tag_that_may_stand_on_two_releases_is_not_known() -> None:
    image = base_image("ruby:2.6.2", as_of=JUNE_2020)
    assert image is None or image.os is None


def test_ros_names_its_releases_as_ubuntu_does_and_means_others() -> None:
    image = base_image("ros:kinetic", as_of=JUNE_2020)
    assert image is None or image.os is None


def test_plain_openjdk_is_oracle_linux_and_has_no_apt() -> None:
    image = base_image("openjdk", as_of=JUNE_2020)
    assert image is not None
    assert image.has_command("apt-get") is NO
    assert image.has_command("yum") is UNKNOWN


def test_the_managers_of_other_distributions_are_missing() -> None:
    for reference, name in (("alpine:3.20", "apt-get"), ("centos:7", "apk"), ("debian:buster", "yum")):
        image = base_image(reference)
        assert image is not None
        assert image.has_command(name) is NO


def test_entries_of_a_list_of_sources() -> None:
    text = "# no\ndeb [arch=amd64 trusted=yes] https://repo.example/apt stable main\ndeb http://mirror.example/debian jessie-updates main\n"
    first, second = parse(text)
    assert (first.host, first.suite, first.options) == ("repo.example/apt", "stable", "arch=amd64 trusted=yes")
    assert (second.release, of_distribution(second, "debian")) == ("jessie", True)
    assert not of_distribution(Entry("http://repo.example/debian", "bookworm"), "debian")
