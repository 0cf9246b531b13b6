"""`dockwright build` through a faulty index, on a real engine: it builds to the end where a plain build fails, and downloads once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faulty.faults import Fault
from faulty.server import Index, serving
from faulty.synthetic import Wheel

from .builds import docker, missing_bases
from .resilient import BASE, GATEWAY, LIMIT, Shop, attempts, shop, wheels

pytestmark = pytest.mark.engine

TOTAL = int(os.environ.get("DOCKWRIGHT_TEST_BYTES", "60000000"))
SERVICES = ("api", "web", "worker", "cron")


@pytest.fixture(autouse=True)
def base(engine: None) -> None:
    if missing_bases([BASE]):
        pytest.skip(f"the base image {BASE} can't be had")


@pytest.fixture
def faulty() -> Iterator[tuple[Index, dict[str, list[str]]]]:
    made, wants = wheels(TOTAL, SERVICES)
    made += [Wheel("shared-0", "1.1", made[0].size)]
    with serving(made, host=GATEWAY) as index:
        yield index, wants


@pytest.fixture
def project(faulty: tuple[Index, dict[str, list[str]]], tmp_path: Path) -> Iterator[Shop]:
    index, wants = faulty
    with shop(tmp_path, index, wants) as made:
        yield made


def wanted(project: Shop) -> int:
    """Bytes of what the services ask for, each file once."""
    names = {line.replace("-", "_").replace("==", "-") for lines in project.wants.values() for line in lines}
    return sum(made.size for name, made in project.index.files.items() if name.rsplit("-", 3)[0] in names)


def test_four_services_are_built_where_each_download_is_cut_once(project: Shop) -> None:
    cut = Fault("cut", each=True)
    project.index.add(cut)
    plain = project.plain()
    # pip 25.0 takes a cut download for a file with another hash
    assert plain.code != 0 and ("IncompleteRead" in plain.out or "DO NOT MATCH THE HASHES" in plain.out)
    project.index.reset()
    project.index.add(cut)
    ours = project.ours()
    assert ours.code == 0, ours.out + ours.err
    assert {target["outcome"] for target in ours.said["targets"]} == {"built"}
    project.index.settle()
    assert wanted(project) <= project.index.total <= 1.1 * wanted(project)
    assert attempts(ours.said) == len(SERVICES)
    for name in SERVICES:
        ran = docker(
            "run",
            "--rm",
            f"{project.name}-{name}",
            "python",
            "-c",
            "import shared_0, shared_7; print(shared_0.VERSION)",
        )
        assert (ran.code, ran.log.strip()) == (0, "1.0"), ran.log


def test_a_flood_of_faults_of_every_kind(project: Shop) -> None:
    faults = [
        Fault("status", status=503, times=2), Fault("status", status=429, retry_after="1"), Fault("corrupt"), Fault("shorter"),
        Fault("longer"), Fault("cut", reset=True, times=4), Fault("status", status=502, match="*/simple/shared-1/*"), Fault("no-range"),
    ]  # fmt: skip
    project.index.add(*faults)
    ours = project.ours()
    assert ours.code == 0, ours.out + ours.err
    assert {target["outcome"] for target in ours.said["targets"]} == {"built"}


def test_what_a_killed_run_has_downloaded_is_not_downloaded_again(project: Shop) -> None:
    half = wanted(project) // 2
    # the picture of the download is printed at each tenth
    killed = project.killed(lambda line: line.startswith("wheels:") and project.index.total > half)
    assert killed.code == -9
    project.index.settle()
    before = project.index.total
    assert half < before
    ours = project.ours()
    assert ours.code == 0, ours.out + ours.err
    project.index.settle()
    assert project.index.total <= 1.1 * wanted(project)
    assert "gone" in docker_history(project)


def docker_history(project: Shop) -> str:
    import sys

    words = [sys.executable, "-m", "dockwright", "history", "--format", "json"]
    return subprocess.run(words, env=project.environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("whom", ["dockwright", "client"])
def test_a_kill_during_the_build_costs_no_download(project: Shop, whom: str) -> None:
    # the first word on a step: its build's client is there, the install is still ahead
    killed = project.killed(lambda line: ": [" in line, whom=whom)
    project.index.settle()
    if whom == "client":
        assert killed.code == 0, killed.out + killed.err
        assert max(len(target["attempts"]) for target in killed.said["targets"]) > 1
    ours = project.ours()
    assert ours.code == 0, ours.out + ours.err
    project.index.settle()
    assert project.index.total <= 1.1 * wanted(project)


def test_a_run_goes_on_when_another_that_builds_the_same_is_killed(project: Shop) -> None:
    """BuildKit has one step for both, and that one asked the relay of the run that is gone."""
    project.index.add(Fault("throttle", rate=2_000_000, times=0))
    waiting = threading.Event()
    with project.started("api") as first, project.started("api") as second:
        streams = [threading.Thread(target=follow, args=(process, waiting)) for process in (first, second)]
        for stream in streams:
            stream.start()
        assert waiting.wait(LIMIT)
        first.kill()
        first.wait()
        assert second.stdout is not None
        said = json.loads(second.stdout.read())
        assert second.wait(LIMIT) == 0
        for stream in streams:
            stream.join()
    assert {attempt["outcome"] for attempt in said["targets"][0]["attempts"]} <= {"interrupted", "built"}
    project.index.settle()
    assert project.index.total <= 1.1 * sum(project.index.files[name].size for name in project.index.sent)


def follow(process: subprocess.Popen[str], waiting: threading.Event) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if "RUN pip" in line:
            waiting.set()


def test_one_changed_requirement_downloads_only_that(project: Shop) -> None:
    assert project.ours("api").code == 0
    project.index.settle()
    project.index.reset()
    project.require("api", ["shared-0==1.1", *project.wants["api"][1:]])
    ours = project.ours("api")
    assert ours.code == 0, ours.out + ours.err
    project.index.settle()
    new = "shared_0-1.1-py3-none-any.whl"
    assert {name: sent for name, sent in project.index.sent.items() if sent} == {new: project.index.files[new].size}


def test_a_second_service_with_the_same_wheels_downloads_nothing(project: Shop) -> None:
    project.wants["web"] = project.wants["api"]
    project.require("web", project.wants["api"])
    assert project.ours("api").code == 0
    project.index.settle()
    project.index.reset()
    ours = project.ours("web")
    assert ours.code == 0, ours.out + ours.err
    project.index.settle()
    assert project.index.total == 0


def test_an_index_that_stays_away_is_transient(project: Shop) -> None:
    """Neither the wheelhouse nor pip in the build gets its files: exit 75, and each attempt is in the history."""
    project.index.add(Fault("cut", times=0, at=1000))
    ours = project.ours("--budget", "3s", "api")
    assert ours.code == 75, ours.out + ours.err
    [target] = ours.said["targets"]
    assert target["outcome"] == "transient"
    assert all(attempt["transient"] for attempt in target["attempts"])
    project.index.reset()
    assert project.ours("api").code == 0


@contextmanager
def firewall(port: int) -> Iterator[None]:
    """What steps send to this machine is dropped, but for what goes to one port: as a host's firewall often has it."""
    rule = ["INPUT", "--in-interface", "docker0", "--protocol", "tcp", "!", "--dport", str(port), "--jump", "DROP"]
    tool = shutil.which("iptables", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if tool is None or os.geteuid():
        pytest.skip("a firewall takes iptables and root")
    subprocess.run([tool, "--insert", *rule], check=True)
    try:
        yield
    finally:
        subprocess.run([tool, "--delete", *rule], check=True)


def test_where_a_firewall_keeps_steps_from_this_machine_they_are_sent_their_files(project: Shop) -> None:
    with firewall(int(project.index.simple.split(":")[2].partition("/")[0])):
        first = project.ours("api")
        second = project.ours("web")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    project.index.settle()
    assert project.index.total <= 1.1 * wanted(project)
    assert [attempt["outcome"] for attempt in first.said["targets"][0]["attempts"]] == ["interrupted", "built"]
    assert "steps don't reach this machine" in first.err
    assert [attempt["outcome"] for attempt in second.said["targets"][0]["attempts"]] == ["built"], "it is remembered"
