"""Which indexes this machine is told of, and with what credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockwright.index import netrc
from dockwright.index.fetch import _request
from dockwright.index.settings import read

CONFIG = {"PIP_CONFIG_FILE": "/dev/null", "HOME": "/nowhere"}


def test_uv_index_with_names_and_credentials() -> None:
    told = {
        **CONFIG,
        "UV_INDEX": "own=https://a.invalid/simple https://b.invalid/simple my-other=https://c.invalid/simple",
        "UV_INDEX_OWN_USERNAME": "me",
        "UV_INDEX_OWN_PASSWORD": "p@ss",
    }
    assert read(told).extra == (
        "https://me:p%40ss@a.invalid/simple",
        "https://b.invalid/simple",
        "https://c.invalid/simple",
    )


def test_credentials_of_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine a.invalid login me password secret\n")
    monkeypatch.setenv("NETRC", str(path))
    assert netrc.credentials("a.invalid") == ("me", "secret") and netrc.credentials("b.invalid") is None
    assert _request("https://a.invalid/simple/x/", {}).get_header("Authorization") == "Basic bWU6c2VjcmV0"
    assert _request("https://b.invalid/simple/x/", {}).get_header("Authorization") is None
    own = _request("https://you:own@a.invalid/simple/x/", {})
    assert own.get_header("Authorization") == "Basic eW91Om93bg==" and own.full_url == "https://a.invalid/simple/x/"


@pytest.mark.parametrize("text", ["machine", "\x00", "garbage here"])
def test_a_broken_netrc_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "netrc").write_text(text)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert netrc.credentials("a.invalid") is None
