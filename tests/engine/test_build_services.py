"""Several images on a real engine: names, order, failures that take only their own with them, secrets, interruption."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from .builds import docker, missing_bases
from .resilient import BASE, LIMIT, clients

pytestmark = pytest.mark.engine


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root / "shop"
        self.name = f"dockwright-test-{uuid.uuid4().hex[:8]}"
        self.environment = {
            **os.environ,
            "XDG_CACHE_HOME": str(root / "cache"),
            "DOCKWRIGHT_HISTORY": str(root / "history.sqlite"),
        }

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("PROJECT", self.name).replace("BASE", BASE))

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "dockwright", "build", "--format", "json", *words],
            cwd=self.root, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def build(self, *words: str) -> tuple[int, Any, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=LIMIT)
        return process.returncode, msgspec.json.decode(out) if out else None, err

    @property
    def images(self) -> set[str]:
        listed = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").log.split()
        return {name for name in listed if self.name in name}


@pytest.fixture
def project(engine: None, tmp_path: Path) -> Iterator[Project]:
    if missing_bases([BASE]):
        pytest.skip(f"the base image {BASE} can't be had")
    made = Project(tmp_path)
    yield made
    for image in made.images:
        docker("image", "rm", "--force", image)


def outcomes(said: Any) -> dict[str, str]:
    return {target["name"]: target["outcome"] for target in said["targets"]}


COMPOSE = """\
name: PROJECT
services:
  web:
    build: {context: web, additional_contexts: {common: "service:base"}}
  jobs:
    build: {context: jobs}
    image: PROJECT/jobs:2
  base:
    build: {context: base}
  report:
    build: {context: report}
"""


def test_images_that_are_built_from_each_other_are_named_as_compose_names_them(project: Project) -> None:
    project.write({
        "compose.yaml": COMPOSE,
        "base/Dockerfile": "FROM BASE\nRUN echo PROJECT > /base\n",
        "web/Dockerfile": "FROM common\nRUN cp /base /web\n",
        "jobs/Dockerfile": "FROM PROJECT-base\nRUN cp /base /jobs\n",
        "report/Dockerfile": "FROM BASE\nCOPY --from=PROJECT/jobs:2 /jobs /report\n",
    })  # fmt: skip
    code, said, err = project.build()
    assert code == 0, err
    assert set(outcomes(said).values()) == {"built"}
    named = docker("compose", "config", "--images", cwd=project.root).log.split()
    assert {each if ":" in each else f"{each}:latest" for each in named} == project.images
    assert docker("run", "--rm", f"{project.name}-report", "cat", "/report").log.strip() == project.name


def test_a_failure_takes_only_its_own_with_it_and_is_explained(project: Project) -> None:
    project.write({
        "compose.yaml": COMPOSE,
        "base/Dockerfile": "FROM BASE\nCOPY check.sh /\nRUN sh /check.sh\n",
        "base/check.sh": "nosuchcommand --now\n",
        "web/Dockerfile": "FROM common\n",
        "jobs/Dockerfile": "FROM PROJECT-base\n",
        "report/Dockerfile": "FROM BASE\nRUN echo PROJECT > /report\n",
    })  # fmt: skip
    code, said, err = project.build("--force")
    assert (code, outcomes(said)) == (
        1, {"web": "not-tried", "jobs": "not-tried", "base": "failed", "report": "built"},
    ), err  # fmt: skip
    [base] = [target for target in said["targets"] if target["name"] == "base"]
    assert base["diagnosis"]["failed_step"]["dockerfile_line"] == 3
    # what a script calls is a tool "called underneath" to a log, a command to the rehearsal that follows the script
    assert base["diagnosis"]["diagnoses"][0]["cause"] in ("system/command-missing", "system/toolchain-missing")
    assert len(base["attempts"]) == 1


def test_a_certain_failure_is_refused_before_anything_is_built(project: Project) -> None:
    project.write({"Dockerfile": "FROM BASE\nCOPY nosuch.txt /\n"})
    code, said, _ = project.build()
    assert (code, said["outcome"]) == (1, "refused")
    assert said["findings"][0]["findings"][0]["cause"] == "context/copy-source-missing"
    assert not project.images


def test_a_secret_and_an_ignore_file_reach_the_build(project: Project) -> None:
    project.write({
        "compose.yaml": "name: PROJECT\nservices:\n  web:\n    build: {context: ., secrets: [key]}\nsecrets:\n  key: {file: key.txt}\n",
        "key.txt": "hush PROJECT\n",
        ".dockerignore": "key.txt\ncompose.yaml\nkept-out\n",
        "kept-out": "",
        "Dockerfile": "FROM BASE\nCOPY . /app\nRUN --mount=type=secret,id=key test -s /run/secrets/key && ! test -e /app/kept-out\n",
    })  # fmt: skip
    code, _, err = project.build()
    assert code == 0, err


def test_ctrl_c_ends_the_build_and_the_next_run_goes_on(project: Project) -> None:
    project.write({"Dockerfile": "FROM BASE\nRUN echo PROJECT > /one\nARG PAUSE=600\nRUN sleep $PAUSE\n"})
    process = project.start("--tag", f"{project.name}:x")
    assert process.stderr is not None
    for line in process.stderr:
        if "RUN sleep" in line:  # said of a step that takes long
            process.send_signal(signal.SIGINT)
            break
    _, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert "goes on from here" in err and "interrupted" in err
    code, said, err = project.build("--tag", f"{project.name}:x", "--build-arg", "PAUSE=0")
    assert (code, outcomes(said)) == (0, {"shop": "built"}), err
    assert "RUN echo" in err and "(cached)" in err


def test_a_closed_terminal_ends_the_build_and_its_client(project: Project) -> None:
    project.write({"Dockerfile": "FROM BASE\nRUN echo PROJECT && sleep 600\n"})
    pid, terminal = pty.fork()
    if not pid:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # where the tests are started with nohup it is ignored
        os.chdir(project.root)
        os.execve(sys.executable, [sys.executable, "-m", "dockwright", "build"], project.environment)
    said = b""
    while b"sleep 600" not in said:
        said += os.read(terminal, 4096)
    below = clients(pid)
    os.close(terminal)
    assert below and os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    assert not any(Path(f"/proc/{each}").exists() for each in below)
