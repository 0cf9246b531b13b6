"""Renews src/dockwright/facts/json/demands.json: `python -m tools.refresh_demands flask quart …`.

What releases of well-known distributions ask of those that a system's packages install without a list of files, which a
newer pip can't replace (system_python.toml). One page a name and the metadata of one release a series, through
dockwright's own cache.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from dockwright.facts.tables import table
from dockwright.index.ask import opened
from dockwright.index.client import Index
from dockwright.index.page import Page
from dockwright.index.sdist import headers
from dockwright.rehearse.python import canonical

TABLE = Path(__file__).parent.parent / "src/dockwright/facts/json/demands.json"
SERIES = 12  # of a distribution, the newest first


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.refresh_demands", description=__doc__)
    parser.add_argument("names", nargs="*", help="distributions that ask for them")
    arguments = parser.parse_args()
    old = json.loads(TABLE.read_text(encoding="utf-8"))["demands"] if TABLE.exists() else {}
    index, shipped, found = opened(False, None).index, without_files(), dict(old)
    for name in sorted({*old, *map(canonical, arguments.names)}):
        page = index.page(name)
        if isinstance(page, Page):
            found[name] = list(rows(index, page, shipped))
    found = {name: told for name, told in found.items() if told}
    source = "metadata of wheels, as the package index serves them (PEP 658)"
    renew = "python -m tools.refresh_demands"
    meta = {"date": datetime.now(UTC).date().isoformat(), "source": source, "renew": renew}
    TABLE.write_text(json.dumps({"meta": meta, "demands": found}, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def without_files() -> set[str]:
    """Names that some release's packages install without a list of files."""
    releases = (release for os, each in table("system_python").items() if os != "meta" for release in each.values())
    return {name for release in releases for name, _ in release.get("distutils", {}).values()}


def rows(index: Index, page: Page, shipped: set[str]) -> Iterator[list[object]]:
    """[first version of a series, last one, {name: specifier}], the newest series first."""
    series: dict[tuple[int, ...], list[str]] = {}
    for version in page.versions:
        if not Version(version).is_prerelease:
            series.setdefault(Version(version).release[:2], []).append(version)
    for versions in list(series.values())[:SERIES]:
        first, last = versions[-1], versions[0]
        oldest, newest = asked(index, page, first, shipped), asked(index, page, last, shipped)
        if newest:
            yield [first if oldest == newest else last, last, newest]


def asked(index: Index, page: Page, version: str, shipped: set[str]) -> dict[str, str] | None:
    wheel = next((file for file in page.versions[version] if file.kind == "wheel"), None)
    text = index.metadata(wheel) if wheel is not None else None
    return None if text is None else dict(wanted(text, shipped))


def wanted(text: str, shipped: set[str]) -> Iterator[tuple[str, str]]:
    for key, value in headers(text):
        if key == "requires-dist":
            try:
                requirement = Requirement(value)
            except InvalidRequirement:
                continue
            if canonical(requirement.name) in shipped and requirement.marker is None:
                yield canonical(requirement.name), str(requirement.specifier)


if __name__ == "__main__":
    main()
