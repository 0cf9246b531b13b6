"""A project's page of the simple API: JSON (PEP 691, 700), or HTML (PEP 503) where the index has no other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urljoin

import msgspec

from dockwright.rehearse.python import canonical

FILES = 50_000  # of one project that are looked at


class File(msgspec.Struct, frozen=True):
    """`kind`: wheel, sdist. `yanked` is None, or the reason (maybe empty). `uploaded` is an ISO moment, or empty."""

    name: str
    url: str
    version: str
    kind: str
    requires_python: str = ""
    size: int | None = None
    sha256: str = ""
    yanked: str | None = None
    uploaded: str = ""

    @property
    def tags(self) -> str:
        """`cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64` of a wheel's name."""
        return "-".join(self.name[:-4].split("-")[-3:]) if self.kind == "wheel" else ""

    @property
    def native(self) -> bool:
        return self.kind == "wheel" and not self.tags.endswith("-any")


class Page(msgspec.Struct, frozen=True, dict=True):
    name: str
    files: tuple[File, ...] = ()

    @cached_property
    def versions(self) -> dict[str, list[File]]:
        """Files by version as the index writes it, the newest version first."""
        from packaging.version import Version

        found: dict[str, list[File]] = {}
        for file in self.files:
            found.setdefault(file.version, []).append(file)
        return dict(sorted(found.items(), key=lambda item: Version(item[0]), reverse=True))

    def until(self, moment: str) -> Page:
        """Only files that were there at that moment; one without a date is taken as there."""
        if not moment:
            return self
        return Page(self.name, tuple(file for file in self.files if not file.uploaded or file.uploaded <= moment))


class _File(msgspec.Struct):
    filename: str
    url: str
    hashes: dict[str, str] = {}
    requires_python: str | None = msgspec.field(default=None, name="requires-python")
    size: int | None = None
    yanked: bool | str = False
    upload_time: str | None = msgspec.field(default=None, name="upload-time")


class _Page(msgspec.Struct):
    files: list[_File]


def parse(name: str, body: bytes, kind: str, url: str) -> Page | None:
    """None when the answer is no page: garbage, or another kind of document."""
    if "json" in kind:
        return _json(name, body, url)
    if "html" in kind or body.lstrip()[:1] == b"<":
        return _html(name, body, url)
    return None


def _json(name: str, body: bytes, url: str) -> Page | None:
    try:
        page = msgspec.json.decode(body, type=_Page)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    files = (_file(name, each, url) for each in page.files[:FILES])
    return Page(name, tuple(file for file in files if file is not None))


def _file(name: str, given: _File, base: str) -> File | None:
    version = version_in(name, given.filename)
    if version is None:
        return None
    yanked = None if given.yanked is False else "" if given.yanked is True else given.yanked
    return File(
        given.filename,
        urljoin(base, given.url),
        version,
        "wheel" if given.filename.endswith(".whl") else "sdist",
        given.requires_python or "",
        given.size,
        given.hashes.get("sha256", ""),
        yanked,
        (given.upload_time or "")[:19],
    )


def version_in(name: str, filename: str) -> str | None:
    """The version that a file name tells (binary distribution format; PEP 625 and the looser names before it)."""
    from packaging.version import InvalidVersion, Version

    if "/" in filename or len(filename) > 300:
        return None
    if filename.endswith(".whl"):
        parts = filename[:-4].split("-")
        version = parts[1] if len(parts) in (5, 6) else ""
    else:
        stem = next(
            (
                filename[: -len(end)]
                for end in (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")
                if filename.endswith(end)
            ),
            "",
        )
        version = _after(name, stem)
    try:
        Version(version)
    except InvalidVersion:
        return None
    return version


def _after(name: str, stem: str) -> str:
    """What follows the project's name: names may hold dashes, so the shortest head that is the name counts."""
    for at, char in enumerate(stem):
        if char == "-" and canonical(stem[:at]) == name:
            return stem[at + 1 :]
    return ""


def _html(name: str, body: bytes, url: str) -> Page | None:
    from html.parser import HTMLParser

    links: list[tuple[dict[str, str | None], list[str]]] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "a" and len(links) < FILES:
                links.append((dict(attrs), []))

        def handle_data(self, data: str) -> None:
            if links and len(links[-1][1]) < 4:
                links[-1][1].append(data)

    parser = Links(convert_charrefs=True)
    parser.feed(body.decode("utf-8", "replace"))
    return Page(name, tuple(_linked(name, links, url)))


def _linked(name: str, links: list[tuple[dict[str, Any], list[str]]], base: str) -> Iterator[File]:
    for attributes, _ in links:
        href = attributes.get("href") or ""
        address, _, fragment = urljoin(base, href).partition("#")
        filename = unquote(address.rpartition("/")[2])
        hashes = {"sha256": fragment[7:]} if fragment.startswith("sha256=") else {}
        yanked: bool | str = False if "data-yanked" not in attributes else (attributes["data-yanked"] or True)
        given = _File(filename, address, hashes, attributes.get("data-requires-python"), None, yanked)
        file = _file(name, given, base)
        if file is not None:
            yield file
