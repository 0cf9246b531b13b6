"""Pages of the index: read, cached, asked again, and every way in which an index can fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_index import Served, serve

from dockwright.finding import UNKNOWN
from dockwright.index.cache import FRESH, Cache, Entry
from dockwright.index.client import Index
from dockwright.index.fetch import Fetcher
from dockwright.index.page import Page, parse, version_in
from dockwright.index.settings import Settings, read


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as found:
        yield found


def index_of(served: Served, root: Path | None, *, offline: bool = False, until: str = "") -> Index:
    return Index(Settings(served.base), Cache(root), offline=offline, until=until, fetcher=Fetcher(connect=2))


def page_of(index: Index, name: str) -> Page:
    page = index.page(name)
    assert isinstance(page, Page)
    return page


def test_a_page_is_read_with_its_files(served: Served, tmp_path: Path) -> None:
    served.project("demo", {"version": "1.0"}, {"version": "2.0", "tag": "", "python": ">=3.9"})
    page = page_of(index_of(served, tmp_path), "demo")
    assert list(page.versions) == ["2.0", "1.0"]
    assert [file.kind for file in page.versions["2.0"]] == ["sdist"]
    assert page.versions["2.0"][0].requires_python == ">=3.9"


def test_a_fresh_page_is_not_asked_for_again(served: Served, tmp_path: Path) -> None:
    served.project("demo", {"version": "1.0"})
    page_of(index_of(served, tmp_path), "demo")
    page_of(index_of(served, tmp_path), "demo")
    assert len(served.asked) == 1


def test_an_old_page_is_asked_for_with_its_etag(served: Served, tmp_path: Path) -> None:
    served.project("demo", {"version": "1.0"})
    cache = Cache(tmp_path)
    page_of(index_of(served, tmp_path), "demo")
    key = f"{served.base}/demo/"
    entry = cache.get(key)
    assert entry is not None
    cache.put(key, time.time() - FRESH - 10, entry.text(), etag=entry.etag, type=entry.type)
    page_of(index_of(served, tmp_path), "demo")
    assert served.asked[-1][1] == entry.etag
    renewed = cache.get(key)
    assert renewed is not None and renewed.stored > entry.stored - 5


def test_offline_the_cache_alone_answers(served: Served, tmp_path: Path) -> None:
    served.project("demo", {"version": "1.0"})
    assert index_of(served, tmp_path, offline=True).page("demo") is UNKNOWN
    page_of(index_of(served, tmp_path), "demo")
    assert isinstance(index_of(served, tmp_path, offline=True).page("demo"), Page)
    assert len(served.asked) == 1


def test_a_project_that_is_not_there(served: Served, tmp_path: Path) -> None:
    assert index_of(served, tmp_path).page("nothing") is None


def test_files_of_later_days_are_not_seen(served: Served, tmp_path: Path) -> None:
    served.project("demo", {"version": "1.0"}, {"version": "2.0", "uploaded": "2025-03-01T00:00:00Z"})
    index = index_of(served, tmp_path, until="2024-06-01T23:59:59")
    assert list(page_of(index, "demo").versions) == ["1.0"]


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "text/html", b"oops"),
        (403, "text/html", b"no"),
        (200, "application/vnd.pypi.simple.v1+json", b"{not json"),
        (200, "application/vnd.pypi.simple.v1+json", b'{"files": [{"filename": 3}]}'),
        (200, "application/vnd.pypi.simple.v1+json", b"[" * 100_000),
        (200, "application/octet-stream", b"\x00\x01"),
    ],
)
def test_what_is_no_page_is_unknown(served: Served, tmp_path: Path, status: int, kind: str, body: bytes) -> None:
    served.replies["/simple/demo/"] = (status, {"Content-Type": kind}, body)
    index = index_of(served, tmp_path)
    assert index.page("demo") is UNKNOWN
    assert index.trouble


def test_a_redirect_is_followed_but_not_to_a_file(served: Served, tmp_path: Path) -> None:
    served.project("demo", {"version": "1.0"})
    served.replies["/simple/old/"] = (301, {"Location": f"{served.base}/demo/"}, b"")
    served.replies["/simple/evil/"] = (301, {"Location": "file:///etc/passwd"}, b"")
    index = index_of(served, tmp_path)
    assert isinstance(index.page("old"), Page)
    assert index.page("evil") is UNKNOWN


def test_redirects_in_a_circle_end(served: Served, tmp_path: Path) -> None:
    served.replies["/simple/loop/"] = (302, {"Location": f"{served.base}/loop/"}, b"")
    assert index_of(served, tmp_path).page("loop") is UNKNOWN
    assert len(served.asked) < 20


def test_a_body_over_the_limit_is_refused(served: Served) -> None:
    served.replies["/big"] = (200, {}, b"x" * 5000)
    fetcher = Fetcher(connect=2)
    assert fetcher.get(f"{served.url}/big", size=4999).status == 0
    assert fetcher.get(f"{served.url}/big", size=5000).status == 200
    assert len(fetcher.get(f"{served.url}/big", part=100).body) == 100


def test_a_host_that_is_down_is_tried_once(tmp_path: Path) -> None:
    with serve() as served:
        base = served.base
    index = Index(Settings(base), Cache(tmp_path), fetcher=Fetcher(connect=2))
    assert index.page("one") is UNKNOWN
    index.pages(["two", "three"])
    assert index.page("three") is UNKNOWN
    assert len(index.fetcher.down) == 1


def test_credentials_of_an_address_are_not_part_of_what_is_said(tmp_path: Path) -> None:
    with serve() as served:
        base = served.base.replace("http://", "http://user:secret@")
    index = Index(Settings(base), Cache(tmp_path), fetcher=Fetcher(connect=2))
    assert index.page("one") is UNKNOWN
    assert "secret" not in index.trouble


def test_only_web_addresses_are_asked() -> None:
    assert Fetcher().get("file:///etc/passwd").status == 0


def test_html_where_the_index_has_no_json() -> None:
    body = b"""<!DOCTYPE html><html><body>
    <a href="../../files/demo-1.0-py3-none-any.whl#sha256=abc"
    data-requires-python="&gt;=3.8">demo</a>
    <a href="demo-1.1.tar.gz" data-yanked="broken">demo</a>
    <a>no address</a><a href="other-1.0.tar.gz">x</a>"""
    page = parse("demo", body, "text/html", "http://index.invalid/simple/demo/")
    assert page is not None
    wheel, sdist = page.files
    assert (wheel.sha256, wheel.requires_python) == ("abc", ">=3.8")
    assert wheel.url == "http://index.invalid/files/demo-1.0-py3-none-any.whl"
    assert (sdist.version, sdist.yanked) == ("1.1", "broken")


@pytest.mark.parametrize(
    ("name", "file", "version"),
    [
        ("zope-interface", "zope.interface-5.4.0.tar.gz", "5.4.0"),
        ("backports-zoneinfo", "backports.zoneinfo-0.2.1-cp38-cp38-manylinux1_x86_64.whl", "0.2.1"),
        ("python-3-demo", "python-3-demo-1.0.zip", "1.0"),
        ("demo", "demo-not.a.version.tar.gz", None),
        ("demo", "../../demo-1.0.tar.gz", None),
        ("demo", "demo-1.0.exe", None),
    ],
)
def test_versions_of_file_names(name: str, file: str, version: str | None) -> None:
    assert version_in(name, file) == version


# -- the cache --------------------------------------------------------------------------------------------------------


def test_names_of_entries_can_not_leave_the_cache(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put("../../../etc/passwd", 1.0, b"body")
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert found and all((tmp_path / "cache") in path.parents for path in found)
    entry = cache.get("../../../etc/passwd")
    assert entry is not None and entry.text() == b"body"


def test_a_damaged_entry_is_no_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("key", 1.0, b"body")
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(b"\xff garbage")
    assert cache.get("key") is None


def test_a_bomb_in_the_cache_unpacks_to_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zlib

    monkeypatch.setattr("dockwright.index.cache.LIMIT", 1000)
    assert Entry("key", 1.0, 200, zlib.compress(b"x" * 5000)).text() == b""


def test_a_folder_that_can_not_be_written_is_gone_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("here")
    cache = Cache(blocked)
    cache.put("key", 1.0, b"body")
    assert cache.get("key") is None


# -- settings ---------------------------------------------------------------------------------------------------------


def test_the_environment_wins_over_the_files(tmp_path: Path) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = http://file.invalid/simple/\nextra-index-url = http://more.invalid/a\n"
    )
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    assert read(env).default == "http://file.invalid/simple"
    assert "http://more.invalid/a" in read(env).extra
    assert read({**env, "PIP_INDEX_URL": "http://env.invalid/simple"}).default == "http://env.invalid/simple"


def test_uv_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "uv").mkdir()
    text = (
        '[[index]]\nurl = "http://uv.invalid/simple"\ndefault = true\n[[index]]\nurl = "http://second.invalid/simple"\n'
    )
    (tmp_path / "uv" / "uv.toml").write_text(text)
    found = read({"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "PIP_CONFIG_FILE": "/dev/null"})
    assert (found.default, found.extra, found.own) == (
        "http://uv.invalid/simple",
        ("http://second.invalid/simple",),
        True,
    )


def test_files_that_are_no_configuration_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_bytes(b"\xff\xfe[[[")
    env = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "SSL_CERT_FILE": "/ca.pem",
        "PIP_CONFIG_FILE": "/dev/null",
    }
    assert read(env).ca_file == "/ca.pem"
