"""Renews src/dockwright/facts/json/wheels.json: `python -m tools.refresh_wheels pillow numpy …`.

For each distribution named, and each that the table has already: which final releases have a wheel for which CPython on
which platform, as intervals of versions. The index is asked politely: one page a name, through dockwright's own cache.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from dockwright.facts.wheels import PLATFORMS, PYTHONS
from dockwright.index.ask import opened
from dockwright.index.page import Page
from dockwright.index.question import Question
from dockwright.index.resolve import World
from dockwright.rehearse.python import canonical

TABLE = Path(__file__).parent.parent / "src/dockwright/facts/json/wheels.json"
ALL = ("2.6", "2.7", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
GLIBC = "2.41"  # the newest that an image of today has: a wheel that wants less fits


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.refresh_wheels", description=__doc__)
    parser.add_argument("names", nargs="*", help="distributions with compiled code")
    parser.add_argument(
        "--dropped", nargs="+", metavar="NAME", help="print the row of facts/dropped.toml, write nothing"
    )
    parser.add_argument("--offline", action="store_true", help="use the cached pages alone")
    arguments = parser.parse_args()
    old = json.loads(TABLE.read_text(encoding="utf-8"))["wheels"] if TABLE.exists() else {}
    names = sorted({*old, *map(canonical, arguments.names)})
    index = opened(arguments.offline, None).index
    if arguments.dropped:
        for name in map(canonical, arguments.dropped):
            page = index.page(name)
            print(f"{name} = {json.dumps(dropped(page))}" if isinstance(page, Page) else f"{name}: not known")
        return
    table = dict(old)
    for name in names:
        page = index.page(name)
        if isinstance(page, Page):
            table[name] = row(index, page)
    meta = {
        "date": datetime.now(UTC).date().isoformat(),
        "source": "the package index's simple API (PEP 691)",
        "renew": "python -m tools.refresh_wheels",
    }
    text = json.dumps({"meta": meta, "wheels": table}, separators=(",", ":"), sort_keys=True)
    TABLE.write_text(text + "\n", encoding="utf-8")
    print(len(table), "distributions,", TABLE.stat().st_size, "bytes")


def dropped(page: Page) -> list[list[str]]:
    """From which final release on the oldest Python is a newer one, as Requires-Python of its files says."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import Version

    rows: list[list[str]] = []
    oldest = 0
    for version in sorted((each for each in page.versions if not Version(each).is_prerelease), key=Version):
        asked = next((file.requires_python for file in page.versions[version] if file.requires_python), "")
        try:
            takes = SpecifierSet(asked or "")
        except InvalidSpecifier:
            continue
        least = next((at for at, python in enumerate(ALL) if takes.contains(f"{python}.99")), len(ALL))
        if oldest < least < len(ALL):
            rows.append([version, ALL[least]])
            oldest = least
    return rows


def row(index: object, page: Page) -> dict[str, object]:
    from packaging.version import Version

    finals = [version for version in reversed(page.versions) if not Version(version).is_prerelease]
    found: dict[str, object] = {"newest": finals[-1] if finals else ""}
    for python in PYTHONS:
        for place, (platform, libc) in PLATFORMS.items():
            world = World(index, Question(python, platform, libc, GLIBC if libc == "glibc" else "1.2"))  # type: ignore[arg-type]
            has = [world.usable(page.versions[version]) is not None for version in finals]
            spans = intervals(finals, has)
            if spans:
                found[f"{python} {place}"] = spans
    return found


def intervals(versions: list[str], has: list[bool]) -> list[list[str]]:
    """Runs of versions that have a wheel: the first and the last of each."""
    spans: list[list[str]] = []
    for at, version in enumerate(versions):
        if has[at] and (at == 0 or not has[at - 1]):
            spans.append([version, version])
        elif has[at]:
            spans[-1][1] = version
    return spans


if __name__ == "__main__":
    main()
