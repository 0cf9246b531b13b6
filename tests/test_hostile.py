"""Hostile input: nothing raises, nothing of a project is run, nothing outside of it is read.

Time is bounded by construction (sizes and counts have limits); these tests would hang or take minutes if it were not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockwright.api import check, explain
from dockwright.checking import check as check_project
from dockwright.finding import Report
from dockwright.project import Project

DOCKERFILE = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
WORDS = st.sampled_from([
    "FROM python:3.12-slim", "FROM debian:12 AS a", "FROM a", "FROM ${X:-b}", "RUN pip install flask", "RUN apt-get update",
    "RUN apt-get install -y gcc && rm -rf /var/lib/apt/lists/*", "RUN set -e; for i in 1 2; do echo $i; done", "COPY . .",
    "COPY --from=a /x /y", "COPY [\"a\", \"b\"]", "ADD http://x/y.tar.gz /", "WORKDIR /a/../..", "USER nobody", "ENV A=$A B=\"",
    "RUN <<EOF", "EOF", "RUN cat <<'A' <<-B", "ARG X=${Y?no}", "SHELL [\"bash\", \"-c\"]", "ENTRYPOINT [\"python\", \"-m\", \"x\"]",
    "CMD python app.py", "HEALTHCHECK CMD curl -f localhost || exit 1", "ONBUILD RUN x", "# syntax=x", "# escape=`", "\\", "`",
    "RUN ( ( (", "RUN $(( 1", "RUN a | b |", "RUN if true; then", "RUN poetry install --no-root", "RUN uv sync --frozen",
    "RUN python -m venv /v && /v/bin/pip install .", "RUN useradd -m u && chown -R u /app", "RUN ln -s / /l", "\0", "\ufeff", "\r",
])  # fmt: skip
LINES = st.lists(st.one_of(WORDS, st.text(max_size=40)), max_size=30).map("\n".join)
NAMES = st.sampled_from([
    "requirements.txt", "pyproject.toml", "setup.cfg", "setup.py", "poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock",
    "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", ".dockerignore", "compose.yaml", "render.yaml",
    "fly.toml", "docker-bake.hcl", ".github/workflows/ci.yml", "app.py", "Dockerfile.dockerignore",
])  # fmt: skip
CONTENTS = st.one_of(
    st.text(max_size=200),
    st.sampled_from([
        "[project]\nname = 1\n", "[tool.poetry]\n[[", "-r requirements.txt\n", "-c ../../etc/passwd\n", "!**\n**/[a-\n", "{\"a\":" * 50,
        "services:\n  a: &a\n    build: *a\n", "import os; os.system('x')", "a: [" * 80, "[[package]]\nname='a'\nversion=[]\n",
        "target \"x\" {\n  inherits = [\"x\"]\n}\n", "\ud800", "\0\0", "services: {a: {build: {context: ../.., dockerfile: /etc/passwd}}}",
        "setup(**{" * 40, "flask @ file:///etc\n", "- " * 200, "lockfileVersion: 9\npackages: 3\n",
    ]),
)  # fmt: skip


def project(files: dict[str, str]) -> Project:
    return Project.of(files)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_any_dockerfile(text: str) -> None:
    assert isinstance(check_project(project({"Dockerfile": text, "requirements.txt": "flask\n"})), Report)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, CONTENTS, max_size=5))
def test_any_files_around_it(files: dict[str, str]) -> None:
    assert isinstance(check_project(project({"Dockerfile": DOCKERFILE, **files})), Report)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), LINES)
def test_any_log(data: bytes, text: str) -> None:
    explain(data + b"\n" + text.encode("utf-8", "surrogatepass"), project({"Dockerfile": text}))


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN " + "(" * 50_000,
        "FROM a\nRUN " + "$(" * 20_000 + "x",
        "FROM a\nRUN " + "a && " * 40_000 + "a",
        "FROM a\nRUN " + "if a; then " * 5_000,
        "FROM a\nRUN " + "x" * 1_000_000,
        "FROM a\nENV " + "A=$A" * 20_000,
        "FROM a\n" + "ENV A=$A$A\n" * 200,
        "FROM a\n" + "ARG A=${A}${A}\n" * 200,
        "FROM a\n" + "RUN x \\\n" * 50_000,
        "FROM a\nRUN <<A\n" + "\n".join("cat <<A" for _ in range(20_000)),
        "".join(f"FROM a AS s{n}\nCOPY --from=s{n - 1} / /\n" for n in range(400)),
        "FROM a\n" + "ONBUILD RUN x\n" * 20_000,
        "FROM a\nCOPY " + "*" * 10_000 + " /x",
        "FROM a\nCOPY [" + '"a",' * 50_000 + '"b"]',
        "FROM a\nRUN for a in {1..999999999}; do for b in {1..999999999}; do touch $a$b; done; done",
        "FROM a\nRUN echo " + "{a,b}" * 60,
        "FROM a\nRUN mkdir -p " + "/a" * 3_000,
        "FROM a\nRUN f() { f; f; }; f",
        "FROM a\nRUN while true; do :; done",
        "FROM a\nRUN sh -c \"sh -c 'sh -c x'\" && eval \"eval 'eval x'\"",
    ],
    ids=range(20),
)
def test_large_and_nested(text: str) -> None:
    check_project(project({"Dockerfile": text, "a": ""}))


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "services:\n" + "".join(f"  s{n}:\n    extends: s{n + 1}\n" for n in range(400)),
        "services:\n  a:\n    extends: {file: compose.yaml, service: a}\n    build: .\n",
        "x: " + "[" * 20_000,
        "services:\n  a: {build: '" + "${A:-" * 2_000 + "'}\n",
    ],
    ids=range(5),
)  # fmt: skip
def test_hostile_compose_files(text: str) -> None:
    check_project(project({"compose.yaml": text, "Dockerfile": DOCKERFILE}))


def test_a_log_of_one_endless_line() -> None:
    explain("x" * 5_000_000)
    explain("Step 1/2 : FROM a\n" + "\x1b[0m" * 200_000 + "\r" * 200_000)


def planted(folder: Path, marker: Path) -> None:
    """Everything that a careless tool would run; each leaves a mark."""
    run = f"open({str(marker)!r}, 'a').write('run')\n"
    names = (
        "setup.py",
        "conftest.py",
        "sitecustomize.py",
        "app.py",
        "noxfile.py",
        "wsgi.py",
        "docs/conf.py",
        "build.py",
    )
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(run)
    for name in (
        "docker",
        "git",
        "python",
        "python3",
        "pip",
        "uv",
        "poetry",
        "node",
        "npm",
        "entrypoint.sh",
        "gradlew",
    ):
        (folder / name).write_text(f"#!/bin/sh\necho run >> {marker}\n")
        (folder / name).chmod(0o755)
    (folder / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'build'\nbackend-path = ['.']\n[project]\nname = 'x'\nversion = '1'\n"
    )
    (folder / ".gitattributes").write_text("* filter=run\n")
    (folder / "Dockerfile").write_text(
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN ./entrypoint.sh && pip install -e . && python setup.py install\n"
        f'RUN touch {marker} && $(touch {marker})\nENV X="`touch {marker}`"\nCMD ["python", "app.py"]\n'
    )


def test_nothing_of_a_project_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "project"
    folder.mkdir()
    planted(folder, marker)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.chdir(folder)
    before = list(sys.path)
    check(".", offline=True)
    explain(
        "Step 1/2 : FROM python:3.12-slim\nStep 2/2 : RUN ./entrypoint.sh\nThe command returned a non-zero code: 1\n",
        ".",
    )
    assert not marker.exists()
    assert sys.path == before


def test_links_out_of_the_context_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cr3t-value\n")
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("requirements.txt", "pyproject.toml", ".dockerignore", "compose.yaml", "entrypoint.sh"):
        (folder / name).symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to("loop")
    (folder / "Dockerfile").write_text(DOCKERFILE + "COPY up/secret loop ./\nRUN sh ./entrypoint.sh\n")
    project = Project.read(str(folder), offline=True)
    assert project.tree.read("requirements.txt") is None
    assert "s3cr3t" not in repr(check_project(project))


def fifo(path: Path) -> None:
    os.mkfifo(path)


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def huge(path: Path) -> None:
    path.write_bytes(b"RUN x\n" * 1_000_000)


def folder(path: Path) -> None:
    path.mkdir()


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [fifo, binary, huge, folder, dangling, device])
@pytest.mark.parametrize("name", ["Dockerfile", "requirements.txt", ".dockerignore", "pyproject.toml", "compose.yaml"])
def test_files_that_are_no_files(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    check(tmp_path, offline=True)
