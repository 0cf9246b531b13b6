"""Downloads through every fault: each artefact right in the end, no byte more than needed, no wait for what won't come."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from faulty import Fault, Index, Wheel, cutting, serving
from hypothesis import given, settings
from hypothesis import strategies as st
from loading import Moments, artefacts, load, loader, right, there

from dockwright.errors import ToolError
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.download import Run, Transfer, fetch
from dockwright.wheels.job import Job
from dockwright.wheels.network import Network
from dockwright.wheels.patience import Clock, Patience, Waiting, retry_after
from dockwright.wheels.store import Store

WHEELS = [Wheel(f"part-{number}", "1.0", 300_000 + 50_000 * number) for number in range(5)]
SIZE = sum(made.size for made in Index(WHEELS).files.values())
ONE = [Wheel("demo", "1.0", 500_000)]


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def one() -> Iterator[Index]:
    with serving(ONE) as index:
        yield index


KINDS = (
    "cut",
    "stall",
    "hang",
    "refuse",
    "throttle",
    "longer",
    "shorter",
    "no-range",
    "shifted",
    "lying",
    "other",
    "chunked",
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_once_for_each_artefact(kind: str, tmp_path: Path) -> None:
    with serving(WHEELS, [Fault(kind, each=True, rate=50_000_000)]) as index:
        patience = Patience(stall=0.5 if kind in ("stall", "hang") else 5.0)
        found = load(index, tmp_path, patience=patience)
        assert right(index, tmp_path) and not found.failed
        assert found.bytes_over_wire <= 1.1 * SIZE and index.total <= 1.1 * SIZE


@pytest.mark.parametrize("reset", [False, True])
def test_a_cut_is_continued_where_it_was(reset: bool, one: Index, tmp_path: Path) -> None:
    one.add(Fault("cut", at=200_000, reset=reset))
    found = load(one, tmp_path)
    first, second = one.requests("demo-1.0-py3-none-any.whl")
    assert (first.range, second.status) == ("", 206) and right(one, tmp_path)
    assert second.range == "bytes=200000-" or reset  # a reset may throw away what was under way
    assert found.bytes_over_wire == one.files["demo-1.0-py3-none-any.whl"].size


def test_many_cuts_of_one_file(one: Index, tmp_path: Path) -> None:
    one.add(*[Fault("cut", at=10_000)] * 30)
    found = load(one, tmp_path)
    assert right(one, tmp_path) and found.attempts == 31 and one.total == one.files["demo-1.0-py3-none-any.whl"].size


def test_a_file_that_changed_meanwhile_is_not_continued(one: Index, tmp_path: Path) -> None:
    one.add(Fault("cut", at=200_000), Fault("other"))
    load(one, tmp_path)
    assert [each.status for each in one.asked] == [200, 200] and right(one, tmp_path)


@pytest.mark.parametrize("kind", ["no-range", "shifted", "lying", "corrupt", "shorter", "longer", "chunked", "cut"])
def test_faults_of_what_is_continued(kind: str, one: Index, tmp_path: Path) -> None:
    one.add(Fault("cut", at=200_000), Fault(kind))
    found = load(one, tmp_path)
    assert right(one, tmp_path) and not found.failed


@pytest.mark.parametrize(("times", "ok"), [(1, True), (2, True), (3, False)])
def test_a_wrong_byte_is_never_kept(times: int, ok: bool, one: Index, tmp_path: Path) -> None:
    one.add(Fault("corrupt", times=times))
    found = load(one, tmp_path)
    assert bool(found.failed) is not ok
    assert found.attempts == times + ok
    if not ok:
        assert found.failed[0].why == (
            "demo-1.0-py3-none-any.whl: 127.0.0.1 sends bytes that don't have the hash that the index names; tried 3 times"
        )
        assert not found.transient and there(tmp_path) == 0


def test_a_size_that_the_index_says_wrong_does_not_matter(one: Index, tmp_path: Path) -> None:
    (true,) = artefacts(one)
    wrong = [Artefact(true.name, true.version, true.filename, true.url, true.sha256, 1000)]
    found = load(one, tmp_path, wanted=wrong)
    assert not found.failed and right(one, tmp_path)


@given(st.lists(st.sampled_from([*KINDS[4:], "cut", "refuse", "status"]), max_size=6), st.integers(0, 1000))
@settings(max_examples=25)
def test_any_faults_in_any_order(kinds: list[str], seed: int) -> None:
    import tempfile

    faults = [Fault(kind, rate=50_000_000) for kind in kinds]
    with tempfile.TemporaryDirectory() as folder, serving(WHEELS[:2], faults, seed=seed) as index:
        found = load(index, Path(folder), patience=Patience(stall=5.0, corrupt=10))
        assert not found.failed and right(index, Path(folder))


# -- waits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_waited_for_longer_and_longer(status: int, one: Index, tmp_path: Path) -> None:
    one.add(Fault("status", status=status, times=6))
    moments = Moments()
    assert not load(one, tmp_path, moments=moments).failed
    assert moments.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]


def test_the_server_says_when_to_come_back(one: Index, tmp_path: Path) -> None:
    one.add(Fault("status", status=429, retry_after="37"))
    moments = Moments()
    assert not load(one, tmp_path, moments=moments).failed
    assert moments.waits == [37.0]


def test_the_budget_ends_it(one: Index, tmp_path: Path) -> None:
    one.add(Fault("status", times=0))
    moments = Moments()
    found = load(one, tmp_path, moments=moments, patience=Patience(budget=300.0))
    assert (
        found.transient
        and found.failed[0].why == "demo-1.0-py3-none-any.whl: 127.0.0.1 answers 503 Service Unavailable"
    )
    assert sum(moments.waits) <= 300.0 and max(moments.waits) == 60.0


def test_without_a_network_the_budget_is_spent_once(tmp_path: Path) -> None:
    with serving(WHEELS, [Fault("refuse", times=0)]) as index:
        moments = Moments()
        found = load(index, tmp_path, moments=moments, patience=Patience(budget=300.0), parallel=1)
        assert len(found.failed) == 5 and found.transient
        assert sum(moments.waits) <= 300.0


def test_a_wait_beyond_the_budget_is_not_begun(one: Index, tmp_path: Path) -> None:
    one.add(Fault("status", status=503, retry_after="7200"))
    moments = Moments()
    found = load(one, tmp_path, moments=moments)
    assert moments.waits == [] and found.failed[0].why.endswith("and asks to wait for 7200 s")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_what_will_not_pass_is_asked_once(status: int, one: Index, tmp_path: Path) -> None:
    one.add(Fault("status", status=status, times=0))
    found = load(one, tmp_path)
    assert len(one.asked) == 1 and not found.transient
    assert f"127.0.0.1 answers {status}" in found.failed[0].why


@given(st.lists(st.booleans(), max_size=40), st.floats(0, 1))
def test_waits_stay_within_their_bounds(brings: list[bool], chance: float) -> None:
    patience = Patience()
    waiting = Waiting(patience, Clock(lambda: 0.0, None, lambda: chance), 10_000_000, 0)
    there_now = 0
    for each in brings:
        there_now += 300_000 if each else 10
        assert waiting.brought(there_now) is each or there_now % 300_000
        assert 0 <= waiting.delay() <= patience.most


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5.0), ("", None), (None, None), ("soon", None), ("Thu, 01 Jan 1970 00:01:40 GMT", 100.0), ("-3", None)],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 0.0) == seconds


# -- several addresses ------------------------------------------------------------------------------------------------


def second(artefact: Artefact) -> list[str]:
    return [artefact.url.replace("/files/", "/second/files/")]


@pytest.mark.parametrize(
    "fault",
    [Fault("status", "/files/*", 0), Fault("status", "/files/*", 0, status=404), Fault("corrupt", "/files/*", 0)],
)
def test_a_mirror_helps_at_once(fault: Fault, one: Index, tmp_path: Path) -> None:
    one.add(fault)
    moments = Moments()
    found = load(one, tmp_path, moments=moments, elsewhere=second)
    assert not found.failed and moments.waits == [] and right(one, tmp_path)
    assert [each.path.split("/")[1] for each in one.asked] == ["files", "second"]


def test_a_mirror_goes_on_where_the_first_was_cut(one: Index, tmp_path: Path) -> None:
    one.add(Fault("cut", "/files/*", at=200_000), Fault("status", "/files/*", 0))
    load(one, tmp_path, elsewhere=second)
    assert one.asked[-1].range == "bytes=200000-" and one.total == one.files["demo-1.0-py3-none-any.whl"].size


def test_all_refusals_are_said(one: Index, tmp_path: Path) -> None:
    one.add(Fault("status", "/files/*", 0, status=403), Fault("status", "/second/*", 0, status=404))
    found = load(one, tmp_path, elsewhere=second)
    assert found.failed[0].why.count("127.0.0.1 answers") == 2 and not found.transient


def test_a_host_that_is_down_is_not_asked_for_every_file(tmp_path: Path) -> None:
    with serving(WHEELS) as index:
        wanted = [
            Artefact(
                each.name, each.version, each.filename, f"http://127.0.0.2:9/{each.filename}", each.sha256, each.size
            )
            for each in artefacts(index)
        ]
        urls = {each.sha256: each.url for each in artefacts(index)}
        found = load(index, tmp_path, wanted=wanted, elsewhere=lambda each: [urls[each.sha256]], parallel=1)
        assert not found.failed and found.attempts == len(WHEELS) + 1


# -- secrets ----------------------------------------------------------------------------------------------------------


def test_credentials_work_and_are_never_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    with serving(ONE, user="me:p@ss w/ord") as index:
        (plain,) = artefacts(index)
        url = plain.url.replace("http://", "http://me:p%40ss%20w%2Ford@")
        index.add(Fault("cut"), Fault("status"))
        said: list[Transfer] = []
        moments = Moments()
        given_ = [Artefact("demo", "1.0", plain.filename, url, plain.sha256, plain.size)]
        found = fetch(given_, Store(tmp_path), said.append, clock=moments.clock)
        assert not found.failed and "p@ss" not in repr(said) and "p%40ss" not in repr(said)
        assert not any("p@ss" in path.read_text("latin-1") for path in tmp_path.rglob("*.from"))


@pytest.mark.parametrize("way", ["index", "netrc", "nothing"])
def test_credentials_of_the_index_and_of_netrc(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n" if way == "netrc" else "")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(ONE, user="me:secret") as index:
        indexes = [index.simple.replace("http://", "http://me:secret@")] if way == "index" else []
        found = fetch(artefacts(index), Store(tmp_path / "store"), network=Network("", indexes))
        index.settle()
        assert bool(found.failed) is (way == "nothing")
        assert len(index.asked) == 1


def test_the_proxy_of_the_environment_is_used_and_its_cuts_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(WHEELS) as index, cutting(20_000, 200_000, cuts=10) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "example.invalid")
        found = load(index, tmp_path)
        assert not found.failed and right(index, tmp_path) and proxy.cut == 10


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One that this machine does not trust, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    command += [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(path),
        "-out",
        f"{path}.crt",
    ]
    if shutil.which("openssl") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no openssl to make a certificate")
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return str(path)


def test_certificates_that_the_user_names_are_trusted(certificate: str, tmp_path: Path) -> None:
    with serving(ONE, [Fault("cut")], certificate=certificate) as index:
        found = fetch(artefacts(index), Store(tmp_path), network=Network(f"{certificate}.crt"))
        assert not found.failed and right(index, tmp_path)


def test_a_certificate_that_is_not_trusted_does_not_pass_by_waiting(certificate: str, tmp_path: Path) -> None:
    with serving(ONE, certificate=certificate) as index:
        found = load(index, tmp_path)
        assert not found.transient and found.attempts == 1
        assert "the certificate of 127.0.0.1 is not trusted (SSL_CERT_FILE names others)" in found.failed[0].why


@pytest.mark.parametrize(("bytes_a_second", "on"), [(1, False), (99, False), (101, True), (10_000, True)])
def test_a_drip_is_as_good_as_nothing(bytes_a_second: int, on: bool, tmp_path: Path) -> None:
    """A server that sends a little now and then never stalls; another connection is better."""
    moments = Moments()
    run = Run(Store(tmp_path), None, Network(), None, moments.clock)
    part = run.store.part("0" * 64)
    assert part is not None
    with part, httpx.Client() as client:
        job = Job(run, client, Artefact("demo", "1.0", "demo.whl", "http://127.0.0.1:9/demo.whl", "0" * 64, 10**9))
        answers = []
        for _ in range(60):
            moments.at += 1.0
            answers.append(job.received(part, bytes_a_second))
        assert all(answers[:-1]) and answers[-1] is on


# -- several processes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_killed_at_any_moment_the_next_run_loads_only_what_is_missing(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    with serving(WHEELS) as index:
        for made in index.files.values():
            if chance.random() < 0.6:
                index.add(Fault("stall", f"*/{made.filename}", at=chance.randrange(made.size)))
        stalled = index.faults.left
        least = chance.randrange(SIZE // 3)
        with loader(index, tmp_path) as process:
            assert index.wait(lambda: index.total >= least or (not stalled and len(index.asked) == len(WHEELS)))
            process.kill()
            process.wait()
        index.faults.clear()
        before, whole = there(tmp_path), sum(len(path.name) == 64 for path in tmp_path.rglob("*"))
        found = load(index, tmp_path)
        assert right(index, tmp_path) and found.cached == whole
        assert found.bytes_over_wire == SIZE - before
        assert not list(tmp_path.rglob("*.part"))


def test_two_processes_load_each_artefact_once(tmp_path: Path) -> None:
    with serving(WHEELS, [Fault("cut", each=True)]) as index:
        with loader(index, tmp_path) as first, loader(index, tmp_path) as second_one:
            assert first.wait(60) == second_one.wait(60) == 0
        index.settle()
        assert right(index, tmp_path) and index.total == SIZE


def test_what_a_killed_process_was_loading_another_takes_over(tmp_path: Path) -> None:
    with serving(ONE, [Fault("stall", at=300_000)]) as index, loader(index, tmp_path) as first:
        assert index.wait(lambda: index.total == 300_000)
        with loader(index, tmp_path) as second_one:
            first.kill()
            assert second_one.wait(60) == 0 and right(index, tmp_path)
        assert index.total <= index.files["demo-1.0-py3-none-any.whl"].size + 300_000


def test_each_artefact_once_however_often_it_is_named(tmp_path: Path) -> None:
    with serving(WHEELS) as index:
        found = load(index, tmp_path, wanted=artefacts(index) * 4)
        assert found.downloaded == len(WHEELS) and index.total == SIZE
        again = load(index, tmp_path)
        assert again.cached == len(WHEELS) and again.attempts == 0 and index.total == SIZE


# -- the disk and the user --------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence(one: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("dockwright.wheels.part.os.pwrite", full)
    with pytest.raises(ToolError) as raised:
        load(one, tmp_path)
    assert raised.value.exit_code == 3 and "no room is left for the wheelhouse" in str(raised.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_a_really_full_disk(tmp_path: Path) -> None:
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(tmp_path)], capture_output=True
    ).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        with serving(ONE) as index, pytest.raises(ToolError, match="no room is left"):
            load(index, tmp_path)
        assert list(tmp_path.rglob("*.part")), "what was loaded is kept"
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_an_exception_of_the_watcher_ends_the_run_and_keeps_the_parts(one: Index, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def watch(transfer: Transfer) -> None:
        if transfer.current:
            raise Enough

    one.add(Fault("cut", at=300_000))
    with pytest.raises(Enough):
        fetch(artefacts(one), Store(tmp_path), watch)
    assert there(tmp_path) > 0
    one.faults.clear()
    before = there(tmp_path)
    found = load(one, tmp_path)
    assert found.bytes_over_wire == one.files["demo-1.0-py3-none-any.whl"].size - before


def test_what_can_not_be_checked_is_not_loaded(one: Index, tmp_path: Path) -> None:
    (true,) = artefacts(one)
    bad = [
        Artefact("demo", "1.0", true.filename, true.url, "", true.size),
        Artefact("demo", "1.0", "../demo.whl", true.url, "0" * 64, true.size),
    ]
    found = load(one, tmp_path, wanted=bad)
    assert len(found.failed) == 2 and one.asked == []


def test_files_of_a_folder(one: Index, tmp_path: Path) -> None:
    made = one.files["demo-1.0-py3-none-any.whl"]
    source = tmp_path / "a wheel.whl"
    source.write_bytes(b"".join(made.pieces()))
    here = Artefact("demo", "1.0", made.filename, source.as_uri(), made.sha256, made.size)
    gone = Artefact("demo", "1.0", made.filename, "file:///nowhere/demo.whl", "0" * 64, made.size)
    found = load(one, tmp_path / "store", wanted=[here, gone])
    assert found.downloaded == 1 and [each.why for each in found.failed] == [
        "demo-1.0-py3-none-any.whl: /nowhere/demo.whl can't be read"
    ]
