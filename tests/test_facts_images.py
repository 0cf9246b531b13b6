"""Images that others make on Docker's official ones, and images without a shell: what their public recipes say."""

from __future__ import annotations

from datetime import date

import pytest
from foreseeing import foreseen
from msgspec import structs

from dockwright.checking import check
from dockwright.facts import languages, registry
from dockwright.facts.base import BaseImage, base_image
from dockwright.finding import NO, UNKNOWN, YES
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.tree import ListTree
from dockwright.project import Project

UV = "ghcr.io/astral-sh/uv"


def image(reference: str, as_of: date | None = None) -> BaseImage:
    found = base_image(reference, as_of=as_of)
    assert found is not None, reference
    return found


def os_of(reference: str, as_of: date | None = None) -> tuple[str, str]:
    os = image(reference, as_of).os
    assert os is not None
    return os.id, os.version


# -- uv -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "base"),
    [
        ("python3.12-bookworm-slim", "python:3.12-slim-bookworm"),
        ("0.8.3-python3.12-bookworm", "python:3.12-bookworm"),
        ("0.13-python3.14-trixie-slim", "python:3.14-slim-trixie"),
        ("debian-slim", "debian:trixie-slim"),
        ("debian", "buildpack-deps:trixie"),
        ("bookworm-slim", "debian:bookworm-slim"),
        ("0.6-debian", "buildpack-deps:bookworm"),
    ],
)
def test_uv_is_put_into_another_image(tag: str, base: str) -> None:
    ours, below = image(f"{UV}:{tag}"), image(base)
    assert ours.packages == below.packages
    assert ours.packages
    assert ours.users == below.users
    assert [python.prefix for python in ours.pythons] == [python.prefix for python in below.pythons]
    for name in ("curl", "gcc", "git", "ps", "python3"):
        assert ours.has_command(name) is below.has_command(name), name
    assert (ours.path_of("uv"), ours.path_of("uvx")) == ("/usr/local/bin/uv", "/usr/local/bin/uvx")
    assert (ours.entrypoint, ours.cmd) == ((), ("/usr/local/bin/uv",))


def test_the_release_that_a_tag_stood_for_on_a_day() -> None:
    assert os_of(f"{UV}:debian", date(2025, 9, 1)) == ("debian", "12")
    assert os_of(f"{UV}:debian", date(2026, 1, 1)) == ("debian", "13")
    assert os_of(f"{UV}:0.8-debian-slim") == ("debian", "12")
    assert os_of(f"{UV}:0.9-debian-slim") == ("debian", "13")
    assert os_of(f"{UV}:alpine") == ("alpine", "3.23")
    assert os_of(f"{UV}:python3.13-alpine") == ("alpine", "3.23")
    assert os_of(f"{UV}:python3.13-alpine3.22") == ("alpine", "3.22")
    assert os_of(f"{UV}:0.8.3-python3.13-alpine") == ("alpine", "3.22")
    assert os_of(f"{UV}:0.9.2-python3.13-alpine") == ("alpine", "")  # changed within 0.9
    assert image(f"{UV}:alpine").has_command("bash") is NO


def test_tools_of_uv_are_on_path_from_0_8_on() -> None:
    assert image(f"{UV}:0.8.3-debian").env["UV_TOOL_BIN_DIR"] == "/usr/local/bin"
    assert image(f"{UV}:python3.13-alpine").env["UV_TOOL_BIN_DIR"] == "/usr/local/bin"
    assert "UV_TOOL_BIN_DIR" not in image(f"{UV}:0.7.2-debian").env


def test_a_tag_that_is_not_made_anew_keeps_an_older_python() -> None:
    assert image(f"{UV}:python3.13-bookworm").pythons[0].full_version is None
    assert image(f"{UV}:0.8.3-python3.13-bookworm").pythons[0].full_version is None
    assert image(f"{UV}:python3.13-trixie").pythons[0].full_version is not None


@pytest.mark.parametrize(
    "reference", [f"{UV}:latest", UV, f"{UV}:0.8.3", f"{UV}:0.8", "astral/uv:0.13", "docker.io/astral/uv:0.9"]
)
def test_uv_alone(reference: str) -> None:
    alone = image(reference)
    assert [alone.has_path(path) for path in ("/uv", "/uvx", "/io", "/")] == [YES] * 4
    assert [alone.has_path(path) for path in ("/bin/sh", "/usr/local/bin/uv", "/etc/passwd", "/tmp")] == [NO] * 4
    assert alone.has_command("sh") is NO
    assert alone.entrypoint == ("/uv",)


@pytest.mark.parametrize(
    "tag", ["python3.12", "python3.14-rc-bookworm", "0.1.5", "bullseye", "python3.12-debian", "debian-dhi", "1.0"]
)
def test_tags_of_uv_that_nobody_told_us_of(tag: str) -> None:
    assert base_image(f"{UV}:{tag}") is None
    assert base_image(f"{UV}@sha256:{'0' * 64}") is None


def test_the_two_ways_to_build_with_uv() -> None:
    alone = "FROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /uvx /bin/\nRUN uv --version\n"
    assert foreseen(alone) == []
    stage = f"FROM {UV}:0.8.3 AS uv\nFROM python:3.12-slim\nCOPY --from=uv %s /bin/\nRUN uv --version\n"
    assert foreseen(stage % "/uv /uvx") == []
    assert foreseen(stage % "/usr/local/bin/uv") == [("dockerfile/stage-path-missing", 3)]
    derived = f"FROM {UV}:python3.12-trixie-slim\nWORKDIR /app\nRUN uv venv\n"
    assert foreseen(derived) == []
    assert foreseen(derived + "RUN curl -LO https://example.test/x\nRUN git --version\n") == [
        ("system/command-missing", 4),
        ("system/command-missing", 5),
    ]


@pytest.mark.parametrize(
    ("tag", "instead"),
    [
        ("0.11.16-python3.12-bookworm-slim", "0.11.16-python3.12-trixie-slim"),
        ("0.10-bookworm", "0.10-trixie"),
        ("python3.12-slim-bookworm", "python3.12-bookworm-slim"),
        ("python3.13-slim", "python3.13-trixie-slim"),
        ("python3.13", "python3.13-trixie"),
        ("0.8.3-python3.13-slim", "0.8.3-python3.13-bookworm-slim"),
        ("0.9.30-python3.12-bookworm-slim", ""),
        ("python3.12-bookworm-slim", ""),
        ("0.13.7", ""),
        ("latest", ""),
        ("alpine", ""),
    ],
)
def test_tags_of_uv_that_the_registry_does_not_have(tag: str, instead: str) -> None:
    for name in (UV, "astral/uv"):
        found = registry.absent(f"{name}:{tag}", "2026-11-22")
        assert (found.instead if found else "") == (f"{name}:{instead}" if instead else "")


def test_a_tag_of_uv_that_is_gone_is_foreseen() -> None:
    text = f"FROM {UV}:0.11.16-bookworm-slim\n"
    assert foreseen(text) == [("image/not-found", 1)]


# -- others ---------------------------------------------------------------------------------------------------------


def test_distroless_has_neither_shell_nor_pip() -> None:
    python = image("gcr.io/distroless/python3-debian12:nonroot")
    assert [python.has_command(name) for name in ("sh", "pip", "apt-get", "mkdir")] == [NO] * 4
    assert python.has_command("python3") is YES
    assert python.has_path("/bin/sh") is NO
    assert python.has_path("/etc/os-release") is YES
    assert (python.user, python.workdir, python.entrypoint) == ("65532", "/home/nonroot", ("/usr/bin/python3.11",))
    assert image("gcr.io/distroless/cc-debian12").has_command("python3") is UNKNOWN
    assert base_image("gcr.io/distroless/python3-debian12:debug-nonroot") is None  # BusyBox, at a place of its own
    assert foreseen("FROM gcr.io/distroless/python3-debian12\nRUN pip install flask\n") == [
        ("system/command-missing", 2)
    ]
    built = "FROM debian:bookworm AS build\nRUN mkdir /deps\nFROM gcr.io/distroless/python3-debian12\nCOPY --from=build /deps /deps\n"
    assert foreseen(built + 'CMD ["app.py"]\n') == []


@pytest.mark.parametrize(
    "base", ["scratch", "gcr.io/distroless/static", f"{UV}:latest", "cgr.dev/chainguard/python:latest"]
)
def test_run_needs_a_shell(base: str) -> None:
    text = f"FROM alpine:3.20 AS other\nFROM {base}\nCOPY --from=other %s\nRUN echo done\nRUN echo more\n"
    assert foreseen(text % "/etc/passwd /x") == [("system/command-missing", 4)]
    assert foreseen(text % "/bin/busybox /bin/sh") == []
    assert foreseen(text % "/ /") == []
    archive = f"FROM {base}\nADD root.tar /\nRUN echo done\n"
    tree = OverlayTree(ListTree(["root.tar"], True), {"Dockerfile": archive})  # what it holds is not known
    assert list(check(structs.replace(Project.of(tree), offline=True)).failures) == []
    assert foreseen(f"FROM {base}\nCOPY --from=busybox:1.36 /bin /bin\nRUN echo done\n") == []


def test_distroless_debug_may_have_one() -> None:
    assert foreseen("FROM gcr.io/distroless/static:debug\nRUN echo done\n") == []


def test_chainguards_python() -> None:
    assert image("cgr.dev/chainguard/python:latest").has_command("sh") is NO
    dev = image("cgr.dev/chainguard/python:latest-dev")
    assert (dev.user, dev.has_command("apt-get"), dev.has_command("sh"), dev.has_command("apk")) == (
        "65532",
        NO,
        UNKNOWN,
        UNKNOWN,
    )


def test_conda_comes_without_a_compiler_until_something_brings_one() -> None:
    for base in ("continuumio/miniconda3", "continuumio/miniconda3:24.1.2-0", "condaforge/miniforge3:24.7.1-0"):
        assert image(base).path_of("conda") == "/opt/conda/bin/conda"
        assert foreseen(f"FROM {base}\nRUN make all\n") == [("system/command-missing", 2)]
        assert foreseen(f"FROM {base}\nRUN conda install -y make\nRUN make --version\n") == []
        assert (
            foreseen(f"FROM {base}\nRUN apt-get update && apt-get install -y build-essential\nRUN make --version\n")
            == []
        )
    assert base_image("continuumio/miniconda3:4.12.0-alpine") is None


def test_images_by_what_they_are_made_from() -> None:
    fastapi = image("tiangolo/uvicorn-gunicorn-fastapi:python3.11-slim")
    assert (fastapi.workdir, fastapi.env["PYTHONPATH"], fastapi.has_command("pip")) == ("/app", "/app", YES)
    container = image("mcr.microsoft.com/devcontainers/python:1-3.12-bookworm")
    assert container.pythons[0].version == "3.12"
    assert (container.has_user("vscode"), container.has_command("git"), container.has_command("convert")) == (
        UNKNOWN,
        YES,
        UNKNOWN,
    )
    assert not container.env_known
    assert image("nvcr.io/nvidia/cuda:12.4.1-runtime-ubuntu22.04").has_command("nvcc") is NO


# -- Go -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "package",
    [
        "gopkg.in/yaml.v2",  # a fixed version
        "github.com/docker/docker/api/types/plugins/logdriver",  # a part
        "github.com/pkg/errors",
        "github.com/tools/godep",  # brings its dependencies along
    ],
)
def test_what_an_old_go_still_builds(package: str) -> None:
    text = f"FROM golang:1.8\nRUN go get {package}\n"
    assert foreseen(text, "2020-06-15") == []
    assert foreseen(text.replace(package, "github.com/gorilla/mux"), "2020-06-15") == [("build/language-version", 2)]


def test_what_go_1_11_and_later_may_still_build() -> None:
    text = "FROM golang:1.12\nRUN go get %s\n"
    assert foreseen(text % "github.com/gorilla/mux", "2024-06-15") == []
    assert foreseen(text % "golang.org/x/tools/cmd/goimports", "2024-06-15") == [("build/language-version", 2)]


def test_a_project_in_gopath_is_not_fetched() -> None:
    text = "FROM golang:1.8\nCOPY . /go/src/example.test/me/app\nRUN go get example.test/me/app\n"
    assert foreseen(text, "2020-06-15", **{"main.go": "package main\n", "vendor/a/a.go": "package a\n"}) == []
    assert foreseen(text, "2020-06-15", **{"main.go": "package main\n"}) == [("build/language-version", 3)]


def test_a_project_that_pins_its_dependencies() -> None:
    text = "FROM golang:1.8\nWORKDIR /go/src/app\nCOPY . .\nRUN go get -v ./...\n"
    assert languages.unsupported_since("1.8", "2020-06-15") > 0
    assert foreseen(text, "2020-06-15", **{"main.go": "package main\n", "Gopkg.lock": ""}) == []
    assert foreseen(text, "2020-06-15", **{"main.go": 'import "github.com/gorilla/mux"\n'}) == [
        ("build/language-version", 4)
    ]


def test_a_project_that_imports_nothing_else() -> None:
    text = "FROM golang:1.8\nWORKDIR /go/src/app\nCOPY . .\nRUN go get -v ./...\n"
    alone = 'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n)\n'
    assert foreseen(text, "2020-06-15", **{"main.go": alone}) == []
    other = alone.replace('"fmt"', 'mux "github.com/gorilla/mux"')
    assert foreseen(text, "2020-06-15", **{"main.go": alone, "web/web.go": other}) == [("build/language-version", 4)]
