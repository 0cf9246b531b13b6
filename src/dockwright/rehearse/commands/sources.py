"""Where apt fetches from: what lines wrote into sources.list and sources.list.d (sources.list(5)). No family of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, Evidence
from dockwright.rehearse.call import Call
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Cover, Node, under

LIST, PARTS = "/etc/apt/sources.list", "/etc/apt/sources.list.d"
OWN = (LIST, f"{PARTS}/debian.sources", f"{PARTS}/ubuntu.sources", PARTS)


class Entry(Struct, frozen=True):
    """`deb [options] uri suite component…`; of a `ppa:owner/name` the uri alone. `by`: the line that wrote it."""

    uri: str
    suite: str = ""
    options: str = ""
    by: Evidence | None = None

    @property
    def host(self) -> str:
        """Host and path, without the scheme."""
        return self.uri.partition("://")[2].rstrip("/") or self.uri

    @property
    def release(self) -> str:
        """`jessie-backports` and `jessie/updates` speak of jessie."""
        return re.split(r"[-/]", self.suite, maxsplit=1)[0]


def changed(call: Call) -> bool:
    """May apt know other sources than those of the base image?"""
    image = call.image
    if image.base is None or any(path.startswith(LIST) for path in image.paths):
        return True
    return laid_over(image, LIST) or laid_over(image, PARTS)


def main_changed(call: Call) -> bool:
    """May the base image's own source have been replaced (a mirror, the archive)? Added files alone don't do that."""
    image = call.image
    if image.base is None:
        return True
    for path, (_, entry) in image.paths.items():
        if path in OWN and not (isinstance(entry, Node) and (entry.added or _same(image, entry))):
            return True
    return laid_over(image, LIST)


# Where the images' own sources point; what a release's archive is at is not among them.
_OWN_HOSTS = re.compile(
    r"(deb|security|ftp|httpredir|http)(\.\w\w)?\.debian\.org|((security|archive|\w\w\.archive|ports)\.ubuntu\.com)"
)


def elsewhere(call: Call) -> bool:
    """Was the main list rewritten to hosts other than the release's own, such as its archive?"""
    for path in OWN:
        _, entry = call.image.paths.get(path, (0, None))
        text = entry.text if isinstance(entry, Node) and entry.kind == "file" and entry.made is not None else UNKNOWN
        entries = [] if text is UNKNOWN else list(parse(str(text)))
        if any(not _OWN_HOSTS.match(each.host) for each in entries):
            return True
    return False


def _same(image: Image, entry: Node) -> bool:
    """A list that was rewritten to name mirrors of the image's own release, or the folder of lists itself."""
    if entry.kind == "dir":
        return True
    os = image.base.os if image.base is not None else None
    found = [] if entry.text is UNKNOWN or os is None else list(parse(str(entry.text)))
    return bool(found) and all(
        os is not None and of_distribution(each, os.id) and each.release == os.codename for each in found
    )


def laid_over(image: Image, path: str) -> bool:
    """Has a copied tree, or a command that may do such a thing, been laid over the path?"""

    def reaches(cover: Cover) -> bool:
        if cover.kind == "tree":
            return under(cover.folder, path) or (under(path, cover.folder) and _in_tree(cover, path))
        near = under(cover.folder, path) or under(path, cover.folder)
        return cover.kind == "unsure" and near and not minds_its_own(cover.by)

    return any(reaches(cover) for cover in image.covers)


def _in_tree(cover: Cover, path: str) -> bool:
    return cover.below is not None and cover.below(path[len(cover.folder) :].lstrip("/")).answer is not NO


# Commands that are not followed, and whose work is not in /etc/apt.
_ELSEWHERE = frozenset(
    (
        "conda mamba pip easy_install easy_install3 cpan cpanm gem bundle npm yarn npx node rake rails composer pecl pear "
        "phpize a2enmod a2dismod a2ensite a2dissite a2enconf docker-php-ext-install docker-php-ext-configure "
        "docker-php-ext-enable docker-php-pecl-install configure autogen.sh autoreconf localedef locale-gen update-locale "
        "rustup cargo cabal stack opam R Rscript go go-wrapper dep glide luarocks mvn mvnw gradle gradlew sbt ant lein dotnet "
        "swift nvm rbenv pyenv jupyter ipython foreman jekyll hg bower gulp grunt tsc webpack ng ldconfig sha1sum md5sum "
        "sha256sum tlmgr updmap fmtutil pipenv poetry virtualenv initdb pg_ctl createdb psql mysqld mysql_install_db phpenmod "
        "php5enmod php5dismod php wp elm ember meteor flutter "
    ).split()
)


def minds_its_own(by: Evidence) -> bool:
    """A command that is not followed, of which it is plain that it doesn't touch apt's sources."""
    says = by.says
    if (
        says.startswith(("builds by its own rules", "compiles here"))
        or "requirement" in says
        or "package index" in says
    ):
        return True
    match = re.search(r"\((\S+) is (?:not known|a script that is not followed)", says)
    name = match[1].rpartition("/")[2] if match else ""
    return name in _ELSEWHERE or name.startswith(("get-pip", "setup.py", "Miniconda", "miniconda", "Anaconda"))


# -- what lines wrote -----------------------------------------------------------------------------------------------


def written(image: Image) -> list[Entry]:
    """The entries whose text is known, whatever else there may be."""
    found: list[Entry] = []
    for path, (_, node) in image.paths.items():
        if (path == LIST or (path.startswith(PARTS + "/") and path.endswith((".list", ".sources")))) and isinstance(
            node, Node
        ):
            text = node.added or node.text
            found += parse(str(text), node.changed or node.made) if text is not UNKNOWN else ()
    return found


def known(call: Call) -> list[Entry] | None:
    """All entries beside the base image's own; None where there may be others."""
    image = call.image
    if image.base is None or laid_over(image, LIST) or laid_over(image, PARTS):
        return None
    for path, (_, node) in image.paths.items():
        relevant = path == LIST or path.startswith(PARTS + "/")
        if relevant and not (isinstance(node, Node) and (node.added or node.text is not UNKNOWN)):
            return None
    return written(image)


def parse(text: str, by: Evidence | None = None) -> Iterator[Entry]:
    for line in text.splitlines():
        match = _LINE.match(line.strip())
        if match:
            yield Entry(match[2], match[3], match[1] or "", by)
        elif line.startswith("ppa:"):
            yield Entry(line.strip(), by=by)


_LINE = re.compile(r"deb(?:-src)?\s+(?:\[([^\]]*)\]\s*)?([\w.+-]+:\S+)\s+(\S+)")


# -- what they hold -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _vendors() -> list[tuple[str, tuple[str, ...]]]:
    from dockwright.facts.tables import table

    return [(row["host"], tuple(row["packages"])) for row in table("repositories")["vendor"]]


def may_hold(entries: list[Entry], name: str, os: Any) -> bool:
    """May one of the sources have the package? What a vendor's own repository carries is known by the beginning of its names."""
    return any(_may_hold(entry, name, os) for entry in entries)


def from_elsewhere(call: Call, name: str) -> bool:
    """May the package be another's than the distribution's own? What it holds and needs is not known then.

    A main list that was rewritten names a mirror as a rule: the distribution's own packages.
    """
    image = call.image
    if image.base is None or image.os is None or laid_over(image, LIST) or laid_over(image, PARTS):
        return True
    for path, (_, node) in image.paths.items():
        read = isinstance(node, Node) and (node.kind == "dir" or node.added or node.text is not UNKNOWN)
        if path.startswith(PARTS + "/") and path not in OWN and not read:
            return True
    return may_hold(written(image), name, image.os.os)


def brings(call: Call, name: str) -> tuple[str, ...]:
    """The commands in a vendor's package, where they are known."""
    from dockwright.facts.tables import table

    uris = [entry.uri for entry in written(call.image)]
    rows = [row for row in table("repositories")["vendor"] if any(row["host"] in uri for uri in uris)]
    return next((tuple(row["brings"]) for row in rows if name in row["packages"] and "brings" in row), ())


def _may_hold(entry: Entry, name: str, os: Any) -> bool:
    if of_distribution(entry, os.id):
        return entry.release not in (os.codename, "")
    packages = next((packages for host, packages in _vendors() if host in entry.uri), None)
    return packages is None or name.startswith(packages)


def of_distribution(entry: Entry, os: str) -> bool:
    """The distribution's own archive or a mirror of it: `http://mirror.example/ubuntu`, `http://deb.example/debian-security`."""
    place, _, last = entry.uri.rstrip("/").rpartition("/")
    if last not in (os, f"{os}-security", f"{os}-ports") or "launchpad" in place or "ppa" in place or not _plain(place):
        return False
    return any(word in place for word in ("mirror", f"{os}.", "cdn", ".edu", "//ftp."))


def _plain(path: str) -> bool:
    return not any(vendor in path for vendor, _ in _vendors())
