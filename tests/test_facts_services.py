"""Images for machine learning and services: what their public recipes (facts/recipes) let a check foresee."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from foreseeing import foreseen
from msgspec import structs

from dockwright.checking import check
from dockwright.facts.base import BaseImage, base_image
from dockwright.facts.registry import absent
from dockwright.facts.tables import FOLDER, recipe, slug
from dockwright.finding import NO, UNKNOWN, YES
from dockwright.project import Project
from tools.refresh_facts.tables import recipes

TORCH = "pytorch/pytorch:2.12.0-cuda12.6-cudnn9-runtime"
CONDA = "pytorch/pytorch:2.4.0-cuda12.1-cudnn9-runtime"


def image(reference: str, as_of: date | None = None) -> BaseImage:
    found = base_image(reference, as_of=as_of)
    assert found is not None, reference
    return found


def test_the_files_are_made_from_the_tables() -> None:
    made = recipes()
    for name, content in made.items():
        assert Path(FOLDER, "json", "recipe", name).read_bytes() == content
    assert made


@pytest.mark.parametrize("name", ["", "..", "../base", "a\0b", "x" * 5000, "é/\udcff", "nobody/knows"])
def test_names_without_a_recipe(name: str) -> None:
    assert recipe(name) == []
    assert "/" not in slug(name)


@pytest.mark.parametrize(
    ("reference", "os", "python", "managed"),
    [
        (TORCH, ("ubuntu", "24.04"), "3.12", True),
        ("pytorch/pytorch:2.10.0-cuda12.8-cudnn9-devel", ("ubuntu", "24.04"), "3.12", True),
        (CONDA, ("ubuntu", "22.04"), "3.11", False),
        ("pytorch/pytorch:1.12.1-cuda11.3-cudnn8-runtime", ("ubuntu", "18.04"), "3.7", False),
        ("tensorflow/tensorflow:2.9.1-gpu", ("ubuntu", "20.04"), "3.8", False),
        ("mcr.microsoft.com/playwright/python:v1.49.0-noble", ("ubuntu", "24.04"), "3.12", False),
        ("vllm/vllm-openai:v0.9.1", ("ubuntu", "22.04"), "3.12", False),
        ("nvcr.io/nvidia/pytorch:24.01-py3", ("ubuntu", "22.04"), "3.10", False),
        ("rayproject/ray:2.9.0-py310", ("ubuntu", ""), "3.10", False),
        ("public.ecr.aws/lambda/python:3.11", ("amzn", "2"), "3.11", False),
    ],
)
def test_the_release_and_its_python(reference: str, os: tuple[str, str], python: str, managed: bool) -> None:
    found = image(reference)
    assert found.os is not None
    assert (found.os.id, found.os.version) == os
    assert [(each.version, each.externally_managed, each.complete) for each in found.pythons] == [
        (python, managed, False)
    ]


def test_latest_means_another_image_from_the_day_on() -> None:
    managed = [
        image("pytorch/pytorch:latest", day).pythons[0].externally_managed
        for day in (date(2025, 6, 1), date(2026, 6, 1))
    ]
    assert managed == [False, True]


def test_what_a_recipe_installs_and_what_it_does_not() -> None:
    assert [image(TORCH).has_command(name) for name in ("git", "gcc", "conda")] == [NO, YES, NO]
    assert image(TORCH).has_command("python") is UNKNOWN  # an interpreter's own commands are those of its environment
    assert image(CONDA).has_command("conda") is YES
    assert image("mambaorg/micromamba:1.5.8").has_command("pip") is NO
    assert image("apache/airflow:2.9.1-python3.11").has_command("gcc") is NO
    assert image("apache/airflow:2.9.1-python3.11").has_command("git") is UNKNOWN
    assert image("quay.io/jupyter/base-notebook:latest").has_command("git") is NO
    assert image("quay.io/jupyter/scipy-notebook:latest").has_command("git") is UNKNOWN


def test_tags_that_no_rule_names_are_not_known() -> None:
    assert image("pytorch/pytorch:nightly-devel").pythons == ()
    assert image("tensorflow/tensorflow:2.9.1-jupyter").has_command("git") is UNKNOWN


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        (f"FROM {TORCH}\nRUN pip install requests\n", [("deps/externally-managed", 2)]),
        (f"FROM {TORCH}\nENV PIP_BREAK_SYSTEM_PACKAGES=1\nRUN pip install requests\n", []),
        (f"FROM {CONDA}\nRUN pip install requests\n", []),
        (f"FROM {CONDA}\nRUN pip install git+https://example.org/a.git\n", [("system/toolchain-missing", 2)]),
        (
            f"FROM {CONDA}\nRUN apt-get update && apt-get install -y libgl1\nRUN git clone https://example.org/a.git\n",
            [("system/command-missing", 3)],
        ),
        (
            f"FROM {CONDA}\nRUN apt-get update && apt-get install -y git\nRUN git clone https://example.org/a.git\n",
            [],
        ),
        (
            f"FROM {CONDA}\nRUN conda install -y git\nRUN git clone https://example.org/a.git\n",
            [],
        ),
        ("FROM rayproject/ray:2.9.0-py310\nRUN apt-get update\n", [("system/permission-denied", 2)]),
        ("FROM rayproject/ray:2.9.0-py310\nRUN sudo apt-get update\n", []),
        ("FROM quay.io/astronomer/astro-runtime:11.3.0\nRUN apt-get update\n", [("system/permission-denied", 2)]),
        ("FROM apache/spark:3.5.1-scala2.12-java11-ubuntu\nUSER root\nRUN pip3 install x\n", [("system/command-missing", 3)]),
        ("FROM mambaorg/micromamba:1.5.8\nRUN pip install x\n", [("system/command-missing", 2)]),
        ("FROM mambaorg/micromamba:1.5.8\nRUN micromamba install -y -n base python pip\nRUN pip install x\n", []),
        ("FROM google/cloud-sdk:alpine\nRUN apt-get update\n", [("system/command-missing", 2)]),
        ("FROM registry.access.redhat.com/ubi9/python-311\nUSER 0\nRUN apt-get update\n", [("system/command-missing", 3)]),
        ("FROM ghcr.io/prefix-dev/pixi:0.41.4-bookworm-slim\nRUN python --version\n", [("system/command-missing", 2)]),
        ("FROM odoo:18\nUSER root\nRUN pip3 install x\n", [("deps/externally-managed", 3)]),
        ("FROM odoo:18\nUSER root\nRUN pip3 install --break-system-packages x\n", []),
        ("FROM odoo:17.0\nUSER root\nRUN pip3 install x\n", []),
        ("FROM odoo:17.0\nRUN apt-get update\n", [("system/permission-denied", 2)]),
        ("FROM ollama/ollama:0.5.4\nRUN curl -O https://example.org/a\n", [("system/command-missing", 2)]),
        ("FROM nvidia/cuda:12.4.1-base-ubuntu22.04\nRUN pip install x\n", [("system/command-missing", 2)]),
        ("FROM nvidia/cuda:12.4.1-runtime-ubi9\nRUN apt-get update\n", [("system/command-missing", 2)]),
    ],
)  # fmt: skip
def test_what_is_foreseen(dockerfile: str, expected: list[tuple[str, int]]) -> None:
    assert foreseen(dockerfile) == expected


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("FROM ubuntu:24.04\nRUN git clone https://example.org/a.git\n", [("system/command-missing", 2)]),
        ("FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y libgl1\nRUN curl -O https://example.org/a\n", [("system/command-missing", 3)]),
        ("FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3 python3-pip\nRUN python --version\n", [("system/command-missing", 3)]),
        ("FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3 build-essential\nRUN pip install x\n", [("system/command-missing", 3)]),
        ("FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python-is-python3 python3-pip\nRUN python -m pip install x\n", []),
        ("FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y python3 && ln -s /usr/bin/python3 /usr/bin/python\nRUN python -V\n", []),
    ],
)  # fmt: skip
def test_commands_that_ubuntu_has_in_packages_of_their_own(dockerfile: str, expected: list[tuple[str, int]]) -> None:
    assert foreseen(dockerfile) == expected


@pytest.mark.parametrize(
    ("tag", "day", "instead"),
    [
        ("12.4.1-runtime-ubuntu22.04", "2026-11-22", None),
        ("11.8-runtime-ubuntu22.04", "2026-11-22", "nvidia/cuda:11.8.0-runtime-ubuntu22.04"),
        ("11.0-base-ubuntu20.04", "2026-11-22", "nvidia/cuda:11.0.3-base-ubuntu20.04"),
        ("11.0-base-ubuntu20.04", "2020-06-01", None),
        ("12.8.1-cudnn8-devel-ubuntu22.04", "2026-11-22", "nvidia/cuda:12.8.1-cudnn-devel-ubuntu22.04"),
        ("12.2.2-cudnn8-devel-ubuntu22.04", "2026-11-22", None),
        ("10.2-cudnn7-devel-ubuntu18.04", "2026-11-22", ""),
    ],
)
def test_tags_of_cuda_that_the_registry_has_not(tag: str, day: str, instead: str | None) -> None:
    found = absent(f"nvidia/cuda:{tag}", day)
    assert (found.instead if found else None) == instead


@pytest.mark.parametrize(
    ("packages", "command", "expected"),
    [
        ("python3 git", "pip3 install x", [("system/command-missing", 3)]),
        ("nodejs", "npm install -g x", [("system/command-missing", 3)]),
        ("python3 py3-pip", "pip3 --version", []),
    ],
)
def test_what_alpine_edge_keeps_in_packages_of_their_own(
    packages: str, command: str, expected: list[tuple[str, int]]
) -> None:
    assert foreseen(f"FROM alpine:edge\nRUN apk add --no-cache {packages}\nRUN {command}\n") == expected


# -- COPY --from=IMAGE ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("--from=ghcr.io/astral-sh/uv:0.5 /uv /uvx /bin/", []),
        ("--from=ghcr.io/astral-sh/uv:0.5 uv /bin/uv", []),
        ("--from=ghcr.io/astral-sh/uv:latest /usr/local/bin/uv /bin/uv", ["dockerfile/stage-path-missing"]),
        ("--from=ghcr.io/astral-sh/uv:python3.12-bookworm-slim /uv /bin/uv", ["dockerfile/stage-path-missing"]),
        ("--from=ghcr.io/astral-sh/uv:0.11.16-python3.12-bookworm-slim /usr/local/bin/uv /bin/uv", ["image/not-found"]),
        ("--from=node:20-slim /usr/local/bin/node /usr/local/bin/", []),
        ("--from=node:20-slim /usr/local/bin/bun /usr/local/bin/", ["dockerfile/stage-path-missing"]),
        ("--from=node:20-slim /usr/local/lib/node_modules /usr/local/lib/node_modules", []),
        ("--from=golang:1.22 /usr/local/go /usr/local/go", []),
        ("--from=golang:1.22 /app/server /server", ["dockerfile/stage-path-missing"]),
        ("--from=debian:bookworm-slim /usr/share/zoneinfo /usr/share/zoneinfo", []),
        ("--from=somebody/tools:1 /opt/tools /opt/tools", []),
    ],
)  # fmt: skip
def test_a_path_of_another_image(copy: str, expected: list[str]) -> None:
    assert [cause for cause, _ in foreseen(f"FROM python:3.12-slim\nCOPY {copy}\n")] == expected


@pytest.mark.parametrize(("source", "fails"), [("/uv", False), ("/usr/local/bin/uv", True)])
def test_a_mount_from_another_image(source: str, fails: bool) -> None:
    mount = f"--mount=from=ghcr.io/astral-sh/uv:0.5,source={source},target=/bin/uv"
    found = foreseen(f"FROM python:3.12-slim\nRUN {mount} \\\n    uv --version\n")
    assert [cause for cause, _ in found] == (["dockerfile/stage-path-missing"] if fails else [])


def test_the_command_of_that_name_is_proposed() -> None:
    text = (
        "FROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:latest /usr/local/bin/uv /bin/uv\nRUN uv --version\n"
    )
    (finding,) = check(structs.replace(Project.of({"Dockerfile": text}), offline=True)).failures
    assert finding.remedies[0].title == "Copy /uv"


def test_an_interpreter_comes_along() -> None:
    text = "FROM debian:bookworm-slim\nCOPY --from=python:3.12-slim-bookworm /usr/local /usr/local\nRUN python3 --version\n"
    assert foreseen(text) == []


# -- uv tool ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "user", "env", "expected"),
    [
        ("python3.12-bookworm-slim", "USER app\n", "", ["system/permission-denied"]),
        ("0.7.2-python3.12-bookworm-slim", "USER app\n", "", []),
        ("python3.12-bookworm-slim", "USER app\n", "ENV UV_TOOL_BIN_DIR=/home/app/.local/bin\n", []),
        ("python3.12-bookworm-slim", "", "", []),
    ],
)
def test_uv_tool_installs_where_only_root_may(tag: str, user: str, env: str, expected: list[str]) -> None:
    text = f"FROM ghcr.io/astral-sh/uv:{tag}\nRUN useradd -m app\n{user}{env}RUN uv tool install ruff\n"
    assert [cause for cause, _ in foreseen(text)] == expected
