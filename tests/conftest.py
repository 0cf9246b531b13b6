"""What all tests share: our own mistakes show as such, and property tests have no deadline (machines differ)."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import settings

os.environ["DOCKWRIGHT_STRICT"] = "1"  # a bug in a command's family fails the test, where a user's check goes on
# What a shell starts in the background ignores SIGINT, and so would the programs that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("dockwright", deadline=None)
settings.load_profile("dockwright")


@pytest.fixture(autouse=True)
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is expected is of amd64, on whatever machine; an engine builds for its own."""
    if request.node.get_closest_marker("engine") is None:
        monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "linux/amd64")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where an engine is required (CI), a test that needs one may not be skipped."""
    report = yield
    required = os.environ.get("DOCKWRIGHT_ENGINE") == "required" and item.get_closest_marker("engine")
    if report.skipped and required and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although an engine is required: {report.longrepr}"
    return report
