"""What is foreseen of the world of a day: builders, languages, addresses, registries (facts with a date)."""

from __future__ import annotations

import pytest
from foreseeing import foreseen

from dockwright.facts import addresses, languages, platforms, registry

JUNE_2020 = "2020-06-15"


@pytest.mark.parametrize(
    ("reference", "platform"),
    [
        ("arm32v7/node:9.3-slim", "linux/arm/v7"),
        ("arm64v8/debian", "linux/arm64"),
        ("resin/raspberrypi3-node", "linux/arm/v7"),
        ("balenalib/beaglebone-black-python:3", "linux/arm/v7"),
        ("balenalib/intel-nuc-debian", ""),
        ("hypriot/rpi-node", "linux/arm/v6"),
        ("multiarch/alpine:armhf-v3.8", "linux/arm/v7"),
        ("multiarch/qemu-user-static:arm64", ""),
        ("mcr.microsoft.com/windows/servercore:ltsc2022", "windows/amd64"),
        ("microsoft/aspnetcore:2.0", ""),
        ("python:3.12", ""),
        ("charm/harmony", ""),
    ],
)
def test_platform_of_a_name(reference: str, platform: str) -> None:
    assert platforms.platform_of(reference) == platform


def test_a_platform_asked_for_is_no_mismatch() -> None:
    text = "FROM --platform=linux/arm64 arm64v8/debian:bookworm\nRUN true\n"
    assert foreseen(text) == []
    assert foreseen(text.replace("--platform=linux/arm64 ", "")) == [("image/platform-mismatch", 2)]


def test_the_classic_builder_takes_no_base_for_scratch() -> None:
    text = "ARG BASE\nFROM $BASE\nCOPY Dockerfile /\nRUN true\n"
    assert foreseen(text, JUNE_2020) == [("dockerfile/arg-scope", 4)]
    assert foreseen(text) == [("dockerfile/arg-scope", 2)]


def test_the_classic_builder_knows_no_mounts_and_builds_every_stage() -> None:
    text = (
        "FROM debian:bookworm AS unused\nRUN cp /srv/none /x\n"
        "FROM debian:bookworm\nRUN --mount=type=cache,target=/c true\n"
    )
    assert foreseen(text, "2022-12-01") == [("build/file-missing", 2), ("engine/feature-missing", 4)]
    assert foreseen(text) == []


@pytest.mark.parametrize(
    ("reference", "language", "version"),
    [
        ("golang:1.8-alpine", "go", "1.8"),
        ("golang:alpine", "go", "1.14"),
        ("golang:1", "go", "1.14"),
        ("ruby:2", "ruby", "2.7"),
        ("node:lts-alpine", "node", "12"),
        ("node:argon", "node", "4"),
        ("wordpress:4.9.6-php7.0-apache", "php", "7.0"),
        ("ruby@sha256:0000", "ruby", ""),
        ("debian:10", "ruby", ""),
    ],
)
def test_version_of_a_language_in_an_image(reference: str, language: str, version: str) -> None:
    assert languages.of_image(reference, language, JUNE_2020) == version


def test_go_get_asks_for_a_go_that_has_support() -> None:
    text = "FROM golang:1.8\nRUN go get github.com/gorilla/mux\n"
    assert foreseen(text, JUNE_2020) == [("build/language-version", 2)]
    assert foreseen(text, "2018-03-01") == []
    assert foreseen("FROM golang:1.8\nRUN go get github.com/mitchellh/gox\n", JUNE_2020) == []


def test_go_builds_nothing_outside_of_a_module() -> None:
    text = "FROM golang:1.22\nWORKDIR /app\nCOPY main.go .\nRUN go build ./...\n"
    assert foreseen(text, **{"main.go": "package main\n"}) == [("context/project-metadata-missing", 4)]
    assert foreseen("FROM golang:1.22\nRUN go install golang.org/x/tools/cmd/goimports@latest\n") == []


@pytest.mark.parametrize(
    ("url", "since", "instead"),
    [
        ("https://dl.bintray.com/a/b.zip", "2021-05-01", ""),
        ("https://x.googlecode.com/files/x.tgz", "2016-01-25", ""),
        ("git://github.com/a/b.git", "2022-03-15", "https://github.com/a/b.git"),
        (
            "https://www-eu.apache.org/dist/spark/spark-2.4.4/spark-2.4.4-bin-hadoop2.7.tgz",
            "2021-06-01",
            "https://archive.apache.org/dist/spark/spark-2.4.4/spark-2.4.4-bin-hadoop2.7.tgz",
        ),
    ],
)
def test_addresses_that_are_gone(url: str, since: str, instead: str) -> None:
    found = addresses.gone(url, "2026-01-01")
    assert found is not None and (found.since, found.instead) == (since, instead)


@pytest.mark.parametrize(
    "url",
    [
        "https://archive.apache.org/dist/spark/spark-2.4.4/spark-2.4.4-bin-hadoop2.7.tgz",
        "https://github.com/apache/kafka/archive/0.10.2.1.tar.gz",
        "https://downloads.apache.org/kafka/KEYS",
        "https://example.org/dl.bintray.com/x",
        "https://notgooglecode.com/x",
        "not an address",
        "",
    ],
)
def test_addresses_of_which_nothing_is_known(url: str) -> None:
    assert addresses.gone(url, "2026-01-01") is None


def test_an_address_is_there_until_its_day() -> None:
    assert addresses.gone("https://dl.bintray.com/a/b.zip", JUNE_2020) is None


def test_registry() -> None:
    assert registry.absent("bitnami/redis:7.2", JUNE_2020) is None
    assert registry.absent("bitnami/redis:7.2", "2026-01-01") == registry.Absent(
        "2025-09-29", "bitnamilegacy/redis:7.2"
    )
    assert registry.absent("java:8-jdk", JUNE_2020) is None
    assert registry.absent("java:11", JUNE_2020) is not None
    assert not registry.malformed("Registry.Example.org:5000/team/app:Tag")
    assert registry.malformed("team/App")


def test_an_old_pip_takes_what_is_not_for_its_python() -> None:
    text = (
        "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y python-pip\nRUN pip install --upgrade setuptools\n"
    )
    assert foreseen(text, "2020-06-15") == [("deps/python-incompatible", 3)]
    assert foreseen(text, "2019-06-15") == []
    newer = text.replace(
        "RUN pip install --upgrade setuptools", "RUN pip install --upgrade pip\nRUN pip install --upgrade setuptools"
    )
    assert foreseen(newer, "2020-06-15") == []


def test_npm_of_an_old_release() -> None:
    text = "FROM ubuntu:14.04\nRUN apt-get update && apt-get install -y nodejs npm\nRUN npm install -g bower\n"
    assert foreseen(text, JUNE_2020) == [("network/tls", 3)]
    assert foreseen(text.replace("14.04", "18.04"), JUNE_2020) == []
