"""What `docker compose config` refuses: our verdicts on the files of compose_cases, and, with an engine, its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from compose_cases import FILES, FINE, REFUSED, UNSEEN
from hypothesis import given, settings
from hypothesis import strategies as st

from dockwright.checking import check
from dockwright.finding import breaks
from dockwright.project import Project


def project(text: str, **files: str) -> Project:
    return Project.of({**FILES, "compose.yaml": text, "Dockerfile": "FROM scratch\n", **files}, name="compose")


@pytest.mark.parametrize("name", REFUSED)
def test_what_compose_refuses_is_foreseen(name: str) -> None:
    assert project(REFUSED[name]).problems


@pytest.mark.parametrize("name", FINE)
def test_what_compose_takes_is_not_complained_of(name: str) -> None:
    assert project(FINE[name]).problems == ()


@pytest.mark.engine
@pytest.mark.parametrize("name", [*REFUSED, *UNSEEN, *FINE])
def test_compose_itself_says_so(name: str, tmp_path: Path) -> None:
    if shutil.which("docker") is None:
        pytest.skip("there is no docker")
    text = {**REFUSED, **UNSEEN, **FINE}[name]
    for path, content in {**FILES, "compose.yaml": text}.items():
        (tmp_path / path).write_text(content)
    command = ["docker", "compose", "-p", "p", "config", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)
    assert (done.returncode != 0) is (name not in FINE)


def test_the_place_is_that_of_the_mistake() -> None:
    (problem,) = project("services:\n  web:\n    image: x\n    port: ['80:80']\n").problems
    assert problem.place is not None
    assert problem.place.line == 4
    assert problem.message == "services.web may not have the key port"


def test_it_fails_the_file_and_no_target() -> None:
    report = check(project("services:\n  web:\n    build: .\n    port: ['80:80']\n"))
    causes = {target.name: [finding.cause for finding in target.findings] for target in report.targets}
    assert causes == {"web": [], "compose.yaml": ["compose/invalid"]}


@pytest.mark.parametrize("extra", ["    env_file: secret.env\n", "    command: ${TOKEN:?is not set}\n"])
def test_what_the_surroundings_may_give_is_only_possible(extra: str) -> None:
    report = check(project("services:\n  web:\n    image: x\n" + extra))
    findings = [finding for target in report.targets for finding in target.findings]
    assert [finding.cause for finding in findings] == ["compose/invalid"]
    assert not any(breaks(finding) for finding in findings)


def test_a_file_that_is_laid_over_another_may_name_what_that_defines() -> None:
    base = "services:\n  web:\n    image: x\nnetworks:\n  n:\n"
    over = "services:\n  worker:\n    image: y\n    networks: [n]\n    depends_on: [web]\n"
    files = {"docker-compose.yml": base, "docker-compose.prod.yml": over}
    assert Project.of(files, name="compose").problems == ()


def test_an_override_defines_too() -> None:
    base = "services:\n  web:\n    image: x\n    networks: [n]\n"
    files = {"docker-compose.yml": base, "docker-compose.override.yml": "networks:\n  n:\n"}
    assert Project.of(files, name="compose").problems == ()


TOKENS = "services: web: image: build: ports: volumes: networks: depends_on: - [ ] { } a: b ${X ${X:?y} $ '80:80' 80 : & * ! | > # null true 1.5"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*TOKENS.split(), "\n", "\n  ", "\n    ", " "]), max_size=40).map(" ".join))
def test_any_text_gets_an_answer(text: str) -> None:
    for problem in project(text).problems:
        assert problem.message
